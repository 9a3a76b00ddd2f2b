"""Blocks whose intervals are literal and stand in the aggregates: one scan for all windows of one period."""

from __future__ import annotations

from datetime import UTC, datetime

from kpilang import ir
from kpilang.plan import bounds, nodes, scalars
from kpilang.plan.blocks.base import BlockBuilder
from kpilang.plan.blocks.built import Built, laid
from kpilang.plan.blocks.rollups import rolled_up
from kpilang.plan.conditions import factor
from kpilang.plan.draft import Atom
from kpilang.plan.grid import Reach
from kpilang.plan.moments import Moment
from kpilang.plan.scalars import Scalar
from kpilang.plan.windows import window_name


class FixedBuilder(BlockBuilder):
    """One row for each combination of dimensions."""

    def build(self) -> tuple[Built, ...]:
        keys = self.dimensions()
        reaches = [only_reach(atom) for atom in self.block.atoms]
        around = self.box(reaches)
        factored = factor([self._condition(atom) for atom in self.block.atoms]).given(around)
        parts, measures = self.measures(factored)
        needed = scalars.TRUE if self._fills(reaches) else factored.any
        rows = self.reader.rows(*around, *factored.shared, needed)
        when = f"by_{'_and_'.join(self.block.dimensions)}" if keys else "total"
        name = self.take_name(when)
        by = f" by {', '.join(self.block.dimensions)}" if keys else ", one row"
        dated = "" if self.block.anchor is None else f", dated {self.block.anchor.name}"
        node = nodes.Block(name, rows, keys, measures, f"{self.block.entity}{by}{dated}")
        self.relations.add(name, lambda: node)
        found = [laid(atom, columns) for atom, columns in zip(self.block.atoms, parts, strict=True)]
        built = Built(name, self.block.dimensions, keys, None, tuple(each.place for each in found))
        return (built, *rolled_up(self, built, found))

    def _condition(self, atom: Atom) -> Scalar:
        if self.anchor is None:
            return self.where(atom)
        inside = bounds.within(self.anchor, only_reach(atom), self.grid.clock)
        return scalars.all_of((*inside, self.where(atom)))

    def _fills(self, reaches: list[Reach]) -> bool:
        """Whether the intervals leave no gap between them and all atoms look at the same rows in them."""
        if len({(atom.aggregate.where, atom.among) for atom in self.block.atoms}) > 1:
            return False
        if self.anchor is None:
            return True
        end: Moment | None = None
        for reach in sorted(reaches, key=_start_of):
            if end is not None and reach.start is not None and end.is_before(reach.start):
                return False
            end = reach.end if end is None or end.is_before(reach.end) else end
        return True

    def column_wishes(self, aggregate: ir.Aggregate) -> tuple[str, ...]:
        plain = super().column_wishes(aggregate)
        if not aggregate.window:
            return plain
        return tuple(f"{wish}_{window_name(aggregate.window)}" for wish in plain)


def only_reach(atom: Atom) -> Reach:
    """The interval of an atom that has the same one in every period."""
    return next(reach for reach in atom.reaches if reach is not None)


def _start_of(reach: Reach) -> datetime:
    return datetime.min.replace(tzinfo=UTC) if reach.start is None else reach.start.instant
