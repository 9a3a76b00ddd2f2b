"""Rows as the model sees them: which exist, what is in them, what they refer to (laws 5 and 6).

A row that fails its entity's `where` or lies outside coverage does not exist; a reference to a missing row
gives null in all of its columns and keeps its own value (ruling 12). A version is there while it is in force
(ruling 19). Everything is computed when asked for and remembered.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from kpilang import ir
from kpilang.reference import reading, windows
from kpilang.reference.access import Membership, Row
from kpilang.reference.attributes import child_value, ranking
from kpilang.reference.calendar import Clock, Interval
from kpilang.reference.errors import LawError
from kpilang.reference.ordering import Key, sort_key
from kpilang.reference.origins import PhysicalRows, column_type, incoming, is_later
from kpilang.reference.sets import Population
from kpilang.reference.values import Leaf, Value, evaluate

SOURCE = "source"
"""The column of a bound entity that says which source a row comes from."""


class World:
    """All rows of all entities of a model, at one as-of instant."""

    def __init__(self, model: ir.Model, physical: PhysicalRows, clock: Clock) -> None:
        self.model = model
        self.clock = clock
        self._physical = physical
        self._existing: dict[str, list[Row] | None] = {}
        self._by_key: dict[str, dict[tuple[Value, ...], list[Row]]] = {}
        self._children: dict[int, dict[tuple[Value, ...], list[tuple[Row, Row]]]] = {}
        self._ranks: dict[int, dict[Row, int]] = {}
        self._populations: dict[int, Population] = {}

    # ------------------------------------------------------------------------ which rows exist

    def existing(self, entity: str) -> Sequence[Row]:
        """The rows of an entity that exist, as they stand in the table."""
        if entity not in self._existing:
            self._existing[entity] = None
            rows = incoming(self.model.entity(entity), self._physical, self)
            self._existing[entity] = [row for row in rows if self._exists(row)]
        found = self._existing[entity]
        if found is None:
            raise LawError(f"which rows of `{entity}` exist depends on which exist")
        return found

    def _exists(self, row: Row) -> bool:
        covers = row.entity.covers
        conditions = (None if row.source is None else row.source.where, row.entity.where)
        if not all(where is None or self.value(where, row) is True for where in conditions):
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
        if column.recorded is not None and is_later(self.named(row, column.recorded), self):
            return None
        return self._read(row, column)

    def _read(self, row: Row, column: ir.Column) -> Value:
        if column.physical is None and column.value is None and column.reference is not None:
            return self._reference(row, column.reference)
        if row.source is not None:
            return self._bound(row, row.source, column)
        if column.value is not None:
            return reading.typed(self.value(column.value, row), column)
        return reading.physical(row.physical, column)

    def _reference(self, row: Row, reference: ir.Reference) -> Value:
        """The parts of a reference in the order of the parent's key; null if any part is."""
        parts = tuple(self.named(row, name) for name in reference.columns)
        return None if None in parts else parts

    def _bound(self, row: Row, source: ir.BoundSource, column: ir.Column) -> Value:
        """What the source says the column is; `source` is its name."""
        given = dict(source.values)
        if column.name in given:
            return reading.typed(self.value(given[column.name], row), column)
        if column.name == SOURCE:
            return source.name
        raise LawError(f"`{source.name}` gives no `{row.entity.name}.{column.name}`")

    def time(self, row: Row) -> Value:
        """The default anchor; null where the entity has none."""
        return None if row.entity.time is None else self.named(row, row.entity.time)

    def key(self, row: Row) -> Key:
        """For ties: the values of the key, each ordered by its type; of versions also when they begin."""
        entity = row.entity
        names = entity.key if entity.valid is None else (*entity.key, entity.valid.start)
        key = tuple(sort_key(self.named(row, name), column_type(entity, name)) for name in names)
        return key if row.source is None else (*key, row.source.name)

    def identity(self, row: Row) -> Value:
        """The key as a reference to the row holds it; null if a part is."""
        parts = self._key_parts(row)
        if None in parts:
            return None
        return parts[0] if len(parts) == 1 else parts

    def membership(self, node: ir.Member, period: Interval | None) -> Membership:
        """Who is in a set in a period, in the whole population (law 11)."""
        if id(node) not in self._populations:
            self._populations[id(node)] = Population(node, self)
        return self._populations[id(node)].membership(period)

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
        """The row with the key that is meant. That there is one at most is assumed (law 0)."""
        if step in row.parents:
            return row.parents[step]
        column = row.entity.column(step)
        if column is None or column.reference is None:
            raise LawError(f"`{row.entity.name}.{step}` is no reference")
        parts = self._parts(row, step)
        found = () if parts is None else self._keyed(column.reference.target).get(parts, ())
        meant = [parent for parent in found if self._is_meant(parent, row, column.reference)]
        if len({parent.source and parent.source.name for parent in meant}) > 1:
            raise LawError(f"`{row.entity.name}.{step}` is the key of rows in two sources")
        return meant[0] if meant else None

    def _parts(self, row: Row, step: str) -> tuple[Value, ...] | None:
        """What a reference holds, by the parts of the key; of no reference the value itself."""
        value = self.named(row, step)
        column = row.entity.column(step)
        if value is None or column is None or column.reference is None:
            return None if value is None else (value,)
        return tuple(self.named(row, name) for name in column.reference.columns)

    def _keyed(self, entity: str) -> dict[tuple[Value, ...], list[Row]]:
        """Rows by key."""
        if entity not in self._by_key:
            found: dict[tuple[Value, ...], list[Row]] = {}
            for row in self.existing(entity):
                found.setdefault(self._key_parts(row), []).append(row)
            self._by_key[entity] = found
        return self._by_key[entity]

    def _key_parts(self, row: Row) -> tuple[Value, ...]:
        return tuple(self.named(row, name) for name in row.entity.key)

    def _is_meant(self, parent: Row, row: Row, reference: ir.Reference) -> bool:
        """Of the rows with the key the one of the row's own source (ruling 18), in the version in force."""
        return _is_of_source(parent, row) and self._is_in_force(parent, row, reference)

    def _is_in_force(self, version: Row, row: Row, reference: ir.Reference) -> bool:
        """From its start until its end, which is not part of it; without an end still (ruling 19)."""
        valid = version.entity.valid
        if valid is None:
            return True
        if reference.as_of is None:
            raise LawError(f"`{row.entity.name}` does not say at what time it refers to `{reference.target}`")
        moment = self.clock.moment
        at, start = self.named(row, reference.as_of), self.named(version, valid.start)
        end = self.named(version, valid.end)
        begun = None not in (at, start) and moment(start) <= moment(at)
        return begun and (end is None or moment(at) < moment(end))

    def children(self, row: Row, child: ir.Child) -> Sequence[Row]:
        """The rows of the child's entity that hold the row's key; all of them without a link.

        Nobody asks whether the row itself exists, as that may depend on its children.
        """
        if not child.link:
            return self.existing(child.entity)
        if id(child) not in self._children:
            self._children[id(child)] = self._linked(child)
        theirs = self._children[id(child)].get(self._key_parts(row), ())
        return [other for other, last in theirs if self._is_parent(row, last, child.link[-1])]

    def _linked(self, child: ir.Child) -> dict[tuple[Value, ...], list[tuple[Row, Row]]]:
        """By the key that the end of the link holds: each row with the row that holds the key."""
        *steps, end = child.link
        found: dict[tuple[Value, ...], list[tuple[Row, Row]]] = {}
        for other in self.existing(child.entity):
            last = self.follow(other, steps)
            parts = None if last is None else self._parts(last, end)
            if last is not None and parts is not None:
                found.setdefault(parts, []).append((other, last))
        return found

    def _is_parent(self, row: Row, last: Row, step: str) -> bool:
        """Of several rows with the key the one that is meant; a derived entity has one."""
        column = last.entity.column(step)
        if column is None or column.reference is None:
            return True
        if row.source is not None:
            return self._parent(last, step) is row
        return self._is_in_force(row, last, column.reference)

    def rank(self, node: ir.Rank, row: Row) -> int | None:
        if id(node) not in self._ranks:
            self._ranks[id(node)] = ranking(self, node, row.entity.name)
        return self._ranks[id(node)].get(row)


class _BeingComputed:
    """What a row holds for a value while it is being computed; met again, it is a circle."""


_BEING_COMPUTED = _BeingComputed()


def _is_of_source(parent: Row, row: Row) -> bool:
    """Whether the row may refer to the parent: a row of a source that both have refers within it."""
    if parent.source is None or row.source is None or not isinstance(parent.entity.origin, ir.Union):
        return True
    shared = {source.name for source in parent.entity.origin.sources}
    return row.source.name not in shared or parent.source.name == row.source.name


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
            case ir.Member():
                return self._is_member(node)
            case ir.TouchValue():
                raise AssertionError("a touch has a place on a path only while it is weighed")
            case ir.Aggregate() | ir.CountOf() | ir.Nested():
                raise AssertionError("an aggregate over periods is no value of a row")

    def _is_member(self, node: ir.Member) -> bool:
        """Null is nobody's key (ruling 14)."""
        key = self.world.value(node.key, self.row, self.outer, self.period)
        return key is not None and key in self.world.membership(node, self.period).keys

    def _field(self, row: Row, field: ir.Field) -> Value:
        owner = self.world.follow(row, field.steps)
        return None if owner is None else self.world.named(owner, field.name)
