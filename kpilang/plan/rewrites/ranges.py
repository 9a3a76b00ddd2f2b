"""Add up cells instead of rows for windows of many (`[all time]`, `[year to date]`, `[last 3 months]`).

Possible where every interval begins and ends with cells of the grain, and the aggregate of many cells follows
from theirs: counts, exact sums, their averages, least and greatest values. The table is then read once, not
joined to overlapping intervals row by row.
"""

from __future__ import annotations

import dataclasses

from kpilang.ir import Aggregate, AggregateOp
from kpilang.plan.blocks.ranges import MERGED
from kpilang.plan.bucket import can_bucket
from kpilang.plan.draft import Block, Cells, Draft, Ranges, Spread, stored_zone, uses_period
from kpilang.plan.grid import Grid
from kpilang.plan.lookups import cells_of


def ranges(draft: Draft) -> Draft:
    return dataclasses.replace(draft, blocks=tuple(_rewritten(block, draft) for block in draft.blocks))


def _rewritten(block: Block, draft: Draft) -> Block:
    if not isinstance(block.timing, Spread) or len(block.atoms) > 1:
        return block
    aggregate = block.atoms[0].aggregate
    if block.anchor is None or uses_period(block.atoms[0]) or not _is_merged(aggregate):
        return block
    found = _ranges(aggregate, draft.grid)
    if found is None:
        return block
    timing = Cells((found,))
    cells = cells_of(timing, draft.grid)
    if not can_bucket(block.anchor.type.kind, stored_zone(block.anchor, draft.query), cells, draft.grid):
        return block
    return dataclasses.replace(block, timing=timing)


def _is_merged(aggregate: Aggregate) -> bool:
    """Sums of doubles depend on how they are put together: they stay as they are."""
    if aggregate.op not in MERGED:
        return False
    summed = aggregate.op in (AggregateOp.SUM, AggregateOp.AVG)
    return not (summed and aggregate.argument is not None and aggregate.argument.type.is_double)


def _ranges(aggregate: Aggregate, grid: Grid) -> Ranges | None:
    intervals = grid.ranges(aggregate.window)
    return None if intervals is None or not any(intervals) else Ranges(intervals)
