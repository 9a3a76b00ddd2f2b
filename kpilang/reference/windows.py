"""What time selectors do to a period (law 1, rulings 1-4 and 6-9).

A step maps an interval to an interval. `last`, `to date` and `all time` see an end that is cut at the as-of
instant; the other steps start from the whole interval, and what comes out is cut last. No interval at all
(None) means that nothing is known: it lies wholly at or after the as-of instant.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from fractions import Fraction
from typing import assert_never

from kpilang import ir
from kpilang.reference.calendar import (
    DAY,
    HOUR,
    INSTANT,
    Clock,
    Interval,
    add_months,
    day_holding,
    hour_holding,
    unit_after,
    unit_at,
    unit_start,
)
from kpilang.reference.errors import LawError
from kpilang.reference.moments import Moment
from kpilang.types import Kind, TimeUnit


def reached(clock: Clock, window: ir.Window, period: Interval) -> Interval | None:
    """The interval that the steps make of the period, cut at as-of; None when it is wholly after."""
    interval = whole(clock, window, period)
    return None if interval is None else cut(clock, interval)


def whole(clock: Clock, window: ir.Window, period: Interval) -> Interval | None:
    """The interval that the steps make of the period, not cut."""
    interval: Interval | None = period
    for step in window:
        interval = _step(clock, step, interval)
    return interval


def cut(clock: Clock, interval: Interval) -> Interval | None:
    """An open interval ends at the as-of instant; nothing is known of one that begins there or later."""
    if interval.start is not None and interval.start.instant >= clock.as_of.instant:
        return None
    if interval.end.instant > clock.as_of.instant:
        return replace(interval, end=clock.as_of)
    return interval


# ---------------------------------------------------------------------------- the steps


def _step(clock: Clock, step: ir.Step, interval: Interval | None) -> Interval | None:
    if isinstance(step, ir.FromTo):
        return _from_to(clock, step)
    if interval is None:
        return None
    match step:
        case ir.Prior():
            return prior(clock, interval)
        case ir.Ago(count, unit):
            return ago(clock, interval, count, unit)
        case ir.Before():
            return Interval(None, _start(interval, "before"))
        case ir.Next(count, unit):
            start = _start(interval, "next")
            return Interval(start, move(clock, start, count, unit), made_of=(count, unit))
        case ir.Last() | ir.ToDate() | ir.AllTime():
            known = cut(clock, interval)
            return None if known is None else _to_the_end(clock, step, known.end)
        case _:
            assert_never(step)


def _to_the_end(clock: Clock, step: ir.Last | ir.ToDate | ir.AllTime, end: Moment) -> Interval:
    match step:
        case ir.Last(count, unit):
            return Interval(move(clock, end, -count, unit), end, made_of=(count, unit))
        case ir.ToDate(unit):
            return Interval(_holding_last_instant(clock, end, unit), end)
        case ir.AllTime():
            return Interval(None, end)
        case _:
            assert_never(step)


def _from_to(clock: Clock, step: ir.FromTo) -> Interval:
    if step.start >= step.end:
        raise LawError("an interval ends before it starts")
    return Interval(clock.at_local(step.start), clock.at_local(step.end))


def _holding_last_instant(clock: Clock, end: Moment, unit: TimeUnit) -> Moment:
    last = end.instant - INSTANT
    if unit is TimeUnit.HOUR:
        start = hour_holding(clock, last).start
        assert start is not None
        return start
    return clock.at_local(unit_start(day_holding(clock, last), unit, clock.calendar))


def _start(interval: Interval, what: str) -> Moment:
    if interval.start is None:
        raise LawError(f"{what} of an interval without a beginning")
    return interval.start


def move(clock: Clock, end: Moment, count: int, unit: TimeUnit) -> Moment:
    """An end of a plain range moved on (or back); on a missing day it is the first of the next month."""
    if unit is TimeUnit.HOUR:
        return clock.at_instant(end.instant + count * HOUR)
    if unit.months is not None:
        return clock.at_local(add_months(end.local, count * unit.months, clamp=False))
    return clock.at_local(end.local + count * (DAY if unit is TimeUnit.DAY else 7 * DAY))


# ---------------------------------------------------------------------------- prior


def prior(clock: Clock, interval: Interval) -> Interval:
    """The period before; of `last` and `next` the units before; of a plain range the same length before."""
    start = _start(interval, "prior")
    if interval.grain is TimeUnit.HOUR:
        return hour_holding(clock, start.instant - INSTANT)
    if interval.grain is not None:
        before = clock.at_local(unit_after(start.local, interval.grain, -1))
        return Interval(before, start, interval.grain)
    if interval.made_of is not None:
        count, unit = interval.made_of
        return Interval(move(clock, start, -count, unit), start, made_of=interval.made_of)
    return Interval(clock.at_local(_same_length_before(start.local, interval.end.local)), start)


def _same_length_before(start: datetime, end: datetime) -> datetime:
    """Years and quarters are whole months; weeks, days and the rest are equally long in local time."""
    if _is_first(start) and _is_first(end):
        months = (end.year - start.year) * 12 + end.month - start.month
        return add_months(start, -months, clamp=True)
    return start - (end - start)


def _is_first(local: datetime) -> bool:
    return local == datetime(local.year, local.month, 1)


# ---------------------------------------------------------------------------- n units ago


def ago(clock: Clock, interval: Interval, count: int, unit: TimeUnit) -> Interval:
    """The interval moved back; a moved hour, day, week or month stays one unless the unit is finer."""
    if unit.months is not None and interval.grain is not None:
        return _months_ago(clock, interval, count * unit.months)
    start = None if interval.start is None else move(clock, interval.start, -count, unit)
    return Interval(start, move(clock, interval.end, -count, unit), _kept_grain(interval.grain, unit))


def _kept_grain(grain: TimeUnit | None, unit: TimeUnit) -> TimeUnit | None:
    """Days and weeks ago under a coarser grain give a plain range (ruling 2), and so do hours."""
    match unit:
        case TimeUnit.HOUR:
            return grain if grain is TimeUnit.HOUR else None
        case TimeUnit.DAY:
            return grain if grain in (TimeUnit.HOUR, TimeUnit.DAY) else None
        case TimeUnit.WEEK:
            return grain if grain in (TimeUnit.HOUR, TimeUnit.DAY, TimeUnit.WEEK) else None
        case _:
            return None


def _months_ago(clock: Clock, period: Interval, months: int) -> Interval:
    assert period.start is not None and period.grain is not None
    start = period.start.local
    moved = add_months(start, -months, clamp=True)
    match period.grain:
        case TimeUnit.HOUR:
            days = moved.date() - start.date()
            return Interval(clock.at_local(moved), clock.at_local(period.end.local + days), TimeUnit.HOUR)
        case TimeUnit.DAY:
            return unit_at(clock, moved, TimeUnit.DAY)
        case TimeUnit.WEEK:
            return unit_at(clock, _nearest_week(clock, moved), TimeUnit.WEEK)
        case _:
            end = add_months(period.end.local, -months, clamp=True)
            return Interval(clock.at_local(moved), clock.at_local(end), period.grain)


def _nearest_week(clock: Clock, day: datetime) -> datetime:
    week = unit_start(day, TimeUnit.WEEK, clock.calendar)
    return week if day - week <= 3 * DAY else week + 7 * DAY


# ---------------------------------------------------------------------------- sub-periods


def sub_periods(clock: Clock, interval: Interval, unit: TimeUnit) -> tuple[Interval, ...]:
    """The units that make up the interval, as far as they begin before the as-of instant (ruling 17).

    An end that is the as-of instant is open and cuts the last of them. What does not nest is refused.
    """
    start = _start(interval, f"`per {unit.value}`")
    is_open = interval.end.instant == clock.as_of.instant
    if not _begins(clock, start, unit) or not (is_open or _begins(clock, interval.end, unit)):
        raise LawError(f"a {unit.value} does not nest in the interval")
    found = []
    end = min(interval.end, clock.as_of)
    at = start
    while at < end:
        hour = unit is TimeUnit.HOUR
        found.append(hour_holding(clock, at.instant) if hour else unit_at(clock, at.local, unit))
        at = found[-1].end
    return tuple(found)


def _begins(clock: Clock, moment: Moment, unit: TimeUnit) -> bool:
    """Whether a unit begins at the moment; an hour at its instant, whatever a skipped midnight is called."""
    if unit is TimeUnit.HOUR:
        start = hour_holding(clock, moment.instant).start
        return start is not None and start.instant == moment.instant
    return unit_start(moment.local, unit, clock.calendar) == moment.local


# ---------------------------------------------------------------------------- the period as a value


def period_value(clock: Clock, node: ir.PeriodValue, period: Interval) -> date | datetime | Fraction | None:
    """`period.start`, `period.end` and `period`, which see the cut end; null where nothing is known.

    As dates, start and end are the days that the interval touches, from the first to after the last.
    """
    interval = whole(clock, node.window, period)
    if interval is None:
        return None
    if node.part is ir.PeriodPart.START:
        start = _start(interval, "period.start")
        return start.instant if node.type.kind is Kind.TIMESTAMP else start.local.date()
    known = cut(clock, interval)
    if known is None:
        return None
    if node.part is ir.PeriodPart.END:
        return known.end.instant if node.type.kind is Kind.TIMESTAMP else _end_day(clock, known.end)
    return length(clock, _start(known, "period"), known.end)


def _end_day(clock: Clock, end: Moment) -> date:
    """The day after the last of which the interval holds a part: days, too, are half-open."""
    day = end.local.date()
    return day if clock.moment(day).instant >= end.instant else day + DAY


def length(clock: Clock, start: Moment, end: Moment) -> Fraction:
    """In local days; what is left of a day is elapsed time, as a fraction of 24 hours."""
    days = max(0, (end.local - start.local) // DAY)
    last = clock.at_local(start.local + days * DAY) if days else start
    rest = end.instant - last.instant
    return days + Fraction(rest // INSTANT, DAY // INSTANT)
