"""Local days and times of literals, made instants by law 1: the midnight rule.

A local time that does not exist is the first instant after the gap, one that occurs twice is the first.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def instant(local: datetime, zone: ZoneInfo) -> datetime:
    """The UTC instant of a local time without offset."""
    there = local.replace(tzinfo=zone, fold=0)
    utc = there.astimezone(UTC)
    if utc.astimezone(zone).replace(tzinfo=None) == local:
        return utc
    return _end_of_gap(utc, zone)


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """The first instant of a local day."""
    return instant(datetime.combine(day, time()), zone)


def local_time(moment: datetime, zone: ZoneInfo) -> datetime:
    """The local time, without offset, of an aware instant."""
    return moment.astimezone(zone).replace(tzinfo=None)


def _end_of_gap(after: datetime, zone: ZoneInfo) -> datetime:
    """The transition at or before `after`, which lies less than a day and a bit behind it."""
    low, high = after - timedelta(hours=30), after
    offset = high.astimezone(zone).utcoffset()
    if low.astimezone(zone).utcoffset() == offset:
        return after
    while high - low > timedelta(seconds=1):
        middle = low + timedelta(seconds=(high - low) // timedelta(seconds=2))
        low, high = (low, middle) if middle.astimezone(zone).utcoffset() == offset else (middle, high)
    return high


def parse_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None


def parse_time(text: str) -> datetime | None:
    """An ISO date and time, with or without offset."""
    try:
        return datetime.fromisoformat(text) if "T" in text else None
    except ValueError:
        return None


def add_months(day: date, months: int) -> date | None:
    """Ruling 3: a missing day is the first of the next month. None beyond the calendar."""
    count = day.year * 12 + day.month - 1 + months
    year, month = divmod(count, 12)
    try:
        try:
            return date(year, month + 1, day.day)
        except ValueError:
            following = count + 1
            return date(following // 12, following % 12 + 1, 1)
    except ValueError:
        return None
