"""What windows such as `[all time]` or `[year to date]` add up of the cells of a block.

The cells are few, so that joining them to the calendar is cheap, whatever the size of the table; it is read
once for these windows and for all others of the block.
"""

from __future__ import annotations

from collections.abc import Sequence

from kpilang import ir
from kpilang.ir import Op
from kpilang.plan import nodes, scalars
from kpilang.plan.blocks.base import BlockBuilder
from kpilang.plan.blocks.built import Built, Laid, Parts, laid
from kpilang.plan.blocks.parts import added_up, whole
from kpilang.plan.blocks.rollups import rolled_up
from kpilang.plan.draft import Ranges
from kpilang.plan.names import Names
from kpilang.plan.periods import KEY, CalendarColumns, key_of, key_type
from kpilang.plan.scalars import Column, Named, Scalar
from kpilang.plan.windows import describe_window, window_name
from kpilang.types import INTEGER


class RangesBuilder:
    """Adds up cells."""

    def __init__(self, block: BlockBuilder) -> None:
        self._block = block

    def build(self, cells: Built, atoms: Sequence[Laid]) -> tuple[Built, ...]:
        """One relation for each different set of ranges, and what is added up of it across dimensions."""
        wanted: dict[tuple[Ranges, str | None], list[Laid]] = {}
        for each in atoms:
            if isinstance(each.place.lookup, Ranges):
                wanted.setdefault((each.place.lookup, each.place.flag), []).append(each)
        return tuple(built for key, found in wanted.items() for built in self._summed(cells, *key, found))

    def _summed(
        self, cells: Built, ranges: Ranges, flag: str | None, wanted: list[Laid]
    ) -> tuple[Built, ...]:
        window = wanted[0].atom.aggregate.window
        assert cells.period is not None
        cell = Column(cells.name, cells.period, key_type(self._block.grid))
        calendar, join = ranges_calendar(self._block, cell, ranges, window)
        names = Names()
        keys = tuple(Named(names.take(k.name), Column(cells.name, k.name, k.value.type)) for k in cells.keys)
        period = Named(names.take(KEY), calendar.key)
        made: dict[Scalar, Named] = {}
        parts = [self._parts(each, cells.name, names, made) for each in wanted]
        has_row = () if flag is None else (_is_some(Column(cells.name, flag, INTEGER)),)
        rows = nodes.Rows(nodes.RelationSource(cells.name), cells.name, (join,), has_row)
        name = self._block.take_name(window_name(window))
        about = f"{cells.name} added up for each period: {describe_window(window)}"
        node = nodes.Block(name, rows, (*keys, period), tuple(made.values()), about)
        self._block.relations.add(name, lambda: node)
        found = [laid(each.atom, sums) for each, sums in zip(wanted, parts, strict=True)]
        built = Built(name, cells.dimensions, keys, period.name, tuple(each.place for each in found))
        return (built, *rolled_up(self._block, built, found))

    def _parts(self, each: Laid, cells: str, names: Names, made: dict[Scalar, Named]) -> Parts:
        """Columns of the sums: the aggregate itself, or its parts if it is added up further."""
        aggregate = each.atom.aggregate
        if not each.parts:
            return ()
        sums = added_up(aggregate, each.parts, cells)
        values = sums if each.atom.is_rolled_up else (whole(aggregate, sums),)
        for value, part in zip(values, each.parts, strict=False):
            if value not in made:
                made[value] = Named(names.take(part.name), value)
        return tuple(made[value] for value in values)


def ranges_calendar(
    block: BlockBuilder, cell: Column, ranges: Ranges, window: ir.Window
) -> tuple[CalendarColumns, nodes.Join]:
    """The first cell of each period's interval and the one after its last, to be joined to a cell."""
    relations, grid = block.relations, block.grid
    chosen = [index for index, interval in enumerate(ranges.intervals) if interval is not None]
    name = relations.names.take(f"{window_name(window)}_periods")
    about = f"the interval of each period: {describe_window(window)}"
    calendar = CalendarColumns(name, grid, chosen, about)
    relations.add_calendar(calendar)
    on: list[Scalar] = []
    starts = [None if i is None else i.start for i in ranges.intervals]
    for wish, op, moments in (
        ("from", Op.GE, starts),
        ("until", Op.LT, [None if i is None else i.end for i in ranges.intervals]),
    ):
        if any(moments):
            keys = [scalars.null(cell.type) if m is None else key_of(grid, m) for m in moments]
            on.append(scalars.compare(op, cell, calendar.column(wish, keys, cell.type)))
    return calendar, nodes.Join(nodes.RelationSource(name), calendar.alias, tuple(on), left=False)


def _is_some(count: Column) -> Scalar:
    return scalars.compare(Op.GT, count, scalars.ZERO)
