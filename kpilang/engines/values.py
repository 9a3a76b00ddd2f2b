"""From what DuckDB hands over to the Python values a `Result` promises, by the type of the column."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

from kpilang import ir
from kpilang.results import Result, result_columns
from kpilang.types import Kind, Type


def result(rows: Iterable[Sequence[object]], query: ir.Query, as_of: datetime) -> Result:
    """Rows in the order of `query.columns`, each value as its type has it."""
    columns = result_columns(query)
    readers = [_reader(column.type) for column in columns]
    read = tuple(tuple(read(value) for read, value in zip(readers, row, strict=True)) for row in rows)
    return Result(columns, read, query, as_of)


def _reader(type_: Type) -> Callable[[object], object]:
    """Null stays null; a value of an unexpected class is left as it is."""
    if type_.is_double:
        return _finite
    match type_.kind:
        case Kind.INTEGER:
            return lambda value: int(value) if isinstance(value, Decimal) else value
        case Kind.NUMBER | Kind.PERCENT | Kind.DURATION | Kind.CALENDAR:
            return _exact if type_.scale is not None else _whole
        case Kind.TIMESTAMP:
            return _instant
        case Kind.DATE:
            return lambda value: value.date() if isinstance(value, datetime) else value
        case Kind.ID | Kind.STRING | Kind.ENUM | Kind.BOOL | Kind.NULL | Kind.RAW | Kind.ERROR:
            return lambda value: str(value) if isinstance(value, UUID) else value


def _finite(value: object) -> object:
    number = float(value) if isinstance(value, int | Decimal) else value
    assert not isinstance(number, float) or math.isfinite(number), "compiled SQL is finite (law 4)"
    return number


def _exact(value: object) -> object:
    return Decimal(value) if isinstance(value, int) else value


def _whole(value: object) -> object:
    return int(value) if isinstance(value, Decimal) and value == value.to_integral_value() else value


def _instant(value: object) -> object:
    """Engines run in UTC, so a time without a zone is one of UTC."""
    if not isinstance(value, datetime):
        return value
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
