"""From a block of the draft to a relation: which rows it reads, by what it groups them, what it adds up.

The filter of a block keeps a row only if some atom of the block reaches it, so a group of the relation has a
row of some atom (law 12, ruling 11). Where the atoms of one window keep fewer rows than the block, a column
says whether they have one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from kpilang import ir
from kpilang.ir import AggregateOp, Op
from kpilang.plan import bounds, nodes, scalars
from kpilang.plan.bucket import bucket
from kpilang.plan.conditions import Factored, factor
from kpilang.plan.derived import RowReader
from kpilang.plan.draft import Atom, Block, Cells, Fixed, Spread
from kpilang.plan.grid import Grid, Reach
from kpilang.plan.intervals import Interval
from kpilang.plan.measures import measure, share_of
from kpilang.plan.moments import Moment
from kpilang.plan.names import Names
from kpilang.plan.periods import KEY, CalendarColumns, PeriodValues
from kpilang.plan.relations import Relations
from kpilang.plan.scalars import Named, Scalar
from kpilang.types import INTEGER


@dataclass(frozen=True, slots=True)
class Built:
    """A block as a relation: under which columns its keys, its period and each atom are found.

    `columns` has None for a witness. `flags` names for an atom the column that is above 0 where the atoms of
    its window have a row; None where every group has one.
    """

    block: Block
    name: str
    keys: tuple[Named, ...]
    period: str | None
    columns: tuple[str | None, ...]
    flags: tuple[str | None, ...]


class BlockBuilder:
    """Makes the relation of one block."""

    def __init__(self, relations: Relations, query: ir.Query, block: Block) -> None:
        self._relations = relations
        self._grid: Grid = relations.grid
        self._query = query
        self._block = block
        self._calendar = self._make_calendar()
        by_time = block.anchor.name == query.model.entity(block.entity).time and not block.anchor.steps
        periods = PeriodValues(self._grid, self._calendar)
        self._reader = RowReader(relations, block.entity, periods, is_bounded=by_time)
        self._anchor = self._reader.value(block.anchor)
        self._names = Names()

    def build(self) -> Built:
        reader = self._reader
        keys = tuple(self._dimension(name) for name in self._block.keys)
        period = self._period()
        around = self._bounds()
        conditions = [self._condition(index) for index in range(len(self._block.atoms))]
        factored = factor(conditions).given(around)
        columns, measures = self._measures(factored)
        flags, marks = self._flags(factored)
        needed = scalars.TRUE if self._fills_box() else factored.any
        rows = reader.rows(*around, *factored.shared, needed)
        name = self._relations.names.take(*self._wishes())
        grouped = keys if period is None else (*keys, period)
        node = nodes.Block(name, rows, grouped, (*measures, *marks), self._about())
        self._relations.add(name, lambda: node)
        return Built(self._block, name, keys, None if period is None else period.name, columns, flags)

    # ------------------------------------------------------------------ keys

    def _dimension(self, name: str) -> Named:
        dimension = next(d for d in self._query.dimensions if d.name == name)
        return Named(self._names.take(name), self._reader.value(dimension.path(self._block.entity)))

    def _period(self) -> Named | None:
        match self._block.timing:
            case Fixed():
                return None
            case Spread():
                assert self._calendar is not None
                return Named(self._names.take(KEY), self._calendar.key)
            case Cells():
                return Named(self._names.take(KEY), bucket(self._anchor, self._cells(), self._grid))

    def _cells(self) -> tuple[Interval, ...]:
        assert isinstance(self._block.timing, Cells)
        return cells_of(self._block.timing)

    def _make_calendar(self) -> CalendarColumns | None:
        """For a spread block, the intervals that rows are to meet."""
        if not isinstance(self._block.timing, Spread):
            return None
        atom = self._block.atoms[0]
        chosen = [index for index, reach in enumerate(atom.reaches) if reach is not None]
        name = self._relations.names.take(f"{window_name(atom.aggregate.window)}_periods")
        about = f"the interval of each period: {describe_window(atom.aggregate.window)}"
        calendar = CalendarColumns(name, self._grid, chosen, about)
        self._relations.add(name, calendar.node)
        return calendar

    # ------------------------------------------------------------------ rows

    def _condition(self, index: int) -> Scalar:
        """Which rows an atom adds up, besides the bounds that hold for the whole block."""
        atom = self._block.atoms[index]
        where = atom.aggregate.where
        found = () if where is None else scalars.conjuncts(self._reader.value(where))
        if not isinstance(self._block.timing, Fixed):
            return scalars.all_of(found)
        return scalars.all_of((*bounds.within(self._anchor, only_reach(atom), self._grid.clock), *found))

    def _fills_box(self) -> bool:
        """Whether the intervals of a fixed block leave no gap and all atoms look at the same rows in them."""
        if (
            not isinstance(self._block.timing, Fixed)
            or len({a.aggregate.where for a in self._block.atoms}) > 1
        ):
            return False
        end: Moment | None = None
        for reach in sorted((only_reach(atom) for atom in self._block.atoms), key=_start_of):
            if end is not None and reach.start is not None and end.is_before(reach.start):
                return False
            end = reach.end if end is None or end.is_before(reach.end) else end
        return True

    def _bounds(self) -> tuple[Scalar, ...]:
        """Literal bounds on the bare anchor around all that the block reads, then what is finer."""
        clock = self._grid.clock
        match self._block.timing:
            case Fixed():
                return self._box([only_reach(atom) for atom in self._block.atoms])
            case Spread():
                return self._spread()
            case Cells():
                covers = self._query.model.entity(self._block.entity).covers
                parts = (self._grid.seen(run, covers) for run in runs_of(self._cells()))
                seen = [reach for reach in parts if reach is not None]
                if not seen:
                    return (scalars.FALSE,)
                inside = [scalars.all_of(bounds.within(self._anchor, reach, clock)) for reach in seen]
                return (*self._box(seen), scalars.any_of(tuple(inside))) if len(seen) > 1 else self._box(seen)

    def _box(self, reaches: list[Reach]) -> tuple[Scalar, ...]:
        starts = [reach.start for reach in reaches]
        known = [start for start in starts if start is not None]
        start = min(known, key=lambda m: m.instant) if len(known) == len(starts) else None
        end = max((reach.end for reach in reaches), key=lambda m: m.instant)
        return bounds.within(self._anchor, Reach(start, end), self._grid.clock)

    def _spread(self) -> tuple[Scalar, ...]:
        """Join the calendar on the intervals of the periods, which are its columns."""
        calendar, clock = self._calendar, self._grid.clock
        assert calendar is not None
        reaches = self._block.atoms[0].reaches
        some = [reach for reach in reaches if reach is not None]
        on: list[Scalar] = []
        for wish, op, ends in (
            ("from", Op.GE, [None if r is None else r.start for r in reaches]),
            ("until", Op.LT, [None if r is None else r.end for r in reaches]),
        ):
            if all(end is None for end in ends):
                continue
            moments = [some[0].end if end is None else end for end in ends]
            pairs = [bounds.compared(self._anchor, moment, clock) for moment in moments]
            column = calendar.column(wish, [bound for _, bound in pairs], pairs[0][1].type)
            on.append(scalars.compare(op, pairs[0][0], column))
        source = nodes.RelationSource(calendar.name)
        self._reader.add_join(nodes.Join(source, calendar.alias, tuple(on), left=False))
        return self._box(some)

    # ------------------------------------------------------------------ columns

    def _measures(self, factored: Factored) -> tuple[tuple[str | None, ...], tuple[Named, ...]]:
        made: dict[Scalar, Named] = {}
        columns: list[str | None] = []
        for atom, rest in zip(self._block.atoms, factored.rest, strict=True):
            if atom.witness:
                columns.append(None)
                continue
            value = self._measure(atom.aggregate, rest)
            if value not in made:
                made[value] = Named(self._names.take(*self._column_wishes(atom.aggregate)), value)
            columns.append(made[value].name)
        return tuple(columns), tuple(made.values())

    def _measure(self, aggregate: ir.Aggregate, condition: Scalar) -> Scalar:
        argument = None if aggregate.argument is None else self._reader.value(aggregate.argument)
        order: tuple[Scalar, ...] = ()
        if aggregate.op in (AggregateOp.FIRST, AggregateOp.LAST):
            order = self._reader.tie_break(self._anchor)
        return measure(aggregate.op, argument, condition, aggregate.type, share_of(aggregate), order)

    def _column_wishes(self, aggregate: ir.Aggregate) -> tuple[str, ...]:
        base = aggregate.name or content_name(aggregate)
        if not isinstance(self._block.timing, Fixed) or not aggregate.window:
            return (base, content_name(aggregate))
        return (f"{base}_{window_name(aggregate.window)}",)

    def _flags(self, factored: Factored) -> tuple[tuple[str | None, ...], tuple[Named, ...]]:
        """Only cells are looked up by several windows; other blocks hold just the rows of their atoms."""
        if not isinstance(self._block.timing, Cells) or not self._query.dimensions:
            return tuple(None for _ in self._block.atoms), ()
        lookups = self._block.timing.lookups
        marks: dict[Scalar, Named] = {}
        flags: list[str | None] = []
        for lookup in lookups:
            mine = tuple(rest for rest, other in zip(factored.rest, lookups, strict=True) if other == lookup)
            reached = scalars.any_of(mine)
            if reached == scalars.TRUE or set(mine) == set(factored.rest):
                flags.append(None)
                continue
            count = measure(AggregateOp.COUNT, None, reached, INTEGER)
            mark = marks.setdefault(count, Named(f"rows_{len(marks) + 1}", count))
            flags.append(mark.name)
        return tuple(flags), tuple(marks.values())

    # ------------------------------------------------------------------ words

    def _wishes(self) -> tuple[str, ...]:
        entity = self._block.entity
        window = window_name(self._block.atoms[0].aggregate.window)
        match self._block.timing:
            case Cells():
                when = f"by_{self._grid.unit.value}"
            case Spread():
                when = window
            case Fixed():
                when = "total" if not self._block.keys else f"by_{'_and_'.join(self._block.keys)}"
        dated = f"{entity}_{when}_by_{self._block.anchor.name}"
        across = f"{entity}_{when}_by_{'_and_'.join(self._block.keys)}"
        return (f"{entity}_{when}", across if self._block.keys else f"{entity}_{when}_overall", dated)

    def _about(self) -> str:
        by = [*self._block.keys]
        match self._block.timing:
            case Cells():
                by.append(f"{self._grid.unit.value} of {self._block.anchor.name}")
            case Spread():
                window = describe_window(self._block.atoms[0].aggregate.window)
                by.append(f"period ({window}, by {self._block.anchor.name})")
            case Fixed():
                pass
        return f"{self._block.entity} by {', '.join(by)}" if by else f"{self._block.entity}, one row"


def _start_of(reach: Reach) -> datetime:
    return datetime.min.replace(tzinfo=UTC) if reach.start is None else reach.start.instant


def only_reach(atom: Atom) -> Reach:
    """The interval of an atom that has the same one in every period."""
    return next(reach for reach in atom.reaches if reach is not None)


def cells_of(timing: Cells) -> tuple[Interval, ...]:
    """All cells that any atom looks up, in order; not those without an instant (a day that never was)."""
    cells = (cell for lookup in timing.lookups for cell in lookup if cell is not None)
    found = {cell.begin().instant: cell for cell in cells if cell.begin().is_before(cell.end)}
    return tuple(found[start] for start in sorted(found))


def runs_of(cells: tuple[Interval, ...]) -> tuple[Interval, ...]:
    """Neighbouring cells joined."""
    runs: list[Interval] = []
    for cell in cells:
        if runs and runs[-1].end.instant == cell.begin().instant:
            runs[-1] = Interval(runs[-1].start, cell.end)
        else:
            runs.append(cell)
    return tuple(runs)


def window_name(window: ir.Window) -> str:
    """For names: `prior`, `last_28_days`, `all_time`."""
    return "_".join(describe_window(window).replace("[", "").replace("]", "").replace("-", "_").split())


def describe_window(window: ir.Window) -> str:
    """As a person writes it, right-most bracket first acting: `[prior][last 28 days]`."""
    return "".join(f"[{_step(step)}]" for step in reversed(window)) or "[period]"


def _step(step: ir.Step) -> str:
    match step:
        case ir.Prior():
            return "prior"
        case ir.Before():
            return "before"
        case ir.AllTime():
            return "all time"
        case ir.Last(count, unit):
            return f"last {count} {unit.value}s"
        case ir.Next(count, unit):
            return f"next {count} {unit.value}s"
        case ir.Ago(count, unit):
            return f"{count} {unit.value} ago"
        case ir.ToDate(unit):
            return f"{unit.value} to date"
        case ir.FromTo(start, end):
            return f"from {start.date()} to {end.date()}"


def content_name(aggregate: ir.Aggregate) -> str:
    what = aggregate.argument.name if isinstance(aggregate.argument, ir.Field) else aggregate.entity
    return f"{aggregate.op.value}_{what}"
