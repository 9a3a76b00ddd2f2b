"""Add up a total across dimensions from the groups that are there anyway.

An `across` aggregate needs the rows with all dimensions too: they make the groups. Where the aggregate of
many groups follows from those of each, the table need not be read a second time for the total. Not for the
size of a set: what counts it does not say itself across what it lies.
"""

from __future__ import annotations

import dataclasses

from kpilang.ir import Aggregate
from kpilang.plan.blocks.parts import is_merged
from kpilang.plan.draft import Block, Draft


def rollup(draft: Draft) -> Draft:
    """Each witness takes over from the block of its total, which goes."""
    taken = {
        atom.aggregate
        for block in draft.blocks
        for atom in block.atoms
        if atom.witness and atom.stands_for is None and is_merged(atom.aggregate)
    }
    blocks = (_rewritten(block, taken) for block in draft.blocks)
    return dataclasses.replace(draft, blocks=tuple(block for block in blocks if block is not None))


def _rewritten(block: Block, taken: set[Aggregate]) -> Block | None:
    """Blocks have one atom each: no other rewrite has run."""
    (atom,) = block.atoms
    if atom.stands_for is not None or atom.aggregate not in taken:
        return block
    if not atom.witness:
        return None
    return dataclasses.replace(block, atoms=(dataclasses.replace(atom, is_rolled_up=True),))
