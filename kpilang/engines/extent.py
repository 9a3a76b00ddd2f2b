"""By a grain without a range: from the first to the last period in which the data have a row."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from datetime import UTC, date, datetime

from kpilang import ir
from kpilang.plan.intervals import move
from kpilang.plan.moments import MICROSECOND, Clock, Moment
from kpilang.types import TimeUnit


def ranged(query: ir.Query, found: Iterable[object] | None, as_of: datetime) -> ir.Query | None:
    """The query over whole periods that hold all instants `found`; None if there are none.

    `found` are days, or times of UTC; None among them is of a table without rows. No period begins at or
    after `as_of`.
    """
    assert query.grain is not None
    clock = Clock(query.model.calendar)
    moments = [_moment(value, clock) for value in found or () if value is not None]
    seen = clock.of(as_of - MICROSECOND)
    if not moments or seen.is_before(min(moments, key=_instant)):
        return None
    first = _floor(min(moments, key=_instant), query.grain, clock)
    last = _floor(min(max(moments, key=_instant), seen, key=_instant), query.grain, clock)
    end = move(last, 1, query.grain, clock)
    return dataclasses.replace(query, range=ir.Range(first.local, end.local))


def _moment(value: object, clock: Clock) -> Moment:
    match value:
        case datetime():
            return clock.of(value.replace(tzinfo=UTC) if value.tzinfo is None else value)
        case date():
            return clock.day(value)
        case _:
            raise AssertionError(f"an extent is of days or times, not of {type(value).__name__}")


def _floor(moment: Moment, grain: TimeUnit, clock: Clock) -> Moment:
    if grain is TimeUnit.HOUR:
        return clock.floor_hour(moment)
    return clock.at(clock.floor(moment.local, grain))


def _instant(moment: Moment) -> datetime:
    return moment.instant
