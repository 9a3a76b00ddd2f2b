"""From the blocks of a draft to relations: one file for each way of cutting time."""

from __future__ import annotations

from typing import assert_never

from kpilang import ir
from kpilang.plan.blocks.built import Built
from kpilang.plan.blocks.cells import CellsBuilder
from kpilang.plan.blocks.distinct import DistinctBuilder
from kpilang.plan.blocks.fixed import FixedBuilder
from kpilang.plan.blocks.spread import SpreadBuilder
from kpilang.plan.draft import Block, Cells, Distinct, Fixed, Spread
from kpilang.plan.relations import Relations


def build_block(relations: Relations, query: ir.Query, block: Block) -> tuple[Built, ...]:
    """The relations of one block: one, and one more for each window of ranges over its cells."""
    match block.timing:
        case Fixed():
            return FixedBuilder(relations, query, block).build()
        case Spread():
            return SpreadBuilder(relations, query, block).build()
        case Distinct():
            return DistinctBuilder(relations, query, block, block.timing).build()
        case Cells():
            return CellsBuilder(relations, query, block, block.timing).build_all()
        case _:
            assert_never(block.timing)


__all__ = ["Built", "build_block"]
