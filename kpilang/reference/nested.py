"""Aggregates of aggregates: `avg(revenue per customer)`, `max(sessions per day)` (rulings 12 and 17).

The cell expression inside is evaluated for each value of `per`: for the keys that its rows have in the group,
or for each sub-period, empty ones too. If any of it is not known, the whole is not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Protocol

from kpilang import ir
from kpilang.nodes import walk
from kpilang.reference import windows
from kpilang.reference.access import Rows
from kpilang.reference.aggregates import Item, aggregate
from kpilang.reference.calendar import Interval
from kpilang.reference.errors import LawError
from kpilang.reference.facts import UNSEEN, Axis, Group
from kpilang.reference.values import Value, literal
from kpilang.types import TimeUnit


class Inner(Protocol):
    """Cell expressions that are evaluated by more axes, or in shorter periods, than those outside."""

    def is_known(self, period: Interval) -> bool: ...

    def groups(self, period: Interval) -> set[Group]: ...

    def value(self, expr: ir.Expr, group: Group, period: Interval) -> Value: ...


class Nested:
    """An aggregate over the values of a cell expression. `axes` are those of its result."""

    def __init__(self, node: ir.Nested, inner: Inner, axes: Sequence[Axis], rows: Rows) -> None:
        self.node = node
        self.inner = inner
        self.rows = rows
        self.width = len(axes)
        self.kept = [place for place, axis in enumerate(axes) if not axis.is_in(node.across)]
        self._periods: dict[Interval, tuple[Interval, ...]] = {}

    def is_known(self, period: Interval) -> bool:
        periods = self._inner_periods(period)
        return bool(periods) and all(self.inner.is_known(part) for part in periods)

    def groups(self, period: Interval) -> Iterator[Group]:
        for part in self._inner_periods(period):
            for group in self.inner.groups(part):
                yield group[: self.width]

    def value(self, group: Group, period: Interval) -> Value:
        """Nulls are skipped; of nothing as any aggregate (law 3)."""
        if not self.is_known(period):
            return None
        items = [item for item in self._items(group, period) if item.value is not None]
        node = self.node
        parameter = None if node.parameter is None else literal(node.parameter)
        return aggregate(node.op, items, node.value.type, parameter, node.type)

    def _items(self, group: Group, period: Interval) -> Iterator[Item]:
        if isinstance(self.node.per, ir.PerKeys):
            for keys in self._keys(group, period):
                yield Item(self.inner.value(self.node.value, group + keys, period), None)
            return
        for place, part in enumerate(self._inner_periods(period)):
            yield Item(self.inner.value(self.node.value, group, part), (place,))

    # ------------------------------------------------------------------------ keys

    def _keys(self, group: Group, period: Interval) -> set[Group]:
        """What rows have in the group before any `across` of the inner aggregates; null is a value."""
        if self.node.op in (ir.AggregateOp.FIRST, ir.AggregateOp.LAST):
            raise LawError(f"`{self.node.op.value}` of values that have no order in time")
        found = self.inner.groups(period)
        return {other[self.width :] for other in found if self._agrees(other, group)}

    def _agrees(self, other: Group, group: Group) -> bool:
        return all(other[place] is UNSEEN or other[place] == group[place] for place in self.kept)

    # ------------------------------------------------------------------------ sub-periods

    def _inner_periods(self, period: Interval) -> tuple[Interval, ...]:
        """The periods in which the inside is evaluated; none where nothing is known."""
        if isinstance(self.node.per, ir.PerKeys):
            return (period,)
        if period not in self._periods:
            self._periods[period] = self._cut(period, self.node.per.grain)
        return self._periods[period]

    def _cut(self, period: Interval, unit: TimeUnit) -> tuple[Interval, ...]:
        clock = self.rows.clock
        interval = windows.whole(clock, self.node.window, period)
        if interval is None or windows.cut(clock, interval) is None:
            return ()
        start = self._coverage_start()
        if interval.start is None and start is not None:
            interval = replace(interval, start=clock.moment(start))
        return windows.sub_periods(clock, interval, unit)

    def _coverage_start(self) -> date | None:
        """Where what is aggregated inside begins (ruling 8), if it is all the same."""
        model = self.rows.model
        covered = {model.entity(name).covers for name in _entities(self.node.value)}
        starts = {None if covers is None else covers.start for covers in covered}
        return starts.pop() if len(starts) == 1 else None


def _entities(expr: ir.Expr) -> Iterator[str]:
    for node in walk(expr):
        match node:
            case ir.Aggregate() | ir.State() | ir.Event() | ir.Always():
                yield node.entity
            case ir.With():
                yield node.rows
            case _:
                pass
