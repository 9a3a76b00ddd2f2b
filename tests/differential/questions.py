"""Queries: a grain, a range about the season's day, groups, and the rest of what may be asked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from tests.differential.choices import Choices
from tests.differential.model import Fact
from tests.differential.seasons import DAY, Season, first_day, next_first_day, previous_first_day
from tests.differential.world import quoted

GRAINS = ("day", "day", "week", "week", "month", "month", "quarter", "year", "fiscal_quarter", "fiscal_year")


MORE_PERIODS = (*(0, 0, 1, 2) * 4, 8, 8, 45)
"""Calendars of a few periods are planned differently from those of many, and from very long ones."""


@dataclass(frozen=True)
class Asked:
    """A grain and the first days of its periods with their end; under hours the day that is cut."""

    grain: str | None
    days: list[date]


def draw_range(choices: Choices, season: Season, is_hourly: bool) -> Asked:
    fine = ["hour"] * 2 if is_hourly else []
    fine += ["day", "day", *fine] if season.steady else []
    fine += ["day", "day", "day", None] if season.feature == "month end" else []
    grain = choices.one_of((*GRAINS, None, None, None, *fine))
    if grain == "hour":
        return Asked(grain, [season.day])
    cut = grain or choices.one_of(("day", "week", "month", "quarter"))
    start = first_day(season.day, cut, season)
    for _ in range(choices.one_of((0, 0, 1, 2))):
        start = previous_first_day(start, cut, season)
    days = [start]
    while len(days) < 2 or (days[-1] <= season.day and not choices.chance(12)):
        days.append(next_first_day(days[-1], cut))
    more = choices.one_of(MORE_PERIODS)
    for _ in range(more if cut in ("day", "week", "month") else min(more, 2)):
        days.append(next_first_day(days[-1], cut))
    return Asked(grain, days)


NEED_A_BEGINNING = (
    "prior",
    "before",
    "next",
    "period.start",
    " period",
    "period ",
    "kept",
    "growth",
    "since",
)


AXES = {"least": r"\bleast\b(?!\()", "horizon": r"\bhorizon\b"}
"""Params with values to group by, and where a formula names them."""


def draw_by(choices: Choices, facts: Sequence[Fact]) -> list[str]:
    """Up to two dimensions that all facts see."""
    seen = [name for name in facts[0].dimensions if all(name in fact.dimensions for fact in facts)]
    return choices.some(seen, choices.one_of((0, 1, 1, 1, 2)))


def draw_query(
    choices: Choices,
    season: Season,
    kpis: dict[str, str],
    facts: Sequence[Fact],
    asked: Asked,
    by: list[str],
) -> tuple[dict[str, Any], frozenset[str]]:
    """The words of the query, and the constructs that only they show."""
    said: set[str] = set()
    seen = [name for name in facts[0].dimensions if all(name in fact.dimensions for fact in facts)]
    may_be_open = not any(word in text for text in kpis.values() for word in NEED_A_BEGINNING)
    may_cut_days = all(fact.is_timestamp for fact in facts)
    range_ = times(choices, season, asked, may_be_open, may_cut_days)
    axes = [name for name, words in AXES.items() if any(re.search(words, text) for text in kpis.values())]
    if axes and choices.chance(5):
        by = choices.shuffled([*by, choices.one_of(axes)])
    query: dict[str, Any] = {"kpis": list(kpis), "by": by, **range_}
    is_open = choices.chance(2 if any(fact.entity.recorded for fact in facts) else 8)
    if is_open and not any(cuts_off_the_grid(text) for text in kpis.values()):
        day = season.day + choices.one_of((0, 0, 1)) * DAY
        query["as_of"] = f"{day}T{choices.one_of(('00:00:00', '12:00:00', '02:30:00'))}"
    if asked.grain and by and choices.chance(3):
        query["fill"] = True
    wheres = [text for name in seen for text in WHERES.get(name, ())]
    texts = [name for name in seen if sort_in(facts[0], name) == "text"]
    wheres += [text.format(quoted(name)) for name in texts for text in ("{} = 'mail'", "{} is not 'mail'")]
    if wheres and choices.chance(10):
        query["where"] = choices.one_of(wheres)
        said.add("query where")
    order(choices, query, [*kpis, *by, *(["period"] if asked.grain else [])])
    if choices.chance(5):
        query["params"] = choices.one_of(
            ({"threshold": "0 EUR"}, {"least": "1", "horizon": "1 day"}, {"closing": str(season.day)})
        )
        said.add("param given")
    return query, frozenset(said)


def cuts_off_the_grid(text: str) -> bool:
    """Whether an open period may leave sub-periods that do not nest: what they are, no law says yet."""
    looks_back = "last " in text or "trailing" in text
    return looks_back and any(
        f" per {grain})" in text for grain in ("hour", "day", "week", "month", "quarter")
    )


WHERES = {
    "tier": ("tier >= 'silver'", "tier is not 'gold'"),
    "status": ("status = 'paid'",),
    "area": ("area is null", "area = 'é'"),
    "medium": ("medium = 'mail'", "medium is null"),
    "is_paid": ("is_paid", "not is_paid"),
}


def sort_in(fact: Fact, name: str) -> str | None:
    """What a dimension is, where it is a column or attribute of its own."""
    return next((term.sort for term in fact.entity.terms() if term.text == quoted(name)), None)


def order(choices: Choices, query: dict[str, Any], columns: list[str]) -> None:
    if choices.chance(5):
        chosen = choices.some(columns, 2)
        if chosen:
            query["order"] = [choices.one_of(("", "-")) + name for name in chosen]
    if choices.chance(10):
        query["limit"] = choices.integer(1, 3)


def times(
    choices: Choices, season: Season, asked: Asked, may_be_open: bool, may_cut_days: bool
) -> dict[str, Any]:
    start, end = asked.days[0], asked.days[-1]
    if asked.grain == "hour":
        last = f"{choices.one_of(('04', '04', '09'))}{season.hours_end}"
        return {"grain": "hour", "from": f"{start}T00:00:00", "to": f"{start}T{last}"}
    if asked.grain is not None:
        return {"grain": asked.grain, "from": str(start), "to": str(end)}
    form = choices.integer(0, 7)
    if form >= 6 and may_be_open:
        return {}
    if form >= 6 and may_cut_days:
        return {"from": f"{start}T02:30:00", "to": f"{season.day + DAY}T12:00:00"}
    return {"from": str(start), "to": str(end)}
