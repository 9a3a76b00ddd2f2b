"""One JSON document, `schema` 1: what was asked, the columns, a line for each row, the marks.

Values are exact: integers are numbers written in full, decimals are strings (`"1204.500000"`), because most
readers of JSON make a double of a number with a point; doubles are numbers that read back to the same
double. `values` of a column says which it is. Never infinity, never NaN; null is null.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal

from kpilang.report.columns import Role, Shown, shown
from kpilang.report.goals import status
from kpilang.report.periods import Ends
from kpilang.report.storage import Held, Storage, exact, storage
from kpilang.results import Result
from kpilang.terminal import is_unsafe
from kpilang.types import Kind, Type

SCHEMA = 1


def encode(result: Result) -> bytes:
    return "".join(f"{line}\n" for line in lines(result)).encode("utf-8")


def lines(result: Result) -> Iterator[str]:
    columns = shown(result)
    how = [storage(column) for column in columns]
    yield "{"
    for key, value in _asked(result).items():
        yield f"  {dump(key)}: {dump(value)},"
    yield from _array("columns", [_column(*pair) for pair in zip(columns, how, strict=True)], ",")
    yield from _array("rows", [_row(row, columns, how) for row in result.rows], ",")
    yield from _array("marks", list(_marks(result, columns)), "")
    yield "}"


def _asked(result: Result) -> dict[str, object]:
    query = result.query
    return {
        "schema": SCHEMA,
        "from": query.range.start.isoformat() if query.range else None,
        "to": query.range.end.isoformat() if query.range else None,
        "grain": query.grain.value if query.grain else None,
        "timezone": query.model.calendar.timezone,
        "as_of": result.as_of.astimezone(UTC).isoformat().replace("+00:00", "Z"),
    }


def _column(column: Shown, how: Storage) -> dict[str, object]:
    type, output = column.column.type, column.column.output
    return {
        "name": column.name,
        "role": column.role.value,
        "values": how.held.value,
        "kind": type.kind.value,
        "unit": _unit(type),
        "exactness": type.exactness.name.lower() if column.role is Role.KPI else None,
        "label": output.label if output else None,
        "better": output.better.value if output and output.better else None,
    }


def _unit(type: Type) -> str | None:
    if type.kind is Kind.CALENDAR:
        return "month"
    return None if type.unit.is_plain else str(type.unit)


def _row(row: tuple[object, ...], columns: tuple[Shown, ...], how: list[Storage]) -> dict[str, object]:
    return {c.name: _value(row[c.index], h) for c, h in zip(columns, how, strict=True)}


def _value(value: object, how: Storage) -> object:
    held = exact(value, how)
    if how.held is Held.DECIMAL and isinstance(held, Decimal):
        return f"{held:f}"
    if isinstance(held, datetime):
        return held.isoformat().replace("+00:00", "Z")
    return held.isoformat() if isinstance(held, date) else held


def _marks(result: Result, columns: tuple[Shown, ...]) -> Iterator[dict[str, object]]:
    """What is to be known about single cells: open periods, young values, goals met and missed."""
    names = [column.name for column in result.columns]
    ends = Ends(result)
    for number, values in enumerate(result.rows):
        row = dict(zip(names, values, strict=True))
        for column in columns:
            for mark in _of_cell(column, row, ends):
                yield {"row": number, "column": column.name, "mark": mark}


def _of_cell(column: Shown, row: dict[str, object], ends: Ends) -> Iterator[str]:
    output = column.column.output
    if column.role is Role.PERIOD and ends.is_open(row[column.name]):
        yield "open"
    if output is None or row[column.name] is None:
        return
    if ends.is_immature(row.get("period"), output.matures):
        yield "immature"
    if (found := status(output, row)) is not None:
        yield found.value


def _array(name: str, items: list[dict[str, object]], comma: str) -> Iterator[str]:
    """One item a line, so that a change of one row is a change of one line."""
    if not items:
        yield f"  {dump(name)}: []{comma}"
        return
    yield f"  {dump(name)}: ["
    for index, item in enumerate(items, 1):
        yield f"    {dump(item)}{',' if index < len(items) else ''}"
    yield f"  ]{comma}"


def dump(value: object) -> str:
    """Text stays readable, but for characters that would act on a terminal."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    if text.isascii() and text.isprintable():
        return text
    return "".join(_escaped(char) if is_unsafe(char) else char for char in text)


def _escaped(char: str) -> str:
    return json.dumps(char)[1:-1]
