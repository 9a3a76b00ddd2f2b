"""Local wall time and instants: the clock on which periods are cut.

A `Moment` is a place on the local clock together with the instant it names. Arithmetic on days, weeks and
months is done on the local clock, arithmetic on hours on the instants; the UTC instant comes last. Only
`kpilang.zones` knows the rules of a zone, no engine and no operating system is asked.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from kpilang import ir
from kpilang.frozen import dataclass
from kpilang.types import TimeUnit
from kpilang.zones import zone

MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Moment:
    """`local` is what the clock shows (naive), `instant` the UTC instant meant (aware).

    A local time that does not exist stands for the first instant after the gap, one that occurs twice for
    the first; a moment made from an instant may stand for the second.
    """

    local: datetime
    instant: datetime

    def is_before(self, other: Moment) -> bool:
        return self.instant < other.instant


@dataclass(frozen=True, slots=True)
class Clock:
    """The project's calendar as a clock."""

    calendar: ir.Calendar

    def at(self, local: datetime) -> Moment:
        """The moment at which the local clock shows `local` (law 1, the midnight rule)."""
        return Moment(local, first_instant(self.calendar.timezone, local))

    def of(self, instant: datetime) -> Moment:
        """What the local clock shows at an instant (aware)."""
        local = instant.astimezone(zone(self.calendar.timezone)).replace(tzinfo=None, fold=0)
        return Moment(local, instant.astimezone(UTC))

    def day(self, day: date) -> Moment:
        return self.at(midnight(day))

    def day_of(self, instant: datetime) -> date:
        """The day within whose period an instant lies.

        Not always the day that the clock shows: clocks that go back over midnight show the old day again.
        """
        day = self.of(instant).local.date()
        while self.day(day + timedelta(days=1)).instant <= instant:
            day += timedelta(days=1)
        return day

    def floor(self, local: datetime, unit: TimeUnit) -> datetime:
        """The start of the calendar unit that holds `local`; not for hours."""
        day = midnight(local.date())
        match unit:
            case TimeUnit.HOUR:
                raise AssertionError("hours are counted from the day's first instant")
            case TimeUnit.DAY:
                return day
            case TimeUnit.WEEK:
                return day - timedelta(days=(day.weekday() - self.calendar.week_starts) % 7)
            case TimeUnit.MONTH | TimeUnit.QUARTER | TimeUnit.YEAR:
                first = 1
            case TimeUnit.FISCAL_QUARTER | TimeUnit.FISCAL_YEAR:
                first = self.calendar.fiscal_year_starts
        length = unit.months
        assert length is not None
        return add_months(day.replace(day=1), -((day.month - first) % length))

    def floor_hour(self, moment: Moment) -> Moment:
        """The start of the hour that holds the moment: whole hours elapsed since the day's first instant."""
        start = self.day(self.day_of(moment.instant)).instant
        return self.of(start + (moment.instant - start) // timedelta(hours=1) * timedelta(hours=1))

    def is_boundary(self, moment: Moment, unit: TimeUnit) -> bool:
        return self.floor(moment.local, unit) == moment.local

    def first_day_at(self, moment: Moment) -> date:
        """The first day whose first instant is not before the moment: where a bound lies among dates."""
        day = moment.local.date()
        while self.day(day).instant < moment.instant:
            day += timedelta(days=1)
        return day


def midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day)


def add_months(local: datetime, count: int) -> datetime:
    """So many months on; on a day that does not exist it is where the next month begins (ruling 3)."""
    year, month = _month(local, count)
    if local.day <= monthrange(year, month)[1]:
        return local.replace(year=year, month=month)
    year, month = _month(datetime(year, month, 1), 1)
    return datetime(year, month, 1)


def add_months_clamped(local: datetime, count: int) -> datetime:
    """So many months on; a day that does not exist becomes the last of its month (ruling 2)."""
    year, month = _month(local, count)
    return local.replace(year=year, month=month, day=min(local.day, monthrange(year, month)[1]))


def _month(local: datetime, count: int) -> tuple[int, int]:
    year, month = divmod(local.year * 12 + local.month - 1 + count, 12)
    return year, month + 1


@cache
def first_instant(timezone: str, local: datetime) -> datetime:
    """The first instant at which clocks in `timezone` show `local`, or have passed it."""
    tz = zone(timezone)
    early = local.replace(tzinfo=tz, fold=0).astimezone(UTC)
    if early.astimezone(tz).replace(tzinfo=None) == local:
        return early
    late = local.replace(tzinfo=tz, fold=1).astimezone(UTC)
    return _jump(tz, min(early, late), max(early, late))


def _jump(tz: ZoneInfo, low: datetime, high: datetime) -> datetime:
    """The instant in (low, high] at which the offset changes; transitions fall on whole seconds."""
    low, high = low.replace(microsecond=0), (high - MICROSECOND).replace(microsecond=0) + timedelta(seconds=1)
    before = low.astimezone(tz).utcoffset()
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) // 2
        middle = middle.replace(microsecond=0)
        if middle.astimezone(tz).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high


@cache
def transitions(timezone: str, start: datetime, end: datetime) -> tuple[tuple[datetime, timedelta], ...]:
    """Offsets from UTC in force within [start, end): `(from instant, offset)`, the first at `start`."""
    tz = zone(timezone)
    found = [(start, _offset(tz, start))]
    here = start
    step = timedelta(days=7)
    while here < end:
        after = min(here + step, end)
        if _offset(tz, after) != found[-1][1]:
            at = _jump(tz, here, after)
            found.append((at, _offset(tz, at)))
            after = at
        here = after
    return tuple(item for item in found if item[0] < end)


def _offset(tz: ZoneInfo, instant: datetime) -> timedelta:
    offset = instant.astimezone(tz).utcoffset()
    assert offset is not None
    return offset
