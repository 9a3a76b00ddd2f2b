"""Nasty features of a world, each with its cure.

A cure takes a world and gives the same world without the feature, or None if the feature is not there. A
feature was *met* by a world if curing it changes the answer: only then could a compiler that mistreats the
feature have been found. Cures change as little as they can.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from tests.differential.worlds import Rows, World

Cure = Callable[[World], World | None]
DAY = timedelta(days=1)


def with_rows(world: World, rows: Rows) -> World | None:
    """The world with other rows; None if they are the same."""
    return None if rows == world.rows else dataclasses.replace(world, rows=rows)


def each_value(world: World, change: Callable[[str, str, Any], Any]) -> World | None:
    """Every value put through `change(entity, column, value)`."""
    rows = {
        name: [{column: change(name, column, value) for column, value in row.items()} for row in table]
        for name, table in world.rows.items()
    }
    return with_rows(world, rows)


def plain_value(world: World, entity: str, column: str) -> Any:
    """A harmless value for a column."""
    declared = world.spec["entities"][entity]["columns"][column].removesuffix("?")
    if declared.startswith("timestamp"):
        moment = datetime.combine(world.season.day, datetime.min.time())
        return moment if "(" in declared else moment.replace(tzinfo=UTC)
    if declared.startswith("enum"):
        return declared.split("(")[1].split(",")[0].split("<")[0].strip(" )")
    return {
        "date": world.season.day,
        "integer": 1,
        "bool": True,
        "string": "mail",
        "money(EUR)": Decimal(5),
        "-> customers": 1,
        "-> regions": "a",
        "id": 99 if entity != "regions" else "q",
    }[declared]


def fill_empty_tables(world: World) -> World | None:
    rows = {
        name: table or [{c: plain_value(world, name, c) for c in world.spec["entities"][name]["columns"]}]
        for name, table in world.rows.items()
    }
    return with_rows(world, rows)


def all_null_columns(world: World) -> Iterator[tuple[str, str]]:
    for name, table in world.rows.items():
        for column in table[0] if len(table) > 1 else ():
            if all(row[column] is None for row in table):
                yield name, column


def fill_null_columns(world: World) -> World | None:
    dead = set(all_null_columns(world))
    return each_value(world, lambda e, c, value: plain_value(world, e, c) if (e, c) in dead else value)


def adopt_orphans(world: World) -> World | None:
    keys = {
        "customer": [r["customer_id"] for r in world.rows["customers"]],
        "region": [r["code"] for r in world.rows["regions"]],
    }
    return each_value(
        world,
        lambda _e, c, value: (
            keys[c][0] if c in keys and value is not None and keys[c] and value not in keys[c] else value
        ),
    )


TIMES = {"ordered", "created", "cost_on", "paid_on"}


def break_ties(world: World) -> World | None:
    """Of rows at one time, all but the first move by a second, or a day."""
    rows: Rows = {}
    for name, table in world.rows.items():
        seen: set[Any] = set()
        rows[name] = []
        for row in table:
            moved = dict(row)
            for column in TIMES & set(row):
                while moved[column] is not None and (column, moved[column]) in seen:
                    moved[column] -= timedelta(seconds=1) if isinstance(moved[column], datetime) else DAY
                seen.add((column, moved[column]))
            rows[name].append(moved)
    return with_rows(world, rows)


def off_the_day(feature: str) -> Cure:
    """Rows of the season's day move by a whole day, if the season has the feature."""

    def cure(world: World) -> World | None:
        if world.season.feature != feature:
            return None
        return each_value(world, lambda _e, _c, value: moved_off(world.season.day, value))

    return cure


def moved_off(day: date, value: Any) -> Any:
    if not isinstance(value, date):
        return value
    own = value.date() if isinstance(value, datetime) else value
    return value - DAY if abs((own - day).days) == 0 else value


def in_utc(feature: str) -> Cure:
    """The same rows under a calendar whose clock never changes, if the season has the feature."""

    def cure(world: World) -> World | None:
        if world.season.feature != feature:
            return None
        return dataclasses.replace(world, season=dataclasses.replace(world.season, timezone="UTC"))

    return cure


def fill_gaps(world: World) -> World | None:
    """Every table that has rows gets one more on the season's day."""
    rows = {name: list(table) for name, table in world.rows.items()}
    for name in ("orders", "customers", "costs"):
        if rows[name] and not any(on_day(row, world.season.day) for row in rows[name]):
            extra = {c: plain_value(world, name, c) for c in world.spec["entities"][name]["columns"]}
            rows[name].append(extra)
    return with_rows(world, rows)


def on_day(row: dict[str, Any], day: date) -> bool:
    values = (row.get(column) for column in ("ordered", "created", "cost_on"))
    return any(
        value is not None and (value.date() if isinstance(value, datetime) else value) == day
        for value in values
    )


def make_positive(world: World) -> World | None:
    return each_value(world, lambda _e, _c, v: abs(v) if isinstance(v, Decimal) or type(v) is int else v)


def make_nonzero(world: World) -> World | None:
    return each_value(
        world, lambda _e, _c, v: v + 1 if (isinstance(v, Decimal) or type(v) is int) and v == 0 else v
    )


def make_ascii(world: World) -> World | None:
    plain = {"広告": "ads", "é": "e", "Mail": "mail", "mail ": "mail", "": "x"}
    return each_value(world, lambda _e, _c, v: plain.get(v, v) if isinstance(v, str) else v)


def fill_nulls(world: World) -> World | None:
    return each_value(world, lambda e, c, v: plain_value(world, e, c) if v is None else v)


CURES: dict[str, Cure] = {
    "empty table": fill_empty_tables,
    "all-null column": fill_null_columns,
    "null": fill_nulls,
    "orphan": adopt_orphans,
    "tie": break_ties,
    "short day": in_utc("short day"),
    "long day": in_utc("long day"),
    "missing midnight": in_utc("missing midnight"),
    "double midnight": in_utc("double midnight"),
    "half hour shift": in_utc("half hour shift"),
    "week 53": off_the_day("week 53"),
    "leap day": off_the_day("leap day"),
    "gap": fill_gaps,
    "negative value": make_positive,
    "zero value": make_nonzero,
    "text not ASCII": make_ascii,
}
