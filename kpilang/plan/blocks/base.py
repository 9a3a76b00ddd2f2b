"""What all blocks have in common: dimensions, conditions, measures.

The filter of a block keeps a row only if some atom of the block reaches it, so a group of the relation has a
row of some atom (law 12, ruling 11).
"""

from __future__ import annotations

from collections.abc import Sequence

from kpilang import ir
from kpilang.ir import AggregateOp
from kpilang.plan import bounds, scalars
from kpilang.plan.blocks.built import Parts
from kpilang.plan.blocks.parts import split
from kpilang.plan.conditions import Factored
from kpilang.plan.derived import RowReader
from kpilang.plan.draft import Among, Atom, Block, is_by_time
from kpilang.plan.grid import Grid, Reach
from kpilang.plan.intervals import Interval
from kpilang.plan.lookups import runs_of
from kpilang.plan.measures import measure, share_of
from kpilang.plan.names import Names
from kpilang.plan.periods import CalendarColumns, PeriodValues
from kpilang.plan.relations import Relations
from kpilang.plan.scalars import Named, Scalar


class BlockBuilder:
    """Reads the rows of one block; `calendar` is what they meet, if they do."""

    def __init__(
        self, relations: Relations, query: ir.Query, block: Block, calendar: CalendarColumns | None = None
    ) -> None:
        self.relations = relations
        self.grid: Grid = relations.grid
        self.query = query
        self.block = block
        self.entity = query.model.entity(block.entity)
        self.by_time = is_by_time(block.anchor, self.entity)
        periods = PeriodValues(self.grid, calendar)
        self.reader = RowReader(relations, block.entity, periods, is_bounded=self.by_time)
        self.anchor = None if block.anchor is None else self.reader.value(block.anchor)
        self.names = Names()

    def dimensions(self) -> tuple[Named, ...]:
        return tuple(Named(self.names.take(key.name), self.reader.value(key.path)) for key in self.block.keys)

    def where(self, atom: Atom) -> Scalar:
        where = scalars.TRUE if atom.aggregate.where is None else self.reader.value(atom.aggregate.where)
        return where if atom.among is None else scalars.all_of((where, self._is_among(atom.among)))

    def _is_among(self, among: Among) -> Scalar:
        """Whether the row itself is a member, within its group."""
        dimensions = tuple(d for d in self.query.dimensions if d.name in among.dimensions)
        found = self.relations.members(among.set, dimensions)
        if found is None:
            return scalars.FALSE
        paths = {dimension.name: dimension.path(self.block.entity) for dimension in dimensions}
        group = tuple(self.reader.value(paths[name]) for name in found.names)
        return self.reader.is_member(found, self.reader.key(()), group)

    def box(self, reaches: Sequence[Reach]) -> tuple[Scalar, ...]:
        """Literal bounds on the bare anchor around all the intervals; none where there is no anchor."""
        if self.anchor is None:
            return ()
        starts = [reach.start for reach in reaches]
        known = [start for start in starts if start is not None]
        start = min(known, key=lambda m: m.instant) if len(known) == len(starts) else None
        end = max((reach.end for reach in reaches), key=lambda m: m.instant)
        return bounds.within(self.anchor, Reach(start, end), self.grid.clock)

    def cell_bounds(self, cells: tuple[Interval, ...], begins_early: bool) -> tuple[Scalar, ...]:
        """Literal bounds around all cells; where cells are left out between, those of each run as well."""
        assert self.anchor is not None, "cells are found by an anchor"
        runs = runs_of(cells)
        if begins_early:
            runs = (Interval(None, runs[0].end), *runs[1:])
        parts = (self.grid.seen(run, self.entity.covers, self.by_time) for run in runs)
        seen = [reach for reach in parts if reach is not None]
        if not seen:
            return (scalars.FALSE,)
        if len(seen) == 1:
            return self.box(seen)
        inside = [scalars.all_of(bounds.within(self.anchor, reach, self.grid.clock)) for reach in seen]
        return (*self.box(seen), scalars.any_of(tuple(inside)))

    def measures(self, factored: Factored) -> tuple[tuple[Parts, ...], tuple[Named, ...]]:
        """What each atom is made of (nothing, for a mere witness), and all columns; equal ones are shared."""
        made: dict[Scalar, Named] = {}
        parts: list[Parts] = []
        for index, (atom, rest) in enumerate(zip(self.block.atoms, factored.rest, strict=True)):
            if atom.witness and not atom.is_rolled_up:
                parts.append(())
                continue
            value = self.measure(atom.aggregate, rest)
            values = split(atom.aggregate, value) if self.is_in_parts(index) else (("", value),)
            wishes = self.column_wishes(atom.aggregate)
            for ending, value in values:
                if value not in made:
                    made[value] = Named(self.names.take(*(f"{wish}{ending}" for wish in wishes)), value)
            parts.append(tuple(made[value] for _, value in values))
        return tuple(parts), tuple(made.values())

    def is_in_parts(self, index: int) -> bool:
        """Whether an atom will be added up further."""
        return self.block.atoms[index].is_rolled_up

    def measure(self, aggregate: ir.Aggregate, condition: Scalar) -> Scalar:
        argument = None if aggregate.argument is None else self.reader.value(aggregate.argument)
        order: tuple[Scalar, ...] = ()
        if aggregate.op in (AggregateOp.FIRST, AggregateOp.LAST):
            assert self.anchor is not None, "first and last go by an anchor"
            order = self.reader.tie_break(self.anchor)
        return measure(aggregate.op, argument, condition, aggregate.type, share_of(aggregate), order)

    def column_wishes(self, aggregate: ir.Aggregate) -> tuple[str, ...]:
        """What a measure would best be called."""
        content = content_name(aggregate)
        return (aggregate.name or content, content)

    def take_name(self, when: str) -> str:
        """A name for the relation: `orders_by_month`, and more where that is taken."""
        entity, keys = self.block.entity, "_and_".join(self.block.dimensions) or "all"
        of = () if self.block.anchor is None else (f"{entity}_{when}_of_{self.block.anchor.name}",)
        return self.relations.names.take(f"{entity}_{when}", *of, f"{entity}_{when}_for_{keys}")


def content_name(aggregate: ir.Aggregate) -> str:
    """`sum_amount`, `count_orders`: for an aggregate that no KPI names."""
    what = aggregate.argument.name if isinstance(aggregate.argument, ir.Field) else aggregate.entity
    return f"{aggregate.op.value}_{what}"
