"""Conversions beside their touches: what all models of attribution begin with.

The rows of the conversions are left-joined to those of the touches, on the keys first (so that it is a hash
join) and on the window; where the touches need joins of their own, they become a relation before. Window
functions over one conversion tell its touches apart. Only what is asked for becomes a column.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Protocol, assert_never

from kpilang import ir
from kpilang.ir import AggregateOp, Op
from kpilang.nodes import walk
from kpilang.plan import bounds, nodes, scalars
from kpilang.plan.credits.times import Times, around, times_of_touches
from kpilang.plan.measures import sort_value
from kpilang.plan.names import Names
from kpilang.plan.reading import Reader, or_undated
from kpilang.plan.relations import Relations
from kpilang.plan.scalars import Apply, Column, Named, Over, RowNumber, Scalar, Summary
from kpilang.types import INTEGER, Kind, Type


class Readers(Protocol):
    """Makes the reader of an entity; with `names` its aliases are different from others."""

    def __call__(self, relations: Relations, entity: ir.Entity, *, names: Names | None = None) -> Reader: ...


class Pairs:
    """The relation in the making, for attributions that differ in model and value only."""

    def __init__(self, relations: Relations, origin: ir.Credits, readers: Readers) -> None:
        self._relations = relations
        self.origin = origin
        self.name = relations.names.take(f"{origin.touches}_of_{origin.conversions}")
        names = Names()
        self.conversion = readers(relations, relations.model.entity(origin.conversions), names=names)
        self.touch = readers(relations, relations.model.entity(origin.touches), names=names)
        self.touch.touch_value = self._touch_value
        self._users: list[Callable[[], Times | None]] = []
        self._columns = Names()
        self._held: dict[Scalar, Named] = {}
        self._keys = tuple((self.conversion.value(c), self.touch.value(t)) for c, t in origin.keys)
        self._touched = self.touch.value(origin.touched)
        self._latest = self.conversion.value(origin.latest)
        self._earliest = None if origin.earliest is None else self.conversion.value(origin.earliest)
        self.anchor = self.conversion.value(origin.anchor)
        self._converts = _conditions(self.conversion, origin.where)
        self._touches = (*_conditions(self.touch, origin.touch_where), *self._seen())
        relations.add(self.name, self._node)

    def _seen(self) -> tuple[Scalar, ...]:
        """Touches after as-of are not seen: as conversions are not, only those that may come later."""
        entity = self.touch.entity
        is_by_time = entity.time is not None and self._touched == self.touch.named_value(entity.time)
        return () if is_by_time and self._latest == self.anchor else self.touch.visible()

    # ------------------------------------------------------------------ what is asked for

    def through(self, column: Column) -> Column:
        """A column of the pairs, as who reads them directly sees it."""
        return column

    def hold(self, wish: str, value: Scalar, wide: bool = False) -> Column:
        """The column with a value over rows of the conversions and touches."""
        if value not in self._held:
            self._held[value] = Named(self._columns.take(wish), value)
        return Column(self.name, self._held[value].name, value.type, wide)

    def lifted(self, value: Scalar) -> Scalar:
        """A value that also looks at columns of the pairs themselves, over those alone."""
        if not isinstance(value, Column):
            return scalars.rebuilt(value, self.lifted)
        return value if value.table == self.name else self.hold(value.name, value)

    def of_conversion(self, name: str, type_: Type) -> Column:
        value = self.conversion.physical(self.conversion.alias, name, type_)
        return self.hold(f"{ir.CONVERSION}_{name}", value)

    def of_touch(self, name: str, type_: Type) -> Column:
        """A column of the touch's rows as it lies; null where there is no touch."""
        value = self.touch.physical(self.touch.alias, name, type_.with_null())
        return self.hold(f"{ir.TOUCH}_{name}", value)

    def conversion_keys(self) -> tuple[Column, ...]:
        """What its pairs have in common: the key, and of several sources or versions which."""
        return tuple(self._key(ir.CONVERSION, index, value) for index, value in enumerate(self._one()))

    def touch_key(self, index: int = 0) -> Column:
        """A column of the key; null where there is no touch."""
        return self._key(ir.TOUCH, index, _nullable(self.touch.key(())[index]))

    def _key(self, part: str, index: int, value: Scalar) -> Column:
        key = (self.conversion if part == ir.CONVERSION else self.touch).entity.key
        endings = ("",) if len(key) == 1 else tuple(f"_{name}" for name in key)
        return self.hold(f"{part}{(*endings, '_source', '_version')[index]}", value)

    @property
    def is_touched(self) -> Apply:
        """Whether there is a touch, over rows of both sides."""
        return scalars.is_not_null(_nullable(self.touch.key(())[0]))

    def position(self) -> Column:
        """1 for the first touch of a conversion, in order of time, ties by key; 1 where there is none."""
        order = tuple((value, False) for value in self._order())
        return self.hold("position", RowNumber(self._one(), order), wide=True)

    def from_last(self, direct: ir.Expr | None) -> Column:
        """1 for the last touch for which `direct` is not true, if there is one; else for the last."""
        later = tuple((value, True) for value in self._order())
        if direct is None:
            return self.hold("from_last", RowNumber(self._one(), later), wide=True)
        is_direct = scalars.Choose(((self.touch.value(direct), scalars.ONE),), scalars.ZERO, INTEGER)
        return self.hold("from_last", RowNumber(self._one(), ((is_direct, False), *later)), wide=True)

    def touches(self) -> Column:
        """How many touches the conversion has."""
        count = Summary(AggregateOp.COUNT, _nullable(self.touch.key(())[0]), INTEGER)
        return self.hold("touches", Over(count, self._one()), wide=True)

    def mark(self, wish: str, where: ir.Expr) -> Column:
        """1 for the first touch of a conversion for which a condition is true, 0 for all others."""
        found = scalars.all_of((self.is_touched, self.touch.value(where)))
        is_found = scalars.Choose(((found, scalars.ONE),), scalars.ZERO, INTEGER)
        number = RowNumber((*self._one(), is_found), tuple((value, False) for value in self._order()))
        first = scalars.all_of((*scalars.conjuncts(found), scalars.compare(Op.EQ, number, scalars.ONE)))
        return self.hold(wish, scalars.Choose(((first, scalars.ONE),), scalars.ZERO, INTEGER), wide=True)

    def behind_youngest(self) -> Scalar:
        """The time from a touch to the last one of its conversion."""
        youngest = Over(Summary(AggregateOp.MAX, self._touched, self._touched.type), self._one())
        return _difference(youngest, self._touched, LENGTH)

    def of_pair(self, expr: ir.Expr) -> Scalar:
        """A row expression of the touch in which the conversion is the outer row."""
        outer = {part.field for part in walk(expr) if isinstance(part, ir.Outer)}
        self.touch.outer_columns.update((field, self.conversion.value(field)) for field in outer)
        return self.touch.value(expr)

    def _touch_value(self, expr: ir.TouchValue) -> Scalar:
        match expr.part:
            case ir.TouchPart.POSITION:
                return self.position()
            case ir.TouchPart.TOUCHES:
                return self.touches()
            case ir.TouchPart.AGE:
                return _difference(self._latest, self._touched, expr.type)
            case _:
                assert_never(expr.part)

    def _one(self) -> tuple[Scalar, ...]:
        """What the pairs of one conversion have in common."""
        return self.conversion.identity(())

    def _order(self) -> tuple[Scalar, ...]:
        return (
            self.touch.value(self.origin.order),
            *(sort_value(key) for key in self.touch.identity(())),
        )

    # ------------------------------------------------------------------ times

    def read_by(self, times: Callable[[], Times | None]) -> None:
        """Somebody who needs the conversions of some times only, or (None) all."""
        self._users.append(times)

    # ------------------------------------------------------------------ the relation

    def _node(self) -> nodes.Credited:
        times = around([user() for user in self._users])
        rows = self.conversion.rows(*self._converts, *times.conditions(self.anchor), *self._happened(times))
        touches = self.touch.rows(*self._touches, *self._near(times))
        joined = _Beside(self._relations, self.origin.touches, touches)
        join = joined.join(self._on())
        columns = tuple(Named(named.name, joined.seen(named.value)) for named in self._held.values())
        origin = self.origin
        about = f"each row of {origin.conversions} beside its {origin.touches}"
        beside = nodes.Rows(rows.source, rows.alias, (*rows.joins, join), rows.where)
        return nodes.Credited(self.name, beside, columns, about)

    def _happened(self, times: Times) -> tuple[Scalar, ...]:
        """A conversion that is still to come has no credits, whatever puts these into a period."""
        if times.end is not None:
            return ()
        as_of, clock = self._relations.grid.as_of, self.conversion.clock
        return or_undated(self.anchor, (bounds.before(self.anchor, as_of, clock),))

    def _near(self, times: Times) -> tuple[Scalar, ...]:
        return times_of_touches(times, self._touched, self.anchor, self._earliest, self._latest)

    def _on(self) -> tuple[Scalar, ...]:
        """The keys first, then the window."""
        same = tuple(scalars.compare(Op.EQ, left, right) for left, right in self._keys)
        until = scalars.compare(Op.LE, self._touched, self._latest)
        if self._earliest is None:
            return (*same, until)
        return (*same, scalars.compare(Op.GE, self._touched, self._earliest), until)


class _Beside:
    """The touches as they are joined: as they lie, or, where that takes joins, as a relation of their own."""

    def __init__(self, relations: Relations, entity: str, rows: nodes.Rows) -> None:
        assert rows.source is not None, "touches lie somewhere"
        self._rows = rows
        self._source = rows.source
        self._exported: dict[Column, Column] | None = None
        if not rows.joins:
            return
        self._inside = frozenset((rows.alias, *(join.alias for join in rows.joins)))
        self._exported, self._names = {}, Names()
        self._alias = relations.names.take(f"{entity}_that_count")
        self._about = f"{entity} that may be touches"
        relations.add(self._alias, self._node)

    def join(self, on: tuple[Scalar, ...]) -> nodes.Join:
        if self._exported is None:
            return nodes.Join(self._source, self._rows.alias, (*on, *self._rows.where), left=True)
        source = nodes.RelationSource(self._alias)
        return nodes.Join(source, self._alias, tuple(map(self.seen, on)), left=True)

    def seen(self, value: Scalar) -> Scalar:
        """A value over rows of both sides, as it reads beside the join."""
        if self._exported is None:
            return value
        if not isinstance(value, Column):
            return scalars.rebuilt(value, self.seen)
        if value.table not in self._inside:
            return value
        if value not in self._exported:
            name = self._names.take(value.name, f"{value.table}_{value.name}")
            self._exported[value] = dataclasses.replace(value, table=self._alias, name=name)
        return self._exported[value]

    def _node(self) -> nodes.Existing:
        assert self._exported is not None, "only a relation is made"
        columns = tuple(Named(there.name, here) for here, there in self._exported.items())
        return nodes.Existing(self._alias, self._rows, columns, self._about)


def _conditions(reader: Reader, where: ir.Expr | None) -> tuple[Scalar, ...]:
    return () if where is None else scalars.conjuncts(reader.value(where))


def _nullable(value: Scalar) -> Scalar:
    return dataclasses.replace(value, type=value.type.with_null()) if isinstance(value, Column) else value


def _difference(later: Scalar, earlier: Scalar, type_: Type) -> Scalar:
    """In days between dates, in seconds between timestamps."""
    op = Op.DIFF_DAYS if later.type.kind is Kind.DATE else Op.DIFF_SECONDS
    return Apply(op, (later, earlier), type_)


LENGTH = Type(Kind.NUMBER, nullable=True, scale=6)
"""Of a time in days or seconds."""
