"""Rows of a world, drawn where compilers go wrong: on edges, in ties, without a parent, of nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from tests.differential.choices import Choices
from tests.differential.model import STORED_ZONE, Entity, Model
from tests.differential.seasons import DAY, Season, instant
from tests.differential.storage import lay
from tests.differential.world import Rows

CHANNELS = ("mail", "Mail", "web", "", "広告", "é", "mail ", "mail", "web")
"""Few values, alike in everything but case, blanks and script."""
WORDS = {
    "tier": ("bronze", "silver", "gold", "gold", "banned"),
    "status": ("paid", "open", "refunded", "paid"),
}
AMOUNTS = tuple(
    map(Decimal, ("0", "10", "-10", "0.1", "0.2", "7.25", "100", "-3.333333", "0.0000005", "5", "20.0000015"))
)
PERCENTS = tuple(map(Decimal, ("0", "0.1", "0.5", "1", "-0.25", "0.0000005")))
FLOATS = (0.0, -0.0, 0.5, -2.25, 1024.0, 0.125)
"""Sums of these are exact in doubles, so their order is of no matter."""
SECONDS = tuple(map(Decimal, ("0", "3600", "3600.5", "-60", "90000")))
CLOCKS = (time(0, 30), time(1), time(1, 30), time(2), time(2, 30), time(3, 30), time(12), time(23, 30))
SIZES = (0, 1, 3, 5, 6, 8, 8, 10, 12, 12, 12)
FEW = (0, 2, 3, 3, 4, 4, 5, 5, 5, 5)


DISTANCES = {
    "year": (365, 366, 364),
    "month": (30, 31, 29, 28),
    "quarter": (91, 92),
    "week": (7, 6),
    "7 days": (7, 6),
    "28 days": (28, 27),
    "next": (-1, -6),
}
"""How far from a day, in days, the formulas look that have these words."""
SPANS = {"this.": (0,), "7 days": (7, 7), "30 days": (30,), "36 hours": (1.5, 1.5), "1 month": (29, 30, 31)}
"""How far from a row, in days, the attributes look that have these words."""


BRANDS = {"a": "mail", "b": "é", "c": None}
"""What orders in one basket have in common."""


class Moments:
    """Days and instants beside the edges of the periods asked for, and about the season's day.

    `formulas` is the text of all of them: where they look back, rows lie there, too.
    """

    def __init__(
        self,
        choices: Choices,
        season: Season,
        periods: Sequence[date],
        is_hourly: bool,
        formulas: str,
    ) -> None:
        self.season = season
        special = season.day
        before = [special - choices.one_of((366, 365, 364, 92, 31, 30, 28, 7)) * DAY for _ in range(2)]
        for words, distances in DISTANCES.items():
            if words in formulas:
                before += [day - by * DAY for by in distances for day in (special, periods[0])]
        if len(periods) > 1 and "prior" in formulas:
            before += [periods[0] - (periods[1] - periods[0]), periods[0] - DAY] * 2
        if len(periods) > 8:
            near_by = (day for day in periods if abs(day - special) < 9 * DAY)
            periods = sorted({*periods[:2], *periods[-2:], *near_by})
        edges = [edge + by * DAY for edge in periods for by in (0, 0, -1)]
        inner = [first + (after - first) // 2 for first, after in pairwise(periods)]
        late = [edge for edge in periods[:-1] if edge > special]
        after = [special + DAY] * 5 + late if season.steady else [special] * 3
        near = [special, special, special - DAY, special + DAY, *after, *late]
        self.days = [*near, *edges, *inner, *before]
        if is_hourly:
            self.days = [special] * 9 + [special - DAY]

    def day(self, choices: Choices) -> date:
        return choices.one_of(self.days)

    def instant(self, choices: Choices) -> datetime:
        """At local midnight or near it, in the small hours when clocks change, or at noon."""
        clock = choices.one_of((*[time()] * 5, *CLOCKS))
        by = choices.one_of(
            (0, 0, -1, -1800, -1800, 3600) if self.season.goes_back else (0, 0, 0, 0, -1, 1, -1800)
        )
        return instant(self.day(choices), self.season, clock) + timedelta(seconds=by)


def draw_rows(choices: Choices, model: Model, moments: Moments, main: Sequence[str]) -> Rows:
    """Rows of every entity; more of those that are aggregated."""
    rows: Rows = {}
    for entity in model.entities:
        if entity.is_made:
            continue
        count = choices.one_of(SIZES if entity.name in main else FEW)
        kinds = entity.kinds()
        nullable = [column for column, declared in kinds.items() if declared.endswith("?")]
        dead = choices.one_of([*nullable, *[None] * 12]) if nullable else None
        rows[entity.name] = [
            {
                column: None if column == dead else value(choices, column, declared, number, moments)
                for column, declared in kinds.items()
            }
            for number in range(count)
        ]
        for row in rows[entity.name] if "brand" in kinds else ():
            row["brand"] = BRANDS.get(row["basket"])
        if entity.valid is not None:
            rows[entity.name] = versions(rows[entity.name])
        with_own_key(rows[entity.name], entity)
        rows[entity.name] = choices.shuffled(rows[entity.name])
    at_spans(choices, model, rows)
    return lay(choices, model, rows, lambda c, declared, n: value(choices, c, declared, n, moments))


def versions(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Of one key, those that are in force one after another: each is cut where the next begins."""
    rows = sorted(rows, key=lambda row: (row["plan"], row["since"]))
    kept = [row for row, after in pairwise([*rows, None]) if row != after]
    for row, after in pairwise(kept):
        if row["plan"] == after["plan"] and (row["until"] is None or row["until"] > after["since"]):
            row["until"] = after["since"]
    return [row for row in kept if row["until"] is None or row["until"] > row["since"]]


def at_spans(choices: Choices, model: Model, rows: Rows) -> None:
    """Some rows come exactly as long after the row they refer to as an attribute looks."""
    attributes = str([entity.attributes for entity in model.entities])
    spans = [timedelta(days=by) for words, found in SPANS.items() if words in attributes for by in found]
    for entity in [found for found in model.entities if spans and not found.is_made]:
        kind = entity.kinds().get(entity.time or "", "")
        for row in rows[entity.name]:
            parent = parent_of(model, rows, entity, row) if choices.chance(3) else None
            if parent is not None and type(parent) is (datetime if kind.startswith("timestamp") else date):
                row[entity.time] = stored(parent + choices.one_of(spans), kind)


def parent_of(model: Model, rows: Rows, entity: Entity, row: dict[str, Any]) -> date | None:
    """The time of a row that this one refers to."""
    times = {}
    for parent in model.entities:
        for other in rows.get(parent.name, ()) if parent.time else ():
            times[parent.name, *(other[column] for column in parent.key)] = other[parent.time]
    held = [(kind.removesuffix("?").partition("-> ")[2], row[c]) for c, kind in entity.kinds().items()]
    if entity.name == "opens":
        held = [("members", row["list_name"], row["code"])]
    return next((times[key] for key in held if times.get(key) is not None), None)


def value(choices: Choices, column: str, declared: str, number: int, moments: Moments) -> Any:
    kind = declared.removesuffix("?").replace("? as of", " as of")
    if column == "brand":
        return None  # known when the basket is
    if kind == "id" and column == "code" and declared == "id":
        return choices.one_of("aabbcd")
    if kind == "id" and column not in ("code", "plan", "basket"):
        return number + 1
    if declared.endswith("?") and choices.chance(7):
        return None
    match kind.split("(")[0]:
        case "-> customers":
            return choices.one_of((1, 1, 2, 2, 3, 6))  # may not exist: an orphan
        case "-> plans as of ordered" | "-> plans as of paid_on" | "-> regions" | "id":
            return choices.one_of("aabbcz")
        case "date":
            return moments.day(choices)
        case "timestamp":
            return stored(moments.instant(choices), kind)
        case "enum":
            return choices.one_of(WORDS[column])
        case "string":
            return choices.one_of(("news", "News", "") if column == "list_name" else CHANNELS)
        case "bool":
            return choices.chance(2)
        case "integer":
            return choices.one_of((-1, 0, 0, 1, 2, 3))
        case "float":
            return choices.one_of(FLOATS)
        case "percent":
            return choices.one_of(PERCENTS)
        case "number":
            return choices.one_of((*PERCENTS, Decimal("10"), Decimal("25"), Decimal("0.05")))
        case "duration":
            return choices.one_of(SECONDS)
        case _:
            return choices.one_of(AMOUNTS)


def stored(moment: datetime, kind: str) -> datetime:
    """With a zone: as clock time without an offset."""
    return moment.astimezone(ZoneInfo(STORED_ZONE)).replace(tzinfo=None) if "(" in kind else moment


def with_own_key(rows: list[dict[str, Any]], entity: Entity) -> None:
    """Keys are an assumption of the laws (law 0): rows that break it are left out."""
    seen: set[tuple[Any, ...]] = set()
    for row in list(rows):
        names = (*entity.key, "since") if entity.valid else entity.key
        key = tuple(row[column] for column in names)
        if key and (key in seen or None in key):
            rows.remove(row)
        seen.add(key)
