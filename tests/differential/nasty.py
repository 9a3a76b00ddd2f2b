"""Nasty features of a world, each with its cure.

A cure takes a world and gives the same world without the feature, or None if the feature is not there. A
feature was *met* if curing it changes the answer: only then could a compiler that mistreats it have been
found. Cures change as little as they can, and never a key.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from tests.differential.seasons import DAY, first_day, instant
from tests.differential.world import Rows, World

Cure = Callable[[World], World | None]
NUMBERS = {"integer", "money", "number", "percent", "float", "duration"}


def with_rows(world: World, rows: Rows) -> World | None:
    """The world with other rows; None if they are the same."""
    return None if rows == world.rows else dataclasses.replace(world, rows=rows)


def kind_of(world: World, entity: str, column: str) -> str:
    return world.kinds[entity][column].removesuffix("?").split("(")[0]


def is_key(world: World, table: str, column: str) -> bool:
    """Whether rows are told apart by it."""
    key = world.spec["entities"][world.owners[table]].get("key", ())
    return column in ([key] if isinstance(key, str) else key) or column in ("loaded_at", "since", "until")


def each_value(world: World, change: Callable[[str, str, Any], Any]) -> World | None:
    """Every value but those of keys put through `change(entity, column, value)`."""
    rows = {
        name: [
            {c: v if is_key(world, name, c) else change(name, c, v) for c, v in row.items()} for row in table
        ]
        for name, table in world.rows.items()
    }
    return with_rows(world, rows)


def plain_value(world: World, entity: str, column: str) -> Any:
    """A harmless value for a column."""
    declared = world.kinds[entity][column].removesuffix("?")
    match declared.split("(")[0]:
        case "timestamp":
            moment = datetime.combine(world.season.day, datetime.min.time())
            return moment if "(" in declared else moment.replace(tzinfo=UTC)
        case "date":
            return world.season.day
        case "enum":
            return declared.split("(")[1].split(",")[0].split("<")[0].strip(" )")
        case "bool":
            return True
        case "float":
            return 0.5
        case "integer" | "-> customers":
            return 1
        case "string":
            return "news" if column == "list_name" else "mail"
        case "id":
            return 99 if column not in ("code", "plan", "basket") else "a"
        case "-> regions" | "-> plans? as of ordered" | "-> plans? as of paid_on":
            return "a"
        case _:
            return Decimal(1)


# ---------------------------------------------------------------------------- what is not there


def fill_empty_tables(world: World) -> World | None:
    rows = {
        name: table or [{column: plain_value(world, name, column) for column in world.kinds[name]}]
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


def fill_nulls(world: World) -> World | None:
    return each_value(world, lambda e, c, v: plain_value(world, e, c) if v is None else v)


def adopt_orphans(world: World) -> World | None:
    keys = {
        f"-> {entity}": [row[key] for table in tables_of(world, entity) for row in world.rows[table]]
        for entity, key in (("customers", "customer_id"), ("regions", "code"), ("plans", "plan"))
    }

    def adopted(entity: str, column: str, value: Any) -> Any:
        known = keys.get(world.kinds[entity][column].split("?")[0])
        return known[0] if known and value is not None and value not in known else value

    return each_value(world, adopted) if "opens" not in world.rows else adopt_opens(world)


def tables_of(world: World, entity: str) -> list[str]:
    return [table for table, owner in world.owners.items() if owner == entity]


def adopt_opens(world: World) -> World | None:
    """Opens of a member that is not there become those of one that is."""
    tables = tables_of(world, "members")
    members = [(row["list_name"], row["code"]) for table in tables for row in world.rows[table]]
    table = [dict(row) for row in world.rows["opens"]]
    for row in table:
        key = (row["list_name"], row["code"])
        if members and None not in key and key not in members:
            row["list_name"], row["code"] = members[0]
    return with_rows(world, {**world.rows, "opens": table})


def fill_gaps(world: World) -> World | None:
    """Every table that has rows gets one more on the season's day."""
    rows = {name: list(table) for name, table in world.rows.items()}
    for name, table in rows.items():
        if (
            table
            and world.owners[name] not in ("regions", "plans")
            and not any(on_day(world, row, world.season.day) for row in table)
        ):
            table.append({column: plain_value(world, name, column) for column in world.kinds[name]})
    return with_rows(world, rows)


def on_day(world: World, row: dict[str, Any], day: date) -> bool:
    return any(local_day(world, value) == day for value in row.values() if isinstance(value, date))


# ---------------------------------------------------------------------------- time


def local_day(world: World, value: date) -> date:
    """A clock time without an offset is taken as it is: near enough to tell the day."""
    if not isinstance(value, datetime):
        return value
    return value.astimezone(ZoneInfo(world.season.timezone)).date() if value.tzinfo else value.date()


def break_ties(world: World) -> World | None:
    """Of rows at one time, all but the first move by a second, or a day."""
    rows: Rows = {}
    for name, table in world.rows.items():
        times = [c for c in world.kinds[name] if kind_of(world, name, c) in ("date", "timestamp")]
        seen: set[Any] = set()
        rows[name] = []
        for row in table:
            moved = dict(row)
            for column in times:
                while moved[column] is not None and (column, moved[column]) in seen:
                    moved[column] -= timedelta(seconds=1) if isinstance(moved[column], datetime) else DAY
                seen.add((column, moved[column]))
            rows[name].append(moved)
    return with_rows(world, rows)


def off_the_edge(world: World) -> World | None:
    """What happened at the first instant of a day happened a second later; dates stay."""

    def moved(entity: str, column: str, value: Any) -> Any:
        if not isinstance(value, datetime) or value.tzinfo is None:
            return value
        is_first = value == instant(local_day(world, value), world.season)
        return value - timedelta(seconds=1) if is_first else value

    return each_value(world, moved)


def out_of_the_week(world: World) -> World | None:
    """Rows of week 53 move to the week before."""
    season = world.season
    if season.feature != "week 53":
        return None
    first = first_day(season.day, "week", season)

    def moved(entity: str, column: str, value: Any) -> Any:
        is_there = isinstance(value, date) and first <= local_day(world, value) < first + 7 * DAY
        return value - 7 * DAY if is_there else value

    return each_value(world, moved)


def off_the_leap_day(world: World) -> World | None:
    """Rows of a leap day move to the first of March."""
    if world.season.feature != "leap day":
        return None

    def moved(entity: str, column: str, value: Any) -> Any:
        is_there = isinstance(value, date) and local_day(world, value) == world.season.day
        return value + DAY if is_there else value

    return each_value(world, moved)


def off_the_month_end(world: World) -> World | None:
    """Rows of the last days of a month move a week back."""
    if world.season.feature != "month end":
        return None

    def moved(entity: str, column: str, value: Any) -> Any:
        is_late = isinstance(value, date) and local_day(world, value).day >= 28
        return value - 7 * DAY if is_late else value

    return each_value(world, moved)


def steady(feature: str) -> Cure:
    """The same rows under a clock that keeps the offset of before the change, where the season has one."""

    def cure(world: World) -> World | None:
        if world.season.feature != feature:
            return None
        season = dataclasses.replace(world.season, timezone=world.season.steady)
        return dataclasses.replace(world, season=season)

    return cure


# ---------------------------------------------------------------------------- values


def numbers(change: Callable[[Any], Any]) -> Cure:
    def cure(world: World) -> World | None:
        return each_value(
            world,
            lambda e, c, v: change(v) if v is not None and kind_of(world, e, c) in NUMBERS else v,
        )

    return cure


def make_ascii(world: World) -> World | None:
    plain = {"広告": "ads", "é": "e"}
    return each_value(world, lambda _e, _c, v: plain.get(v, v) if isinstance(v, str) else v)


def make_distinct(world: World) -> World | None:
    """Text that differs from another in case or blanks alone becomes the other."""
    plain = {"Mail": "mail", "mail ": "mail", "": "x", "News": "news"}
    return each_value(world, lambda _e, _c, v: plain.get(v, v) if isinstance(v, str) else v)


CURES: dict[str, Cure] = {
    "empty table": fill_empty_tables,
    "all-null column": fill_null_columns,
    "null": fill_nulls,
    "orphan": adopt_orphans,
    "tie": break_ties,
    "first instant": off_the_edge,
    "short day": steady("short day"),
    "long day": steady("long day"),
    "missing midnight": steady("missing midnight"),
    "double midnight": steady("double midnight"),
    "half hour shift": steady("half hour shift"),
    "week 53": out_of_the_week,
    "leap day": off_the_leap_day,
    "month end": off_the_month_end,
    "gap": fill_gaps,
    "negative value": numbers(abs),
    "zero value": numbers(lambda value: value + 1 if value == 0 else value),
    "text not ASCII": make_ascii,
    "case or blank": make_distinct,
}
