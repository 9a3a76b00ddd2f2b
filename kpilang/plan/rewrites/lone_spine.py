"""Read the groups off the only block that makes them, instead of from a union of one part."""

from __future__ import annotations

import dataclasses

from kpilang.plan.draft import Block, Cells, Draft, Fixed, Spread
from kpilang.plan.lookups import is_identity


def lone_spine(draft: Draft) -> Draft:
    full = [block for block in draft.blocks if len(block.keys) == len(draft.query.dimensions)]
    lone = len(full) == 1 and bool(draft.query.dimensions) and _holds_the_groups(full[0], draft)
    return dataclasses.replace(draft, lone_spine=lone)


def _holds_the_groups(block: Block, draft: Draft) -> bool:
    """Not if the block was widened for some window, nor if every group is to have all periods."""
    if draft.grid.is_single:
        return True
    match block.timing:
        case Fixed():
            return False
        case Spread():
            return not draft.query.fill
        case Cells(lookups):
            return not draft.query.fill and all(is_identity(lookup, draft.grid) for lookup in lookups)
