"""Gather members once for all sets that are counted in the same groups.

A rate counts a part and its whole; both are conditions on the same flags.
"""

from __future__ import annotations

import dataclasses

from kpilang.plan.draft import Draft, Gathering


def together(draft: Draft) -> Draft:
    found: dict[object, Gathering] = {}
    for gathering in draft.gatherings:
        key = (gathering.entity, gathering.dimensions, gathering.witness)
        found[key] = _joined(found[key], gathering) if key in found else gathering
    return dataclasses.replace(draft, gatherings=tuple(found.values()))


def _joined(first: Gathering, second: Gathering) -> Gathering:
    return dataclasses.replace(
        first,
        counts=(*first.counts, *second.counts),
        memberships=tuple(dict.fromkeys((*first.memberships, *second.memberships))),
        blocks=tuple(dict.fromkeys((*first.blocks, *second.blocks))),
    )
