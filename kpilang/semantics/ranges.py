"""From, to, grain and as-of of a query: local times read, and held against the grid of periods (law 1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from kpilang import ir, zones
from kpilang.diagnostics import Diagnostics
from kpilang.semantics.errors import naming, periods, values
from kpilang.semantics.instants import instant, midnight, parse_day, parse_time
from kpilang.semantics.instants import local_time as as_local
from kpilang.syntax import spec
from kpilang.types import TimeUnit

_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Cut:
    """What of time is asked: the grain, the range, or neither. `failed` after an error."""

    grain: TimeUnit | None = None
    range: ir.Range | None = None
    failed: bool = False


def read_cut(
    grain: spec.Text | None,
    start: spec.Text | None,
    end: spec.Text | None,
    partial: bool,
    calendar: ir.Calendar,
    diags: Diagnostics,
) -> Cut:
    unit = _grain(grain, diags)
    if (start is None) != (end is None):
        given, missing = ("from", "to") if end is None else ("to", "from")
        text = start or end
        assert text is not None, "one of the two is given"
        diags.add(periods.half_range(given, missing, text.span))
        return Cut(failed=True)
    if start is None or end is None:
        return Cut(unit, failed=grain is not None and unit is None)
    low, high = local_time("from", start, diags), local_time("to", end, diags)
    if low is None or high is None or (grain is not None and unit is None):
        return Cut(failed=True)
    if not _goes_forward(low, high, start, end, diags):
        return Cut(failed=True)
    if unit is not None and not partial and not _on_grid(low, high, unit, (start, end), calendar, diags):
        return Cut(failed=True)
    return Cut(unit, ir.Range(low, high))


def _grain(text: spec.Text | None, diags: Diagnostics) -> TimeUnit | None:
    if text is None:
        return None
    words = {unit.value: unit for unit in TimeUnit}
    found = words.get(text.value)
    if found is None:
        diags.add(naming.unknown_grain(text.value, tuple(words), text.span))
    return found


def local_time(what: str, text: spec.Text, diags: Diagnostics) -> datetime | None:
    """A local day (its first moment) or time, without offset."""
    day = parse_day(text.value)
    if day is not None:
        return datetime.combine(day, time())
    found = parse_time(text.value)
    if found is None or found.tzinfo is not None:
        diags.add(values.not_a_local_time(what, text.value, text.span))
        return None
    return found


def _goes_forward(
    low: datetime, high: datetime, start: spec.Text, end: spec.Text, diags: Diagnostics
) -> bool:
    if low > high:
        diags.add(periods.reversed_range(start.value, end.value, end.span))
    elif low == high:
        diags.add(periods.empty_range(start.value, end.span))
    return low < high


# ---------------------------------------------------------------------------- the grid


def _on_grid(
    low: datetime,
    high: datetime,
    unit: TimeUnit,
    texts: tuple[spec.Text, spec.Text],
    calendar: ir.Calendar,
    diags: Diagnostics,
) -> bool:
    fine = True
    offers = _offers(low, high, unit, calendar)
    for name, moment, text in (("from", low, texts[0]), ("to", high, texts[1])):
        if floor(moment, unit, calendar) != moment:
            diags.add(periods.off_grid(name, text.value, unit.value, offers, text.span))
            fine = False
    return fine


def _offers(low: datetime, high: datetime, unit: TimeUnit, calendar: ir.Calendar) -> list[tuple[str, str]]:
    """The whole periods inside the range, if any, and those that hold it."""
    inner = (ceiling(low, unit, calendar), floor(high, unit, calendar))
    outer = (floor(low, unit, calendar), ceiling(high, unit, calendar))
    pairs = [inner, outer] if inner[0] < inner[1] else [outer]
    return list(dict.fromkeys((_shown(start, unit), _shown(end, unit)) for start, end in pairs))


def _shown(moment: datetime, unit: TimeUnit) -> str:
    return moment.isoformat() if unit is TimeUnit.HOUR else moment.date().isoformat()


def floor(moment: datetime, unit: TimeUnit, calendar: ir.Calendar) -> datetime:
    """The start of the period that holds a local time; a bound that clocks skip is one all the same."""
    if unit is TimeUnit.HOUR:
        start, _ = _hours_of_day(moment, calendar)
        zone = zones.zone(calendar.timezone)
        return moment if instant(start, zone) == instant(moment, zone) else start
    return datetime.combine(_first_day(moment.date(), unit, calendar), time())


def ceiling(moment: datetime, unit: TimeUnit, calendar: ir.Calendar) -> datetime:
    """The first start of a period at or after a local time."""
    start = floor(moment, unit, calendar)
    if start == moment:
        return moment
    months = unit.months
    if unit is TimeUnit.HOUR:
        return _hours_of_day(moment, calendar)[1]
    if months is None:
        return start + (_DAY if unit is TimeUnit.DAY else 7 * _DAY)
    index = start.year * 12 + start.month - 1 + months
    return start.replace(year=index // 12, month=index % 12 + 1)


def _hours_of_day(moment: datetime, calendar: ir.Calendar) -> tuple[datetime, datetime]:
    """The hour that holds a local time; hours are elapsed, counted from the day's first instant."""
    zone = zones.zone(calendar.timezone)
    day = midnight(moment.date(), zone)
    count = (instant(moment, zone) - day) // _HOUR
    end = min(day + (count + 1) * _HOUR, midnight(moment.date() + _DAY, zone))
    return as_local(day + count * _HOUR, zone), as_local(end, zone)


def _first_day(day: date, unit: TimeUnit, calendar: ir.Calendar) -> date:
    if unit is TimeUnit.DAY:
        return day
    if unit is TimeUnit.WEEK:
        return day - ((day.weekday() - calendar.week_starts) % 7) * _DAY
    months = unit.months
    assert months is not None, "all other units are months"
    offset = calendar.fiscal_year_starts - 1 if unit in (TimeUnit.FISCAL_QUARTER, TimeUnit.FISCAL_YEAR) else 0
    index = day.year * 12 + day.month - 1
    first = index - (index - offset) % months
    return date(first // 12, first % 12 + 1, 1)
