"""What `kpilang.yml` says about the calendar and the currency, checked."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from kpilang import ir, zones
from kpilang.diagnostics import Diagnostics
from kpilang.semantics.currencies import CODES
from kpilang.semantics.errors import naming
from kpilang.syntax import spec

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip


UTC_CALENDAR = ir.Calendar()


@dataclass(frozen=True)
class Settings:
    """`exchange` names the rates by which currencies are converted."""

    calendar: ir.Calendar = UTC_CALENDAR
    currency: str | None = None
    exchange: spec.Embedded | None = None

    @property
    def zone(self) -> ZoneInfo:
        return zones.zone(self.calendar.timezone)


def read_settings(project: spec.ProjectDecl, diags: Diagnostics) -> Settings:
    calendar = ir.Calendar(
        timezone=_timezone(project.timezone, diags),
        week_starts=_choice("week_starts", project.week_starts, DAYS, diags),
        fiscal_year_starts=_choice("fiscal_year_starts", project.fiscal_year_starts, MONTHS, diags) + 1,
    )
    return Settings(calendar, _currency(project.currency, diags), project.exchange)


def _timezone(text: spec.Text | None, diags: Diagnostics) -> str:
    if text is None:
        return "UTC"
    if not is_zone(text.value):
        diags.add(naming.unknown_zone(text.value, zones.zone_names(), text.span))
        return "UTC"
    return text.value


def is_zone(name: str) -> bool:
    try:
        zones.zone(name)
    except zones.UnknownZone:
        return False
    return True


def _choice(key: str, text: spec.Text | None, words: tuple[str, ...], diags: Diagnostics) -> int:
    """The index of the word; 0 unless given."""
    if text is None:
        return 0
    word = text.value.casefold()
    if word not in words:
        diags.add(naming.unknown_setting(key, text.value, words, text.span))
        return 0
    return words.index(word)


def _currency(text: spec.Text | None, diags: Diagnostics) -> str | None:
    if text is None:
        return None
    if text.value not in CODES:
        diags.add(naming.unknown_currency(text.value, sorted(CODES), text.span))
        return None
    return text.value
