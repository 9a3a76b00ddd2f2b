"""Blocks whose rows fall into cells of the grain: one pass, no join, looked up by any number of windows."""

from __future__ import annotations

from kpilang import ir
from kpilang.ir import AggregateOp
from kpilang.plan import bounds, nodes, scalars
from kpilang.plan.blocks.base import BlockBuilder
from kpilang.plan.blocks.built import Built, place_of
from kpilang.plan.blocks.ranges import RangesBuilder
from kpilang.plan.bucket import bucket
from kpilang.plan.conditions import Factored, factor
from kpilang.plan.draft import Atom, Block, Cells, Lookup, Ranges
from kpilang.plan.grid import Reach
from kpilang.plan.intervals import Interval
from kpilang.plan.lookups import begins_early, cells_of, is_identity, runs_of
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
        ranges = RangesBuilder(self)
        columns, measures = self._measures(factored, ranges)
        flags, marks = self._flags(factored)
        rows = self.reader.rows(*self._bounds(), *factored.shared, factored.any)
        unit = self.grid.unit.value
        name = self.take_name(f"by_{unit}")
        by = ", ".join((*self.block.dimensions, f"{unit} of {self.block.anchor.name}"))
        node = nodes.Block(name, rows, (*keys, period), (*measures, *marks), f"{self.block.entity} by {by}")
        self.relations.add(name, lambda: node)
        single = [
            place_of(*place)
            for place in zip(self.block.atoms, columns, self._lookups, flags, strict=True)
            if not isinstance(place[2], Ranges)
        ]
        widened = not all(is_identity(lookup, self.grid) for lookup in self._lookups)
        cells = Built(name, self.block.dimensions, keys, period.name, tuple(single), widened)
        summed = ranges.build(cells, self._lookups, flags)
        return (cells, *summed) if single else summed

    def _bounds(self) -> tuple[Scalar, ...]:
        """Literal bounds around all cells; where cells are left out between, those of each run as well."""
        seen = self._seen()
        if not seen:
            return (scalars.FALSE,)
        if len(seen) == 1:
            return self.box(seen)
        assert self.anchor is not None
        clock = self.grid.clock
        inside = [scalars.all_of(bounds.within(self.anchor, reach, clock)) for reach in seen]
        return (*self.box(seen), scalars.any_of(tuple(inside)))

    def _seen(self) -> list[Reach]:
        runs = runs_of(self._cells)
        if self._early:
            runs = (Interval(None, runs[-1].end),)
        parts = (self.grid.seen(run, self.entity.covers) for run in runs)
        return [reach for reach in parts if reach is not None]

    def _measures(
        self, factored: Factored, ranges: RangesBuilder
    ) -> tuple[tuple[str | None, ...], tuple[Named, ...]]:
        """Equal measures share a column; an atom over ranges may need parts of its own."""
        made: dict[Scalar, Named] = {}
        columns: list[str | None] = []
        for atom, lookup, rest in zip(self.block.atoms, self._lookups, factored.rest, strict=True):
            if atom.witness:
                columns.append(None)
                continue
            wishes = self.column_wishes(atom.aggregate)
            parts = self._parts(atom, lookup, rest)
            for suffix, value in parts:
                if value not in made:
                    made[value] = Named(self.names.take(*(f"{wish}{suffix}" for wish in wishes)), value)
            found = tuple(made[value] for _, value in parts)
            columns.append(found[0].name)
            if isinstance(lookup, Ranges):
                ranges.note(atom, found)
        return tuple(columns), tuple(made.values())

    def _parts(self, atom: Atom, lookup: Lookup, rest: Scalar) -> tuple[tuple[str, Scalar], ...]:
        """An average over ranges is made of sums and counts."""
        aggregate = atom.aggregate
        value = self.measure(aggregate, rest)
        if isinstance(lookup, Ranges) and aggregate.op is AggregateOp.AVG:
            total, count = scalars.parts(value)
            return (("_sum", total), ("_count", count))
        return (("", value),)

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
