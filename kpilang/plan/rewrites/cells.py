"""Let rows fall into cells of the grain, once, instead of meeting a calendar of intervals.

Possible where the window makes of each period a whole cell (the period itself, the one before, a year ago):
then every row belongs to one cell, and a period looks up the cell that it is about. The scan grows by the
cells that lie outside the range, and shrinks to one pass without a join.
"""

from __future__ import annotations

import dataclasses

from kpilang.plan.bucket import can_bucket
from kpilang.plan.draft import Block, Cells, Draft, Spread, stored_zone, uses_period
from kpilang.plan.lookups import cells_of


def cells(draft: Draft) -> Draft:
    return dataclasses.replace(draft, blocks=tuple(_rewritten(block, draft) for block in draft.blocks))


def _rewritten(block: Block, draft: Draft) -> Block:
    if not isinstance(block.timing, Spread) or len(block.atoms) > 1:
        return block
    if block.anchor is None or uses_period(block.atoms[0]):
        return block
    lookup = draft.grid.cells(block.atoms[0].aggregate.window)
    if lookup is None or not any(lookup):
        return block
    timing = Cells((lookup,))
    found = cells_of(timing, draft.grid)
    if not can_bucket(block.anchor.type.kind, stored_zone(block.anchor, draft.query), found, draft.grid):
        return block
    return dataclasses.replace(block, timing=timing)
