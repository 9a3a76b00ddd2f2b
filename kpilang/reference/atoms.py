"""One aggregate of a query: its rows by period and group, and its value there (laws 2, 3, 5, 12).

An aggregate counts the rows whose anchor lies in the interval that its selectors make of the period, as far
as its condition is true. What is not covered, or lies after the as-of instant, is unknown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

from kpilang import ir
from kpilang.nodes import walk
from kpilang.reference import windows
from kpilang.reference.aggregates import Item, aggregate
from kpilang.reference.attributes import Row
from kpilang.reference.calendar import Interval
from kpilang.reference.errors import LawError
from kpilang.reference.moments import Moment
from kpilang.reference.rows import World
from kpilang.reference.values import Value, literal
from kpilang.types import Kind, TimeUnit

Group = tuple[Value, ...]
"""One value for each dimension of the query."""


class Member(NamedTuple):
    """A row that an aggregate may count, the moment of its anchor, and its value in every dimension."""

    row: Row
    moment: Moment
    group: Group


class Reach(NamedTuple):
    """What an aggregate finds in a period: whether it is known, and its rows by group."""

    known: bool
    groups: Mapping[Group, list[Member]]


class Atom:
    """One aggregate of the query: its rows, by period and group."""

    def __init__(self, node: ir.Aggregate, query: ir.Query, world: World) -> None:
        _check_hours(node, query)
        self.node = node
        self.world = world
        self.entity = world.model.entity(node.entity)
        self.dimensions = query.dimensions
        self.sees_all = all(_sees(dimension, node.entity) for dimension in query.dimensions)
        self.where_sees_period = _sees_period(node.where)
        self.argument_sees_period = _sees_period(node.argument)
        self.candidates = tuple(self._candidates())
        self._reached: dict[Interval, Reach] = {}
        self._items: dict[Row, Item] = {}

    def _candidates(self) -> Iterator[Member]:
        """Rows with an anchor before the as-of instant (law 2, ruling 7) that the condition leaves.

        A condition that looks at the period is decided in each.
        """
        clock = self.world.clock
        for row in self.world.existing(self.node.entity):
            anchor = self.world.value(self.node.anchor, row)
            if anchor is None or clock.moment(anchor).instant >= clock.as_of.instant:
                continue
            if self.where_sees_period or self._holds(row, None):
                yield Member(row, clock.moment(anchor), self._group(row))

    def _holds(self, row: Row, period: Interval | None) -> bool:
        where = self.node.where
        return where is None or self.world.value(where, row, None, period) is True

    def _group(self, row: Row) -> Group:
        """A dimension that the entity does not see, which then lies across, is null here."""
        entity = self.node.entity
        return tuple(
            self.world.value(dimension.path(entity), row) if _sees(dimension, entity) else None
            for dimension in self.dimensions
        )

    def reach(self, period: Interval) -> Reach:
        """The rows in reach of the period, by the dimensions that group the aggregate or lie across it."""
        if period not in self._reached:
            interval = windows.reached(self.world.clock, self.node.window, period)
            if interval is None:
                self._reached[period] = Reach(False, {})
            else:
                interval = self._begun(interval)
                self._reached[period] = Reach(self._is_known(interval), self._in(interval, period))
        return self._reached[period]

    def _begun(self, interval: Interval) -> Interval:
        """Without a beginning it begins where coverage does (ruling 8)."""
        covers = self.entity.covers
        if interval.start is not None or covers is None or covers.start is None:
            return interval
        return replace(interval, start=self.world.clock.moment(covers.start))

    def _is_known(self, interval: Interval) -> bool:
        """Whether it is wholly covered and not, for want of a beginning, wholly before what is."""
        covers = self.entity.covers
        if covers is None:
            return True
        moment = self.world.clock.moment
        if covers.end is not None and interval.end > moment(covers.end):
            return False
        if covers.start is None:
            return True
        start = moment(covers.start)
        return interval.start is not None and start <= interval.start and start < interval.end

    def _in(self, interval: Interval, period: Interval) -> dict[Group, list[Member]]:
        found: dict[Group, list[Member]] = {}
        for member in self.candidates:
            inside = interval.holds(member.moment)
            if inside and (not self.where_sees_period or self._holds(member.row, period)):
                found.setdefault(member.group, []).append(member)
        return found

    # ------------------------------------------------------------------------ one cell

    def value(self, group: Group, period: Interval) -> Value:
        """The aggregate in one group and period; null where nothing is known (law 3)."""
        known, groups = self.reach(period)
        if not known:
            return None
        kept = [index for index, dimension in enumerate(self.dimensions) if not self._is_across(dimension)]
        members = [
            member
            for other, members in groups.items()
            if all(other[index] == group[index] for index in kept)
            for member in members
        ]
        node = self.node
        parameter = None if node.parameter is None else literal(node.parameter)
        argument = None if node.argument is None else node.argument.type
        return aggregate(node.op, [self._item(m, period) for m in members], argument, parameter, node.type)

    def _is_across(self, dimension: ir.Dimension) -> bool:
        return self.node.across == ir.ALL_DIMENSIONS or dimension.name in self.node.across

    def _item(self, member: Member, period: Interval) -> Item:
        """Remembered, unless the argument looks at the period."""
        if self.argument_sees_period or member.row not in self._items:
            self._items[member.row] = self._item_of(member, period)
        return self._items[member.row]

    def _item_of(self, member: Member, period: Interval) -> Item:
        argument = self.node.argument
        value = None if argument is None else self.world.value(argument, member.row, None, period)
        if self.node.op not in (ir.AggregateOp.FIRST, ir.AggregateOp.LAST):
            return Item(value, None)
        return Item(value, (member.moment, self.world.key(member.row)))


def _sees(dimension: ir.Dimension, entity: str) -> bool:
    return any(name == entity for name, _ in dimension.paths)


def _sees_period(expr: ir.Expr | None) -> bool:
    return expr is not None and any(isinstance(node, ir.PeriodValue) for node in walk(expr))


def _check_hours(node: ir.Aggregate, query: ir.Query) -> None:
    """A date has no hour (ruling 4)."""
    units = [step.unit for step in node.window if isinstance(step, ir.Last | ir.Next | ir.Ago | ir.ToDate)]
    if node.anchor.type.kind is Kind.DATE and TimeUnit.HOUR in (query.grain, *units):
        raise LawError(f"`{node.entity}.{node.anchor.name}` is a date and has no hours")
