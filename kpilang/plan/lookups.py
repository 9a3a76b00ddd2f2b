"""Which cells of the grain a block is to hold, and how periods find theirs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from kpilang.plan.draft import Cells, Lookup, Ranges
from kpilang.plan.grid import Grid
from kpilang.plan.intervals import Interval
from kpilang.plan.moments import Moment


def cells_of(timing: Cells, grid: Grid) -> tuple[Interval, ...]:
    """The cells that are told apart, in order; not those without an instant (a day that never was).

    For ranges, all from the first to the last. What lies before the first cell of all is no cell of its own
    (see `begins_early`), so a range without a beginning needs every cell from there on.
    """
    cells = [cell for lookup in timing.lookups for cell in _cells(lookup, grid) if cell is not None]
    if begins_early(timing):
        first = min((cell.begin() for cell in cells), key=_instant)
        cells.extend(grid.cells_between(first, max(_early_ends(timing), key=_instant)))
    found = {cell.begin().instant: cell for cell in cells if cell.begin().is_before(cell.end)}
    return tuple(found[start] for start in sorted(found))


def _cells(lookup: Lookup, grid: Grid) -> tuple[Interval | None, ...]:
    if not isinstance(lookup, Ranges):
        return lookup
    some = [interval for interval in lookup.intervals if interval is not None]
    starts = (grid.cell_before(i.end) if i.start is None else i.start for i in some)
    return grid.cells_between(min(starts, key=_instant), max((i.end for i in some), key=_instant))


def _early_ends(timing: Cells) -> Iterator[Moment]:
    """Where the ranges without a beginning end."""
    for lookup in timing.lookups:
        if isinstance(lookup, Ranges):
            yield from (i.end for i in lookup.intervals if i is not None and i.start is None)


def _instant(moment: Moment) -> datetime:
    return moment.instant


def begins_early(timing: Cells) -> bool:
    """Whether some range has no beginning: rows before the first cell are then in one of their own."""
    return next(_early_ends(timing), None) is not None


def runs_of(cells: tuple[Interval, ...]) -> tuple[Interval, ...]:
    """Neighbouring cells joined."""
    runs: list[Interval] = []
    for cell in cells:
        if runs and runs[-1].end.instant == cell.begin().instant:
            runs[-1] = Interval(runs[-1].start, cell.end)
        else:
            runs.append(cell)
    return tuple(runs)


def is_identity(lookup: Lookup, grid: Grid) -> bool:
    """Whether every period looks up its own cell (or nothing at all)."""
    if isinstance(lookup, Ranges):
        return False
    return all(
        cell is None or cell.begin().instant == period.begin().instant
        for cell, period in zip(lookup, grid.periods, strict=True)
    )
