"""What windows such as `[all time]` or `[year to date]` add up of the cells of a block.

The cells are few, so that joining them to the calendar is cheap, whatever the size of the table; it is read
once for these windows and for all others of the block.
"""

from __future__ import annotations

from kpilang.ir import AggregateOp, Op
from kpilang.plan import nodes, scalars
from kpilang.plan.blocks.base import BlockBuilder
from kpilang.plan.blocks.built import Built, Place, place_of
from kpilang.plan.draft import Atom, Lookup, Ranges
from kpilang.plan.measures import measure
from kpilang.plan.names import Names
from kpilang.plan.periods import KEY, CalendarColumns, key_of, key_type
from kpilang.plan.scalars import Apply, Column, Named, Scalar
from kpilang.plan.windows import describe_window, window_name
from kpilang.types import INTEGER

MERGED = (AggregateOp.COUNT, AggregateOp.SUM, AggregateOp.AVG, AggregateOp.MIN, AggregateOp.MAX)
"""Aggregates of many cells that can be had from those of each."""


class RangesBuilder:
    """Adds up cells; `parts` are the columns of the cells that make each atom."""

    def __init__(self, block: BlockBuilder) -> None:
        self._block = block
        self._grid = block.grid
        self._parts: dict[Atom, tuple[Named, ...]] = {}

    def note(self, atom: Atom, parts: tuple[Named, ...]) -> None:
        self._parts[atom] = parts

    def build(
        self, cells: Built, lookups: tuple[Lookup, ...], flags: tuple[str | None, ...]
    ) -> tuple[Built, ...]:
        """One relation for each different set of ranges."""
        wanted: dict[tuple[Ranges, str | None], list[Atom]] = {}
        for atom, lookup, flag in zip(self._block.block.atoms, lookups, flags, strict=True):
            if isinstance(lookup, Ranges):
                wanted.setdefault((lookup, flag), []).append(atom)
        return tuple(self._summed(cells, ranges, flag, atoms) for (ranges, flag), atoms in wanted.items())

    def _summed(self, cells: Built, ranges: Ranges, flag: str | None, atoms: list[Atom]) -> Built:
        window = atoms[0].aggregate.window
        calendar, join = self._calendar(cells, ranges, atoms[0])
        names = Names()
        keys = tuple(Named(names.take(k.name), Column(cells.name, k.name, k.value.type)) for k in cells.keys)
        period = Named(names.take(KEY), calendar.key)
        measures: list[Named] = []
        places: list[Place] = []
        for atom in atoms:
            if atom.witness:
                places.append(place_of(atom, None))
                continue
            parts = self._parts[atom]
            measures.append(Named(names.take(parts[0].name), _merged(atom, parts, cells.name)))
            places.append(place_of(atom, measures[-1].name))
        has_row = () if flag is None else (_is_some(Column(cells.name, flag, INTEGER)),)
        rows = nodes.Rows(nodes.RelationSource(cells.name), cells.name, (join,), has_row)
        name = self._block.take_name(window_name(window))
        about = f"{cells.name} added up for each period: {describe_window(window)}"
        node = nodes.Block(name, rows, (*keys, period), tuple(measures), about)
        self._block.relations.add(name, lambda: node)
        return Built(name, cells.dimensions, keys, period.name, tuple(places))

    def _calendar(self, cells: Built, ranges: Ranges, atom: Atom) -> tuple[CalendarColumns, nodes.Join]:
        """The first cell of each period's interval, and the one after its last."""
        relations, window = self._block.relations, atom.aggregate.window
        chosen = [index for index, interval in enumerate(ranges.intervals) if interval is not None]
        name = relations.names.take(f"{window_name(window)}_periods")
        about = f"the interval of each period: {describe_window(window)}"
        calendar = CalendarColumns(name, self._grid, chosen, about)
        relations.add(name, calendar.node)
        assert cells.period is not None
        cell = Column(cells.name, cells.period, key_type(self._grid))
        on: list[Scalar] = []
        starts = [None if i is None else i.start for i in ranges.intervals]
        for wish, op, moments in (
            ("from", Op.GE, starts),
            ("until", Op.LT, [None if i is None else i.end for i in ranges.intervals]),
        ):
            if any(moments):
                keys = [scalars.null(cell.type) if m is None else key_of(self._grid, m) for m in moments]
                on.append(scalars.compare(op, cell, calendar.column(wish, keys, cell.type)))
        return calendar, nodes.Join(nodes.RelationSource(name), calendar.alias, tuple(on), left=False)


def _is_some(count: Column) -> Scalar:
    return scalars.compare(Op.GT, count, scalars.ZERO)


def _merged(atom: Atom, parts: tuple[Named, ...], cells: str) -> Scalar:
    """The aggregate of many cells, from theirs."""
    columns = [Column(cells, part.name, part.value.type, wide=True) for part in parts]
    type_ = atom.aggregate.type
    match atom.aggregate.op:
        case AggregateOp.COUNT | AggregateOp.SUM:
            return measure(AggregateOp.SUM, columns[0], scalars.TRUE, type_)
        case AggregateOp.AVG:
            total, count = (measure(AggregateOp.SUM, column, scalars.TRUE, type_) for column in columns)
            return Apply(Op.DIV, (total, count), type_.with_null())
        case op:
            assert op in MERGED, f"{op.value} is not merged"
            return measure(op, columns[0], scalars.TRUE, type_)
