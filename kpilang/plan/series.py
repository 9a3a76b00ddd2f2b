"""Long calendars in few words: a generated series of days, and columns computed from them.

What a column holds is known; an expression is tried on every period, and taken only if it gives just that. A
calendar of which some column has no expression stays a list.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from kpilang.ir import Op
from kpilang.plan import nodes, scalars
from kpilang.plan.grid import Grid
from kpilang.plan.moments import add_months_clamped, midnight
from kpilang.plan.scalars import Apply, Choose, Constant, Made, Named, Scalar
from kpilang.types import DATE, INTEGER, TIMESTAMP, TimeUnit

LONG = 40
"""Calendars of more rows are generated."""
MOST_STEPS = 40
"""Changes of the clock that are told one by one."""
MOST_EXCEPTIONS = 2
"""Periods that may break the rule of a column: the last one may end at as-of."""

FLOORS = tuple(unit for unit in TimeUnit if unit not in (TimeUnit.HOUR, TimeUnit.DAY))


def series_of(
    name: str, grid: Grid, columns: dict[str, tuple[Constant, ...]], about: str
) -> nodes.Series | None:
    """The calendar with these columns (the first is the key) as a series; None if it has no such form."""
    (key, keys), *others = columns.items()
    days = [constant.value for constant in keys]
    if len(days) <= LONG or grid.unit is TimeUnit.HOUR or not _is_regular(days, grid.unit):
        return None
    inner = f"{grid.unit.value}s"
    column = _Columns(scalars.Column(inner, key, DATE), [d for d in days if isinstance(d, date)], grid)
    named: list[Named] = []
    for other, values in others:
        value = column.value(values)
        if value is None:
            return None
        named.append(Named(other, value))
    return nodes.Series(name, inner, key, keys[0], keys[-1], grid.unit, tuple(named), about)


def _is_regular(days: Sequence[object], unit: TimeUnit) -> bool:
    first = days[0]
    return isinstance(first, date) and all(day == _step(first, i, unit) for i, day in enumerate(days))


def _step(first: date, count: int, unit: TimeUnit) -> date:
    if unit.months is not None:
        return add_months_clamped(midnight(first), count * unit.months).date()
    return first + timedelta(days=count * (7 if unit is TimeUnit.WEEK else 1))


class _Columns:
    """Expressions over the key of a calendar, tried on all its days."""

    def __init__(self, key: scalars.Column, days: list[date], grid: Grid) -> None:
        self._key = key
        self._days = days
        self._grid = grid

    def value(self, values: tuple[Constant, ...]) -> Scalar | None:
        if len({constant.value for constant in values}) == 1:
            return values[0]
        found = [constant.value for constant in values]
        if any(isinstance(value, datetime) for value in found):
            return self._with_exceptions(values, self._instants(found))
        if any(isinstance(value, date) for value in found):
            return self._with_exceptions(values, self._dates(found))
        return None

    def _with_exceptions(
        self, values: tuple[Constant, ...], tried: Iterator[tuple[Scalar, list[object]]]
    ) -> Scalar | None:
        """The first expression that is right but for a few periods, and those said by themselves."""
        for expression, given in tried:
            wrong = [i for i, constant in enumerate(values) if constant.value != given[i]]
            if len(wrong) <= MOST_EXCEPTIONS:
                whens = tuple((self._is_day(index), values[index]) for index in wrong)
                return Choose(whens, expression, expression.type) if whens else expression
        return None

    def _is_day(self, index: int) -> Scalar:
        return scalars.compare(Op.EQ, self._key, scalars.day(self._days[index]))

    # ------------------------------------------------------------------ dates

    def _dates(self, values: Sequence[object]) -> Iterator[tuple[Scalar, list[object]]]:
        """So many days or months on (a missing day clamped), or the first day of a unit."""
        pairs = [(d, v) for d, v in zip(self._days, values, strict=True) if isinstance(v, date)]
        day, value = pairs[len(pairs) // 2]
        off = (value - day).days
        yield self._plus_days(off), [d + timedelta(days=off) for d in self._days]
        months = (value.year - day.year) * 12 + value.month - day.month
        if months:
            moved = [add_months_clamped(midnight(d), months) for d in self._days]
            yield self._plus_months(months), [d.date() for d in moved]
        for unit in FLOORS:
            yield self._floor(unit), [self._grid.clock.floor(midnight(d), unit).date() for d in self._days]

    def _plus_days(self, days: int) -> Scalar:
        return Apply(Op.ADD_DAYS, (self._key, Constant(days, INTEGER)), DATE) if days else self._key

    def _plus_months(self, months: int) -> Scalar:
        return Apply(Made.MOVE, (self._key, Constant(months, INTEGER)), DATE, unit=TimeUnit.MONTH)

    def _floor(self, unit: TimeUnit) -> Scalar:
        calendar = self._grid.clock.calendar
        first = calendar.week_starts if unit is TimeUnit.WEEK else 1
        if unit in (TimeUnit.FISCAL_QUARTER, TimeUnit.FISCAL_YEAR):
            first = calendar.fiscal_year_starts
        return Apply(Made.FLOOR_TO, (self._key,), DATE, unit=unit, first=first)

    # ------------------------------------------------------------------ instants

    def _instants(self, values: Sequence[object]) -> Iterator[tuple[Scalar, list[object]]]:
        """The first instants of such dates, in UTC: their midnights less the offset then in force."""
        local = [self._local_day(value) for value in values]
        for expression, days in self._dates(local):
            moments = [self._grid.clock.day(d) for d in days if isinstance(d, date)]
            starts = [moment.instant.replace(tzinfo=None) for moment in moments]
            offsets = [m.local - start for m, start in zip(moments, starts, strict=True)]
            found = Apply(Made.READ, (expression,), TIMESTAMP)
            ladder = self._ladder(offsets)
            if ladder is not None and any(offsets):
                found = Apply(Made.SHIFT, (found, ladder), TIMESTAMP)
            if ladder is not None:
                yield found, [*starts]

    def _local_day(self, value: object) -> date | None:
        if not isinstance(value, datetime):
            return None
        return self._grid.clock.day_of(value.replace(tzinfo=self._grid.as_of.instant.tzinfo))

    def _ladder(self, offsets: list[timedelta]) -> Scalar | None:
        """What to add to local midnight, as a CASE over the day of the key."""
        changes = [i for i in range(1, len(offsets)) if offsets[i] != offsets[i - 1]]
        if len(changes) > MOST_STEPS:
            return None
        seconds = [Constant(-(offsets[i] // timedelta(seconds=1)), INTEGER) for i in (0, *changes)]
        whens = tuple(
            (scalars.compare(Op.LT, self._key, scalars.day(self._days[change])), value)
            for change, value in zip(changes, seconds, strict=False)
        )
        return Choose(whens, seconds[-1], INTEGER) if whens else seconds[-1]
