"""Which constructs and nasty features need not meet, and why; all other pairs should, often.

A pair here may still meet, and the table says how often it did.
"""

from __future__ import annotations

from tests.differential.constructs import FAMILIES

CLOCK = frozenset({"short day", "long day", "missing midnight", "double midnight", "half hour shift"})
CALENDAR = frozenset({"week 53", "leap day", "month end"})
TEXT = frozenset({"text not ASCII", "case or blank"})

OF_TIME = {"date of a timestamp", "add days, months, seconds", "difference of times"}
OF_VALUES = (frozenset(FAMILIES) - OF_TIME) | {
    "case",
    "as",
    "avg",
    "share",
    "median",
    "percentile",
    "stddev",
    "hidden output",
    "goal",
    "param",
    "param given",
    "function",
    "let",
    "variants",
    "extends",
    "kpi reference",
    "renamed column",
    "column value",
    "name that is no identifier",
    *(f"{kind} column" for kind in ("bool", "duration", "enum", "float", "id", "integer", "money")),
    *(f"{kind} column" for kind in ("number", "ordered enum", "percent", "string")),
}
"""What is made of values once it is known which rows count."""

OF_ROWS = frozenset(
    {
        "attribute",
        "attribute of a parent",
        "composite reference",
        "entity where",
        "grandparent",
        "parent",
        "rank",
        "rank descending",
        "self reference",
        "derived parent",
        "parent of several sources",
        "parent with duplicates",
        "recorded",
        "recorded parent",
        "recorded column",
        "duplicates latest",
        "duplicates earliest",
        "several sources",
        "set where",
    }
    | {f"child {op}" for op in ("avg", "count", "exists", "first", "last", "max", "median", "min")}
    | {f"child {op}" for op in ("percentile", "stddev", "sum", "unique", "ever", "where", "this", "from to")}
    | {"child", "child of all", "child over two references"}
)
"""What a row says of itself and of others, whatever the period (ruling 18)."""

OF_NUMBERS = frozenset(
    {
        "add and subtract",
        "multiply",
        "negative, abs",
        "round, floor, ceil",
        "sqrt, ln, exp, power",
        "avg",
        "median",
        "percentile",
        "stddev",
        "child avg",
        "child median",
        "child percentile",
        "child stddev",
        "child sum",
        *(f"nested {op}" for op in ("avg", "median", "percentile", "stddev", "sum", "max", "min")),
        "date of a timestamp",
        "add days, months, seconds",
        "difference of times",
        "period",
        "period.end",
        "period.start",
        "period in a condition",
    }
    | {f"{kind} column" for kind in ("duration", "float", "integer", "money", "number", "percent", "date")}
    | {f"by {kind}" for kind in ("bool", "date", "enum", "id", "integer", "ordered enum")}
)
"""What never holds text."""

UNMET: tuple[tuple[frozenset[str], frozenset[str], str], ...] = (
    (
        OF_VALUES,
        CLOCK | CALENDAR,
        "the calendar decides which rows count, not what is made of their values",
    ),
    (
        OF_ROWS,
        CLOCK | CALENDAR,
        "a row is what it is in every period; only the rows counted differ, as for any figure",
    ),
    (OF_NUMBERS, TEXT, "there is no text in it; text elsewhere in the figure decides alike with or without"),
    (
        frozenset({"no range"}),
        CLOCK | CALENDAR | {"first instant"},
        "all time has one edge, the as-of instant",
    ),
    (
        frozenset({"grain hour"}),
        CALENDAR | {"gap", "orphan"},
        "a day is cut into hours, and every row that counts lies on the season's day",
    ),
    (frozenset({"no key"}), frozenset({"orphan"}), "an entity without a key refers to nothing here"),
    (frozenset({"child over two references"}), frozenset({"first instant"}), "such children are of all time"),
)
"""(constructs, features, why they need not meet)."""


def reason(construct: str, feature: str) -> str | None:
    """Why the two need not meet; None if they should."""
    for constructs, features, why in UNMET:
        if construct in constructs and feature in features:
            return why
    return None
