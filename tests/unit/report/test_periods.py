"""Periods as people read them, and whether they are over."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from kpilang import ir
from kpilang.report.periods import Ends, heading, moment_text, period_text, range_text
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
        (datetime(2024, 1, 1), datetime(2024, 4, 1), "2024-01-01 to 2024-03-31"),
        (datetime(2024, 1, 1), datetime(2024, 1, 2), "2024-01-01"),
        (
            datetime(2024, 1, 1, 8),
            datetime(2024, 1, 2),
            "2024-01-01 08:00 to 2024-01-02 00:00, the end excluded",
        ),
    ],
)
def test_ranges(start: datetime, end: datetime, shown: str) -> None:
    assert range_text(ir.Range(start, end)) == shown


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
        "2024-01-01 to 2024-03-31 by fiscal quarter · Europe/Berlin · as of 2024-03-15 12:00"
    )
    assert AS_OF.hour == 11
