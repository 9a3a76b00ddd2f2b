"""What a stored value means: the physical row becomes values of the declared types (ruling 16).

Ids, text, booleans, whole numbers and dates are taken as they are; decimals are rounded half away from zero
to the column's scale; timestamps become instants. Nothing here knows of other rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from kpilang import ir
from kpilang.reference import moments
from kpilang.reference.errors import LawError
from kpilang.reference.numbers import conform, finite, is_number, round_half_away, to_double
from kpilang.types import Kind, Type


def stored(value: Any) -> Any:
    """A physical value in the forms of `values`: decimals as ratios, timestamps without a zone in UTC."""
    if isinstance(value, Decimal):
        return Fraction(value) if value.is_finite() else None
    if isinstance(value, float):
        return finite(value)
    if isinstance(value, datetime):
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    return value


def raw(row: Mapping[str, Any], path: tuple[str, ...]) -> Any:
    """A column of the table, or a field of a struct in it; a missing struct has no fields."""
    value: Any = row
    for name in path:
        if value is None:
            return None
        if name not in value:
            raise LawError(f"the table has no column `{'.'.join(path)}`")
        value = value[name]
    return stored(value)


def physical(row: Mapping[str, Any], column: ir.Column) -> Any:
    """The value of a column that has a place in the table."""
    assert column.physical is not None
    if column.physical not in row:
        raise LawError(f"the table has no column `{column.physical}`")
    value = row[column.physical]
    if isinstance(value, datetime) and value.tzinfo is None and column.zone is not None:
        return moments.at_local(column.zone, value).instant
    return typed(stored(value), column)


def typed(value: Any, column: ir.Column) -> Any:
    """A stored value as a value of the column's type."""
    if value is None:
        return None
    try:
        return conform(_of_type(value, column.type), column.type)
    except LawError as error:
        raise LawError(f"`{column.name}`: {error.reason}") from error


def _of_type(value: Any, type: Type) -> Any:
    if is_number(value) and type.is_double:
        return to_double(value)
    if is_number(value) and type.scale is not None:
        return round_half_away(value, type.scale)
    if type.kind is Kind.INTEGER and is_number(value):
        return int(value)
    if type.kind is Kind.DATE and isinstance(value, datetime):
        return value.date()
    if type.kind is Kind.TIMESTAMP and isinstance(value, date) and not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    return value
