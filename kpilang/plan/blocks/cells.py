"""Blocks whose rows fall into cells of the grain: one pass, no join, looked up by any number of windows."""

from __future__ import annotations

from kpilang import ir
from kpilang.ir import AggregateOp
from kpilang.plan import nodes, scalars
from kpilang.plan.blocks.base import BlockBuilder
from kpilang.plan.blocks.built import Built, laid
from kpilang.plan.blocks.ranges import RangesBuilder
from kpilang.plan.blocks.rollups import rolled_up
from kpilang.plan.bucket import bucket
from kpilang.plan.conditions import Factored, factor
from kpilang.plan.draft import Block, Cells, Ranges
from kpilang.plan.lookups import begins_early, cells_of, is_identity
from kpilang.plan.measures import measure
from kpilang.plan.periods import KEY
from kpilang.plan.relations import Relations
from kpilang.plan.scalars import Named, Scalar
from kpilang.types import INTEGER


class CellsBuilder(BlockBuilder):
    """One row for each combination of dimensions and cell that has a row.

    Where the atoms of one window keep fewer rows than the block, a column counts those that they keep.
    """

    def __init__(self, relations: Relations, query: ir.Query, block: Block, timing: Cells) -> None:
        super().__init__(relations, query, block)
        self._lookups = timing.lookups
        self._cells = cells_of(timing, self.grid)
        self._early = begins_early(timing)

    def build_all(self) -> tuple[Built, ...]:
        """The cells, and for each window of ranges what it adds up of them."""
        assert self.anchor is not None and self.block.anchor is not None, "cells are found by an anchor"
        keys = self.dimensions()
        period = Named(self.names.take(KEY), bucket(self.anchor, self._cells, self.grid, self._early))
        factored = factor([self.where(atom) for atom in self.block.atoms])
        parts, measures = self.measures(factored)
        flags, marks = self._flags(factored)
        rows = self.reader.rows(*self.cell_bounds(self._cells, self._early), *factored.shared, factored.any)
        unit = self.grid.unit.value
        name = self.take_name(f"by_{unit}")
        by = ", ".join((*self.block.dimensions, f"{unit} of {self.block.anchor.name}"))
        node = nodes.Block(name, rows, (*keys, period), (*measures, *marks), f"{self.block.entity} by {by}")
        self.relations.add(name, lambda: node)
        found = [laid(*at) for at in zip(self.block.atoms, parts, self._lookups, flags, strict=True)]
        single = [each for each in found if not isinstance(each.place.lookup, Ranges)]
        widened = not all(is_identity(lookup, self.grid) for lookup in self._lookups)
        places = tuple(each.place for each in single)
        cells = Built(name, self.block.dimensions, keys, period.name, places, widened)
        summed = RangesBuilder(self).build(cells, found)
        return (cells, *rolled_up(self, cells, single), *summed) if single else summed

    def is_in_parts(self, index: int) -> bool:
        return super().is_in_parts(index) or isinstance(self._lookups[index], Ranges)

    def _flags(self, factored: Factored) -> tuple[tuple[str | None, ...], tuple[Named, ...]]:
        if not self.block.keys:
            return tuple(None for _ in self.block.atoms), ()
        marks: dict[Scalar, Named] = {}
        flags: list[str | None] = []
        for lookup in self._lookups:
            pairs = zip(factored.rest, self._lookups, strict=True)
            mine = tuple(rest for rest, other in pairs if other == lookup)
            reached = scalars.any_of(mine)
            if reached == scalars.TRUE or set(mine) == set(factored.rest):
                flags.append(None)
                continue
            count = measure(AggregateOp.COUNT, None, reached, INTEGER)
            mark = marks.setdefault(count, Named(self.names.take(f"rows_{len(marks) + 1}"), count))
            flags.append(mark.name)
        return tuple(flags), tuple(marks.values())
