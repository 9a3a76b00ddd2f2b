"""Where local time is missing or doubled: days, hours and clock times when clocks change (rulings 4-6)."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction
from itertools import pairwise

import pytest

from kpilang import ir
from kpilang.reference.calendar import Clock, Interval, hour_holding, label, periods, unit_at
from kpilang.reference.moments import at_instant, at_local
from kpilang.reference.windows import period_value, reached
from kpilang.types import DATE, TIMESTAMP, Kind, TimeUnit, Type
from kpilang.types import DAY as DAYS
from tests.reference.build import NOW, local, query, utc

HOUR, DAY = TimeUnit.HOUR, TimeUnit.DAY

MIDNIGHTS = [
    # zone, local time, instant: an ordinary one, then missing ones and repeated ones
    ("Europe/Berlin", "2024-01-01T00:00", "2023-12-31T23:00"),
    ("Europe/Berlin", "2024-03-31T02:00", "2024-03-31T01:00"),  # 02:00-03:00 is missing
    ("Europe/Berlin", "2024-03-31T02:59:59", "2024-03-31T01:00"),
    ("Europe/Berlin", "2024-03-31T03:00", "2024-03-31T01:00"),
    ("Europe/Berlin", "2024-10-27T02:30", "2024-10-27T00:30"),  # twice: the first
    ("Asia/Beirut", "2024-03-31T00:00", "2024-03-30T22:00"),  # midnight is missing
    ("America/Sao_Paulo", "2018-11-04T00:00", "2018-11-04T03:00"),  # midnight is missing
    ("America/Havana", "2024-11-03T00:00", "2024-11-03T04:00"),  # midnight occurs twice
    ("Australia/Lord_Howe", "2024-10-06T02:15", "2024-10-05T15:30"),  # half an hour is missing
    ("Australia/Lord_Howe", "2024-04-07T01:45", "2024-04-06T14:45"),  # half an hour occurs twice
    ("Pacific/Apia", "2011-12-30T12:00", "2011-12-30T10:00"),  # a whole day is missing
    ("Asia/Kolkata", "2024-01-05T00:00", "2024-01-04T18:30"),
]


@pytest.mark.parametrize(("zone", "time", "instant"), MIDNIGHTS)
def test_instant_of_a_local_time(zone: str, time: str, instant: str) -> None:
    assert at_local(zone, local(time)).instant == utc(instant)


def test_times_at_the_end_of_the_calendar_are_times() -> None:
    assert at_local("Asia/Tokyo", local("0001-01-01T00:00")) < at_local("Asia/Tokyo", local("0001-01-03"))
    assert at_instant("Asia/Tokyo", utc("9999-12-31T23:00")).instant == utc("9999-12-31T23:00")


LENGTHS = [
    ("Europe/Berlin", "2024-03-31", 23),
    ("Europe/Berlin", "2024-10-27", 25),
    ("Asia/Beirut", "2024-03-31", 23),
    ("America/Sao_Paulo", "2018-11-04", 23),
    ("America/Havana", "2024-11-03", 25),
    ("Australia/Lord_Howe", "2024-10-06", Fraction(47, 2)),
    ("Australia/Lord_Howe", "2024-04-07", Fraction(49, 2)),
    ("Pacific/Apia", "2011-12-30", 0),
    ("America/St_Johns", "2006-10-29", 25),
]


def clock_in(zone: str, as_of: str = "2030-01-01") -> Clock:
    return Clock(ir.Calendar(zone), at_instant(zone, utc(as_of)))


@pytest.mark.parametrize(("zone", "day", "hours"), LENGTHS)
def test_elapsed_hours_of_a_day(zone: str, day: str, hours: int | Fraction) -> None:
    found = unit_at(clock_in(zone), local(day), DAY)
    assert found.start is not None
    assert (found.end.instant - found.start.instant) == timedelta(hours=1) * float(hours)


@pytest.mark.parametrize(("zone", "day", "hours"), LENGTHS)
def test_hours_of_a_day_are_counted_from_its_first_instant(
    zone: str, day: str, hours: int | Fraction
) -> None:
    found = unit_at(clock_in(zone), local(day), DAY)
    assert found.start is not None
    at, count = found.start.instant, 0
    while at < found.end.instant:
        at, count = hour_holding(clock_in(zone), at).end.instant, count + 1
    assert at == found.end.instant
    assert count == -(-hours // 1), "a part of an hour is a period too"


def asked(
    zone: str, start: str, end: str, grain: TimeUnit | None = HOUR
) -> tuple[Clock, tuple[Interval, ...]]:
    question = query([], start=start, end=end, grain=grain, calendar=ir.Calendar(zone))
    clock = Clock.of(question, NOW)
    return clock, periods(question, clock)


def test_a_repeated_hour_has_two_names() -> None:
    clock, found = asked("Europe/Berlin", "2024-10-27T01:00", "2024-10-27T04:00")
    assert [label(clock, period, HOUR) for period in found] == [
        "2024-10-27T01:00:00+02:00",
        "2024-10-27T02:00:00+02:00",
        "2024-10-27T02:00:00+01:00",
        "2024-10-27T03:00:00+01:00",
    ]


def test_a_missing_hour_has_none() -> None:
    clock, found = asked("Europe/Berlin", "2024-03-31T01:00", "2024-03-31T04:00")
    assert [label(clock, period, HOUR) for period in found] == [
        "2024-03-31T01:00:00+01:00",
        "2024-03-31T03:00:00+02:00",
    ]


def test_hours_where_the_clock_moves_by_half_of_one() -> None:
    clock, found = asked("Australia/Lord_Howe", "2024-10-06T00:00", "2024-10-07T00:00")
    labels = [label(clock, period, HOUR) for period in found]
    assert labels[:3] == [
        "2024-10-06T00:00:00+10:30",
        "2024-10-06T01:00:00+10:30",
        "2024-10-06T02:30:00+11:00",
    ]
    assert labels[-1] == "2024-10-06T23:30:00+11:00", "the last of the 23½ hours is half a one"
    assert len(found) == 24


def instants(clock: Clock, window: list[ir.Step], period: Interval) -> tuple[str, str]:
    found = reached(clock, tuple(window), period)
    assert found is not None and found.start is not None
    return found.start.instant.strftime("%m-%dT%H:%M"), found.end.instant.strftime("%m-%dT%H:%M")


@pytest.mark.parametrize(
    ("start", "end", "bounds"),
    [
        ("2024-04-01T01:00", "2024-04-01T02:00", ("03-31T00:00", "03-31T01:00")),
        ("2024-04-01T02:00", "2024-04-01T03:00", ("03-31T01:00", "03-31T01:00")),
        ("2024-04-01T03:00", "2024-04-01T04:00", ("03-31T01:00", "03-31T02:00")),
    ],
)
def test_a_day_ago_of_an_hour_keeps_the_clock(start: str, end: str, bounds: tuple[str, str]) -> None:
    clock, (hour,) = asked("Europe/Berlin", start, end)
    assert instants(clock, [ir.Ago(1, DAY)], hour) == bounds


@pytest.mark.parametrize(
    ("start", "end", "window", "bounds"),
    [
        # months ago of an hour: the day clamped, the hour kept, also the last of the day
        ("2024-03-31T10:00", "2024-03-31T11:00", ir.Ago(1, TimeUnit.MONTH), ("02-29T10:00", "02-29T11:00")),
        ("2024-03-30T23:00", "2024-03-31T00:00", ir.Ago(1, TimeUnit.MONTH), ("02-29T23:00", "03-01T00:00")),
        ("2024-03-01T00:00", "2024-03-01T01:00", ir.Prior(), ("02-29T23:00", "03-01T00:00")),
        ("2024-03-01T00:00", "2024-03-01T01:00", ir.Ago(3, HOUR), ("02-29T21:00", "02-29T22:00")),
        ("2024-03-01T00:00", "2024-03-01T01:00", ir.Last(3, HOUR), ("02-29T22:00", "03-01T01:00")),
        ("2024-03-01T00:00", "2024-03-01T01:00", ir.Next(3, HOUR), ("03-01T00:00", "03-01T03:00")),
        ("2024-03-01T05:00", "2024-03-01T06:00", ir.ToDate(DAY), ("03-01T00:00", "03-01T06:00")),
    ],
)
def test_steps_of_an_hour(start: str, end: str, window: ir.Step, bounds: tuple[str, str]) -> None:
    clock, (hour,) = asked("UTC", start, end)
    assert instants(clock, [window], hour) == bounds


def test_hours_are_elapsed_and_days_are_not() -> None:
    clock = clock_in("Europe/Berlin")
    spring = unit_at(clock, local("2024-03-31"), DAY)
    assert instants(clock, [ir.Last(24, HOUR)], spring) == ("03-30T22:00", "03-31T22:00")
    assert instants(clock, [ir.Last(1, DAY)], spring) == ("03-30T23:00", "03-31T22:00")
    autumn = unit_at(clock, local("2024-10-28"), DAY)
    assert instants(clock, [ir.Last(7, DAY)], autumn) == ("10-21T22:00", "10-28T23:00")


def test_a_range_at_local_times_has_a_prior_of_the_same_local_length() -> None:
    clock, (period,) = asked("Europe/Berlin", "2024-03-31T06:00", "2024-04-01T06:00", None)
    assert instants(clock, [], period) == ("03-31T04:00", "04-01T04:00")
    assert instants(clock, [ir.Prior()], period) == ("03-30T05:00", "03-31T04:00")


def test_repeated_times_in_a_range_are_the_first() -> None:
    clock, (period,) = asked("Europe/Berlin", "2024-10-27T02:00", "2024-10-27T03:00", None)
    assert instants(clock, [], period) == ("10-27T00:00", "10-27T02:00")


def test_the_prior_of_a_day_after_a_day_that_never_was_is_that_day() -> None:
    clock = clock_in("Pacific/Apia")
    after = unit_at(clock, local("2011-12-31"), DAY)
    assert instants(clock, [ir.Prior()], after) == ("12-30T10:00", "12-30T10:00")
    assert instants(clock, [ir.Last(2, DAY)], after) == ("12-30T10:00", "12-31T10:00")


@pytest.mark.parametrize(
    ("zone", "as_of"), [("America/Havana", "2024-11-03T05:00"), ("America/Sao_Paulo", "2018-11-04T03:00")]
)
def test_the_last_instant_before_a_clock_change_is_of_the_day_before_or_the_same(
    zone: str, as_of: str
) -> None:
    """Havana's midnight occurs twice, the second within the day; São Paulo's is the end of the day before."""
    clock = clock_in(zone, as_of)
    found = reached(clock, (ir.AllTime(), ir.ToDate(DAY)), unit_at(clock, local("2030-01-01"), TimeUnit.YEAR))
    assert found is None, "a year after as-of is unknown"
    year = unit_at(clock, local(f"{as_of[:4]}-01-01"), TimeUnit.YEAR)
    found = reached(clock, (ir.ToDate(DAY),), year)
    assert found is not None and found.start is not None
    day = {"America/Havana": "2024-11-03", "America/Sao_Paulo": "2018-11-03"}[zone]
    assert found.start.local == local(day)


def test_a_day_begins_at_the_first_of_two_midnights() -> None:
    """St John's went back by an hour at 00:01: the clock shows the day before until midnight comes again."""
    clock = clock_in("America/St_Johns")
    day = unit_at(clock, local("2006-10-29"), DAY)
    assert instants(clock, [], day) == ("10-29T02:30", "10-30T03:30")
    first, second = (hour_holding(clock, utc(at)) for at in ("2006-10-29T02:45", "2006-10-29T03:45"))
    assert label(clock, first, HOUR) == "2006-10-29T00:00:00-02:30"
    assert label(clock, second, HOUR) == "2006-10-29T00:00:00-03:30"
    assert instants(clock, [ir.ToDate(DAY)], first) == ("10-29T02:30", "10-29T03:30")
    assert instants(clock, [ir.ToDate(DAY)], second) == ("10-29T02:30", "10-29T04:30")


# ---------------------------------------------------------------------------- the period as a value

LENGTH = Type(Kind.DURATION, unit=DAYS, scale=6)


def value_of(clock: Clock, part: ir.PeriodPart, type: Type, period: Interval, *window: ir.Step) -> object:
    return period_value(clock, ir.PeriodValue(part, type, window), period)


@pytest.mark.parametrize(
    ("zone", "start", "end", "as_of", "days"),
    [
        ("Europe/Berlin", "2024-03-31", "2024-04-01", "2030-01-01", 1),
        ("Europe/Berlin", "2024-03-01", "2024-04-01", "2030-01-01", 31),
        ("UTC", "2024-07-01", "2024-08-01", "2024-07-15T12:00", Fraction(29, 2)),
        ("UTC", "2024-07-01T06:00", "2024-07-01T18:00", "2030-01-01", Fraction(1, 2)),
        ("Europe/Berlin", "2024-10-27T02:00", "2024-10-27T03:00", "2030-01-01", Fraction(2, 24)),
        ("Pacific/Apia", "2011-12-29", "2012-01-01", "2030-01-01", 3),
    ],
)
def test_length_in_local_days(zone: str, start: str, end: str, as_of: str, days: int | Fraction) -> None:
    clock = clock_in(zone, as_of)
    _, (period,) = asked(zone, start, end, None)
    assert value_of(clock, ir.PeriodPart.LENGTH, LENGTH, period) == days


def test_start_and_end_are_days_or_instants() -> None:
    clock = clock_in("Europe/Berlin", "2024-03-15T12:00")
    march = unit_at(clock, local("2024-03-01"), TimeUnit.MONTH)
    assert value_of(clock, ir.PeriodPart.START, DATE, march) == local("2024-03-01").date()
    assert value_of(clock, ir.PeriodPart.START, TIMESTAMP, march) == utc("2024-02-29T23:00")
    assert value_of(clock, ir.PeriodPart.END, TIMESTAMP, march) == utc("2024-03-15T12:00")
    assert value_of(clock, ir.PeriodPart.END, DATE, march, ir.Prior()) == local("2024-03-01").date()
    assert value_of(clock, ir.PeriodPart.END, DATE, march) == local("2024-03-16").date(), (
        "the 15th is touched"
    )
    april = unit_at(clock, local("2024-04-01"), TimeUnit.MONTH)
    assert value_of(clock, ir.PeriodPart.LENGTH, LENGTH, april) is None


@pytest.mark.parametrize(("zone", "day", "hours"), LENGTHS)
def test_the_prior_of_each_hour_is_the_hour_before_it(zone: str, day: str, hours: int | Fraction) -> None:
    before, after = (local(day) + timedelta(days=shift) for shift in (-1, 2))
    clock, found = asked(zone, before.isoformat(), after.isoformat())
    for earlier, later in pairwise(found):
        assert later.start == earlier.end
        assert reached(clock, (ir.Prior(),), later) == earlier


@pytest.mark.parametrize(
    ("zone", "start", "end", "first", "after"),
    [
        ("UTC", "2024-03-15T10:00", "2024-03-15T11:00", "2024-03-15", "2024-03-16"),
        ("UTC", "2024-03-15T23:00", "2024-03-16T00:00", "2024-03-15", "2024-03-16"),
        ("America/Sao_Paulo", "2018-11-03", "2018-11-04", "2018-11-03", "2018-11-04"),
        ("Pacific/Apia", "2011-12-30", "2011-12-31", "2011-12-30", "2011-12-31"),
    ],
)
def test_as_dates_start_and_end_are_the_days_touched(
    zone: str, start: str, end: str, first: str, after: str
) -> None:
    clock, (period,) = asked(zone, start, end, None)
    assert value_of(clock, ir.PeriodPart.START, DATE, period) == local(first).date()
    assert value_of(clock, ir.PeriodPart.END, DATE, period) == local(after).date()
