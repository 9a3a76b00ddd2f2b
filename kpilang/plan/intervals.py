"""Law 1: what a time selector makes of a period.

All steps act on local wall time; the as-of instant cuts last (ruling 7). `None` stands for an interval that
lies wholly after the as-of instant: its value is unknown. Nothing here knows of tables or of SQL.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from fractions import Fraction
from typing import assert_never

from kpilang import ir
from kpilang.frozen import dataclass
from kpilang.plan.moments import MICROSECOND, Clock, Moment, add_months, add_months_clamped, midnight
from kpilang.types import TimeUnit

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

PLAIN_UNITS = (TimeUnit.YEAR, TimeUnit.QUARTER, TimeUnit.MONTH, TimeUnit.WEEK, TimeUnit.DAY)
"""Largest first: the units by which `prior` of a plain range counts."""


@dataclass(frozen=True, slots=True)
class Interval:
    """Half-open; `start` None is without a beginning.

    `unit` is the calendar unit that the interval is, if it carries one. `span` remembers the units of `last`
    and `next` for their `prior` (ruling 1).
    """

    start: Moment | None
    end: Moment
    unit: TimeUnit | None = None
    span: tuple[int, TimeUnit] | None = None

    def begin(self) -> Moment:
        """The start of an interval that has one; the checker refuses selectors that need a missing one."""
        assert self.start is not None, "an interval without a beginning"
        return self.start


Relative = ir.Prior | ir.Before | ir.AllTime | ir.Last | ir.Next | ir.Ago | ir.ToDate
"""Steps that start from an interval."""


def apply(window: ir.Window, period: Interval, clock: Clock, as_of: Moment) -> Interval | None:
    """The interval that the steps of `window` make of `period`, cut at `as_of`; None if wholly after it."""
    made = apply_uncut(window, period, clock, as_of)
    return None if made is None else cut(made, as_of)


def apply_uncut(window: ir.Window, period: Interval, clock: Clock, as_of: Moment) -> Interval | None:
    here: Interval | None = period
    for step in window:
        if isinstance(step, ir.FromTo):  # the same from everywhere, also from where there is nothing
            here = Interval(clock.at(step.start), clock.at(step.end))
        elif here is not None:
            here = _step(step, here, clock, as_of)
    return here


def cut(interval: Interval, as_of: Moment) -> Interval | None:
    """The part before the as-of instant; None if there is none."""
    if interval.start is not None and not interval.start.is_before(as_of):
        return None
    if not as_of.is_before(interval.end):
        return interval
    return Interval(interval.start, as_of, interval.unit, interval.span)


def _step(step: Relative, here: Interval, clock: Clock, as_of: Moment) -> Interval | None:
    match step:
        case ir.Prior():
            return prior(here, clock)
        case ir.Ago(count, unit):
            return ago(here, count, unit, clock)
        case ir.Before():
            return Interval(None, here.begin())
        case ir.Next(count, unit):
            return Interval(here.begin(), move(here.begin(), count, unit, clock), span=(count, unit))
        case ir.AllTime() | ir.Last() | ir.ToDate():
            seen = cut(here, as_of)
            return None if seen is None else _of_the_end(step, seen.end, clock)
        case _:
            assert_never(step)


def _of_the_end(step: ir.AllTime | ir.Last | ir.ToDate, end: Moment, clock: Clock) -> Interval:
    match step:
        case ir.AllTime():
            return Interval(None, end)
        case ir.Last(count, unit):
            return Interval(move(end, -count, unit, clock), end, span=(count, unit))
        case ir.ToDate(unit):
            last = end.instant - MICROSECOND
            if unit is TimeUnit.HOUR:
                return Interval(clock.floor_hour(clock.of(last)), end)
            return Interval(clock.at(clock.floor(midnight(clock.day_of(last)), unit)), end)
        case _:
            assert_never(step)


def move(moment: Moment, count: int, unit: TimeUnit, clock: Clock) -> Moment:
    """An end of a plain range moved: hours elapse, a missing day becomes the first of the next month."""
    if unit is TimeUnit.HOUR:
        return clock.of(moment.instant + count * HOUR)
    if unit.months is not None:
        return clock.at(add_months(moment.local, count * unit.months))
    return clock.at(moment.local + count * days(unit))


def days(unit: TimeUnit) -> timedelta:
    return 7 * DAY if unit is TimeUnit.WEEK else DAY


def ago(here: Interval, count: int, unit: TimeUnit, clock: Clock) -> Interval:
    if unit.months is not None and here.start is not None:
        moved = _months_ago(here, count * unit.months, clock)
        if moved is not None:
            return moved
    start = None if here.start is None else move(here.start, -count, unit, clock)
    kept = here.unit if _stays_whole(here.unit, unit) else None
    return Interval(start, move(here.end, -count, unit, clock), kept)


def _stays_whole(carried: TimeUnit | None, moved_by: TimeUnit) -> bool:
    """Ruling 2: days or weeks ago under a coarser grain give a plain range."""
    match moved_by:
        case TimeUnit.HOUR:
            return carried is TimeUnit.HOUR
        case TimeUnit.DAY:
            return carried in (TimeUnit.HOUR, TimeUnit.DAY)
        case TimeUnit.WEEK:
            return carried in (TimeUnit.HOUR, TimeUnit.DAY, TimeUnit.WEEK)
        case _:
            return carried is not None


def _months_ago(here: Interval, months: int, clock: Clock) -> Interval | None:
    """Hours, days and weeks move as wholes; None for all else, whose ends move."""
    start = here.begin()
    clamped = add_months_clamped(start.local, -months)
    match here.unit:
        case TimeUnit.HOUR:
            by = clamped - start.local
            return Interval(clock.at(clamped), clock.at(here.end.local + by), here.unit)
        case TimeUnit.DAY:
            return Interval(clock.at(clamped), clock.at(clamped + DAY), here.unit)
        case TimeUnit.WEEK:
            week = nearest_week(clamped, clock)
            return Interval(clock.at(week), clock.at(week + 7 * DAY), here.unit)
        case _:
            return None


def nearest_week(local: datetime, clock: Clock) -> datetime:
    floor = clock.floor(local, TimeUnit.WEEK)
    return floor if local - floor <= 3 * DAY else floor + 7 * DAY


def prior(here: Interval, clock: Clock) -> Interval:
    start = here.begin()
    if here.span is not None:
        count, unit = here.span
        return Interval(move(start, -count, unit, clock), start, span=here.span)
    if here.unit is not None:
        return Interval(_unit_before(start, here.unit, clock), start, here.unit)
    return Interval(_as_long_before(here, clock), start)


def _unit_before(start: Moment, unit: TimeUnit, clock: Clock) -> Moment:
    if unit is TimeUnit.HOUR:
        return clock.floor_hour(clock.of(start.instant - MICROSECOND))
    return move(start, -1, unit, clock)


def _as_long_before(here: Interval, clock: Clock) -> Moment:
    """The same number of the largest calendar unit on whose bounds both ends lie; else as long locally."""
    start, end = here.begin(), here.end
    for unit in PLAIN_UNITS:
        if unit.months is not None and clock.is_boundary(start, unit) and clock.is_boundary(end, unit):
            months = (end.local.year - start.local.year) * 12 + end.local.month - start.local.month
            return clock.at(add_months(start.local, -months))
    return clock.at(start.local - (end.local - start.local))


def whole_unit(start: Moment, end: Moment, clock: Clock) -> TimeUnit | None:
    """Ruling 1: the day, week, month, quarter or year that a range without a grain is."""
    for unit in PLAIN_UNITS:
        if clock.is_boundary(start, unit) and move(start, 1, unit, clock).local == end.local:
            return unit
    return None


def length_in_days(interval: Interval, clock: Clock) -> Fraction:
    """Ruling 6: whole local days, and what is left over as a fraction of 24 hours."""
    start, end = interval.begin(), interval.end
    whole = max((end.local - start.local) // DAY, 0)
    rest = end.instant - clock.at(start.local + whole * DAY).instant if whole else end.instant - start.instant
    return whole + Fraction(rest // MICROSECOND, DAY // MICROSECOND)
