"""Rows in reach of a period, by group: what aggregates count and sets are made of (laws 2, 3, 5 and 6).

A row counts in a period if its date lies in the interval that selectors make of it, or a spell holds the
interval's end, as far as the condition is true. What is not covered, or lies after the as-of instant, is
unknown. Nothing here knows what is made of the rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from kpilang import ir
from kpilang.nodes import walk
from kpilang.reference import windows
from kpilang.reference.access import Row, Rows
from kpilang.reference.calendar import Interval
from kpilang.reference.errors import LawError
from kpilang.reference.moments import Moment
from kpilang.reference.values import Value
from kpilang.types import Kind, TimeUnit

Group = tuple[Value, ...]
"""One value for each axis."""


class _Unseen:
    """In a group, the place of a dimension that the entity does not see, which then lies across."""


UNSEEN: Final = _Unseen()


@dataclass(frozen=True, slots=True)
class Axis:
    """What rows are grouped by: a dimension of the query, or a key of `per`, which nothing lifts."""

    name: str
    paths: Mapping[str, ir.Expr]
    is_key: bool = False

    def is_in(self, across: Sequence[str]) -> bool:
        return not self.is_key and (self.name in across or across == ir.ALL_DIMENSIONS)


def axes_of(dimensions: Sequence[ir.Dimension]) -> tuple[Axis, ...]:
    return tuple(Axis(dimension.name, dict(dimension.paths)) for dimension in dimensions)


def axes_of_keys(per: ir.PerKeys) -> tuple[Axis, ...]:
    return tuple(
        Axis(name, {entity: path[place] for entity, path in per.paths}, is_key=True)
        for place, name in enumerate(per.names)
    )


@dataclass(frozen=True, slots=True)
class Spell:
    """In from after `start` until `end`; without an end still in."""

    start: ir.Expr
    end: ir.Expr


@dataclass(frozen=True, slots=True)
class Selection:
    """Which rows of `entity`; dated by a column, by a spell, or not at all, which is in every period."""

    entity: str
    where: ir.Expr | None
    dated: ir.Field | Spell | None
    window: ir.Window
    across: tuple[str, ...]


class Fact(NamedTuple):
    """A row that may be counted, and the moment of its date, if it has one date."""

    row: Row
    moment: Moment | None


class Reach(NamedTuple):
    """What is found in a period: whether all is known, and the rows by group."""

    known: bool
    groups: Mapping[Group, list[Fact]]


class Facts:
    """The rows of a selection, by period and group."""

    def __init__(self, selection: Selection, axes: Sequence[Axis], rows: Rows) -> None:
        _check_sight(selection, axes)
        self.selection = selection
        self.axes = axes
        self.rows = rows
        self.covers = rows.model.entity(selection.entity).covers
        self.kept = [place for place, axis in enumerate(axes) if not axis.is_in(selection.across)]
        self.where_sees_period = sees_period(selection.where)
        self.candidates = tuple(self._candidates())
        self._reached: dict[Interval, Reach] = {}
        self._lifted: dict[Interval, dict[Group, list[Fact]]] = {}

    def _candidates(self) -> Iterator[tuple[Group, Fact]]:
        """Rows with a date before the as-of instant (law 2, ruling 7) that the condition leaves.

        A condition that looks at the period is decided in each.
        """
        dated = self.selection.dated
        for row in self.rows.existing(self.selection.entity):
            moment = self._moment(row, dated) if isinstance(dated, ir.Field) else None
            if isinstance(dated, ir.Field) and moment is None:
                continue
            if self.where_sees_period or self._holds(row, None):
                yield self._group(row), Fact(row, moment)

    def _moment(self, row: Row, dated: ir.Field) -> Moment | None:
        clock = self.rows.clock
        date = self.rows.value(dated, row)
        moment = None if date is None else clock.moment(date)
        return None if moment is None or moment.instant >= clock.as_of.instant else moment

    def _holds(self, row: Row, period: Interval | None) -> bool:
        where = self.selection.where
        return where is None or self.rows.value(where, row, None, period) is True

    def _group(self, row: Row) -> Group:
        paths = (axis.paths.get(self.selection.entity) for axis in self.axes)
        return tuple(UNSEEN if path is None else self.rows.value(path, row) for path in paths)

    # ------------------------------------------------------------------------ in a period

    def reach(self, period: Interval) -> Reach:
        """The rows in reach of the period, by all axes that the entity sees, across or not."""
        if period not in self._reached:
            self._reached[period] = self._reach(period)
        return self._reached[period]

    def _reach(self, period: Interval) -> Reach:
        known = is_decided(self.rows, self.selection.where, period)
        if self.selection.dated is None:
            return Reach(known, self._grouped(period, self.candidates))
        _check_hours(self.selection, period)
        interval = windows.reached(self.rows.clock, self.selection.window, period)
        if interval is None:
            return Reach(False, {})
        interval = self._begun(interval)
        inside = [found for found in self.candidates if self._is_in(found[1], interval, period)]
        return Reach(known and self._is_covered(interval), self._grouped(period, inside))

    def _begun(self, interval: Interval) -> Interval:
        """Without a beginning it begins where coverage does (ruling 8)."""
        if interval.start is not None or self.covers is None or self.covers.start is None:
            return interval
        return replace(interval, start=self.rows.clock.moment(self.covers.start))

    def _is_covered(self, interval: Interval) -> bool:
        """Whether it is wholly covered and not, for want of a beginning, wholly before what is."""
        covers, moment = self.covers, self.rows.clock.moment
        if covers is None:
            return True
        if covers.end is not None and interval.end > moment(covers.end):
            return False
        if covers.start is None:
            return True
        start = moment(covers.start)
        return interval.start is not None and start <= interval.start and start < interval.end

    def _is_in(self, fact: Fact, interval: Interval, period: Interval) -> bool:
        if fact.moment is not None:
            return interval.holds(fact.moment)
        assert isinstance(self.selection.dated, Spell), "what has a date has a moment"
        return self._spans(self.selection.dated, fact.row, interval.end, period)

    def _spans(self, spell: Spell, row: Row, instant: Moment, period: Interval) -> bool:
        """Began before the instant and did not end before it: of an interval only the end is looked at."""
        clock = self.rows.clock
        start, end = (self.rows.value(expr, row, None, period) for expr in (spell.start, spell.end))
        began = start is not None and clock.moment(start) < instant
        return began and (end is None or clock.moment(end) >= instant)

    def _grouped(self, period: Interval, found: Sequence[tuple[Group, Fact]]) -> dict[Group, list[Fact]]:
        groups: dict[Group, list[Fact]] = {}
        for group, fact in found:
            if not self.where_sees_period or self._holds(fact.row, period):
                groups.setdefault(group, []).append(fact)
        return groups

    # ------------------------------------------------------------------------ in a group

    def within(self, group: Group, period: Interval) -> Sequence[Fact]:
        """The rows of one group, with those of the groups that differ from it only in what lies across."""
        if period not in self._lifted:
            lifted: dict[Group, list[Fact]] = {}
            for other, facts in self.reach(period).groups.items():
                lifted.setdefault(self._kept(other), []).extend(facts)
            self._lifted[period] = lifted
        return self._lifted[period].get(self._kept(group), ())

    def _kept(self, group: Group) -> Group:
        return tuple(group[place] for place in self.kept)


# ---------------------------------------------------------------------------- what depends on the period


def sees_period(expr: ir.Expr | None) -> bool:
    return expr is not None and any(isinstance(node, ir.PeriodValue | ir.Member) for node in walk(expr))


def is_decided(rows: Rows, expr: ir.Expr | None, period: Interval) -> bool:
    """Whether all sets that the expression asks for are known; one that is not decides nothing."""
    if expr is None:
        return True
    members = (node for node in walk(expr) if isinstance(node, ir.Member))
    return all(rows.membership(node, period).known for node in members)


# ---------------------------------------------------------------------------- refused


def _check_sight(selection: Selection, axes: Sequence[Axis]) -> None:
    for axis in axes:
        if selection.entity not in axis.paths and not axis.is_in(selection.across):
            raise LawError(f"`{selection.entity}` does not see `{axis.name}`")


def _check_hours(selection: Selection, period: Interval) -> None:
    """A date has no hour (ruling 4)."""
    steps = (step for step in selection.window if isinstance(step, ir.Last | ir.Next | ir.Ago | ir.ToDate))
    if TimeUnit.HOUR not in (period.grain, *(step.unit for step in steps)):
        return
    dated = selection.dated
    ends = (dated.start, dated.end) if isinstance(dated, Spell) else (dated,)
    for end in ends:
        if end is not None and end.type.kind is Kind.DATE:
            name = f"{selection.entity}.{end.name}" if isinstance(end, ir.Field) else selection.entity
            raise LawError(f"`{name}` is a date and has no hours")
