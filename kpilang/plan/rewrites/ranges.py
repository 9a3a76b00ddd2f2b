"""Add up cells instead of rows for windows of many (`[all time]`, `[year to date]`, `[last 3 months]`).

Possible where every interval begins and ends with cells of the grain, and the aggregate of many cells follows
from theirs: counts, exact sums, their averages, least and greatest values. The table is then read once, not
joined to overlapping intervals row by row.
"""

from __future__ import annotations

import dataclasses

from kpilang.ir import Aggregate
from kpilang.plan.blocks.parts import is_merged
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
    if block.anchor is None or uses_period(block.atoms[0]) or not is_merged(aggregate):
        return block
    found = _ranges(aggregate, draft.grid)
    if found is None:
        return block
    timing = Cells((found,))
    cells = cells_of(timing, draft.grid)
    if not can_bucket(block.anchor.type.kind, stored_zone(block.anchor, draft.query), cells, draft.grid):
        return block
    return dataclasses.replace(block, timing=timing)


def _ranges(aggregate: Aggregate, grid: Grid) -> Ranges | None:
    intervals = grid.ranges(aggregate.window)
    return None if intervals is None or not any(intervals) else Ranges(intervals)
