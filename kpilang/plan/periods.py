"""The calendar as a relation, and `period`, `period.start`, `period.end` as values.

A value that is the same in every period of the query becomes a constant, any other a column of the calendar.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import assert_never

from kpilang import ir
from kpilang.plan import nodes, scalars
from kpilang.plan.grid import Grid
from kpilang.plan.intervals import Interval, cut, length_in_days
from kpilang.plan.moments import Moment
from kpilang.plan.names import Names
from kpilang.plan.scalars import Apply, Constant, Made, Scalar
from kpilang.plan.series import series_of
from kpilang.types import DATE, INTEGER, STRING, TIMESTAMP, Kind, TimeUnit, Type

KEY = "period"
LABEL = "label"


class CalendarColumns:
    """A calendar relation in the making: a row for each of the chosen periods, columns as they are asked for.

    The first column is the key of a period: its local start date, or its UTC start under the grain hour.
    """

    def __init__(self, name: str, grid: Grid, chosen: Sequence[int], about: str) -> None:
        self.name = name
        self.alias = name
        self.chosen = tuple(chosen)
        self._about = about
        self._grid = grid
        self._names = Names()
        self._asked = 0
        self._columns: dict[tuple[Constant, ...], tuple[str, Type]] = {}
        self.key = self.column(KEY, keys(grid), key_type(grid))

    def column(self, wish: str, values: Sequence[Constant], type_: Type) -> scalars.Column:
        """The column that holds these values, one for each period of the query."""
        shown = tuple(values[index] for index in self.chosen)
        self._asked += 1
        if shown not in self._columns:
            self._columns[shown] = (self._names.take(wish), type_)
        name, kept = self._columns[shown]
        return scalars.Column(self.alias, name, kept)

    @property
    def asked(self) -> int:
        """How often a column was asked for."""
        return self._asked

    def node(self, may_be_series: bool) -> nodes.Calendar | nodes.Series:
        if may_be_series:
            by_name = {name: values for values, (name, _) in self._columns.items()}
            generated = series_of(self.name, self._grid, by_name, self._about)
            if generated is not None:
                return generated
        rows = tuple(zip(*self._columns, strict=True))
        return nodes.Calendar(self.name, tuple(self._columns.values()), rows, self._about)


def key_type(grid: Grid) -> Type:
    if grid.is_numbered:
        return INTEGER
    return TIMESTAMP if grid.grain is TimeUnit.HOUR else DATE


def keys(grid: Grid) -> tuple[Constant, ...]:
    if grid.is_numbered:
        return tuple(Constant(number, INTEGER) for number in range(len(grid.periods)))
    return tuple(key_of(grid, period.begin()) for period in grid.periods)


def key_of(grid: Grid, start: Moment) -> Constant:
    """How the period that begins at `start` is told from others, unless they are numbered."""
    assert not grid.is_numbered, "a moment is no number"
    if grid.grain is TimeUnit.HOUR:
        return scalars.instant(start.instant)
    return scalars.day(start.local.date())


def label_values(grid: Grid) -> tuple[Constant, ...]:
    return tuple(
        Constant(label, STRING if isinstance(label, str) else DATE, is_bound=True) for label in grid.labels()
    )


class PeriodValues:
    """Gives `period` and its ends; `calendar` holds what differs from period to period."""

    def __init__(self, grid: Grid, calendar: CalendarColumns | None) -> None:
        self._grid = grid
        self._calendar = calendar

    @property
    def key(self) -> scalars.Column:
        """The key of the period at hand."""
        assert self._calendar is not None, "periods that are told apart have a calendar"
        return self._calendar.key

    def value(self, expr: ir.PeriodValue) -> Scalar:
        values = tuple(self._constant(expr, index) for index in range(len(self._grid.periods)))
        chosen = range(len(values)) if self._calendar is None else self._calendar.chosen
        kinds = {values[index] for index in chosen}
        if len(kinds) == 1:
            return _typed(kinds.pop(), expr.type)
        assert self._calendar is not None, "several periods have a calendar"
        stored = values[0].type
        return _typed(self._calendar.column(_wish(expr), values, stored), expr.type)

    def _constant(self, expr: ir.PeriodValue, index: int) -> Constant:
        whole = expr.part is ir.PeriodPart.START  # a beginning is not cut
        made = self._grid.wholes(expr.window) if whole else self._grid.intervals(expr.window)
        interval = made[index]
        return period_constant(expr, interval, self._grid)


def period_constant(expr: ir.PeriodValue, interval: Interval | None, grid: Grid) -> Constant:
    """`period`, its start or its end, of one interval; null where it lies after the as-of instant."""
    match expr.part:
        case ir.PeriodPart.START:
            start = interval.begin() if interval else None
            return _point(expr.type, start, None if start is None else grid.clock.day_of(start.instant))
        case ir.PeriodPart.END:
            end = interval.end if interval else None
            return _point(expr.type, end, None if end is None else grid.clock.first_day_at(end))
        case ir.PeriodPart.LENGTH:
            seen = cut(interval, grid.as_of) if interval else None
            return _length(None if seen is None else length_in_days(seen, grid.clock), expr.type)
        case _:
            assert_never(expr.part)


def _point(type_: Type, moment: Moment | None, day: date | None) -> Constant:
    """An instant, or as a date: the days of a period are those that it touches."""
    if type_.kind is Kind.TIMESTAMP:
        return scalars.null(TIMESTAMP) if moment is None else scalars.instant(moment.instant)
    return Constant(day, DATE, is_bound=True)


def _length(days: Fraction | None, type_: Type) -> Constant:
    """Whole days as an integer; else a decimal with as many digits as are worth having."""
    if days is None:
        return scalars.null(INTEGER)
    if days.denominator == 1:
        return Constant(days.numerator, INTEGER, is_bound=True)
    scale = 20 if type_.scale is None else type_.scale
    exact = Decimal(days.numerator * 10**scale // days.denominator).scaleb(-scale)
    return Constant(exact.quantize(Decimal(1).scaleb(-scale), ROUND_HALF_UP), INTEGER, is_bound=True)


def _typed(value: Scalar, type_: Type) -> Scalar:
    if type_.is_double or type_.scale is not None:
        return Apply(Made.READ, (value,), type_)
    return value


def _wish(expr: ir.PeriodValue) -> str:
    window = "".join(f"_{type(step).__name__.lower()}" for step in expr.window)
    match expr.part:
        case ir.PeriodPart.START:
            return f"period_start{window}"
        case ir.PeriodPart.END:
            return f"period_end{window}"
        case ir.PeriodPart.LENGTH:
            return f"period_days{window}"
