"""Rows as the model sees them: which exist, what is in them, what they refer to (laws 5 and 6).

A row that fails its entity's `where` or lies outside coverage does not exist; a reference to a missing row
gives null in all of its columns and keeps its own value (ruling 12). Everything is computed when asked for
and remembered.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kpilang import ir
from kpilang.reference import reading, windows
from kpilang.reference.attributes import Row, child_value, ranking
from kpilang.reference.calendar import Clock, Interval
from kpilang.reference.errors import LawError
from kpilang.reference.ordering import Key, sort_key
from kpilang.reference.values import Leaf, Value, evaluate
from kpilang.types import Kind, Type

PhysicalRows = Mapping[str, Sequence[Mapping[str, object]]]


class World:
    """All rows of all entities of a model, at one as-of instant."""

    def __init__(self, model: ir.Model, physical: PhysicalRows, clock: Clock) -> None:
        self.model = model
        self.clock = clock
        self._physical = physical
        self._existing: dict[str, list[Row] | None] = {}
        self._by_key: dict[str, dict[tuple[Value, ...], Row]] = {}
        self._children: dict[int, dict[Row, list[Row]]] = {}
        self._ranks: dict[int, dict[Row, int]] = {}

    # ------------------------------------------------------------------------ which rows exist

    def existing(self, entity: str) -> Sequence[Row]:
        """The rows of an entity that exist, as they stand in the table."""
        if entity not in self._existing:
            self._existing[entity] = None
            declared = self.model.entity(entity)
            rows = [Row(declared, physical) for physical in self._physical.get(entity, ())]
            self._existing[entity] = [row for row in rows if self._exists(row)]
        found = self._existing[entity]
        if found is None:
            raise LawError(f"which rows of `{entity}` exist depends on which exist")
        return found

    def _exists(self, row: Row) -> bool:
        where, covers = row.entity.where, row.entity.covers
        if where is not None and self.value(where, row) is not True:
            return False
        time = None if covers is None else self.time(row)
        return covers is None or time is None or self._is_covered(covers, time)

    def _is_covered(self, covers: ir.Coverage, time: Any) -> bool:
        moment = self.clock.moment
        after_start = covers.start is None or moment(covers.start) <= moment(time)
        return after_start and (covers.end is None or moment(time) < moment(covers.end))

    # ------------------------------------------------------------------------ what is in a row

    def named(self, row: Row, name: str) -> Value:
        """A column or an attribute of the row itself."""
        if name not in row.values:
            row.values[name] = _BEING_COMPUTED
            row.values[name] = self._computed(row, name)
        value = row.values[name]
        if value is _BEING_COMPUTED:
            raise LawError(f"`{row.entity.name}.{name}` depends on itself")
        return value

    def _computed(self, row: Row, name: str) -> Value:
        attribute = row.entity.attribute(name)
        if attribute is not None:
            return self.value(attribute.value, row)
        column = row.entity.column(name)
        if column is None:
            raise LawError(f"`{row.entity.name}` has no `{name}`")
        if column.value is not None:
            return reading.typed(self.value(column.value, row), column)
        if column.physical is not None:
            return reading.physical(row.physical, column)
        return self._reference(row, column)

    def _reference(self, row: Row, column: ir.Column) -> Value:
        """The parts of a reference in the order of the parent's key; null if any part is."""
        assert column.reference is not None, "a column without a place is a composite reference"
        parts = tuple(self.named(row, name) for name in column.reference.columns)
        return None if None in parts else parts

    def time(self, row: Row) -> Value:
        """The default anchor; null where the entity has none."""
        return None if row.entity.time is None else self.named(row, row.entity.time)

    def key(self, row: Row) -> Key:
        """For ties: the values of the key, each ordered by its type."""
        return tuple(
            sort_key(self.named(row, name), _column_type(row.entity, name)) for name in row.entity.key
        )

    def value(
        self, expr: ir.Expr, row: Row, outer: Row | None = None, period: Interval | None = None
    ) -> Value:
        """A row expression for one row; `outer` is `this`, `period` the query's."""
        return evaluate(expr, RowScope(self, row, outer, period))

    # ------------------------------------------------------------------------ what rows refer to

    def follow(self, row: Row, steps: Sequence[str]) -> Row | None:
        """The row at the end of a path of references; None if it breaks off."""
        at: Row | None = row
        for step in steps:
            at = None if at is None else self._parent(at, step)
        return at

    def _parent(self, row: Row, step: str) -> Row | None:
        column = row.entity.column(step)
        if column is None or column.reference is None:
            raise LawError(f"`{row.entity.name}.{step}` is no reference")
        parts = tuple(self.named(row, name) for name in column.reference.columns)
        return None if None in parts else self._keyed(column.reference.target).get(parts)

    def _keyed(self, entity: str) -> dict[tuple[Value, ...], Row]:
        """Rows by key. That keys are unique is assumed (law 0)."""
        if entity not in self._by_key:
            names = self.model.entity(entity).key
            found: dict[tuple[Value, ...], Row] = {}
            for row in self.existing(entity):
                found.setdefault(tuple(self.named(row, name) for name in names), row)
            self._by_key[entity] = found
        return self._by_key[entity]

    def children(self, row: Row, child: ir.Child) -> Sequence[Row]:
        """The rows of the child's entity that refer to the row; all of them without a link."""
        if not child.link:
            return self.existing(child.entity)
        if id(child) not in self._children:
            found: dict[Row, list[Row]] = {}
            for other in self.existing(child.entity):
                parent = self.follow(other, child.link)
                if parent is not None:
                    found.setdefault(parent, []).append(other)
            self._children[id(child)] = found
        return self._children[id(child)].get(row, ())

    def rank(self, node: ir.Rank, row: Row) -> int | None:
        if id(node) not in self._ranks:
            self._ranks[id(node)] = ranking(self, node, row.entity.name)
        return self._ranks[id(node)].get(row)


class _BeingComputed:
    """What a row holds for a value while it is being computed; met again, it is a circle."""


_BEING_COMPUTED = _BeingComputed()


def _column_type(entity: ir.Entity, name: str) -> Type:
    column = entity.column(name)
    return column.type if column is not None else Type(Kind.ID)


@dataclass(frozen=True, slots=True)
class RowScope:
    """Where a row expression is evaluated."""

    world: World
    row: Row
    outer: Row | None
    period: Interval | None

    @property
    def clock(self) -> Clock:
        return self.world.clock

    def leaf(self, node: Leaf) -> Value:
        match node:
            case ir.Field():
                return self._field(self.row, node)
            case ir.Outer():
                assert self.outer is not None, "`this` only stands in an aggregate over children"
                return self._field(self.outer, node.field)
            case ir.Raw():
                return reading.raw(self.row.physical, node.path)
            case ir.Child():
                return child_value(self.world, node, self.row)
            case ir.Rank():
                return self.world.rank(node, self.row)
            case ir.PeriodValue():
                assert self.period is not None, "attributes see no period"
                return windows.period_value(self.clock, node, self.period)
            case ir.Aggregate():
                raise AssertionError("an aggregate over periods is no value of a row")

    def _field(self, row: Row, field: ir.Field) -> Value:
        owner = self.world.follow(row, field.steps)
        return None if owner is None else self.world.named(owner, field.name)
