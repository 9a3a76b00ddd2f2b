"""Nested aggregates: a figure for each key or sub-period, then something made of all of them."""

from __future__ import annotations

from collections.abc import Sequence

from tests.differential.choices import Choices
from tests.differential.model import Fact
from tests.differential.questions import Asked
from tests.differential.world import quoted

CALLS = ("avg", "avg", "sum", "sum", "max", "min", "median", "stddev", "percentile")
SUB_PERIODS = {
    "day": ("hour",),
    "week": ("day",),
    "month": ("day",),
    "quarter": ("month",),
    "year": ("quarter", "month"),
    "fiscal_quarter": ("month",),
    "fiscal_year": ("fiscal_quarter", "month"),
    None: ("day", "day", "week", "month"),
}
MOST_PERIODS = 4
"""More of them, cut into days, take the reference too long."""


def nested(choices: Choices, text: str, unit: str, per: str) -> tuple[str, str]:
    """The text and unit of an aggregate over a figure."""
    call = choices.one_of(CALLS)
    share = f", {choices.one_of((0, 75, 100))}%" if call == "percentile" else ""
    if call in ("median", "stddev", "percentile"):
        unit = "approximate"
    elif call == "avg" or unit == "double":
        unit = "double" if call in ("avg", "max", "min") and unit != "double" else "approximate"
    return f"{call}({text}{share} per {per})", unit


def keys(choices: Choices, facts: Sequence[Fact]) -> str:
    """One or two of what all the facts see."""
    seen = [name for name in facts[0].dimensions if all(name in fact.dimensions for fact in facts)]
    steps = [name for name, parent in facts[0].parents.items() if len(facts) == 1 and len(parent.key) == 1]
    chosen = choices.some([*seen, *steps, *steps], 2) or [*steps, *seen][:1]
    return ", ".join(name if name in steps else quoted(name) for name in dict.fromkeys(chosen))


def grain(choices: Choices, asked: Asked, is_hourly: bool) -> str | None:
    """A sub-period of the periods asked for; None where none nests in them."""
    found = SUB_PERIODS.get(asked.grain, ())
    if not found or len(asked.days) > MOST_PERIODS or (found == ("hour",) and not is_hourly):
        return None
    return choices.one_of(found)
