"""How time is cut: units, periods and their labels (law 1, rulings 1-5).

Everything is arithmetic on local time. What selectors do to an interval is in `windows`; this module only
knows where units begin, how far they reach, and which periods a query asks for.
"""

from __future__ import annotations

import calendar as gregorian
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from kpilang import ir
from kpilang.reference import moments
from kpilang.reference.errors import LawError
from kpilang.reference.moments import Moment
from kpilang.types import TimeUnit

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
INSTANT = timedelta(microseconds=1)
"""The resolution of time: the last instant of `[a, b)` is one of these before `b`."""


@dataclass(frozen=True, slots=True)
class Interval:
    """`[start, end)`; no start means from the beginning of time.

    `grain` tells that it is a calendar period, `made_of` that it is so many units by a selector (ruling 1);
    neither is a plain range.
    """

    start: Moment | None
    end: Moment
    grain: TimeUnit | None = None
    made_of: tuple[int, TimeUnit] | None = None

    def holds(self, moment: Moment) -> bool:
        return (self.start is None or self.start <= moment) and moment < self.end


@dataclass(frozen=True, slots=True)
class Clock:
    """The project's calendar and the instant for which everything is computed (ruling 7)."""

    calendar: ir.Calendar
    as_of: Moment

    @classmethod
    def of(cls, query: ir.Query, now: datetime) -> Clock:
        calendar = query.model.calendar
        return cls(calendar, moments.at_instant(calendar.timezone, query.as_of or now))

    def at_local(self, local: datetime) -> Moment:
        return moments.at_local(self.calendar.timezone, local)

    def at_instant(self, instant: datetime) -> Moment:
        return moments.at_instant(self.calendar.timezone, instant)

    def moment(self, value: date | datetime) -> Moment:
        """A date is the first instant of the local day, a timestamp itself."""
        if isinstance(value, datetime):
            return self.at_instant(value)
        return moments.at_day(self.calendar.timezone, value)


# ---------------------------------------------------------------------------- units


def add_months(day: datetime, months: int, *, clamp: bool) -> datetime:
    """A missing day becomes the last of its month (`clamp`), or the first of the next (ruling 3)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not date.min.year <= year < date.max.year:
        raise LawError("a time lies outside the years 1 to 9998")
    last = gregorian.monthrange(year, month + 1)[1]
    if day.day <= last:
        return day.replace(year=year, month=month + 1)
    if clamp:
        return day.replace(year=year, month=month + 1, day=last)
    return datetime(year, month + 1, last) + DAY


def unit_start(local: datetime, unit: TimeUnit, calendar: ir.Calendar) -> datetime:
    """The local start of the unit, a day or longer, that holds `local`."""
    day = datetime.combine(local.date(), time())
    match unit:
        case TimeUnit.HOUR:
            raise AssertionError("hours are counted on instants")
        case TimeUnit.DAY:
            return day
        case TimeUnit.WEEK:
            return day - (day.weekday() - calendar.week_starts) % 7 * DAY
        case TimeUnit.MONTH | TimeUnit.QUARTER | TimeUnit.YEAR:
            return _months_start(day, unit, 1)
        case TimeUnit.FISCAL_QUARTER | TimeUnit.FISCAL_YEAR:
            return _months_start(day, unit, calendar.fiscal_year_starts)


def _months_start(day: datetime, unit: TimeUnit, first_month: int) -> datetime:
    assert unit.months is not None
    return add_months(day.replace(day=1), -((day.month - first_month) % unit.months), clamp=True)


def unit_after(start: datetime, unit: TimeUnit, count: int = 1) -> datetime:
    """The local start of the unit `count` units after the one, a day or longer, that starts at `start`."""
    if unit.months is not None:
        return add_months(start, count * unit.months, clamp=True)
    return start + count * (DAY if unit is TimeUnit.DAY else 7 * DAY)


def unit_at(clock: Clock, start: datetime, unit: TimeUnit) -> Interval:
    """The unit, a day or longer, that starts at local `start`, as a period."""
    return Interval(clock.at_local(start), clock.at_local(unit_after(start, unit)), unit)


def day_holding(clock: Clock, instant: datetime) -> datetime:
    """The local start of the day, from its first instant to that of the next.

    Where midnight occurs twice, the clock may show the day before once more after the day has begun.
    """
    day = unit_start(clock.at_instant(instant).local, TimeUnit.DAY, clock.calendar)
    return day + DAY if clock.at_local(day + DAY).instant <= instant else day


def hour_holding(clock: Clock, instant: datetime) -> Interval:
    """Hours are counted from the day's first instant, so the last of a day may be a part of one."""
    day = day_holding(clock, instant)
    first, next_day = clock.at_local(day), clock.at_local(day + DAY)
    start = first.instant + (instant - first.instant) // HOUR * HOUR
    end = min(start + HOUR, next_day.instant)
    return Interval(clock.at_instant(start), clock.at_instant(end), TimeUnit.HOUR)


# ---------------------------------------------------------------------------- periods


def periods(query: ir.Query, clock: Clock) -> tuple[Interval, ...]:
    """The periods of the query in order; exactly one without a grain."""
    if query.range is None:
        if query.grain is not None:
            raise LawError("a grain needs a range")
        return (Interval(None, clock.as_of),)
    start, end = clock.at_local(query.range.start), clock.at_local(query.range.end)
    if query.range.start >= query.range.end:
        raise LawError("the range ends before it starts")
    if query.grain is None:
        return (whole_range(clock, start, end),)
    return tuple(_within(period, start, end) for period in _grid(clock, start, end, query.grain))


def _within(period: Interval, start: Moment, end: Moment) -> Interval:
    """A period that the range cuts, which the checker lets through when told to, is a plain range."""
    assert period.start is not None, "a period of a grain begins"
    cut_first, cut_last = period.start.instant < start.instant, period.end.instant > end.instant
    if not cut_first and not cut_last:
        return period
    return Interval(start if cut_first else period.start, end if cut_last else period.end)


def whole_range(clock: Clock, start: Moment, end: Moment) -> Interval:
    """A range that is exactly one day, week, month, quarter or year is that period (ruling 1)."""
    for unit in (TimeUnit.DAY, TimeUnit.WEEK, TimeUnit.MONTH, TimeUnit.QUARTER, TimeUnit.YEAR):
        begins = unit_start(start.local, unit, clock.calendar) == start.local
        if begins and unit_after(start.local, unit) == end.local:
            return Interval(start, end, unit)
    return Interval(start, end)


def _grid(clock: Clock, start: Moment, end: Moment, unit: TimeUnit) -> list[Interval]:
    if unit is TimeUnit.HOUR:
        return _hours(clock, start, end)
    found = []
    at = unit_start(start.local, unit, clock.calendar)
    while at < end.local:
        found.append(unit_at(clock, at, unit))
        at = unit_after(at, unit)
    return found


def _hours(clock: Clock, start: Moment, end: Moment) -> list[Interval]:
    found = [hour_holding(clock, start.instant)]
    while found[-1].end.instant < end.instant:
        found.append(hour_holding(clock, found[-1].end.instant))
    return found


def label(clock: Clock, period: Interval, grain: TimeUnit) -> date | str:
    """The local start date; of an hour the local start with its offset: a repeated hour has two names."""
    assert period.start is not None, "a period of a grain begins"
    if grain is TimeUnit.HOUR:
        return moments.text(clock.calendar.timezone, period.start.instant)
    return period.start.local.date()
