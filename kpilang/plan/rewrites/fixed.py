"""Add up once what is the same in every period (`[from A to B]`), instead of once for each."""

from __future__ import annotations

import dataclasses

from kpilang.plan.draft import Block, Draft, Fixed, Spread, uses_period


def fixed(draft: Draft) -> Draft:
    return dataclasses.replace(draft, blocks=tuple(map(_rewritten, draft.blocks)))


def _rewritten(block: Block) -> Block:
    if not isinstance(block.timing, Spread) or any(map(uses_period, block.atoms)):
        return block
    different = {reach for atom in block.atoms for reach in atom.reaches if reach is not None}
    return dataclasses.replace(block, timing=Fixed()) if len(different) == 1 else block
