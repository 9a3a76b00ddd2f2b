"""Which columns of which tables a query reads: what has to be there, with the right type, before it runs.

A walk over the typed query. It may name a column that the plan happens not to need (never the other way
round, but for what only the plan adds), so that what is checked does not depend on the form of the plan.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from kpilang import ir
from kpilang.nodes import Node, walk


@dataclass
class Reach:
    """Entities that are read, each with the names of the columns that are used of it.

    `neighbours` are entities that are not read, though references that are used hold their keys: the type of
    an id must not depend on which of its sides a query looks at.
    """

    model: ir.Model
    dimensions: tuple[ir.Dimension, ...] = ()
    columns: dict[str, set[str]] = field(default_factory=dict)
    neighbours: dict[str, set[str]] = field(default_factory=dict)
    _attributes: set[tuple[str, str]] = field(default_factory=set)

    @classmethod
    def of(cls, query: ir.Query) -> Reach:
        reach = cls(query.model, query.dimensions)
        for output in query.outputs:
            reach._expressions(output.value)
        reach._look_around(reach.columns)
        reach._take_apart()
        return reach

    def entities(self) -> Iterator[ir.Entity]:
        """Those with a table, file or query, in the order of the model; of a bound one each source."""
        return (entity for entity in self._stored() if entity.name in self.columns)

    def around(self) -> Iterator[ir.Entity]:
        """The neighbours, in the order of the model."""
        return (entity for entity in self._stored() if entity.name in self.neighbours)

    def _stored(self) -> Iterator[ir.Entity]:
        return (entity for entity in self.model.entities if not isinstance(entity.origin, ir.Each | ir.Union))

    def used(self, entity: ir.Entity) -> Iterator[ir.Column]:
        """The columns of the entity that are used, of a neighbour its key, in the order declared."""
        names = self.columns.get(entity.name) or self.neighbours.get(entity.name) or set()
        return (column for column in entity.columns if column.name in names)

    # ------------------------------------------------------------------ the walk

    def _take_apart(self) -> None:
        """Each source of a bound entity becomes an entity of its own, which reads what all of it reads."""
        sources: list[ir.Entity] = []
        for entity in self.model.entities:
            if not isinstance(entity.origin, ir.Union) or entity.name not in self.columns:
                continue
            for source in entity.origin.sources:
                part = _source(entity, source)
                self.columns[part.name] = self.columns[entity.name] & set(dict(source.values))
                sources.append(part)
        self.model = dataclasses.replace(self.model, entities=(*self.model.entities, *sources))

    def _grouped(self, entity: str) -> None:
        """Rows of an entity that are put into groups."""
        self._entity(entity)
        for dimension in self.dimensions:
            self._expressions(*(path for name, path in dimension.paths if name == entity))

    def _aggregate(self, node: ir.Aggregate) -> None:
        self._grouped(node.entity)
        if node.op in (ir.AggregateOp.FIRST, ir.AggregateOp.LAST):
            self._names(node.entity, self.model.entity(node.entity).key)

    def _with(self, node: ir.With) -> None:
        self._grouped(node.rows)
        if node.among is not None:
            self._names(node.rows, self.model.entity(node.rows).key)

    def _members(self, entity: str) -> None:
        """Rows that are members themselves, by their key."""
        self._grouped(entity)
        self._names(entity, self.model.entity(entity).key)

    def _entity(self, name: str) -> None:
        """An entity that is read at all is read with all that says which of its rows are there."""
        if name in self.columns:
            return
        self.columns[name] = set()
        entity = self.model.entity(name)
        self._expressions(entity.where)
        if entity.covers is not None and entity.time is not None:
            self._name(name, entity.time)
        if entity.recorded is not None:
            self._name(name, entity.recorded)
        if entity.duplicates is not None:
            self._names(name, (*entity.key, *entity.duplicates.by, *(c.name for c in entity.columns)))
        match entity.origin:
            case ir.Each(source, column):
                self._entity(source)
                self._name(source, column)
                rows = self.model.entity(source)
                if rows.time is not None:
                    self._name(source, rows.time)
            case _:
                pass

    def _expressions(self, *expressions: ir.Expr | None) -> None:
        for expression in expressions:
            for node in walk(expression) if expression is not None else ():
                self._node(node)

    def _node(self, node: Node) -> None:
        match node:
            case ir.Field():
                self._field(node)
            case ir.Child():
                self._child(node)
            case ir.Aggregate():
                self._aggregate(node)
            case ir.With():
                self._with(node)
            case ir.State() | ir.Event() | ir.Always():
                self._members(node.entity)
            case _:
                pass

    def _field(self, node: ir.Field) -> None:
        self._entity(node.entity)
        self._name(self._follow(node.entity, node.steps), node.name)

    def _child(self, node: ir.Child) -> None:
        self._entity(node.entity)
        self._follow(node.entity, node.link)
        if node.anchor is not None:
            self._field(node.anchor)
        if node.op in (ir.AggregateOp.FIRST, ir.AggregateOp.LAST):
            self._names(node.entity, self.model.entity(node.entity).key)

    def _follow(self, entity: str, steps: Iterable[str]) -> str:
        """Use the columns that the references need on both sides; gives the entity arrived at."""
        for step in steps:
            target = self._target(entity, step)
            if target is None:
                return entity
            self._name(entity, step)
            self._entity(target)
            there = self.model.entity(target)
            self._names(target, there.key)
            if there.valid is not None:
                self._names(target, (there.valid.start, there.valid.end))
            entity = target
        return entity

    def _target(self, entity: str, step: str) -> str | None:
        """The entity that a column refers to; one that is derived from the column needs no reference."""
        column = self.model.entity(entity).column(step)
        if column is not None and column.reference is not None:
            return column.reference.target
        for other in self.model.entities:
            origin = other.origin
            if isinstance(origin, ir.Each) and (origin.entity, origin.column) == (entity, step):
                return other.name
        return None

    def _look_around(self, columns: Mapping[str, set[str]]) -> None:
        """The neighbours of these columns, and the neighbours of their keys."""
        found: dict[str, set[str]] = {}
        for entity in [entity for entity in self.model.entities if entity.name in columns]:
            for column in entity.columns:
                target = column.reference.target if column.reference is not None else None
                if target is not None and column.name in columns[entity.name] and self._is_new(target):
                    found[target] = set(self.model.entity(target).key)
        if found:
            self.neighbours.update(found)
            self._look_around(found)

    def _is_new(self, entity: str) -> bool:
        known = any(other.name == entity for other in self.model.entities)
        return known and entity not in self.columns and entity not in self.neighbours

    def _names(self, entity: str, names: Iterable[str]) -> None:
        for name in names:
            self._name(entity, name)

    def _name(self, entity: str, name: str) -> None:
        declared = self.model.entity(entity)
        attribute = declared.attribute(name)
        if attribute is not None:
            if (entity, name) not in self._attributes:
                self._attributes.add((entity, name))
                self._expressions(attribute.value)
                self._rank_ties(declared, attribute.value)
            return
        if name in self.columns[entity]:
            return
        self.columns[entity].add(name)
        column = declared.column(name)
        if column is not None and column.reference is not None:
            as_of = () if column.reference.as_of is None else (column.reference.as_of,)
            self._names(entity, (*column.reference.columns, *as_of))
        if column is not None and column.recorded is not None:
            self._name(entity, column.recorded)
        if isinstance(declared.origin, ir.Each):
            self._name(declared.origin.entity, name)

    def _rank_ties(self, entity: ir.Entity, value: ir.Expr) -> None:
        if any(isinstance(node, ir.Rank) for node in walk(value)):
            self._names(entity.name, entity.key)


def _source(entity: ir.Entity, source: ir.BoundSource) -> ir.Entity:
    """One source, named after both, with the columns that it gives."""
    values = dict(source.values)
    columns = tuple(
        dataclasses.replace(column, physical=None, value=values[column.name])
        for column in entity.columns
        if column.name in values
    )
    name = f"{entity.name} of {source.name}"
    return ir.Entity(name, source.origin, columns=columns, where=source.where, span=entity.span)
