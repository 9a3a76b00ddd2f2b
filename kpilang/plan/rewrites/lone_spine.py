"""Read the groups off the only relation that makes them, instead of from a union of one part."""

from __future__ import annotations

import dataclasses

from kpilang.plan.draft import Block, Cells, Distinct, Draft, Fixed, Folding, Gathering, Spread
from kpilang.plan.lookups import is_identity


def lone_spine(draft: Draft) -> Draft:
    parts: tuple[Block | Gathering | Folding, ...] = (*draft.blocks, *draft.gatherings, *draft.foldings)
    full = [part for part in parts if part.dimensions == draft.dimensions]
    lone = len(full) == 1 and bool(draft.dimensions) and _holds_the_groups(full[0], draft)
    return dataclasses.replace(draft, lone_spine=lone)


def _holds_the_groups(part: Block | Gathering | Folding, draft: Draft) -> bool:
    """Not if it was widened for some window, nor if every group is to have all periods."""
    if isinstance(part, Folding) and part.slots is not None:
        return False
    if draft.grid.is_single:
        return True
    if isinstance(part, Gathering | Folding):
        return not draft.query.fill
    match part.timing:
        case Fixed() | Distinct():
            return False
        case Spread():
            return not draft.query.fill
        case Cells(lookups):
            return not draft.query.fill and all(is_identity(lookup, draft.grid) for lookup in lookups)
