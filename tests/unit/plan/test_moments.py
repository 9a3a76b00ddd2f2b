"""Local time and instants, in zones that make trouble."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from kpilang import ir
from kpilang.plan.bounds import stored_bound
from kpilang.plan.moments import Clock, add_months, add_months_clamped, transitions
from kpilang.types import TimeUnit


def clock(timezone: str, week_starts: int = 0, fiscal: int = 1) -> Clock:
    return Clock(ir.Calendar(timezone, week_starts, fiscal))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


MIDNIGHTS = [
    ("Europe/Berlin", "2024-03-31", "2024-03-30T23:00"),
    ("Europe/Berlin", "2024-04-01", "2024-03-31T22:00"),
    ("Asia/Beirut", "2024-03-31", "2024-03-30T22:00"),  # does not exist: the first instant after the gap
    ("America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00"),
    ("America/Havana", "2024-11-03", "2024-11-03T04:00"),  # twice: the first
    ("Pacific/Apia", "2011-12-30", "2011-12-30T10:00"),  # a day that never was begins where the next does
    ("Pacific/Apia", "2011-12-31", "2011-12-30T10:00"),
    ("Asia/Kolkata", "2024-01-01", "2023-12-31T18:30"),
]


@pytest.mark.parametrize(("timezone", "day", "wanted"), MIDNIGHTS)
def test_a_day_begins_at_its_first_instant(timezone: str, day: str, wanted: str) -> None:
    assert clock(timezone).day(date.fromisoformat(day)).instant == utc(wanted)


def test_a_missing_time_is_the_end_of_the_gap() -> None:
    assert clock("Europe/Berlin").at(datetime(2024, 3, 31, 2, 30)).instant == utc("2024-03-31T01:00")


def test_a_day_holds_what_lies_between_midnights() -> None:
    """In St John's clocks went back from 00:01 to 23:01: the old day was shown again within the new one."""
    st_johns = clock("America/St_Johns")
    assert st_johns.of(utc("2006-10-29T03:00")).local == datetime(2006, 10, 28, 23, 30)
    assert st_johns.day_of(utc("2006-10-29T03:00")) == date(2006, 10, 29)
    assert st_johns.day_of(utc("2006-10-29T02:29")) == date(2006, 10, 28)


@pytest.mark.parametrize(
    ("start", "months", "rolled", "clamped"),
    [
        ("2023-03-31", -1, "2023-03-01", "2023-02-28"),
        ("2024-02-29", 12, "2025-03-01", "2025-02-28"),
        ("2024-01-31", 1, "2024-03-01", "2024-02-29"),
        ("2024-12-15", 1, "2025-01-15", "2025-01-15"),
        ("2024-10-31", -8, "2024-03-01", "2024-02-29"),
    ],
)
def test_months_on(start: str, months: int, rolled: str, clamped: str) -> None:
    assert add_months(datetime.fromisoformat(start), months) == datetime.fromisoformat(rolled)
    assert add_months_clamped(datetime.fromisoformat(start), months) == datetime.fromisoformat(clamped)


@pytest.mark.parametrize(
    ("unit", "wanted"),
    [
        (TimeUnit.DAY, "2024-05-15"),
        (TimeUnit.WEEK, "2024-05-12"),
        (TimeUnit.MONTH, "2024-05-01"),
        (TimeUnit.QUARTER, "2024-04-01"),
        (TimeUnit.YEAR, "2024-01-01"),
        (TimeUnit.FISCAL_QUARTER, "2024-05-01"),
        (TimeUnit.FISCAL_YEAR, "2024-02-01"),
    ],
)
def test_units_begin_where_the_project_says(unit: TimeUnit, wanted: str) -> None:
    here = clock("UTC", week_starts=6, fiscal=2)
    assert here.floor(datetime(2024, 5, 15, 13, 30), unit) == datetime.fromisoformat(wanted)


def test_offsets_of_a_year() -> None:
    found = transitions("Europe/Berlin", utc("2024-01-01"), utc("2025-01-01"))
    assert [start for start, _ in found] == [
        utc("2024-01-01"),
        utc("2024-03-31T01:00"),
        utc("2024-10-27T01:00"),
    ]
    assert [offset // timedelta(hours=1) for _, offset in found] == [1, 2, 1]


@pytest.mark.parametrize(
    ("instant", "wanted"),
    [
        ("2024-07-01T00:00", "2024-07-01T02:00"),
        ("2024-10-27T00:00", "2024-10-27T02:00"),  # the first 02:00
        ("2024-10-27T01:00", "2024-10-27T03:00"),  # 02:00 to 03:00 stored stand for 00:00Z to 01:00Z
        ("2024-03-31T01:00", "2024-03-31T02:00"),  # all of the missing hour stands for this instant
        ("2024-03-31T01:30", "2024-03-31T03:30"),
    ],
)
def test_a_bound_among_times_stored_in_berlin(instant: str, wanted: str) -> None:
    assert stored_bound(utc(instant), "Europe/Berlin") == datetime.fromisoformat(wanted)
