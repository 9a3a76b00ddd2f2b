"""Which columns of which tables a query reads: what has to be there, with the right type, before it runs.

A walk over the typed query. It may name a column that the plan happens not to need (never the other way
round, but for what only the plan adds), so that what is checked does not depend on the form of the plan.
"""

from __future__ import annotations

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
            for node in walk(output.value):
                if isinstance(node, ir.Aggregate):
                    reach._aggregate(node, query.dimensions)
        reach._look_around(reach.columns)
        return reach

    def entities(self) -> Iterator[ir.Entity]:
        """In the order of the model."""
        return (entity for entity in self.model.entities if entity.name in self.columns)

    def around(self) -> Iterator[ir.Entity]:
        """The neighbours, in the order of the model."""
        return (entity for entity in self.model.entities if entity.name in self.neighbours)

    def used(self, entity: ir.Entity) -> Iterator[ir.Column]:
        """The columns of the entity that are used, of a neighbour its key, in the order declared."""
        names = self.columns.get(entity.name) or self.neighbours.get(entity.name) or set()
        return (column for column in entity.columns if column.name in names)

    # ------------------------------------------------------------------ the walk

    def _aggregate(self, node: ir.Aggregate, dimensions: Iterable[ir.Dimension]) -> None:
        self._entity(node.entity)
        if node.op in (ir.AggregateOp.FIRST, ir.AggregateOp.LAST):
            self._names(node.entity, self.model.entity(node.entity).key)
        self._expressions(node.anchor, node.argument, node.where)
        for dimension in dimensions:
            self._expressions(*(path for entity, path in dimension.paths if entity == node.entity))

    def _entity(self, name: str) -> None:
        """An entity that is read at all is read with its `where` and, if it is covered, its time."""
        if name in self.columns:
            return
        self.columns[name] = set()
        entity = self.model.entity(name)
        self._expressions(entity.where)
        if entity.covers is not None and entity.time is not None:
            self._name(name, entity.time)

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
            column = self.model.entity(entity).column(step)
            if column is None or column.reference is None:
                return entity
            self._name(entity, step)
            target = column.reference.target
            self._entity(target)
            self._names(target, self.model.entity(target).key)
            entity = target
        return entity

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
        self.columns[entity].add(name)
        column = declared.column(name)
        if column is not None and column.reference is not None:
            self.columns[entity].update(column.reference.columns)

    def _rank_ties(self, entity: ir.Entity, value: ir.Expr) -> None:
        if any(isinstance(node, ir.Rank) for node in walk(value)):
            self._names(entity.name, entity.key)
