"""How the exact values of a column are held by formats for programs.

What people see is made by `cells`; here nothing is rounded and nothing is left out.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Context, Decimal
from enum import Enum

from kpilang.report.columns import Shown
from kpilang.types import DEFAULT_SCALE, MAX_DIGITS, Kind

_WIDE = Context(prec=1_000)
_INT64 = range(-(2**63), 2**63)


class Held(Enum):
    INTEGER = "integer"
    DECIMAL = "decimal"
    DOUBLE = "double"
    TEXT = "text"
    BOOLEAN = "boolean"
    DATE = "date"
    TIMESTAMP = "timestamp"


@dataclass(frozen=True, slots=True)
class Storage:
    """`scale` is that of a decimal; an integer has none and fits 64 bits where `is_long` is false."""

    held: Held
    scale: int = 0
    is_long: bool = False


def storage(column: Shown) -> Storage:
    """By the declared type; a column of no declared type (a key, an empty period) by its values."""
    type = column.column.type
    if type.is_double:
        return Storage(Held.DOUBLE)
    match type.kind:
        case Kind.INTEGER:
            return _integer(column.values)
        case Kind.NUMBER | Kind.PERCENT | Kind.DURATION:
            return Storage(Held.DECIMAL, _scale(type.scale, column.values))
        case Kind.BOOL:
            return Storage(Held.BOOLEAN)
        case Kind.STRING | Kind.ENUM:
            return Storage(Held.TEXT)
        case _:
            return _by_values(column.values)


def exact(value: object, how: Storage) -> int | Decimal | float | str | bool | date | datetime | None:
    """The value in the Python type of its storage: instants in UTC, finite numbers only."""
    if value is None:
        return None
    match how.held:
        case Held.DOUBLE:
            assert isinstance(value, int | float | Decimal)
            assert math.isfinite(value), "no result is ever infinite or not a number (law 4)"
            return float(value)
        case Held.DECIMAL:
            assert isinstance(value, int | Decimal)
            return Decimal(value).quantize(Decimal((0, (1,), -how.scale)), context=_WIDE)
        case Held.INTEGER:
            assert isinstance(value, int | Decimal) and value == int(value)
            return int(value)
        case Held.BOOLEAN:
            return bool(value)
        case Held.TEXT:
            return value.isoformat() if isinstance(value, date) else str(value)
        case Held.DATE | Held.TIMESTAMP:
            assert isinstance(value, date)
            return _utc(value) if isinstance(value, datetime) else value


def text(value: object, how: Storage) -> str:
    """An exact value as the text of CSV: decimals in full, doubles in the shortest form that reads back."""
    match exact(value, how):
        case None:
            return ""
        case bool() as truth:
            return "true" if truth else "false"
        case Decimal() as number:
            return f"{number:f}"
        case datetime() as moment:
            return moment.isoformat().replace("+00:00", "Z")
        case date() as day:
            return day.isoformat()
        case other:
            return str(other)


def _integer(values: Iterable[object]) -> Storage:
    return Storage(Held.INTEGER, is_long=any(isinstance(v, int) and v not in _INT64 for v in values))


def _scale(declared: int | None, values: Iterable[object]) -> int:
    """The declared scale; more where a value has more digits, so that none is ever lost."""
    exponents = [v.as_tuple().exponent for v in values if isinstance(v, Decimal)]
    digits = [-e for e in exponents if isinstance(e, int)]
    return max((DEFAULT_SCALE if declared is None else declared), *digits, 0)


def _by_values(values: Iterable[object]) -> Storage:
    """A key is an integer or a text, a period a date or the text of an hour."""
    kinds = {type(value) for value in values if value is not None}
    if kinds == {int}:
        return _integer(values)
    if kinds == {date}:
        return Storage(Held.DATE)
    if kinds == {datetime}:
        return Storage(Held.TIMESTAMP)
    if kinds == {bool}:
        return Storage(Held.BOOLEAN)
    return Storage(Held.TEXT)


def _utc(value: datetime) -> datetime:
    return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


LONG_INTEGER = MAX_DIGITS
"""Digits of an integer that does not fit 64 bits."""
