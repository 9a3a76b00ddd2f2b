"""The values of cell expressions beside the rows of a spine: what they read is joined by group and period."""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

from kpilang import ir
from kpilang.ir import AggregateOp, Op
from kpilang.plan import nodes, scalars
from kpilang.plan.blocks.built import Built, Place
from kpilang.plan.draft import Cell, Lookup
from kpilang.plan.grid import Grid
from kpilang.plan.known import known
from kpilang.plan.lookups import is_identity
from kpilang.plan.measures import COUNTS, ZERO_OF_NOTHING, of_nothing
from kpilang.plan.names import Names
from kpilang.plan.periods import CalendarColumns, PeriodValues, key_type
from kpilang.plan.placed import lookup_column, period_condition
from kpilang.plan.scalars import Apply, Choose, Scalar
from kpilang.plan.spine import Spine
from kpilang.plan.windows import window_name
from kpilang.types import Type


class CellValues:
    """Joins relations to the spine as values ask for them; `calendar` is that of the grid."""

    def __init__(
        self,
        model: ir.Model,
        grid: Grid,
        spine: Spine,
        calendar: CalendarColumns | None,
        found: Iterable[tuple[Built, Place]],
    ) -> None:
        self._model = model
        self._grid = grid
        self._spine = spine
        self._calendar = calendar
        self._asked = 0 if calendar is None else calendar.asked
        self._dimensions = dict(zip(spine.names, spine.dimensions, strict=True))
        self._periods = PeriodValues(grid, calendar)
        self._places = {place.cell: (b, place) for b, place in found if place.column is not None}
        self._names = Names((spine.alias, *(join.alias for join in spine.joins)))
        self._joins: list[nodes.Join] = []
        self._aliases: dict[tuple[str, Lookup | None], str] = {}

    def rows(self) -> nodes.Rows:
        """The spine, the calendar if something was read from it, then what the values read. Ask last."""
        spine = self._spine
        joins = (*spine.joins, *self._calendar_join(), *self._joins)
        if spine.source is not None or not self._joins:
            return nodes.Rows(spine.source, spine.alias, joins, spine.where)
        first, *rest = self._joins
        return nodes.Rows(first.source, first.alias, tuple(rest), spine.where)

    def _calendar_join(self) -> tuple[nodes.Join, ...]:
        calendar, period = self._calendar, self._spine.period
        if calendar is None or period is None or period == calendar.key or calendar.asked == self._asked:
            return ()
        on = (scalars.compare(Op.EQ, calendar.key, period),)
        return (nodes.Join(nodes.RelationSource(calendar.name), calendar.alias, on, left=False),)

    def value(self, expr: ir.Expr) -> Scalar:
        match expr:
            case ir.Literal():
                return scalars.literal(expr)
            case ir.Aggregate() | ir.CountOf() | ir.Nested():
                return self._cell(expr)
            case ir.PeriodValue():
                return self._periods.value(expr)
            case ir.Call(op, args, type_):
                words = (self._grid.clock.calendar.timezone,) if op is Op.DATE_OF else ()
                return Apply(op, tuple(self.value(arg) for arg in args), type_, words=words)
            case ir.Case(whens, otherwise, type_):
                pairs = tuple((self.value(when.condition), self.value(when.value)) for when in whens)
                return Choose(pairs, None if otherwise is None else self.value(otherwise), type_)
            case ir.Field() | ir.Outer() | ir.Raw() | ir.Child() | ir.Rank() | ir.Member() | ir.TouchValue():
                raise AssertionError("a row's value in a cell")
            case _:
                assert_never(expr)

    def _cell(self, cell: Cell) -> Scalar:
        if cell not in self._places:
            return scalars.null(cell.type.with_null())
        built, place = self._places[cell]
        value, op = self.column(built, place, cell.type), _op_of(cell)
        if not (self._is_always_there(self._join(built, place)) and op in COUNTS):
            value = of_nothing(op, value)
        return scalars.given(self._in_periods(known(cell, self._model, self._grid)), value)

    def column(self, built: Built, place: Place, type_: Type) -> Scalar:
        """The column of a place as it lies, null where it has no row."""
        assert place.column is not None, "a witness is not shown"
        alias = self._join(built, place)
        return scalars.Column(alias, place.column, type_.with_null(), _op_of(place.cell) in ZERO_OF_NOTHING)

    def _is_always_there(self, alias: str) -> bool:
        """Whether each row has one of this relation: rows start there, or there is one for all."""
        one_row = not self._dimensions and any(j.alias == alias and not j.on for j in self._joins)
        return alias == self._spine.alias or one_row

    def _in_periods(self, holds: tuple[bool, ...]) -> Scalar:
        if self._spine.period is None:
            return scalars.TRUE if holds[0] else scalars.FALSE
        return period_condition(self._grid, self._spine.period, holds)

    # ------------------------------------------------------------------ joins

    def _join(self, built: Built, place: Place) -> str:
        if (built.name, place.lookup) in self._aliases:
            return self._aliases[built.name, place.lookup]
        if self._spine.alias == built.name and self._is_of_spine(place):
            self._aliases[built.name, place.lookup] = built.name
            return built.name
        window = window_name(place.window)
        own = place.lookup is None or is_identity(place.lookup, self._grid)
        alias = self._names.take(built.name if own else f"{built.name}_{window}")
        self._aliases[built.name, place.lookup] = alias
        on = (*self._same_group(built, alias), *self._same_period(built, place, alias))
        self._joins.append(nodes.Join(nodes.RelationSource(built.name), alias, on, left=bool(on)))
        return alias

    def _is_of_spine(self, place: Place) -> bool:
        """Whether the spine shows the cells that the place looks up."""
        both = (place.lookup, self._spine.lookup)
        return both[0] == both[1] or all(each is None or is_identity(each, self._grid) for each in both)

    def _same_group(self, built: Built, alias: str) -> tuple[Scalar, ...]:
        pairs = zip(built.dimensions, built.keys, strict=True)
        there = ((self._dimensions[n], scalars.Column(alias, k.name, k.value.type)) for n, k in pairs)
        return tuple(scalars.compare(Op.IS, left, right) for left, right in there)

    def _same_period(self, built: Built, place: Place, alias: str) -> tuple[Scalar, ...]:
        if built.period is None:
            return ()
        assert self._spine.period is not None and self._calendar is not None
        here = self._spine.period
        if place.lookup is not None and not is_identity(place.lookup, self._grid):
            here = lookup_column(self._grid, self._calendar, place)
        there = scalars.Column(alias, built.period, key_type(self._grid))
        return (scalars.compare(Op.EQ, here, there),)


def _op_of(cell: Cell) -> AggregateOp:
    return AggregateOp.COUNT if isinstance(cell, ir.CountOf) else cell.op
