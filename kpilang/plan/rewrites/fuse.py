"""Read a table once for all aggregates that see it alike.

Blocks over the same entity, anchor and dimensions become one where their way of cutting time allows:
conditions move into the aggregates. A witness whose rows another atom of the block stands for is dropped.
"""

from __future__ import annotations

import dataclasses

from kpilang.plan.draft import Atom, Block, Cells, Draft, Fixed, Spread


def fuse(draft: Draft) -> Draft:
    together: dict[object, Block] = {}
    for block in draft.blocks:
        key = _key(block, draft)
        together[key] = _joined(together[key], block) if key in together else block
    blocks = tuple(without_idle_witnesses(block) for block in together.values())
    return dataclasses.replace(draft, blocks=blocks)


def _key(block: Block, draft: Draft) -> object:
    """Blocks with equal keys may be one."""
    common = (block.entity, block.anchor, block.keys, type(block.timing))
    match block.timing:
        case Cells():
            return common
        case Fixed() if draft.grid.is_single:
            return common
        case Spread() | Fixed():
            return (*common, block.atoms[0].reaches)


def _joined(first: Block, second: Block) -> Block:
    timing = first.timing
    if isinstance(timing, Cells) and isinstance(second.timing, Cells):
        timing = Cells((*timing.lookups, *second.timing.lookups))
    return dataclasses.replace(first, timing=timing, atoms=(*first.atoms, *second.atoms))


def without_idle_witnesses(block: Block) -> Block:
    """Drop witnesses of rows that an atom shown, or an earlier witness, sees too."""
    seen = {_rows(atom) for atom in block.atoms if not atom.witness}
    kept: list[int] = []
    for index, atom in enumerate(block.atoms):
        if not atom.witness or _rows(atom) not in seen:
            kept.append(index)
            seen.add(_rows(atom))
    timing = block.timing
    if isinstance(timing, Cells):
        timing = Cells(tuple(timing.lookups[index] for index in kept))
    return dataclasses.replace(block, timing=timing, atoms=tuple(block.atoms[index] for index in kept))


def _rows(atom: Atom) -> object:
    return (atom.aggregate.where, atom.aggregate.window)
