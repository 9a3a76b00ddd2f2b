"""Stretches of time in which calendars go wrong, and the days and instants worth putting rows on.

A season is a project calendar and a day about which the query's range lies: a leap day, a day of 23 or 25
hours, a week 53, a midnight that does not exist. Cutting periods here is plain date arithmetic of its own,
so that the generator asks for ranges on the grid without asking kpilang.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Season:
    """`feature` is what is nasty about `day`; `steady` a zone that keeps the offset of before the change."""

    feature: str
    day: date
    timezone: str = "UTC"
    week_starts: str = "monday"
    fiscal_year_starts: str = "january"
    steady: str = ""
    hours_end: str = ":00:00"

    @property
    def has_missing_days(self) -> bool:
        """Whether the day is one that months before or after it do not have."""
        return self.day.day > 28

    @property
    def goes_back(self) -> bool:
        """Whether clocks go back, so that the last hour of a local day lies on the next by the old offset."""
        return self.feature in ("long day", "double midnight", "half hour shift")

    @property
    def project(self) -> dict[str, str]:
        return {
            "timezone": self.timezone,
            "week_starts": self.week_starts,
            "fiscal_year_starts": self.fiscal_year_starts,
        }


SEASONS = (
    Season("plain", date(2024, 5, 14)),
    Season("plain", date(2024, 5, 1), "Europe/Berlin", "sunday"),
    Season("leap day", date(2024, 2, 29)),
    Season("leap day", date(2024, 2, 29), "Europe/Berlin", "sunday"),
    Season("month end", date(2023, 3, 30)),
    Season("month end", date(2024, 12, 31), "Europe/Berlin", "sunday", "march"),
    Season("week 53", date(2020, 12, 31), "UTC"),
    Season("week 53", date(2021, 1, 3), "Europe/Berlin", "sunday"),
    Season("short day", date(2024, 3, 31), "Europe/Berlin", steady="Etc/GMT-1"),
    Season("short day", date(2024, 3, 10), "America/New_York", "sunday", steady="Etc/GMT+5"),
    Season("long day", date(2024, 10, 27), "Europe/Berlin", "saturday", steady="Etc/GMT-2"),
    Season("long day", date(2023, 11, 5), "America/New_York", "sunday", "april", steady="Etc/GMT+4"),
    Season("missing midnight", date(2024, 3, 31), "Asia/Beirut", steady="Etc/GMT-2"),
    Season("missing midnight", date(2018, 11, 4), "America/Sao_Paulo", "sunday", steady="Etc/GMT+3"),
    Season("double midnight", date(2024, 11, 3), "America/Havana", "wednesday", steady="Etc/GMT+4"),
    Season("double midnight", date(2023, 10, 29), "Asia/Beirut", steady="Etc/GMT-3"),
    Season(
        "half hour shift", date(2024, 4, 7), "Australia/Lord_Howe", "monday", "july", "Etc/GMT-11", ":30:00"
    ),
    Season(
        "half hour shift",
        date(2023, 4, 2),
        "Australia/Lord_Howe",
        "sunday",
        steady="Etc/GMT-11",
        hours_end=":30:00",
    ),
    Season("half hour zone", date(2024, 4, 1), "Asia/Kolkata", "monday", "april", "Etc/GMT-5"),
)

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTH_NAMES = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
MONTHS_OF = {"month": 1, "quarter": 3, "year": 12, "fiscal_quarter": 3, "fiscal_year": 12}


def first_day(day: date, grain: str, season: Season) -> date:
    """The first day of the period of `grain` that holds `day`."""
    if grain == "day":
        return day
    if grain == "week":
        return day - ((day.weekday() - WEEKDAYS.index(season.week_starts)) % 7) * DAY
    length = MONTHS_OF[grain]
    begins = MONTH_NAMES.index(season.fiscal_year_starts) if grain.startswith("fiscal") else 0
    number = day.year * 12 + day.month - 1 - begins
    return month_start(number - number % length + begins)


def month_start(number: int) -> date:
    return date(number // 12, number % 12 + 1, 1)


def next_first_day(first: date, grain: str) -> date:
    if grain in ("day", "week"):
        return first + (7 if grain == "week" else 1) * DAY
    return month_start(first.year * 12 + first.month - 1 + MONTHS_OF[grain])


def previous_first_day(first: date, grain: str, season: Season) -> date:
    return first_day(first - DAY, grain, season)


def instant(day: date, season: Season, clock: time = time()) -> datetime:
    """The instant of a local clock time, the first of two, as an aware UTC time."""
    return datetime.combine(day, clock, ZoneInfo(season.timezone)).astimezone(UTC)
