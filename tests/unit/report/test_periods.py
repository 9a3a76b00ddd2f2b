"""Periods as people read them, and whether they are over."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from kpilang import ir
from kpilang.report.periods import Ends, heading, moment_text, period_text
from kpilang.report.ranges import range_text
from kpilang.types import TimeUnit
from tests.unit.report.samples import AS_OF, ORDERS, QUARTER, kpi, result

DAY = date(2024, 4, 1)


@pytest.mark.parametrize(
    ("start", "grain", "shown"),
    [
        (DAY, TimeUnit.DAY, "2024-04-01"),
        (DAY, TimeUnit.WEEK, "2024-04-01"),
        (DAY, TimeUnit.MONTH, "2024-04"),
        (DAY, TimeUnit.QUARTER, "2024 Q2"),
        (date(2024, 10, 1), TimeUnit.QUARTER, "2024 Q4"),
        (date(2024, 1, 1), TimeUnit.YEAR, "2024"),
        (DAY, TimeUnit.FISCAL_QUARTER, "2024-04-01"),
        (DAY, TimeUnit.FISCAL_YEAR, "2024-04-01"),
        ("2024-10-27T02:00:00+01:00", TimeUnit.HOUR, "2024-10-27 02:00 +01:00"),
        (date(1, 1, 1), TimeUnit.MONTH, "0001-01"),
    ],
)
def test_labels(start: object, grain: TimeUnit, shown: str) -> None:
    assert period_text(start, grain) == shown


@pytest.mark.parametrize(
    ("start", "end", "shown"),
    [
        (datetime(2024, 1, 1), datetime(2025, 1, 1), "2024"),
        (datetime(2022, 1, 1), datetime(2025, 1, 1), "2022 to 2024"),
        (datetime(2024, 4, 1), datetime(2025, 4, 1), "fiscal year April 2024 to March 2025"),
        (datetime(2024, 5, 1), datetime(2025, 5, 1), "May 2024 to April 2025"),
        (datetime(2024, 1, 1), datetime(2024, 4, 1), "January to March 2024"),
        (datetime(2023, 11, 1), datetime(2024, 2, 1), "November 2023 to January 2024"),
        (datetime(2024, 2, 1), datetime(2024, 3, 1), "February 2024"),
        (datetime(2024, 4, 1), datetime(2024, 4, 8), "week of 1 April 2024"),
        (datetime(2024, 4, 2), datetime(2024, 4, 9), "2 to 8 April 2024"),
        (datetime(2024, 1, 1), datetime(2024, 1, 2), "Monday, 1 January 2024"),
        (datetime(2024, 1, 30), datetime(2024, 2, 3), "30 January to 2 February 2024"),
        (datetime(2023, 12, 30), datetime(2024, 1, 3), "30 December 2023 to 2 January 2024"),
        (datetime(1, 1, 1), datetime(1, 2, 1), "January 0001"),
        (
            datetime(2024, 1, 1, 8),
            datetime(2024, 1, 2),
            "1 January 2024 08:00 to 2 January 2024 00:00, the end excluded",
        ),
    ],
)
def test_ranges(start: datetime, end: datetime, shown: str) -> None:
    assert range_text(ir.Range(start, end), ir.Calendar(fiscal_year_starts=4)) == shown


@pytest.mark.parametrize(
    ("start", "grain", "days"),
    [
        (DAY, TimeUnit.DAY, 1),
        (DAY, TimeUnit.WEEK, 7),
        (DAY, TimeUnit.MONTH, 30),
        (DAY, TimeUnit.QUARTER, 91),
        (DAY, TimeUnit.FISCAL_YEAR, 365),
        (date(2023, 12, 1), TimeUnit.MONTH, 31),
        (date(2024, 1, 1), TimeUnit.YEAR, 366),
    ],
)
def test_a_period_is_open_until_its_last_instant(start: date, grain: TimeUnit, days: int) -> None:
    end = datetime(start.year, start.month, start.day, tzinfo=UTC) + timedelta(days=days)
    made = result([kpi("orders", ORDERS)], [], grain, zone="UTC")
    for shift, is_open in ((timedelta(seconds=-1), True), (timedelta(0), False)):
        ends = Ends(type(made)(made.columns, (), made.query, end + shift))
        assert ends.is_open(start) is is_open
        assert ends.is_immature(start, 1)


def test_ends_are_local() -> None:
    """March is over in Berlin when it is still 22:00 of its last day in UTC."""
    made = result([kpi("orders", ORDERS)], [], TimeUnit.MONTH)
    over = datetime(2024, 3, 31, 22, tzinfo=UTC)
    assert not Ends(type(made)(made.columns, (), made.query, over)).is_open(date(2024, 3, 1))


def test_the_calendar_has_an_end() -> None:
    for grain in (TimeUnit.DAY, TimeUnit.MONTH, TimeUnit.YEAR):
        assert not Ends(result([kpi("orders", ORDERS)], [], grain)).is_open(date(9999, 12, 31))
    query = result([], []).query
    assert moment_text(datetime.min, query).startswith("0001-01-01 00:")
    assert moment_text(datetime.max, query).startswith("9999-12-31 23:59:59")


def test_the_heading_says_what_is_shown() -> None:
    assert heading(result([kpi("orders", ORDERS)], [])) == "all time · Europe/Berlin · as of 2024-03-15 12:00"
    assert heading(result([kpi("orders", ORDERS)], [], TimeUnit.FISCAL_QUARTER, QUARTER)) == (
        "January to March 2024 by fiscal quarter · Europe/Berlin · as of 2024-03-15 12:00"
    )
    assert AS_OF.hour == 11
