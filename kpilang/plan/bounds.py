"""Bounds in time as conditions that an engine can use: a bare column beside a literal.

Timestamps are compared as UTC instants, dates as local days. A timestamp stored in local time is compared as
it lies, with the bound moved to where it falls on that clock.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from kpilang.ir import Op
from kpilang.plan import scalars
from kpilang.plan.grid import Reach
from kpilang.plan.moments import Clock, Moment, first_instant
from kpilang.plan.scalars import Apply, Constant, Made, Scalar
from kpilang.types import Kind
from kpilang.zones import zone


def within(anchor: Scalar, reach: Reach, clock: Clock) -> tuple[Scalar, ...]:
    """The conditions under which a row lies in the interval; a null anchor lies nowhere."""
    upper = before(anchor, reach.end, clock)
    return (upper,) if reach.start is None else (not_before(anchor, reach.start, clock), upper)


def before(anchor: Scalar, moment: Moment, clock: Clock) -> Scalar:
    value, bound = compared(anchor, moment, clock)
    return scalars.compare(Op.LT, value, bound)


def not_before(anchor: Scalar, moment: Moment, clock: Clock) -> Scalar:
    value, bound = compared(anchor, moment, clock)
    return scalars.compare(Op.GE, value, bound)


def compared(anchor: Scalar, moment: Moment, clock: Clock) -> tuple[Scalar, Constant]:
    """The anchor as it lies in its table, and the bound in the same terms."""
    if anchor.type.kind is Kind.DATE:
        return anchor, scalars.day(clock.first_day_at(moment))
    if isinstance(anchor, Apply) and anchor.op is Made.READ and anchor.words:
        return anchor.args[0], scalars.instant(stored_bound(moment.instant, anchor.words[0]))
    return anchor, scalars.instant(moment.instant)


def stored_bound(instant: datetime, stored: str) -> datetime:
    """The least local time in the zone `stored` that does not lie before an instant.

    A local time that occurs twice stands for the first, so within the repeated hour the bound is its end.
    """
    shown = instant.astimezone(zone(stored)).replace(tzinfo=None, fold=0)
    if first_instant(stored, shown) >= instant:
        return _earliest_alike(shown, instant, stored)
    low, high = shown, shown + timedelta(hours=25)
    while high - low > timedelta(microseconds=1):
        middle = low + (high - low) // 2
        low, high = (low, middle) if first_instant(stored, middle) >= instant else (middle, high)
    return high


def _earliest_alike(shown: datetime, instant: datetime, stored: str) -> datetime:
    """Local times inside a gap all stand for its end: the bound is the start of the gap."""
    low, high = shown - timedelta(hours=25), shown
    if first_instant(stored, shown - timedelta(microseconds=1)) < instant:
        return shown
    while high - low > timedelta(microseconds=1):
        middle = low + (high - low) // 2
        low, high = (low, middle) if first_instant(stored, middle) >= instant else (middle, high)
    return high
