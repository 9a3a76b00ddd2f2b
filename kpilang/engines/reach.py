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
    an id must not depend on which of its sides a query looks at. `places` says of each entity where its rows
    lie: in itself, or in one entity for each of several sources; those of a derived one lie in another.
    """

    model: ir.Model
    dimensions: tuple[ir.Dimension, ...] = ()
    columns: dict[str, set[str]] = field(default_factory=dict)
    neighbours: dict[str, set[str]] = field(default_factory=dict)
    places: dict[str, tuple[ir.Entity, ...]] = field(init=False)
    _owners: dict[str, str] = field(init=False)
    _attributes: set[tuple[str, str]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.places = {entity.name: tuple(_places(entity)) for entity in self.model.entities}
        self._owners = {place.name: name for name, places in self.places.items() for place in places}

    @classmethod
    def of(cls, query: ir.Query) -> Reach:
        reach = cls(query.model, query.dimensions)
        reach._expressions(*(value for o in query.outputs for value in (o.along or (o.value,))))
        reach._look_around(reach.columns)
        return reach

    def entities(self) -> Iterator[ir.Entity]:
        """Where what is read lies, in the order of the model."""
        return (place for e in self.model.entities if e.name in self.columns for place in self.places[e.name])

    def around(self) -> Iterator[ir.Entity]:
        """Where the neighbours lie, in the order of the model."""
        return (p for e in self.model.entities if e.name in self.neighbours for p in self.places[e.name])

    def is_read(self, place: ir.Entity) -> bool:
        return self._owners[place.name] in self.columns

    def place(self, name: str) -> ir.Entity:
        """One of the places, by its name."""
        return next(place for place in self.places[self._owners[name]] if place.name == name)

    def used(self, entity: ir.Entity) -> Iterator[ir.Column]:
        """The columns of an entity or place that are used, of a neighbour its key, in the order declared."""
        owner = self._owners.get(entity.name, entity.name)
        names = self.columns.get(owner) or self.neighbours.get(owner) or set()
        return (column for column in entity.columns if column.name in names)

    # ------------------------------------------------------------------ the walk

    def _rows(self, name: str) -> None:
        """An entity whose rows are counted is grouped by the dimensions."""
        self._entity(name)
        for dimension in self.dimensions:
            self._expressions(*(path for entity, path in dimension.paths if entity == name))

    def _entity(self, name: str) -> None:
        """An entity that is read at all is read with what says which of its rows are there."""
        if name in self.columns:
            return
        self.columns[name] = set()
        entity = self.model.entity(name)
        self._expressions(entity.where)
        if isinstance(entity.origin, ir.Each):
            self._entity(entity.origin.entity)
            self._name(entity.origin.entity, entity.origin.column)
        if isinstance(entity.origin, ir.Credits):
            self._credits(entity.origin)
        if entity.covers is not None and entity.time is not None:
            self._name(name, entity.time)
        if entity.recorded is not None:
            self._name(name, entity.recorded)
        if entity.valid is not None:
            self._names(name, (*entity.key, entity.valid.start, entity.valid.end))
        if entity.duplicates is not None:
            self._names(name, (column.name for column in entity.columns))

    def _credits(self, credits: ir.Credits) -> None:
        """Credits are made of all that decides about them, and of both keys."""
        for name in (credits.conversions, credits.touches):
            self._entity(name)
            self._names(name, self.model.entity(name).key)
        self._expressions(*credits.of_conversion, *credits.of_touch)

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
                self._rows(node.entity)
                if node.op in (ir.AggregateOp.FIRST, ir.AggregateOp.LAST):
                    self._names(node.entity, self.model.entity(node.entity).key)
            case ir.With():
                self._rows(node.rows)
                if node.among is not None:
                    self._names(node.rows, self.model.entity(node.rows).key)
            case ir.State() | ir.Event() | ir.Always():
                self._rows(node.entity)
                self._names(node.entity, self.model.entity(node.entity).key)
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
            self._name(entity, step)
            column = self.model.entity(entity).column(step)
            if column is None or column.reference is None:
                return entity
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
            origin = entity.origin
            if isinstance(origin, ir.Each) and self._is_new(origin.entity):
                found[origin.entity] = {origin.column}
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
        self._beside(declared, declared.column(name))

    def _beside(self, entity: ir.Entity, column: ir.Column | None) -> None:
        """What reading a column takes besides."""
        if column is None:
            return
        if isinstance(entity.origin, ir.Each):
            self._name(entity.origin.entity, column.name)
        if column.recorded is not None:
            self._name(entity.name, column.recorded)
        if column.reference is not None:
            as_of = () if column.reference.as_of is None else (column.reference.as_of,)
            self._names(entity.name, (*column.reference.columns, *as_of))

    def _rank_ties(self, entity: ir.Entity, value: ir.Expr) -> None:
        if any(isinstance(node, ir.Rank) for node in walk(value)):
            self._names(entity.name, entity.key)


def _places(entity: ir.Entity) -> Iterator[ir.Entity]:
    match entity.origin:
        case ir.Each() | ir.Credits():
            return
        case ir.Union(sources):
            for source in sources:
                yield _of_source(entity, source)
        case _:
            yield entity


def _of_source(entity: ir.Entity, source: ir.BoundSource) -> ir.Entity:
    """One source as an entity whose columns are expressions over the source's."""
    values = dict(source.values)
    columns = tuple(
        dataclasses.replace(column, physical=None, value=values[column.name])
        for column in entity.columns
        if column.name in values
    )
    name = f"{entity.name} from {source.name}"
    return ir.Entity(name, source.origin, columns=columns, where=source.where, span=entity.span)
