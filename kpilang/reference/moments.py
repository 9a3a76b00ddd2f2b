"""Local time and instants: where a day begins, and what the clock on the wall shows.

A `Moment` knows both faces of a point in time. All calendar arithmetic is done on the local face and
becomes an instant last (law 1); only hours are counted on instants (ruling 4). Knows nothing of periods.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple

from kpilang.zones import zone


class Moment(NamedTuple):
    """An instant (aware, UTC) and the local time (naive) it was made from, or that clocks show then.

    Moments are ordered by the instant. Where a stretch of local time does not exist, all of it falls on one
    instant; then the local time decides, so that a *date* of a day that never was has a place of its own.
    """

    instant: datetime
    local: datetime


@lru_cache(maxsize=65536)
def at_local(zone_name: str, local: datetime) -> Moment:
    """The moment of a local time: the first if it occurs twice, the first instant after the gap if never."""
    where = zone(zone_name)
    try:
        instant = local.replace(tzinfo=where, fold=0).astimezone(UTC)
        exists = instant.astimezone(where).replace(tzinfo=None) == local
    except OverflowError:
        return Moment(local.replace(tzinfo=UTC), local)
    return Moment(instant if exists else _after_gap(zone_name, local), local)


@lru_cache(maxsize=65536)
def at_instant(zone_name: str, instant: datetime) -> Moment:
    """The moment of an instant."""
    instant = instant.astimezone(UTC)
    try:
        return Moment(instant, instant.astimezone(zone(zone_name)).replace(tzinfo=None, fold=0))
    except OverflowError:
        return Moment(instant, instant.replace(tzinfo=None))


def at_day(zone_name: str, day: date) -> Moment:
    """The first instant of a local day."""
    return at_local(zone_name, datetime.combine(day, time()))


def text(zone_name: str, instant: datetime) -> str:
    """Local time with its offset, `2024-10-27T02:00:00+02:00`."""
    return instant.astimezone(zone(zone_name)).isoformat()


def _after_gap(zone_name: str, local: datetime) -> datetime:
    """The first instant whose offset is the one after the gap in which `local` lies; found by halving."""
    where = zone(zone_name)
    missing = local.replace(tzinfo=where)
    before = missing.replace(fold=1).astimezone(UTC)  # the offset after the gap gives an instant before it
    after = missing.replace(fold=0).astimezone(UTC)
    offset = after.astimezone(where).utcoffset()
    before, after = before.replace(microsecond=0) - timedelta(seconds=1), _whole_second(after)
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=(after - before) // timedelta(seconds=2))
        if middle.astimezone(where).utcoffset() == offset:
            after = middle
        else:
            before = middle
    return after


def _whole_second(instant: datetime) -> datetime:
    return instant.replace(microsecond=0)
