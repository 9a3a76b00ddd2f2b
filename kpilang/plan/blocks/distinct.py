"""Distinct counts over windows of many cells, by who comes and who leaves.

Each member is kept once for each cell in which it occurs. A cell is seen by a stretch of periods; stretches
one member that overlap are one stay. So the count in a period is the number of stays begun so far less those
ended before: the rows of the table meet no calendar, whatever the length of the window.
"""

from __future__ import annotations

from dataclasses import fields

from kpilang import ir
from kpilang.frozen import dataclass
from kpilang.ir import AggregateOp, Op
from kpilang.plan import nodes, scalars
from kpilang.plan.blocks.base import BlockBuilder
from kpilang.plan.blocks.built import Built, place_of
from kpilang.plan.blocks.ranges import ranges_calendar
from kpilang.plan.bucket import bucket
from kpilang.plan.draft import Block, Cells, Distinct
from kpilang.plan.lookups import begins_early, cells_of
from kpilang.plan.measures import measure
from kpilang.plan.periods import CalendarColumns, key_type
from kpilang.plan.relations import Relations
from kpilang.plan.scalars import Column, Function, Named, Scalar, Windowed
from kpilang.plan.windows import describe_window, window_name
from kpilang.types import INTEGER, Type

Keys = tuple[Named, ...]


@dataclass(frozen=True, slots=True)
class _Names:
    """Names of the columns beside the dimensions."""

    period: str
    member: str
    first: str
    last: str
    before: str
    after: str
    members: str
    rows: str


class DistinctBuilder(BlockBuilder):
    """One aggregate; one row for each group and period, with a column that counts its rows (or is 0)."""

    def __init__(self, relations: Relations, query: ir.Query, block: Block, timing: Distinct) -> None:
        super().__init__(relations, query, block)
        self._ranges = timing.ranges
        cells = Cells((timing.ranges,))
        self._cells = cells_of(cells, self.grid)
        self._early = begins_early(cells)
        (self._atom,) = block.atoms
        self._window = self._atom.aggregate.window
        self._wish = f"{block.entity}_{window_name(self._window)}"
        self._key = key_type(self.grid)
        self._dimensions = self.dimensions()
        self._as = _Names(*(self.names.take(field.name) for field in fields(_Names)))

    def build(self) -> tuple[Built, ...]:
        seen, member = self._seen()
        cells = self._cells_seen(seen)
        calendar, join = ranges_calendar(self, self._time(cells), self._ranges, self._window)
        stays = self._stays(seen, member, self._stretches(cells, calendar, join))
        came = self._ends("came", stays, member, self._as.first, self._is_new(stays))
        left = self._ends("left", stays, member, self._as.last, self._is_over(stays))
        return (self._running(seen, calendar, came, left),)

    # ------------------------------------------------------------------ columns

    def _time(self, relation: str, name: str | None = None) -> Column:
        """A period or cell in a relation; that of the row unless another column is named."""
        return Column(relation, name or self._as.period, self._key.with_null())

    def _keys(self, relation: str) -> Keys:
        """The dimensions in a relation."""
        return tuple(Named(k.name, Column(relation, k.name, k.value.type)) for k in self._dimensions)

    def _take(self, ending: str) -> str:
        return self.relations.names.take(f"{self._wish}_{ending}")

    # ------------------------------------------------------------------ who is seen when

    def _seen(self) -> tuple[str, Type]:
        """Each member once for each group and cell; a row without a member says that the group has a row."""
        argument, anchor = self._atom.aggregate.argument, self.block.anchor
        assert argument is not None, "different values of something"
        assert self.anchor is not None and anchor is not None, "cells are found by an anchor"
        member = Named(self._as.member, self.reader.value(argument))
        cell = Named(self._as.period, bucket(self.anchor, self._cells, self.grid, self._early))
        rows = self.reader.rows(*self.cell_bounds(self._cells, self._early), self.where(self._atom))
        name = self._take("seen")
        about = f"who is seen in {self.block.entity}, by {self.grid.unit.value} of {anchor.name}"
        node = nodes.Block(name, rows, (*self._dimensions, cell, member), (), about)
        self.relations.add(name, lambda: node)
        return name, member.value.type

    def _cells_seen(self, seen: str) -> str:
        unit = self.grid.unit.value
        name = self._take(f"{unit}s")
        part = (nodes.Rows(nodes.RelationSource(seen), seen), (Named(self._as.period, self._time(seen)),))
        self.relations.add(name, lambda: nodes.Groups(name, (part,), f"each {unit} in which someone is seen"))
        return name

    def _stretches(self, cells: str, calendar: CalendarColumns, join: nodes.Join) -> str:
        """For each cell the first and the last period that see it."""
        ends = tuple(
            Named(end, measure(op, calendar.key, scalars.TRUE, self._key))
            for end, op in ((self._as.first, AggregateOp.MIN), (self._as.last, AggregateOp.MAX))
        )
        name = self._take("stretches")
        rows = nodes.Rows(nodes.RelationSource(cells), cells, (join,))
        cell = Named(self._as.period, self._time(cells))
        node = nodes.Block(name, rows, (cell,), ends, f"the periods that see each {self.grid.unit.value}")
        self.relations.add(name, lambda: node)
        return name

    def _stays(self, seen: str, member: Type, stretches: str) -> str:
        first, last = (self._time(stretches, end) for end in (self._as.first, self._as.last))
        who, keys = Column(seen, self._as.member, member), self._keys(seen)
        partition = (*(key.value for key in keys), who)
        order: tuple[tuple[Scalar, bool], ...] = ((self._time(seen), False),)
        columns = (
            *keys,
            Named(self._as.member, who),
            Named(self._as.first, first),
            Named(self._as.last, last),
            Named(self._as.before, Windowed(Function.LAG, last, partition, order, last.type)),
            Named(self._as.after, Windowed(Function.LEAD, first, partition, order, first.type)),
        )
        on = (scalars.compare(Op.EQ, self._time(seen), self._time(stretches)),)
        join = nodes.Join(nodes.RelationSource(stretches), stretches, on, left=False)
        name = self._take("stays")
        rows = nodes.Rows(nodes.RelationSource(seen), seen, (join,))
        node = nodes.Stays(name, rows, columns, "from when to when each is seen")
        self.relations.add(name, lambda: node)
        return name

    # ------------------------------------------------------------------ who comes, who leaves

    def _is_new(self, stays: str) -> Scalar:
        before, first = (self._time(stays, name) for name in (self._as.before, self._as.first))
        return scalars.any_of((scalars.is_null(before), scalars.compare(Op.LT, before, first)))

    def _is_over(self, stays: str) -> Scalar:
        after, last = (self._time(stays, name) for name in (self._as.after, self._as.last))
        return scalars.any_of((scalars.is_null(after), scalars.compare(Op.GT, after, last)))

    def _ends(self, ending: str, stays: str, member: Type, end: str, condition: Scalar) -> str:
        """How many stays begin (or end) in each period: those of members, and all."""
        period = Named(self._as.period, self._time(stays, end))
        known = scalars.is_not_null(Column(stays, self._as.member, member))
        counts = tuple(
            Named(column, measure(AggregateOp.COUNT, None, counted, INTEGER))
            for column, counted in ((self._as.members, known), (self._as.rows, scalars.TRUE))
        )
        name = self._take(ending)
        rows = nodes.Rows(nodes.RelationSource(stays), stays, (), (condition,))
        about = f"how many {'come' if end == self._as.first else 'are seen for the last time'} in each period"
        node = nodes.Block(name, rows, (*self._keys(stays), period), counts, about)
        self.relations.add(name, lambda: node)
        return name

    def _running(self, seen: str, calendar: CalendarColumns, came: str, left: str) -> Built:
        rows, groups = self._every_group_and_period(seen, calendar)
        joins = tuple(self._joined(ends, groups, calendar) for ends in (came, left))
        rows = nodes.Rows(rows.source, rows.alias, (*rows.joins, *joins))
        partition = tuple(group.value for group in groups)
        shown = self.names.take(*self.column_wishes(self._atom.aggregate))
        counts = tuple(
            Named(name, self._so_far(column, came, left, partition, calendar))
            for name, column in ((shown, self._as.members), (self._as.rows, self._as.rows))
        )
        name = self.relations.names.take(self._wish)
        about = f"{self.block.entity} by period: {describe_window(self._window)}, who came less who left"
        node = nodes.Running(name, rows, (*groups, Named(self._as.period, calendar.key), *counts), about)
        self.relations.add(name, lambda: node)
        flag = self._as.rows if self.block.keys else None
        place = place_of(self._atom, None if self._atom.witness else shown, None, flag)
        return Built(name, self.block.dimensions, groups, self._as.period, (place,))

    def _every_group_and_period(self, seen: str, calendar: CalendarColumns) -> tuple[nodes.Rows, Keys]:
        periods = nodes.RelationSource(calendar.name)
        if not self._dimensions:
            return nodes.Rows(periods, calendar.alias), ()
        name = self._take("groups")
        part = (nodes.Rows(nodes.RelationSource(seen), seen), self._keys(seen))
        self.relations.add(name, lambda: nodes.Groups(name, (part,), "the groups seen"))
        every = nodes.Join(periods, calendar.alias, (), left=False)
        return nodes.Rows(nodes.RelationSource(name), name, (every,)), self._keys(name)

    def _joined(self, ends: str, groups: Keys, calendar: CalendarColumns) -> nodes.Join:
        pairs = zip(groups, self._keys(ends), strict=True)
        same = (scalars.compare(Op.IS, here.value, there.value) for here, there in pairs)
        period = scalars.compare(Op.EQ, calendar.key, self._time(ends))
        return nodes.Join(nodes.RelationSource(ends), ends, (*same, period), left=True)

    def _so_far(
        self, column: str, came: str, left: str, partition: tuple[Scalar, ...], calendar: CalendarColumns
    ) -> Scalar:
        order: tuple[tuple[Scalar, bool], ...] = ((calendar.key, False),)
        ends = (Column(name, column, INTEGER, wide=True) for name in (came, left))
        begun, ended = (scalars.or_else(end, scalars.ZERO) for end in ends)
        here = Windowed(Function.SUM_SO_FAR, begun, partition, order, INTEGER)
        before = Windowed(Function.SUM_BEFORE, ended, partition, order, INTEGER.with_null())
        return scalars.Apply(Op.SUB, (here, scalars.or_else(before, scalars.ZERO)), INTEGER)
