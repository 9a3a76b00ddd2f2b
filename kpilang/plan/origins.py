"""Rows that have to be made before they can be read: derived and attributed, of several sources, of one key.

Each is a relation whose columns are noted as they are asked for. Columns of derived and bound entities have
been read already: they bear the names and types that the entity declares.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from functools import partial
from typing import Protocol, cast

from kpilang import ir
from kpilang.ir import AggregateOp, Op
from kpilang.nodes import walk
from kpilang.plan import nodes, scalars
from kpilang.plan.credits import CreditRows, Readers
from kpilang.plan.local import looks_at_own
from kpilang.plan.measures import measure, share_of
from kpilang.plan.names import Names
from kpilang.plan.reading import NUMBER, SOURCE, Reader, field_of, has_sources
from kpilang.plan.relations import Relations
from kpilang.plan.scalars import STOPPED, Apply, Choose, Column, Made, Named, Over, RowNumber, Scalar, Summary
from kpilang.types import BOOL, INTEGER, STRING, Kind, Type


class MadeRows(Protocol):
    """A relation in the making that stands for the rows of an entity."""

    name: str

    def want(self, name: str, type_: Type) -> None:
        """Hand a column through."""
        ...


def made_rows(relations: Relations, entity: ir.Entity, readers: Readers) -> MadeRows | None:
    """The relation to read for an entity; None where its table will do."""
    if entity.duplicates is not None:
        key: tuple[str, str] = ("numbered", entity.name)
        make: Callable[[], object] = partial(_Numbered, relations, entity, readers)
    elif isinstance(entity.origin, ir.Each):
        key, make = ("each", entity.name), partial(EachValue, relations, entity, entity.origin, readers)
    elif isinstance(entity.origin, ir.Union):
        key, make = ("union", entity.name), partial(_Sources, relations, entity, entity.origin, readers)
    elif isinstance(entity.origin, ir.Credits):
        key, make = ("credits", entity.name), partial(CreditRows, relations, entity, entity.origin, readers)
    else:
        return None
    return cast(MadeRows, relations.shared.get(key, make))


def one_of_sources(relations: Relations, entity: ir.Entity, readers: Readers) -> OneOfSources:
    """The rows of a bound entity for who refers to them by the key alone."""
    made = relations.shared.get(("one source", entity.name), lambda: OneOfSources(relations, entity, readers))
    return cast(OneOfSources, made)


def identity_names(entity: ir.Entity) -> tuple[str, ...]:
    """What the parts of a row's identity are called."""
    source = (SOURCE,) if has_sources(entity) else ()
    version = () if entity.valid is None else (entity.valid.start,)
    return (*entity.key, *source, *version)


class EachValue:
    """One row for each value of a column among the rows of another entity that exist."""

    def __init__(self, relations: Relations, entity: ir.Entity, origin: ir.Each, readers: Readers) -> None:
        self.name = relations.names.take(f"each_{entity.name}")
        self._source = relations.model.entity(origin.entity)
        self._column = origin.column
        self._reader = readers(relations, self._source)
        self._key = self._reader.named_value(origin.column)
        self._seen = self._reader.visible()
        self._carried: dict[str, Scalar] = {}
        self._names = Names((entity.name, *(column.name for column in entity.columns)))
        self._measures: dict[ir.Child, Named] = {}
        self._about = f"one row for each {origin.column} of {origin.entity}"
        relations.add(self.name, self._node)

    def want(self, name: str, type_: Type) -> None:
        if name == self._column or any(named.name == name for named in self._measures.values()):
            return
        if name not in self._carried:
            self._carried[name] = self._reader.value(field_of(self._source, name))

    def measure(self, child: ir.Child, hint: str | None) -> str | None:
        """The column of an aggregate over the rows of each value; None if it takes more than these rows."""
        if not self._is_of_these_rows(child):
            return None
        if child not in self._measures:
            name = self._names.take(hint or child.op.value, f"{hint or child.op.value}_of_rows")
            self._measures[child] = Named(name, self._measured(child))
        return self._measures[child].name

    def _is_of_these_rows(self, child: ir.Child) -> bool:
        """Rows that refer by the column, judged by their own columns alone."""
        if child.entity != self._source.name or child.link != (self._column,) or child.interval is not None:
            return False
        parts = (child.where, child.argument, child.anchor)
        seen = [part for part in parts if part is not None]
        outside = any(isinstance(node, ir.Outer) for part in seen for node in walk(part))
        return not outside and all(looks_at_own(part, self._source) for part in seen)

    def _measured(self, child: ir.Child) -> Scalar:
        value = self._reader.value
        condition = scalars.TRUE if child.where is None else value(child.where)
        argument = None if child.argument is None else value(child.argument)
        order: tuple[Scalar, ...] = ()
        if child.op in (AggregateOp.FIRST, AggregateOp.LAST):
            assert self._source.time is not None, "first and last go by a time"
            anchor = (
                self._reader.named_value(self._source.time) if child.anchor is None else value(child.anchor)
            )
            order = self._reader.tie_break(anchor)
        return measure(child.op, argument, condition, child.type, share_of(child), order)

    def _node(self) -> nodes.ValuesOf:
        carried = tuple(
            Named(name, Summary(AggregateOp.MIN, value, value.type.with_null()))
            for name, value in self._carried.items()
        )
        rows = self._reader.rows(scalars.is_not_null(self._key), *self._seen)
        columns = (*carried, *self._measures.values())
        return nodes.ValuesOf(self.name, rows, (Named(self._column, self._key),), columns, self._about)


class _Sources:
    """The rows of several sources one after another, as the entity declares its columns."""

    def __init__(self, relations: Relations, entity: ir.Entity, origin: ir.Union, readers: Readers) -> None:
        self.name = relations.names.take(f"all_{entity.name}")
        self._entity = entity
        self._parts = tuple(
            (source, readers(relations, _of_source(entity, source))) for source in origin.sources
        )
        self._wanted: dict[str, tuple[Scalar, ...]] = {}
        relations.add(self.name, self._node)

    def want(self, name: str, type_: Type) -> None:
        if name not in self._wanted:
            self._wanted[name] = tuple(self._value(source, reader, name) for source, reader in self._parts)

    def _value(self, source: ir.BoundSource, reader: Reader, name: str) -> Scalar:
        if name == SOURCE and SOURCE not in dict(source.values):
            return scalars.Constant(source.name, STRING)
        return reader.named(reader.entity, name, ())

    def _node(self) -> nodes.Stacked:
        parts = tuple(
            (reader.rows(), tuple(Named(name, values[index]) for name, values in self._wanted.items()))
            for index, (_, reader) in enumerate(self._parts)
        )
        return nodes.Stacked(self.name, parts, f"{self._entity.name} of all sources")


def _of_source(entity: ir.Entity, source: ir.BoundSource) -> ir.Entity:
    """One source as an entity of its own, whose columns are expressions over the source's."""
    values = dict(source.values)
    columns = tuple(
        dataclasses.replace(column, physical=None, value=values[column.name], recorded=None)
        for column in entity.columns
        if column.name in values
    )
    return ir.Entity(entity.name, source.origin, columns=columns, where=source.where, span=entity.span)


class _Numbered:
    """Rows of one key numbered: the first is there. Those recorded after as-of are not among them."""

    def __init__(self, relations: Relations, entity: ir.Entity, readers: Readers) -> None:
        self.name = relations.names.take(f"numbered_{entity.name}")
        self._entity = entity
        bare = dataclasses.replace(entity, duplicates=None, where=None, covers=None)
        self._reader = readers(relations, bare)
        self._columns: dict[str, Scalar] = {}
        self._number = self._numbered(entity)
        relations.add(self.name, self._node)

    def want(self, name: str, type_: Type) -> None:
        if name != NUMBER and name not in self._columns:
            self._columns[name] = self._reader.physical(self._reader.alias, name, type_)

    def _numbered(self, entity: ir.Entity) -> Scalar:
        """A row that ties with another one in all but its contents stops the query (ruling 18)."""
        assert entity.duplicates is not None
        descending = entity.duplicates.latest
        key = self._reader.identity(())
        by = tuple(self._reader.named_value(name) for name in entity.duplicates.by)
        number = RowNumber(key, tuple((value, descending) for value in by))
        first = scalars.compare(Op.EQ, number, scalars.ONE)
        contents = Apply(Made.ROW, tuple(map(self._reader.named_value, _contents(entity))), _ROW)
        least, most = (
            Over(Summary(op, contents, _ROW), (*key, *by)) for op in (AggregateOp.MIN, AggregateOp.MAX)
        )
        tie = scalars.all_of((first, scalars.compare(Op.IS_NOT, least, most)))
        columns = ", ".join(entity.duplicates.by)
        words = f"{STOPPED}two rows of `{entity.name}` with one key differ and tie in {columns}"
        return Choose(((tie, Apply(Made.STOP, (), INTEGER, words=(words,))),), number, INTEGER)

    def _node(self) -> nodes.Numbered:
        columns = (*(Named(n, v) for n, v in self._columns.items()), Named(NUMBER, self._number))
        about = f"{self._entity.name} numbered within their key"
        return nodes.Numbered(self.name, self._reader.rows(), columns, about)


_ROW = Type(Kind.RAW)


def _contents(entity: ir.Entity) -> tuple[str, ...]:
    """The columns that hold something: not composite references, which are made of others."""
    made = isinstance(entity.origin, ir.Each | ir.Union)
    return tuple(
        column.name
        for column in entity.columns
        if (made or column.physical is not None or column.value is not None)
        and (column.reference is None or len(column.reference.columns) < 2)
    )


class OneOfSources:
    """Rows of a bound entity numbered within their key over all sources."""

    def __init__(self, relations: Relations, entity: ir.Entity, readers: Readers) -> None:
        self.name = relations.names.take(f"any_{entity.name}")
        self._entity = entity
        self._reader = readers(relations, entity)
        self._columns: dict[str, Scalar] = {}
        key = self._reader.key(())
        self._number = RowNumber(key, ((self._reader.source_name(()), False),))
        self._copies = Over(Summary(AggregateOp.COUNT, None, INTEGER), key)
        relations.add(self.name, self._node)

    def want(self, name: str, type_: Type) -> None:
        if name not in (_COPY, _COPIES) and name not in self._columns:
            self._columns[name] = self._reader.physical(self._reader.alias, name, type_)

    def guard(self, alias: str, by_key: Scalar) -> Scalar:
        """True for all rows; where one refers `by_key` alone to several rows, the query stops."""
        copies = scalars.compare(Op.GT, Column(alias, _COPIES, INTEGER), scalars.ONE)
        several = scalars.all_of((copies, by_key))
        words = f"{STOPPED}a key of `{self._entity.name}` is the key of rows in two sources"
        return Choose(((several, Apply(Made.STOP, (), BOOL, words=(words,))),), scalars.TRUE, BOOL)

    def first(self, alias: str) -> Scalar:
        return scalars.compare(Op.EQ, Column(alias, _COPY, INTEGER), scalars.ONE)

    def _node(self) -> nodes.Numbered:
        numbers = (Named(_COPY, self._number), Named(_COPIES, self._copies))
        columns = (*(Named(n, v) for n, v in self._columns.items()), *numbers)
        about = f"{self._entity.name} of all sources, by their key alone"
        return nodes.Numbered(self.name, self._reader.rows(), columns, about)


_COPY, _COPIES = "number among sources", "rows of all sources"
