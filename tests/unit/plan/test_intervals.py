"""Law 1 by hand: what each selector makes of a period."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest

from kpilang import ir
from kpilang.plan.grid import cells
from kpilang.plan.intervals import Interval, apply, length_in_days, whole_unit
from kpilang.plan.moments import Clock
from kpilang.types import TimeUnit

MONDAYS = Clock(ir.Calendar("UTC"))
BERLIN = Clock(ir.Calendar("Europe/Berlin"))
END_OF_TIME = MONDAYS.of(datetime(2100, 1, 1, tzinfo=UTC))

DAY, WEEK, MONTH, QUARTER, YEAR, HOUR = (
    TimeUnit.DAY,
    TimeUnit.WEEK,
    TimeUnit.MONTH,
    TimeUnit.QUARTER,
    TimeUnit.YEAR,
    TimeUnit.HOUR,
)
PRIOR, BEFORE, ALL = ir.Prior(), ir.Before(), ir.AllTime()


def local(text: str) -> datetime:
    return datetime.fromisoformat(text)


def period(start: str, unit: TimeUnit, clock: Clock = MONDAYS) -> Interval:
    """The period of the unit that begins there."""
    here = clock.at(local(start))
    far = clock.at(local(start) + timedelta(days=800))
    return cells(here, far, unit, clock)[0]


def plain(start: str, end: str, clock: Clock = MONDAYS) -> Interval:
    """A range without a grain."""
    first, last = clock.at(local(start)), clock.at(local(end))
    return Interval(first, last, whole_unit(first, last, clock))


def shown(interval: Interval | None) -> str:
    """`2024-01-01..2024-02-01`."""
    if interval is None:
        return "unknown"
    start = "" if interval.start is None else _short(interval.start.local)
    return f"{start}..{_short(interval.end.local)}"


def _short(moment: datetime) -> str:
    return moment.date().isoformat() if moment.time() == datetime.min.time() else moment.isoformat()


def of(interval: Interval, *steps: ir.Step, clock: Clock = MONDAYS) -> str:
    """The steps in the order in which they act: `x[a][b]` is `b, a`."""
    return shown(apply(steps, interval, clock, END_OF_TIME))


@pytest.mark.parametrize(
    ("start", "unit", "wanted"),
    [
        ("2024-03-01", MONTH, "2024-02-01..2024-03-01"),
        ("2024-03-01", DAY, "2024-02-29..2024-03-01"),
        ("2024-01-01", WEEK, "2023-12-25..2024-01-01"),
        ("2024-01-01", QUARTER, "2023-10-01..2024-01-01"),
        ("2024-01-01", YEAR, "2023-01-01..2024-01-01"),
        ("2024-01-01", HOUR, "2023-12-31T23:00:00..2024-01-01"),
    ],
)
def test_prior_of_a_grain_is_the_period_before(start: str, unit: TimeUnit, wanted: str) -> None:
    assert of(period(start, unit), PRIOR) == wanted


@pytest.mark.parametrize(
    ("start", "end", "wanted"),
    [
        ("2024-03-01", "2024-04-01", "2024-02-01..2024-03-01"),  # a month: not 31 days
        ("2024-01-01", "2024-03-01", "2023-11-01..2024-01-01"),  # two months
        ("2024-01-01", "2024-07-01", "2023-07-01..2024-01-01"),  # two quarters
        ("2024-01-01", "2025-01-01", "2023-01-01..2024-01-01"),
        ("2024-03-04", "2024-03-18", "2024-02-19..2024-03-04"),  # two weeks
        ("2024-03-05", "2024-03-20", "2024-02-19..2024-03-05"),  # fifteen days
        ("2024-03-05T06:00", "2024-03-06T06:00", "2024-03-04T06:00:00..2024-03-05T06:00:00"),
    ],
)
def test_prior_without_a_grain_counts_the_largest_unit(start: str, end: str, wanted: str) -> None:
    assert of(plain(start, end), PRIOR) == wanted


@pytest.mark.parametrize(
    ("interval", "count", "unit", "wanted"),
    [
        (period("2023-03-31", DAY), 1, MONTH, "2023-02-28..2023-03-01"),  # a day stays one, clamped
        (period("2024-02-29", DAY), 1, YEAR, "2023-02-28..2023-03-01"),
        (period("2024-03-04", WEEK), 1, YEAR, "2023-03-06..2023-03-13"),  # 03-04 is a Saturday
        (period("2024-04-01", WEEK), 1, MONTH, "2024-03-04..2024-03-11"),
        (period("2019-04-29", WEEK), 2, MONTH, "2019-02-25..2019-03-04"),  # clamped first
        (period("2024-03-01", MONTH), 1, YEAR, "2023-03-01..2023-04-01"),
        (period("2024-01-01", QUARTER), 1, MONTH, "2023-12-01..2024-03-01"),
        (period("2024-03-01", MONTH), 7, DAY, "2024-02-23..2024-03-25"),
        (period("2024-03-04", WEEK), 10, DAY, "2024-02-23..2024-03-01"),
        (plain("2024-02-20", "2024-02-29"), 1, YEAR, "2023-02-20..2023-03-01"),  # the missing day rolls on
        (plain("2024-03-31", "2024-04-01"), 1, MONTH, "2024-02-29..2024-03-01"),  # one day is a day
    ],
)
def test_units_ago(interval: Interval, count: int, unit: TimeUnit, wanted: str) -> None:
    assert of(interval, ir.Ago(count, unit)) == wanted


@pytest.mark.parametrize(
    ("start", "unit", "step", "wanted"),
    [
        ("2024-02-01", MONTH, ir.Last(28, DAY), "2024-02-02..2024-03-01"),
        ("2023-03-30", DAY, ir.Last(1, MONTH), "2023-03-01..2023-03-31"),  # 02-31 becomes 03-01
        ("2024-01-01", MONTH, ir.Next(30, DAY), "2024-01-01..2024-01-31"),
        ("2024-12-01", MONTH, ir.ToDate(YEAR), "2024-01-01..2025-01-01"),
        ("2024-01-29", WEEK, ir.ToDate(MONTH), "2024-02-01..2024-02-05"),  # of the last instant
        ("2024-03-01", MONTH, ALL, "..2024-04-01"),
        ("2024-03-01", MONTH, BEFORE, "..2024-03-01"),
        (
            "2024-03-01",
            MONTH,
            ir.FromTo(datetime(2020, 1, 1), datetime(2020, 2, 1)),
            "2020-01-01..2020-02-01",
        ),
    ],
)
def test_other_steps(start: str, unit: TimeUnit, step: ir.Step, wanted: str) -> None:
    assert of(period(start, unit), step) == wanted


def test_steps_act_one_after_the_other() -> None:
    february = period("2024-02-01", MONTH)
    assert of(february, ir.Ago(1, YEAR), ir.Last(28, DAY)) == "2023-02-01..2023-03-01"
    assert of(february, ir.Last(28, DAY), ir.Ago(1, YEAR)) == "2023-02-02..2023-03-01"
    assert of(february, PRIOR, ALL) == "..2024-02-01"


def test_prior_of_last_days_is_as_many_days() -> None:
    """[last 28 days] of February 2023 is the whole month by chance; its prior is 28 days, not January."""
    assert of(period("2023-02-01", MONTH), ir.Last(28, DAY), PRIOR) == "2023-01-04..2023-02-01"
    assert of(period("2023-02-01", MONTH), ir.Next(28, DAY), PRIOR) == "2023-01-04..2023-02-01"


def test_seven_days_of_a_selector_are_no_week() -> None:
    sunday = period("2024-03-10", DAY)
    assert of(sunday, ir.Last(7, DAY), ir.Ago(1, YEAR)) == "2023-03-04..2023-03-11"


def test_hours_elapse() -> None:
    changed = period("2024-03-31", DAY, BERLIN)  # 23 hours
    assert of(changed, ir.Last(24, HOUR), clock=BERLIN) == "2024-03-30T23:00:00..2024-04-01"
    assert of(changed, ir.Last(1, DAY), clock=BERLIN) == "2024-03-31..2024-04-01"


class TestAsOf:
    """Ruling 7: what sees the cut end, and what starts from the whole period."""

    AS_OF = MONDAYS.of(datetime(2024, 3, 15, 12, tzinfo=UTC))
    MARCH = period("2024-03-01", MONTH)
    APRIL = period("2024-04-01", MONTH)

    def cut(self, interval: Interval, *steps: ir.Step) -> str:
        return shown(apply(steps, interval, MONDAYS, self.AS_OF))

    def test_an_open_period_ends_there(self) -> None:
        assert self.cut(self.MARCH) == "2024-03-01..2024-03-15T12:00:00"

    def test_a_later_period_is_unknown(self) -> None:
        assert self.cut(self.APRIL) == "unknown"
        assert self.cut(self.APRIL, ALL) == "unknown"

    def test_prior_of_a_later_period_may_be_open(self) -> None:
        assert self.cut(self.APRIL, PRIOR) == "2024-03-01..2024-03-15T12:00:00"

    def test_prior_and_ago_start_from_the_whole(self) -> None:
        assert self.cut(self.MARCH, PRIOR) == "2024-02-01..2024-03-01"
        assert self.cut(self.MARCH, ir.Ago(1, MONTH)) == "2024-02-01..2024-03-01"
        assert self.cut(self.MARCH, ir.Next(30, DAY)) == "2024-03-01..2024-03-15T12:00:00"

    def test_last_and_to_date_see_the_cut_end(self) -> None:
        assert self.cut(self.MARCH, ir.Last(14, DAY)) == "2024-03-01T12:00:00..2024-03-15T12:00:00"
        assert self.cut(self.MARCH, ir.ToDate(YEAR)) == "2024-01-01..2024-03-15T12:00:00"


@pytest.mark.parametrize(
    ("interval", "clock", "wanted"),
    [
        (period("2024-02-01", MONTH), MONDAYS, Fraction(29)),
        (period("2024-03-31", DAY, BERLIN), BERLIN, Fraction(1)),  # 23 hours
        (period("2024-03-31", HOUR, BERLIN), BERLIN, Fraction(1, 24)),
        (plain("2024-07-01", "2024-07-15T12:00"), MONDAYS, Fraction(29, 2)),
    ],
)
def test_length_in_local_days(interval: Interval, clock: Clock, wanted: Fraction) -> None:
    assert length_in_days(interval, clock) == wanted


def test_hours_of_a_day_of_25_hours() -> None:
    day = period("2024-10-27", DAY, BERLIN)
    hours = cells(day.begin(), day.end, HOUR, BERLIN)
    assert len(hours) == 25
    assert [hour.begin().local.hour for hour in hours[1:5]] == [1, 2, 2, 3]


def test_a_cut_period_is_a_plain_range() -> None:
    start, end = MONDAYS.at(datetime(2024, 1, 15)), MONDAYS.at(datetime(2024, 3, 11))
    assert [(shown(c), c.unit) for c in cells(start, end, MONTH, MONDAYS)] == [
        ("2024-01-15..2024-02-01", None),
        ("2024-02-01..2024-03-01", MONTH),
        ("2024-03-01..2024-03-11", None),
    ]


def test_bounds_among_dates() -> None:
    """A day is within an interval if its first instant is."""
    assert MONDAYS.first_day_at(MONDAYS.at(datetime(2024, 3, 15))) == date(2024, 3, 15)
    assert MONDAYS.first_day_at(MONDAYS.at(datetime(2024, 3, 15, 12))) == date(2024, 3, 16)
