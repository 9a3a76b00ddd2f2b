"""Into which cell of the grain a row falls.

No engine's time-zone function decides: timestamps are UTC, so a project in UTC truncates them; elsewhere they
are first moved by the offsets in force (a CASE over the few changes within the range) or, for a handful of
cells, compared with the bounds themselves.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise

from kpilang.ir import Op
from kpilang.plan import bounds, scalars
from kpilang.plan.grid import Grid
from kpilang.plan.intervals import HOUR, Interval
from kpilang.plan.moments import transitions
from kpilang.plan.periods import key_of, key_type
from kpilang.plan.scalars import Apply, Choose, Constant, Made, Scalar
from kpilang.types import DATE, INTEGER, TIMESTAMP, Kind, TimeUnit

FEW_CELLS = 6
"""Up to so many cells are told apart by their bounds; more by the offset ladder."""
MANY_STEPS = 60
"""Offset ladders longer than this are not written."""

EARLY = datetime(1, 1, 1)
"""The key of the cell before all others."""

Offsets = tuple[tuple[datetime, timedelta], ...]


def can_bucket(anchor: Kind, stored: str | None, cells: tuple[Interval, ...], grid: Grid) -> bool:
    """Whether a cell can be computed from the anchor alone."""
    if anchor is Kind.DATE or len(cells) <= FEW_CELLS:
        return True
    offsets = _offsets(cells, grid)
    return stored is None and len(offsets) <= MANY_STEPS and _keeps_order(offsets, grid)


def bucket(anchor: Scalar, cells: tuple[Interval, ...], grid: Grid, begins_early: bool) -> Scalar:
    """The key of the cell that holds `anchor`; rows outside all cells have been filtered out.

    With `begins_early` rows before the first cell are kept, together in one of their own.
    """
    cell = _cell(anchor, cells, grid)
    if not begins_early:
        return cell
    first = bounds.before(anchor, cells[0].begin(), grid.clock)
    early = Constant(EARLY if grid.unit is TimeUnit.HOUR else EARLY.date(), key_type(grid))
    if isinstance(cell, Choose):
        return Choose(((first, early), *cell.whens), cell.otherwise, cell.type)
    return Choose(((first, early),), cell, key_type(grid))


def _cell(anchor: Scalar, cells: tuple[Interval, ...], grid: Grid) -> Scalar:
    if anchor.type.kind is Kind.DATE:
        return _floor(anchor, grid)
    offsets = _offsets(cells, grid)
    stored = isinstance(anchor, Apply) and anchor.op is Made.READ and bool(anchor.words)
    if not stored and {offset for _, offset in offsets} == {timedelta(0)}:
        return _floor(anchor, grid)
    if len(cells) <= FEW_CELLS:
        return _by_bounds(anchor, cells, grid)
    moved = Apply(Made.SHIFT, (anchor, _offset_ladder(anchor, offsets)), TIMESTAMP)
    if grid.unit is not TimeUnit.HOUR:
        return _floor(moved, grid)
    return _floor_hour(anchor, offsets[0][1], grid)


def _floor(value: Scalar, grid: Grid) -> Apply:
    calendar = grid.clock.calendar
    first = calendar.week_starts if grid.unit is TimeUnit.WEEK else 1
    if grid.unit in (TimeUnit.FISCAL_QUARTER, TimeUnit.FISCAL_YEAR):
        first = calendar.fiscal_year_starts
    kind = TIMESTAMP if grid.unit is TimeUnit.HOUR else DATE
    return Apply(Made.FLOOR_TO, (value,), kind, unit=grid.unit, first=first)


def _floor_hour(anchor: Scalar, offset: timedelta, grid: Grid) -> Scalar:
    """Hours where the zone is off by part of an hour: move there, truncate, move back."""
    part = (offset % HOUR) // timedelta(seconds=1)
    if not part:
        return _floor(anchor, grid)
    moved = Apply(Made.SHIFT, (anchor, Constant(part, INTEGER)), TIMESTAMP)
    return Apply(Made.SHIFT, (_floor(moved, grid), Constant(-part, INTEGER)), TIMESTAMP)


def _by_bounds(anchor: Scalar, cells: tuple[Interval, ...], grid: Grid) -> Scalar:
    named = [(cell, key_of(grid, cell.begin())) for cell in cells]
    whens = tuple((bounds.before(anchor, cell.end, grid.clock), key) for cell, key in named[:-1])
    last = named[-1][1]
    return Choose(whens, last, key_type(grid)) if whens else last


def _offset_ladder(anchor: Scalar, offsets: Offsets) -> Scalar:
    """The offset from UTC, in seconds, in force at a timestamp of the range."""
    seconds = [Constant(offset // timedelta(seconds=1), INTEGER) for _, offset in offsets]
    starts = [scalars.instant(start) for start, _ in offsets]
    whens = tuple(
        (scalars.compare(Op.LT, anchor, after), value)
        for value, after in zip(seconds[:-1], starts[1:], strict=True)
    )
    return Choose(whens, seconds[-1], INTEGER) if whens else seconds[-1]


def _offsets(cells: tuple[Interval, ...], grid: Grid) -> Offsets:
    start, end = cells[0].begin().instant, cells[-1].end.instant
    return transitions(grid.clock.calendar.timezone, start, end)


def _keeps_order(offsets: Offsets, grid: Grid) -> bool:
    """Whether truncated local time tells the cells apart.

    Not when clocks go back over midnight (a day would begin twice), nor, for hours, when a change of the
    offset is not a whole number of hours.
    """
    for (_, before), (at, after) in pairwise(offsets):
        if grid.unit is TimeUnit.HOUR and (after - before) % HOUR:
            return False
        last = (at + before).date() if (at + before).time() != datetime.min.time() else None
        if last is not None and (at + after).date() < last:
            return False
    return True
