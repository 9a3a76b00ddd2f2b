"""Periods as a reader names them, and which of them are not over or not mature yet."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from kpilang import ir
from kpilang.report.ranges import range_text
from kpilang.results import Result
from kpilang.types import TimeUnit
from kpilang.zones import zone


def period_text(start: object, grain: TimeUnit) -> str:
    """`2024-01`, `2024 Q1`, `2024`; the first day of days, weeks and fiscal ones; the start of an hour."""
    if isinstance(start, str):
        start = datetime.fromisoformat(start)
    if isinstance(start, datetime):
        text = start.isoformat(sep=" ", timespec="minutes")
        return f"{text[:16]} {text[16:]}".rstrip()
    if not isinstance(start, date):
        return str(start)
    match grain:
        case TimeUnit.MONTH:
            return start.isoformat()[:7]
        case TimeUnit.QUARTER:
            return f"{start.year:04} Q{(start.month + 2) // 3}"
        case TimeUnit.YEAR:
            return f"{start.year:04}"
        case _:
            return start.isoformat()


def heading(result: Result) -> str:
    """What the numbers are about: range, grain, zone, as-of, and whether the whole range is over."""
    query = result.query
    parts = [range_text(query.range, query.model.calendar)]
    if query.grain is not None:
        parts[0] += f" by {query.grain.value.replace('_', ' ')}"
    parts.append(query.model.calendar.timezone)
    as_of = result.as_of.astimezone(zone(query.model.calendar.timezone))
    parts.append(f"as of {as_of.isoformat(sep=' ', timespec='minutes')[:16]}")
    if query.grain is None and query.range is not None:
        parts += _openness(query.range, query, result.as_of, as_of)
    return " · ".join(parts)


def _openness(range: ir.Range, query: ir.Query, instant: datetime, local: datetime) -> list[str]:
    """How much of the range is over, where it is not over as a whole."""
    if _instant(range.end, query) <= instant:
        return []
    if _instant(range.start, query) >= instant:
        return ["not begun"]
    days, gone = (range.end - range.start).days, (local.replace(tzinfo=None) - range.start).days
    return [f"open: {gone} of {days} days" if days > 1 else "open"]


class Ends:
    """The ends of a result's periods, each computed once, against the instant the result stands for."""

    def __init__(self, result: Result) -> None:
        self._result = result
        self._known: dict[object, datetime | None] = {}

    def is_open(self, start: object) -> bool:
        """Whether the period that begins on `start` is not over yet."""
        return self._is_after(start, timedelta(0))

    def is_immature(self, start: object, matures: int | None) -> bool:
        """Whether a value of the period may still change, as less than `matures` days have gone by since."""
        return matures is not None and self._is_after(start, timedelta(days=matures))

    def _is_after(self, start: object, delay: timedelta) -> bool:
        if start not in self._known:
            self._known[start] = _end(start, self._result.query)
        end = self._known[start]
        return end is not None and end + delay > self._result.as_of


def _end(start: object, query: ir.Query) -> datetime | None:
    """The instant at which a row's period ends: that of the range where there is no grain."""
    if query.grain is None:
        return _instant(query.range.end, query) if query.range else None
    if isinstance(start, str):
        start = datetime.fromisoformat(start)
    if isinstance(start, datetime):
        return start + timedelta(hours=1)
    following = _next(start, query.grain) if isinstance(start, date) else None
    return _instant(datetime.combine(following, datetime.min.time()), query) if following else None


def _next(start: date, grain: TimeUnit) -> date | None:
    """The first day after a period that begins on `start`; None where the calendar ends before."""
    try:
        if grain.months is not None:
            months = start.year * 12 + start.month - 1 + grain.months
            return date(months // 12, months % 12 + 1, 1)
        return start + timedelta(days=7 if grain is TimeUnit.WEEK else 1)
    except (ValueError, OverflowError):
        return None


def _instant(local: datetime, query: ir.Query) -> datetime:
    return local.replace(tzinfo=zone(query.model.calendar.timezone))


def moment_text(value: datetime, query: ir.Query) -> str:
    """An instant in the project's time zone, to the second."""
    aware = value if value.tzinfo else value.replace(tzinfo=UTC)
    try:
        aware = aware.astimezone(zone(query.model.calendar.timezone))
    except OverflowError:
        aware = aware.replace(
            tzinfo=UTC
        )  # The first and the last day there is have no local time everywhere.
    return aware.isoformat(sep=" ", timespec="seconds")
