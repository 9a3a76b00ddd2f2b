"""A range of days in words: `April to June 2024`, `2023`, `week of 1 April 2024`.

Both ends that are named belong to the range. English, whatever the locale, so that a scorecard says the same
on every machine.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from kpilang import ir

_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
           "November", "December")  # fmt: skip
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_WEEK = timedelta(days=7)
_YEAR = 12


def range_text(range: ir.Range | None, calendar: ir.Calendar) -> str:
    """The range in words; with times where an end is not a midnight."""
    if range is None:
        return "all time"
    if range.start.time() != datetime.min.time() or range.end.time() != datetime.min.time():
        return f"{_moment(range.start)} to {_moment(range.end)}, the end excluded"
    first, last = range.start.date(), range.end.date() - timedelta(days=1)
    if range.start.day == range.end.day == 1:
        return _months(first, last, calendar)
    if range.end - range.start == _WEEK and first.weekday() == calendar.week_starts:
        return f"week of {_day(first)}"
    return _span(first, last)


def _months(first: date, last: date, calendar: ir.Calendar) -> str:
    """Whole months; years by their numbers, a fiscal year as one."""
    months = (last.year - first.year) * _YEAR + last.month - first.month + 1
    if months % _YEAR == 0 and first.month == 1:
        return _between(f"{first.year:04}", f"{last.year:04}")
    begin, end = _MONTHS[first.month - 1], f"{_MONTHS[last.month - 1]} {last.year:04}"
    if first.year != last.year:
        begin += f" {first.year:04}"
    words = end if months == 1 else f"{begin} to {end}"
    return f"fiscal year {words}" if months == _YEAR and first.month == calendar.fiscal_year_starts else words


def _span(first: date, last: date) -> str:
    """Days; month and year are said once where they are the same."""
    if first == last:
        return f"{_DAYS[first.weekday()]}, {_day(first)}"
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day} to {_day(last)}"
    if first.year == last.year:
        return f"{first.day} {_MONTHS[first.month - 1]} to {_day(last)}"
    return f"{_day(first)} to {_day(last)}"


def _between(first: str, last: str) -> str:
    return first if first == last else f"{first} to {last}"


def _day(day: date) -> str:
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year:04}"


def _moment(moment: datetime) -> str:
    time = moment.strftime("%H:%M" if not moment.second else "%H:%M:%S")
    return f"{_day(moment.date())} {time}"
