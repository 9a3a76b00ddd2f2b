"""Whether the sub-periods of `per week` nest in the periods of the query (ruling 17).

A sub-period nests where both ends of an interval lie on its grid. So for each end the grids are followed on
which it lies: those of the query's grain or range, then what each step of a window leaves of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from kpilang import ir
from kpilang.diagnostics import Diagnostics
from kpilang.nodes import Node, children
from kpilang.semantics.errors import periods
from kpilang.semantics.ranges import Cut, floor
from kpilang.types import TimeUnit

Grids = frozenset[TimeUnit]
_ALL = frozenset(TimeUnit)
_FINE = frozenset({TimeUnit.HOUR, TimeUnit.DAY})


def check_nesting(expr: Node, cut: Cut, calendar: ir.Calendar, diags: Diagnostics) -> None:
    """Reports every `per` whose sub-periods do not nest."""
    nesting = _Nesting(calendar, diags)
    nesting.check(expr, *nesting.of_query(cut))


class _Nesting:
    def __init__(self, calendar: ir.Calendar, diags: Diagnostics) -> None:
        self.calendar = calendar
        self.diags = diags

    def of_query(self, cut: Cut) -> tuple[Grids, Grids, str, TimeUnit | None]:
        """The grids of both ends of a period, what it is called, and its grain."""
        whole = self.finer(cut.grain) if cut.grain is not None else _ALL
        name = periods.a(cut.grain.value) if cut.grain is not None else "the range"
        if cut.range is None:
            return whole, whole, name, cut.grain
        ends = (self._on(cut.range.start), self._on(cut.range.end))
        if cut.grain is None:
            return *ends, name, self._only_unit(cut.range)
        if all(cut.grain in end for end in ends):
            return whole, whole, name, cut.grain
        return whole & ends[0], whole & ends[1], name, cut.grain

    def _only_unit(self, asked: ir.Range) -> TimeUnit | None:
        """The week that a range is, if it is one (ruling 1); other units move alike with or without."""
        days = (asked.end - asked.start).days
        return TimeUnit.WEEK if days == 7 and TimeUnit.WEEK in self._on(asked.start) else None

    def _on(self, moment: datetime) -> Grids:
        return frozenset(unit for unit in TimeUnit if floor(moment, unit, self.calendar) == moment)

    def finer(self, grain: TimeUnit) -> Grids:
        """The grids on which every bound of the grain lies."""
        return frozenset(unit for unit in TimeUnit if unit is grain or self._nests(unit, grain))

    def _nests(self, inner: TimeUnit, outer: TimeUnit) -> bool:
        if inner in _FINE:
            return outer is not TimeUnit.HOUR
        if inner.months is None or outer.months is None or outer.months % inner.months:
            return False
        apart = (self._offset(outer) - self._offset(inner)) % inner.months
        return apart == 0

    def _offset(self, unit: TimeUnit) -> int:
        is_fiscal = unit in (TimeUnit.FISCAL_QUARTER, TimeUnit.FISCAL_YEAR)
        return self.calendar.fiscal_year_starts - 1 if is_fiscal else 0

    # ------------------------------------------------------------------------ the walk

    def check(self, expr: Node, start: Grids, end: Grids, name: str, grain: TimeUnit | None) -> None:
        if isinstance(expr, ir.Nested) and isinstance(expr.per, ir.PerGrain):
            inner = expr.per.grain
            ends = self._moved(expr.window, start, end, grain)
            if not all(inner in grids for grids in ends):
                where = name if not expr.window else "the interval of its selectors"
                self.diags.add(periods.does_not_nest(inner.value, where, expr.span))
                return
            finer = self.finer(inner)
            self.check(expr.value, finer, finer, periods.a(inner.value), inner)
            return
        for child in children(expr):
            self.check(child, start, end, name, grain)

    def _moved(
        self, window: Iterable[ir.Step], start: Grids, end: Grids, grain: TimeUnit | None
    ) -> tuple[Grids, Grids]:
        for step in window:
            start, end = self._step(step, start, end, grain)
            if not isinstance(step, ir.Prior | ir.Ago):
                grain = None
        return start, end

    def _step(self, step: ir.Step, start: Grids, end: Grids, grain: TimeUnit | None) -> tuple[Grids, Grids]:
        match step:
            case ir.Prior():
                return (_before(start, end), start) if grain is None else (start & end, start & end)
            case ir.Last(count=count, unit=unit):
                return self._back(end, count, unit, None), end
            case ir.Next(count=count, unit=unit):
                return start, self._back(start, count, unit, None)
            case ir.Ago(count=count, unit=unit):
                return self._back(start, count, unit, grain), self._back(end, count, unit, grain)
            case ir.ToDate(unit=unit):
                return self.finer(unit), end
            case ir.FromTo(start=low, end=high):
                return self._on(low), self._on(high)
            case ir.AllTime() | ir.Before():
                return frozenset(), end

    def _back(self, grids: Grids, count: int, unit: TimeUnit, grain: TimeUnit | None) -> Grids:
        """On which grids a bound still lies that is moved by whole units."""
        if unit is TimeUnit.HOUR:
            return grids & {TimeUnit.HOUR}
        if grain is TimeUnit.WEEK and unit is not TimeUnit.DAY:
            return grids
        months = unit.months
        if months is None:
            days = count * (7 if unit is TimeUnit.WEEK else 1)
            return grids & (_FINE | ({TimeUnit.WEEK} if days % 7 == 0 else set()))
        kept = {grid for grid in grids if grid.months is not None and (count * months) % grid.months == 0}
        return (grids & _FINE) | frozenset(kept)


def _before(start: Grids, end: Grids) -> Grids:
    """Of the start of the range before: as many of the largest unit earlier, which may be no whole weeks."""
    both = start & end
    return both - {TimeUnit.WEEK} if any(unit.months for unit in both) else both
