"""What each selector makes of each kind of period (law 1, rulings 1-3, 9, 10), by hand from a paper calendar.

A period is written `2024-03 month` or `2024-03-05 .. 2024-03-20`; the answer as local bounds.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from kpilang import ir
from kpilang.reference import LawError
from kpilang.reference.calendar import Clock, Interval, unit_at, unit_start, whole_range
from kpilang.reference.moments import at_instant
from kpilang.reference.windows import prior, reached
from kpilang.types import TimeUnit
from tests.reference.build import local, utc

HOUR, DAY, WEEK = TimeUnit.HOUR, TimeUnit.DAY, TimeUnit.WEEK
MONTH, QUARTER, YEAR = TimeUnit.MONTH, TimeUnit.QUARTER, TimeUnit.YEAR
FISCAL_QUARTER, FISCAL_YEAR = TimeUnit.FISCAL_QUARTER, TimeUnit.FISCAL_YEAR

PRIOR, BEFORE, ALL_TIME = ir.Prior(), ir.Before(), ir.AllTime()


def ago(count: int, unit: TimeUnit) -> ir.Step:
    return ir.Ago(count, unit)


def last(count: int, unit: TimeUnit) -> ir.Step:
    return ir.Last(count, unit)


def following(count: int, unit: TimeUnit) -> ir.Step:
    return ir.Next(count, unit)


def to_date(unit: TimeUnit) -> ir.Step:
    return ir.ToDate(unit)


def span(start: str, end: str) -> ir.Step:
    return ir.FromTo(local(start), local(end))


def clock_of(calendar: ir.Calendar | None = None, as_of: str = "2030-01-01") -> Clock:
    calendar = calendar or ir.Calendar()
    return Clock(calendar, at_instant(calendar.timezone, utc(as_of)))


def period(clock: Clock, text: str) -> Interval:
    """`2024-03-01 month`: the unit that starts there; `A .. B`: the range, asked without a grain."""
    if " .. " in text:
        start, end = text.split(" .. ")
        return whole_range(clock, clock.at_local(local(start)), clock.at_local(local(end)))
    start, unit = text.split(" ")
    found = unit_at(clock, local(start), TimeUnit(unit))
    assert unit_start(local(start), TimeUnit(unit), clock.calendar) == local(start), "the case is on the grid"
    return found


def bounds(interval: Interval | None) -> str | None:
    if interval is None:
        return None
    start = "" if interval.start is None else shown(interval.start.local)
    return f"{start} .. {shown(interval.end.local)}".strip()


def shown(at: datetime) -> str:
    return at.date().isoformat() if at == datetime(at.year, at.month, at.day) else at.isoformat()


PLAIN = [
    # prior with a grain: the period before
    ("2024-03-01 month", [PRIOR], "2024-02-01 .. 2024-03-01"),
    ("2024-03-01 day", [PRIOR], "2024-02-29 .. 2024-03-01"),
    ("2024-01-01 week", [PRIOR], "2023-12-25 .. 2024-01-01"),
    ("2024-01-01 quarter", [PRIOR], "2023-10-01 .. 2024-01-01"),
    ("2024-01-01 year", [PRIOR], "2023-01-01 .. 2024-01-01"),
    ("2024-03-01 month", [PRIOR, PRIOR], "2024-01-01 .. 2024-02-01"),
    # prior without a grain: so many of the largest unit on whose boundaries both ends lie
    ("2024-03-01 .. 2024-04-01", [PRIOR], "2024-02-01 .. 2024-03-01"),
    ("2024-01-01 .. 2024-03-01", [PRIOR], "2023-11-01 .. 2024-01-01"),
    ("2024-01-01 .. 2024-07-01", [PRIOR], "2023-07-01 .. 2024-01-01"),
    ("2024-01-01 .. 2026-01-01", [PRIOR], "2022-01-01 .. 2024-01-01"),
    ("2024-01-01 .. 2024-01-15", [PRIOR], "2023-12-18 .. 2024-01-01"),
    ("2024-03-05 .. 2024-03-20", [PRIOR], "2024-02-19 .. 2024-03-05"),
    ("2024-03-05T06:00 .. 2024-03-05T18:00", [PRIOR], "2024-03-04T18:00:00 .. 2024-03-05T06:00:00"),
    # n units ago of a calendar period on firsts: both ends
    ("2024-03-01 month", [ago(1, MONTH)], "2024-02-01 .. 2024-03-01"),
    ("2024-03-01 month", [ago(1, QUARTER)], "2023-12-01 .. 2024-01-01"),
    ("2024-02-01 month", [ago(1, YEAR)], "2023-02-01 .. 2023-03-01"),
    ("2024-01-01 quarter", [ago(1, MONTH)], "2023-12-01 .. 2024-03-01"),
    ("2024-01-01 year", [ago(2, YEAR)], "2022-01-01 .. 2023-01-01"),
    # of a day: that day, clamped, always one day
    ("2023-03-27 day", [ago(1, MONTH)], "2023-02-27 .. 2023-02-28"),
    ("2023-03-28 day", [ago(1, MONTH)], "2023-02-28 .. 2023-03-01"),
    ("2023-03-31 day", [ago(1, MONTH)], "2023-02-28 .. 2023-03-01"),
    ("2024-02-29 day", [ago(1, YEAR)], "2023-02-28 .. 2023-03-01"),
    ("2025-02-28 day", [ago(1, YEAR)], "2024-02-28 .. 2024-02-29"),
    ("2024-05-31 day", [ago(1, QUARTER)], "2024-02-29 .. 2024-03-01"),
    ("2024-03-01 day", [ago(1, WEEK)], "2024-02-23 .. 2024-02-24"),
    # of a week: the nearest start of a week; a start that is no day is clamped first (ruling 2)
    ("2024-04-01 week", [ago(1, MONTH)], "2024-03-04 .. 2024-03-11"),
    ("2024-04-01 week", [ago(1, QUARTER)], "2024-01-01 .. 2024-01-08"),
    ("2024-04-01 week", [ago(1, YEAR)], "2023-04-03 .. 2023-04-10"),
    ("2024-12-30 week", [ago(1, YEAR)], "2024-01-01 .. 2024-01-08"),
    ("2019-04-29 week", [ago(2, MONTH)], "2019-02-25 .. 2019-03-04"),
    ("2024-03-04 week", [ago(2, WEEK)], "2024-02-19 .. 2024-02-26"),
    # days and weeks ago under a coarser grain: both ends, a plain range
    ("2024-03-04 week", [ago(10, DAY)], "2024-02-23 .. 2024-03-01"),
    ("2024-03-01 month", [ago(7, DAY)], "2024-02-23 .. 2024-03-25"),
    ("2024-03-01 month", [ago(7, DAY), ago(1, MONTH)], "2024-01-23 .. 2024-02-25"),
    ("2024-04-07 day", [ago(7, DAY), ago(1, MONTH)], "2024-02-29 .. 2024-03-01"),
    # of a plain range: each end; on a missing day the first of the next month (ruling 3)
    ("2024-02-20 .. 2024-02-29", [ago(1, YEAR)], "2023-02-20 .. 2023-03-01"),
    ("2024-03-30 .. 2024-04-15", [ago(1, MONTH)], "2024-03-01 .. 2024-03-15"),
    ("2024-03-30 .. 2024-04-15", [ago(2, WEEK)], "2024-03-16 .. 2024-04-01"),
    ("2024-03-30 .. 2024-04-15", [ago(1, QUARTER)], "2023-12-30 .. 2024-01-15"),
    # a range that is exactly a unit is that unit (ruling 1)
    ("2024-03-31 .. 2024-04-01", [ago(1, MONTH)], "2024-02-29 .. 2024-03-01"),
    ("2024-04-01 .. 2024-04-08", [ago(1, YEAR)], "2023-04-03 .. 2023-04-10"),
    # last and next: the moved end; they remember their units, not a grain (ruling 1)
    ("2024-03-01 month", [last(3, MONTH)], "2024-01-01 .. 2024-04-01"),
    ("2024-02-01 month", [last(28, DAY)], "2024-02-02 .. 2024-03-01"),
    ("2023-03-30 day", [last(1, MONTH)], "2023-03-01 .. 2023-03-31"),
    ("2024-03-04 week", [last(1, MONTH)], "2024-02-11 .. 2024-03-11"),
    ("2024-01-01 quarter", [last(1, YEAR)], "2023-04-01 .. 2024-04-01"),
    ("2024-02-01 month", [following(30, DAY)], "2024-02-01 .. 2024-03-02"),
    ("2023-01-31 day", [following(1, MONTH)], "2023-01-31 .. 2023-03-01"),
    ("2023-02-01 month", [last(28, DAY), PRIOR], "2023-01-04 .. 2023-02-01"),
    ("2023-02-01 month", [following(28, DAY), PRIOR], "2023-01-04 .. 2023-02-01"),
    ("2023-02-01 month", [last(28, DAY), PRIOR, PRIOR], "2022-12-07 .. 2023-01-04"),
    ("2024-03-10 day", [last(7, DAY), ago(1, YEAR)], "2023-03-04 .. 2023-03-11"),
    ("2024-02-01 month", [ago(1, YEAR), last(28, DAY)], "2023-02-01 .. 2023-03-01"),
    ("2024-03-31 day", [last(1, MONTH), PRIOR], "2024-02-01 .. 2024-03-01"),
    # to date: the unit of the last instant
    ("2023-12-01 month", [to_date(YEAR)], "2023-01-01 .. 2024-01-01"),
    ("2023-11-01 month", [to_date(QUARTER)], "2023-10-01 .. 2023-12-01"),
    ("2024-01-29 week", [to_date(MONTH)], "2024-02-01 .. 2024-02-05"),
    ("2024-12-30 week", [to_date(YEAR)], "2025-01-01 .. 2025-01-06"),
    ("2024-01-01 year", [to_date(MONTH)], "2024-12-01 .. 2025-01-01"),
    ("2023-11-15 .. 2024-02-10", [to_date(YEAR)], "2024-01-01 .. 2024-02-10"),
    ("2024-01-10 day", [to_date(WEEK)], "2024-01-08 .. 2024-01-11"),
    ("2024-01-10 day", [to_date(DAY)], "2024-01-10 .. 2024-01-11"),
    ("2024-01-10 day", [to_date(HOUR)], "2024-01-10T23:00:00 .. 2024-01-11"),
    # without a beginning
    ("2024-03-01 month", [ALL_TIME], ".. 2024-04-01"),
    ("2024-03-01 month", [BEFORE], ".. 2024-03-01"),
    ("2024-03-01 month", [PRIOR, ALL_TIME], ".. 2024-03-01"),
    ("2024-03-31 day", [ALL_TIME, ago(1, MONTH)], ".. 2024-03-01"),
    ("2024-03-01 month", [BEFORE, last(2, DAY)], "2024-02-28 .. 2024-03-01"),
    ("2024-03-01 month", [ALL_TIME, to_date(YEAR)], "2024-01-01 .. 2024-04-01"),
    # a fixed interval forgets what came before, and is a plain range
    ("2024-03-01 month", [span("2024-01-01", "2024-02-01")], "2024-01-01 .. 2024-02-01"),
    ("2024-03-01 month", [span("2024-01-01", "2024-02-01"), PRIOR], "2023-12-01 .. 2024-01-01"),
    ("2024-03-01 month", [BEFORE, span("2024-01-05", "2024-01-08")], "2024-01-05 .. 2024-01-08"),
    ("2024-03-01 month", [span("2024-03-31", "2024-04-01"), ago(1, MONTH)], "2024-03-01 .. 2024-03-01"),
]  # fmt: skip


@pytest.mark.parametrize(("asked", "window", "answer"), PLAIN)
def test_windows(asked: str, window: list[ir.Step], answer: str) -> None:
    clock = clock_of()
    assert bounds(reached(clock, tuple(window), period(clock, asked))) == answer


SUNDAY = ir.Calendar(week_starts=6)
APRIL = ir.Calendar(fiscal_year_starts=4)
FEBRUARY = ir.Calendar(fiscal_year_starts=2)

OTHER_CALENDARS = [
    (SUNDAY, "2024-03-03 week", [ago(1, YEAR)], "2023-03-05 .. 2023-03-12"),
    (SUNDAY, "2024-01-06 day", [to_date(WEEK)], "2023-12-31 .. 2024-01-07"),
    (SUNDAY, "2024-01-07 day", [to_date(WEEK)], "2024-01-07 .. 2024-01-08"),
    (SUNDAY, "2023-12-31 .. 2024-01-07", [ago(1, MONTH)], "2023-12-03 .. 2023-12-10"),
    (APRIL, "2024-04-01 fiscal_year", [PRIOR], "2023-04-01 .. 2024-04-01"),
    (APRIL, "2024-04-01 fiscal_year", [ago(1, YEAR)], "2023-04-01 .. 2024-04-01"),
    (APRIL, "2024-04-01 fiscal_year", [to_date(YEAR)], "2025-01-01 .. 2025-04-01"),
    (APRIL, "2024-04-01 fiscal_year", [to_date(FISCAL_YEAR)], "2024-04-01 .. 2025-04-01"),
    (APRIL, "2024-03-01 month", [to_date(FISCAL_YEAR)], "2023-04-01 .. 2024-04-01"),
    (APRIL, "2024-04-01 .. 2025-04-01", [PRIOR], "2023-04-01 .. 2024-04-01"),
    (FEBRUARY, "2024-05-01 fiscal_quarter", [PRIOR], "2024-02-01 .. 2024-05-01"),
    (FEBRUARY, "2024-04-01 month", [to_date(FISCAL_QUARTER)], "2024-02-01 .. 2024-05-01"),
    (FEBRUARY, "2024-04-01 month", [to_date(QUARTER)], "2024-04-01 .. 2024-05-01"),
    (FEBRUARY, "2024-04-01 month", [last(2, FISCAL_QUARTER)], "2023-11-01 .. 2024-05-01"),
]


@pytest.mark.parametrize(("calendar", "asked", "window", "answer"), OTHER_CALENDARS)
def test_weeks_and_fiscal_years(
    calendar: ir.Calendar, asked: str, window: list[ir.Step], answer: str
) -> None:
    clock = clock_of(calendar)
    assert bounds(reached(clock, tuple(window), period(clock, asked))) == answer


AS_OF = [
    # what sees the cut end, and what starts from the whole period (ruling 7); as of 15 March, noon
    ("2024-03-01 month", [], "2024-03-01 .. 2024-03-15T12:00:00"),
    ("2024-03-01 month", [last(14, DAY)], "2024-03-01T12:00:00 .. 2024-03-15T12:00:00"),
    ("2024-03-01 month", [last(1, MONTH)], "2024-02-15T12:00:00 .. 2024-03-15T12:00:00"),
    ("2024-03-01 month", [to_date(YEAR)], "2024-01-01 .. 2024-03-15T12:00:00"),
    ("2024-03-01 month", [ALL_TIME], ".. 2024-03-15T12:00:00"),
    ("2024-03-01 month", [PRIOR], "2024-02-01 .. 2024-03-01"),
    ("2024-03-01 month", [ago(1, MONTH)], "2024-02-01 .. 2024-03-01"),
    ("2024-03-01 month", [ago(7, DAY)], "2024-02-23 .. 2024-03-15T12:00:00"),
    ("2024-03-01 month", [BEFORE], ".. 2024-03-01"),
    ("2024-03-01 month", [following(30, DAY)], "2024-03-01 .. 2024-03-15T12:00:00"),
    ("2024-03-01 month", [following(7, DAY)], "2024-03-01 .. 2024-03-08"),
    ("2024-03-01 month", [span("2024-03-01", "2024-04-01")], "2024-03-01 .. 2024-03-15T12:00:00"),
    ("2024-03-01 .. 2024-04-01", [PRIOR], "2024-02-01 .. 2024-03-01"),
    ("2024-03-01 .. 2024-04-01", [ago(1, MONTH)], "2024-02-01 .. 2024-03-01"),
    # a later period: nothing is known of it, but what reaches back before as-of is
    ("2024-04-01 month", [], None),
    ("2024-04-01 month", [PRIOR], "2024-03-01 .. 2024-03-15T12:00:00"),
    ("2024-04-01 month", [ago(2, MONTH)], "2024-02-01 .. 2024-03-01"),
    ("2024-04-01 month", [BEFORE], ".. 2024-03-15T12:00:00"),
    ("2024-04-01 month", [following(30, DAY)], None),
    ("2024-04-01 month", [last(60, DAY)], None),
    ("2024-04-01 month", [to_date(YEAR)], None),
    ("2024-04-01 month", [ALL_TIME], None),
    ("2024-04-01 month", [last(60, DAY), PRIOR], None),
    ("2024-04-01 month", [PRIOR, last(14, DAY)], "2024-03-01T12:00:00 .. 2024-03-15T12:00:00"),
    ("2024-04-01 month", [ALL_TIME, span("2024-01-01", "2024-02-01")], "2024-01-01 .. 2024-02-01"),
    ("2024-05-01 month", [PRIOR], None),
]  # fmt: skip


@pytest.mark.parametrize(("asked", "window", "answer"), AS_OF)
def test_as_of(asked: str, window: list[ir.Step], answer: str | None) -> None:
    clock = clock_of(as_of="2024-03-15T12:00")
    assert bounds(reached(clock, tuple(window), period(clock, asked))) == answer


REFUSED = [
    ("2024-03-01 month", [BEFORE, PRIOR], "prior of an interval without a beginning"),
    ("2024-03-01 month", [ALL_TIME, PRIOR], "prior of an interval without a beginning"),
    ("2024-03-01 month", [BEFORE, BEFORE], "before of an interval without a beginning"),
    ("2024-03-01 month", [ALL_TIME, following(30, DAY)], "next of an interval without a beginning"),
    ("2024-03-01 month", [span("2024-02-01", "2024-02-01")], "an interval ends before it starts"),
]  # fmt: skip


@pytest.mark.parametrize(("asked", "window", "reason"), REFUSED)
def test_refused(asked: str, window: list[ir.Step], reason: str) -> None:
    clock = clock_of()
    with pytest.raises(LawError, match=reason):
        reached(clock, tuple(window), period(clock, asked))


def test_every_week_of_forty_years_has_a_year_ago_of_52_weeks() -> None:
    clock = clock_of()
    start = local("2000-01-03")
    while start < local("2030-01-01"):
        found = reached(clock, (ago(1, YEAR),), unit_at(clock, start, WEEK))
        assert found is not None and found.start is not None
        assert start - found.start.local == timedelta(weeks=52)
        start += timedelta(weeks=1)


@pytest.mark.parametrize("unit", [DAY, WEEK, MONTH, QUARTER, YEAR, FISCAL_QUARTER, FISCAL_YEAR])
def test_a_unit_asked_with_or_without_its_grain_has_the_same_prior(unit: TimeUnit) -> None:
    clock = clock_of(ir.Calendar("Europe/Berlin", week_starts=2, fiscal_year_starts=7))
    at = unit_start(local("2024-03-31"), unit, clock.calendar)
    with_grain = unit_at(clock, at, unit)
    assert with_grain.start is not None
    without = whole_range(clock, with_grain.start, with_grain.end)
    assert bounds(prior(clock, with_grain)) == bounds(prior(clock, without))
