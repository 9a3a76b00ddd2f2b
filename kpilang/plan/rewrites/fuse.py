"""Read a table once for all aggregates that see it alike.

Blocks over the same entity, anchor and dimensions become one where their way of cutting time allows:
conditions move into the aggregates. Rows without an anchor meet whole periods, whatever the window (who was
there at the beginning, and who at the end). A witness whose rows another atom of the block stands for is
dropped.

Not worth it: distinct counts and the like, which would be computed over all of the past only because another
aggregate looks there. They keep to their own cells.
"""

from __future__ import annotations

import dataclasses

from kpilang.plan.blocks.parts import MERGED
from kpilang.plan.draft import Atom, Block, Cells, Distinct, Draft, Fixed, Spread
from kpilang.plan.lookups import begins_early


def fuse(draft: Draft) -> Draft:
    together: dict[object, Block] = {}
    costly = {_common(block) for block in draft.blocks if _is_costly(block)}
    for block in draft.blocks:
        key = (_key(block, draft), _is_early(block) and _common(block) in costly)
        together[key] = _joined(together[key], block) if key in together else block
    blocks = tuple(without_idle_witnesses(block) for block in together.values())
    return dataclasses.replace(draft, blocks=blocks)


def _key(block: Block, draft: Draft) -> object:
    """Blocks with equal keys may be one."""
    common = _common(block)
    match block.timing:
        case Cells():
            return common
        case Fixed() if draft.grid.is_single:
            return common
        case Distinct():
            return block
        case Spread() if block.anchor is None:
            return (*common, tuple(reach is None for reach in block.atoms[0].reaches))
        case Spread() | Fixed():
            return (*common, block.atoms[0].reaches)


def _common(block: Block) -> tuple[object, ...]:
    return (block.entity, block.anchor, block.keys, type(block.timing))


def _is_early(block: Block) -> bool:
    return isinstance(block.timing, Cells) and begins_early(block.timing)


def _is_costly(block: Block) -> bool:
    """Whether some aggregate costs more than adding up."""
    return any(atom.aggregate.op not in MERGED for atom in block.atoms)


def _joined(first: Block, second: Block) -> Block:
    timing = first.timing
    if isinstance(timing, Cells) and isinstance(second.timing, Cells):
        timing = Cells((*timing.lookups, *second.timing.lookups))
    return dataclasses.replace(first, timing=timing, atoms=(*first.atoms, *second.atoms))


def without_idle_witnesses(block: Block) -> Block:
    """Drop witnesses of rows that an atom shown, or an earlier witness, sees too."""
    seen = {_rows(atom) for atom in block.atoms if not _is_idle(atom)}
    kept: list[int] = []
    for index, atom in enumerate(block.atoms):
        if not _is_idle(atom) or _rows(atom) not in seen:
            kept.append(index)
            seen.add(_rows(atom))
    timing = block.timing
    if isinstance(timing, Cells):
        timing = Cells(tuple(timing.lookups[index] for index in kept))
    return dataclasses.replace(block, timing=timing, atoms=tuple(block.atoms[index] for index in kept))


def _is_idle(atom: Atom) -> bool:
    return atom.witness and not atom.is_rolled_up


def _rows(atom: Atom) -> object:
    return (atom.aggregate.where, atom.aggregate.window, atom.among)
