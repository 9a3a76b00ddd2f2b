"""The periods of a query, and the interval that each window makes of each of them.

`Grid` answers every question that depends on the calendar alone, before any table is thought of.
"""

from __future__ import annotations

from dataclasses import field
from datetime import UTC, date, datetime, timedelta

from kpilang import ir
from kpilang.diagnostics import KpilangError
from kpilang.frozen import dataclass
from kpilang.plan import errors
from kpilang.plan.intervals import HOUR, Interval, apply_uncut, cut, move, whole_unit
from kpilang.plan.moments import MICROSECOND, Clock, Moment, midnight
from kpilang.semantics.errors.periods import does_not_nest
from kpilang.source import Span
from kpilang.types import TimeUnit

MAX_PERIODS = 100_000
"""More periods than this in one query are refused."""


@dataclass(frozen=True, slots=True)
class Reach:
    """The rows that an aggregate sees in one period: those whose anchor lies in [start, end).

    `known` is false where coverage does not hold the whole interval: rows exist, the value is null.
    """

    start: Moment | None
    end: Moment
    known: bool = True

    @property
    def is_empty(self) -> bool:
        return self.start is not None and not self.start.is_before(self.end)


Intervals = tuple[Interval | None, ...]
"""One for each period; None where it lies after as-of."""


@dataclass(frozen=True, slots=True)
class Grid:
    """The periods asked for, in order. Without a grain there is one."""

    clock: Clock
    as_of: Moment
    grain: TimeUnit | None
    periods: tuple[Interval, ...]
    is_numbered: bool = False
    """Whether periods are told apart by their number, as several begin at one moment."""
    _made: dict[ir.Window, Intervals] = field(default_factory=dict, repr=False, compare=False)

    @property
    def is_single(self) -> bool:
        return self.grain is None

    def always(self) -> tuple[Reach | None, ...]:
        """What rows that are in every period are seen in."""
        return tuple(Reach(None, self.as_of) for _ in self.periods)

    def intervals(self, window: ir.Window) -> Intervals:
        """For each period the interval that the window makes of it; None where it lies after as-of."""
        return tuple(None if i is None else cut(i, self.as_of) for i in self.wholes(window))

    def wholes(self, window: ir.Window) -> Intervals:
        """As `intervals`, but not cut at as-of; None where the window itself looks for a cut end in vain."""
        if window not in self._made:
            made = (apply_uncut(window, period, self.clock, self.as_of) for period in self.periods)
            self._made[window] = tuple(made)
        return self._made[window]

    def reaches(
        self, window: ir.Window, covers: ir.Coverage | None, by_time: bool
    ) -> tuple[Reach | None, ...]:
        """As `intervals`, within what the data cover (ruling 8); None where no row can be counted."""
        return tuple(self._reach(interval, covers, by_time) for interval in self.intervals(window))

    def cells(self, window: ir.Window) -> tuple[Interval | None, ...] | None:
        """For each period the whole cell of the grain that the window makes of it, as far as rows are seen.

        None as a whole where some interval is not a cell; None for a period that lies after as-of.
        """
        if self.is_numbered:
            return None
        found: list[Interval | None] = []
        for interval in self.wholes(window):
            if interval is None or cut(interval, self.as_of) is None:
                found.append(None)
            elif self._is_cell(interval):
                found.append(Interval(interval.start, next_start(interval.begin(), self.unit, self.clock)))
            else:
                return None
        return tuple(found)

    def ranges(self, window: ir.Window) -> tuple[Interval | None, ...] | None:
        """For each period the whole cells that its interval is made of, as far as rows are seen.

        None as a whole where some interval begins or ends within a cell (but at as-of: no row lies behind).
        """
        if self.is_numbered:
            return None
        found: list[Interval | None] = []
        for interval in self.wholes(window):
            if interval is None or cut(interval, self.as_of) is None:
                found.append(None)
                continue
            end = interval.end
            if end == self.as_of and not self._is_bound(end):
                end = next_start(end, self.unit, self.clock)
            if not self._is_bound(end) or (interval.start is not None and not self._is_bound(interval.start)):
                return None
            found.append(Interval(interval.start, end))
        return tuple(found)

    def _is_bound(self, moment: Moment) -> bool:
        if self.unit is TimeUnit.HOUR:
            return self.clock.floor_hour(moment).instant == moment.instant
        return self.clock.is_boundary(moment, self.unit)

    def cell_before(self, moment: Moment) -> Moment:
        """The start of the cell that ends at a bound of the grid."""
        last = self.clock.of(moment.instant - MICROSECOND)
        if self.unit is TimeUnit.HOUR:
            return self.clock.floor_hour(last)
        return self.clock.at(self.clock.floor(midnight(self.clock.day_of(last.instant)), self.unit))

    def cells_between(self, first: Moment, last: Moment) -> tuple[Interval, ...]:
        """The cells from one bound of the grid to another."""
        return cells(first, last, self.unit, self.clock)

    @property
    def unit(self) -> TimeUnit:
        assert self.grain is not None, "a single period has no cells"
        return self.grain

    def _is_cell(self, interval: Interval) -> bool:
        """Cells may be cut at the as-of instant, which every scan is."""
        if interval.start is None:
            return False
        after = next_start(interval.start, self.unit, self.clock)
        is_open = interval.end == self.as_of and self.as_of.is_before(after)
        return is_cell(interval.start, after if is_open else interval.end, self.unit, self.clock)

    def _reach(self, interval: Interval | None, covers: ir.Coverage | None, by_time: bool) -> Reach | None:
        """Rows outside coverage do not exist; by the entity's own time the interval says so already."""
        if interval is None:
            return None
        first = self.clock.day(covers.start) if covers and covers.start else None
        last = self.clock.day(covers.end) if covers and covers.end else None
        start, end = interval.start or first, interval.end
        late = first is not None and start is not None and start.is_before(first)
        outside = first is not None and not first.is_before(end)
        early = last is not None and last.is_before(end)
        start = first if late and by_time else start
        end = last if early and by_time and last is not None else end
        if start is not None and end.is_before(start):
            end = start
        return Reach(start, end, known=not (late or early or outside))

    def seen(self, interval: Interval, covers: ir.Coverage | None, by_time: bool) -> Reach | None:
        """The part of an interval that is before as-of and within coverage; None if there is none."""
        reach = self._reach(cut(interval, self.as_of), covers, by_time)
        return None if reach is None or reach.is_empty else reach

    def labels(self) -> tuple[date | str, ...]:
        """Names of the periods: the local start date, or the local start with its offset under hours."""
        return tuple(self._label(period.begin()) for period in self.periods)

    def _label(self, start: Moment) -> date | str:
        if self.grain is not TimeUnit.HOUR:
            return start.local.date()
        shown = self.clock.of(start.instant).local
        offset = shown - start.instant.replace(tzinfo=None)
        sign, minutes = ("-", -offset) if offset < timedelta(0) else ("+", offset)
        hours, rest = divmod(minutes // timedelta(minutes=1), 60)
        return f"{shown.isoformat(timespec='seconds')}{sign}{hours:02}:{rest:02}"


def grid_of(query: ir.Query, now: datetime) -> Grid:
    """The grid of a query; `now` (aware) is the as-of instant if the query names none."""
    clock = Clock(query.model.calendar)
    as_of = clock.of(query.as_of or now.astimezone(UTC))
    if query.range is None:
        assert query.grain is None, "a grain needs a range"
        return Grid(clock, as_of, None, (Interval(None, as_of),))
    start, end = clock.at(query.range.start), clock.at(query.range.end)
    if query.grain is None:
        return Grid(clock, as_of, None, (Interval(start, end, whole_unit(start, end, clock)),))
    return Grid(clock, as_of, query.grain, cells(start, end, query.grain, clock))


def cut_grid(
    grid: Grid, window: ir.Window, grain: TimeUnit, first: Moment | None, span: Span
) -> tuple[Grid, tuple[tuple[int, ...], ...]]:
    """The sub-periods into which `grain` cuts what the window makes of the periods (ruling 17).

    They are the periods of the grid returned; with it, for each period of `grid`, which of them make it up.
    Those that lie wholly at or after as-of are none; an interval without a beginning begins at `first`.
    """
    found: dict[tuple[datetime, datetime], Interval] = {}
    slots: list[list[tuple[datetime, datetime]]] = []
    for period in grid.periods:
        interval = apply_uncut(window, period, grid.clock, grid.as_of)
        start = None if interval is None else interval.start or first
        assert interval is None or start is not None, "an interval without a beginning"
        parts = cells(start, interval.end, grain, grid.clock) if interval and start else ()
        if not _nest(parts, grain, grid):
            raise KpilangError(does_not_nest(grain.value, "the interval of its selectors", span))
        seen = [part for part in parts if part.begin().is_before(grid.as_of)]
        slots.append([(part.begin().instant, part.end.instant) for part in seen])
        found.update(zip(slots[-1], seen, strict=True))
    order = sorted(found)
    if len(order) > MAX_PERIODS:
        raise KpilangError(errors.too_many_periods(grain, MAX_PERIODS))
    index = {ends: number for number, ends in enumerate(order)}
    numbered = len({start for start, _ in order}) < len(order)
    made = Grid(grid.clock, grid.as_of, grain, tuple(found[ends] for ends in order), numbered)
    return made, tuple(tuple(index[ends] for ends in part) for part in slots)


def _nest(parts: tuple[Interval, ...], grain: TimeUnit, grid: Grid) -> bool:
    """Whether the sub-periods are whole; the as-of instant may cut the last."""
    whole = [part.unit is grain for part in parts]
    is_open = bool(parts) and parts[-1].end.instant == grid.as_of.instant
    if is_open and not whole[-1]:
        last = parts[-1].begin()
        whole[-1] = is_cell(last, next_start(last, grain, grid.clock), grain, grid.clock)
    return all(whole)


def cells(start: Moment, end: Moment, grain: TimeUnit, clock: Clock) -> tuple[Interval, ...]:
    """The periods of `grain` from `start` to `end`, cut at both where they lie off the grid."""
    found: list[Interval] = []
    here = start
    while here.local < end.local if grain is not TimeUnit.HOUR else here.is_before(end):
        after = next_start(here, grain, clock)
        if end.instant < after.instant:
            after = end
        found.append(Interval(here, after, grain if is_cell(here, after, grain, clock) else None))
        if len(found) > MAX_PERIODS:
            raise KpilangError(errors.too_many_periods(grain, MAX_PERIODS))
        here = after
    return tuple(found)


def is_cell(start: Moment, end: Moment, grain: TimeUnit, clock: Clock) -> bool:
    """Whether [start, end) is one whole unit of the calendar."""
    if grain is TimeUnit.HOUR:
        return clock.floor_hour(start).instant == start.instant and next_start(start, grain, clock) == end
    return clock.is_boundary(start, grain) and next_start(start, grain, clock).local == end.local


def next_start(start: Moment, grain: TimeUnit, clock: Clock) -> Moment:
    if grain is not TimeUnit.HOUR:
        return move(clock.at(clock.floor(start.local, grain)), 1, grain, clock)
    tomorrow = clock.day(clock.day_of(start.instant) + timedelta(days=1))
    after = clock.of(clock.floor_hour(start).instant + HOUR)
    return min(after, tomorrow, key=lambda moment: moment.instant)
