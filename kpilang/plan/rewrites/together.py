"""Gather members once for all sets that are counted in the same groups and look at the same rows.

A rate counts a part and its whole; both are conditions on the same flags. Sets over other rows keep apart:
stacked with these they would be told apart member by member, where a plain count might do.
"""

from __future__ import annotations

import dataclasses
from functools import reduce

from kpilang.plan.draft import Draft, Gathering


def together(draft: Draft) -> Draft:
    found: list[Gathering] = []
    for gathering in draft.gatherings:
        near = [other for other in found if _belong_together(other, gathering)]
        found = [other for other in found if other not in near]
        found.append(reduce(_joined, (*near, gathering)))
    return dataclasses.replace(draft, gatherings=tuple(found))


def _belong_together(one: Gathering, other: Gathering) -> bool:
    if (one.entity, one.dimensions, one.witness) != (other.entity, other.dimensions, other.witness):
        return False
    return not _reads(one).isdisjoint(_reads(other))


def _reads(gathering: Gathering) -> set[object]:
    """The rows that are looked at, and by which time."""
    return {(block.entity, block.anchor) for block in gathering.blocks}


def _joined(first: Gathering, second: Gathering) -> Gathering:
    return dataclasses.replace(
        first,
        counts=(*first.counts, *second.counts),
        memberships=tuple(dict.fromkeys((*first.memberships, *second.memberships))),
        blocks=tuple(dict.fromkeys((*first.blocks, *second.blocks))),
    )
