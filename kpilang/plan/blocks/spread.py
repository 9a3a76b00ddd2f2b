"""Blocks whose rows meet a calendar of intervals: for any window, and any aggregate."""

from __future__ import annotations

from kpilang import ir
from kpilang.ir import Op
from kpilang.plan import bounds, nodes, scalars
from kpilang.plan.blocks.base import BlockBuilder
from kpilang.plan.blocks.built import Built, laid
from kpilang.plan.blocks.rollups import rolled_up
from kpilang.plan.conditions import factor
from kpilang.plan.draft import Block
from kpilang.plan.grid import Reach
from kpilang.plan.moments import Moment
from kpilang.plan.periods import KEY, CalendarColumns
from kpilang.plan.relations import Relations
from kpilang.plan.scalars import Named, Scalar
from kpilang.plan.windows import describe_window, window_name


class SpreadBuilder(BlockBuilder):
    """One row for each combination of dimensions and period; a row counts in every period that reaches it."""

    def __init__(self, relations: Relations, query: ir.Query, block: Block) -> None:
        self._window = block.atoms[0].aggregate.window
        self._reaches = block.atoms[0].reaches
        chosen = [index for index, reach in enumerate(self._reaches) if reach is not None]
        name = relations.names.take(f"{window_name(self._window)}_periods")
        about = f"the interval of each period: {describe_window(self._window)}"
        self._calendar = CalendarColumns(name, relations.grid, chosen, about)
        relations.add_calendar(self._calendar)
        super().__init__(relations, query, block, self._calendar)
        self._around = self._joined()  # now, for what is joined later may ask for the period

    def build(self) -> tuple[Built, ...]:
        keys = self.dimensions()
        period = Named(self.names.take(KEY), self._calendar.key)
        factored = factor([self.where(atom) for atom in self.block.atoms])
        parts, measures = self.measures(factored)
        rows = self.reader.rows(*self._around, *factored.shared, factored.any)
        windows = tuple(dict.fromkeys(atom.aggregate.window for atom in self.block.atoms))
        name = self.take_name(window_name(self._window) if len(windows) == 1 else "by_period")
        by = ", ".join((*self.block.dimensions, "period"))
        dated = "" if self.block.anchor is None else f" by {self.block.anchor.name}"
        seen = " and ".join(map(describe_window, windows))
        about = f"{self.block.entity} by {by}: {seen}{dated}"
        node = nodes.Block(name, rows, (*keys, period), measures, about)
        self.relations.add(name, lambda: node)
        found = [laid(atom, columns) for atom, columns in zip(self.block.atoms, parts, strict=True)]
        built = Built(name, self.block.dimensions, keys, period.name, tuple(each.place for each in found))
        return (built, *rolled_up(self, built, found))

    def _joined(self) -> tuple[Scalar, ...]:
        """Join the calendar on its intervals; literal bounds around them all keep the scan short.

        Without an anchor every row meets every period.
        """
        some = [reach for reach in self._reaches if reach is not None]
        on: tuple[Scalar, ...] = ()
        if self.anchor is not None:
            starts = [None if reach is None else reach.start for reach in self._reaches]
            ends = [None if reach is None else reach.end for reach in self._reaches]
            on = (
                *self._bound(self.anchor, "from", Op.GE, starts, some),
                *self._bound(self.anchor, "until", Op.LT, ends, some),
            )
        source = nodes.RelationSource(self._calendar.name)
        self.reader.add_join(nodes.Join(source, self._calendar.alias, on, left=False))
        return self.box(some)

    def _bound(
        self, anchor: Scalar, wish: str, op: Op, ends: list[Moment | None], some: list[Reach]
    ) -> tuple[Scalar, ...]:
        """The anchor against a column of bounds; none for intervals without a beginning."""
        if all(end is None for end in ends):
            return ()
        moments = [some[0].end if end is None else end for end in ends]
        pairs = [bounds.compared(anchor, moment, self.grid.clock) for moment in moments]
        value, first = pairs[0]
        column = self._calendar.column(wish, [bound for _, bound in pairs], first.type)
        return (scalars.compare(op, value, column),)
