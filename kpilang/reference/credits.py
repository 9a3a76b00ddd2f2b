"""The rows of an attribution: which touches a conversion has, and a row for each that is credited (law 13).

Conversions and touches are rows that exist, none of them at or after the as-of instant (ruling 7): what was
not there yet has no credit, however credits are dated. What each touch gets is for `shares` to say.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kpilang import ir
from kpilang.reference.access import Row, Rows
from kpilang.reference.numbers import conform
from kpilang.reference.ordering import Key, sort_key
from kpilang.reference.shares import Path, Touch, credits, weights
from kpilang.reference.values import Value


def credited(entity: ir.Entity, origin: ir.Credits, rows: Rows) -> Iterator[Row]:
    """A row for each pair of some weight; one without a touch for each conversion that has none."""
    touches = _touches_by_key(origin, rows)
    for conversion in rows.existing(origin.conversions):
        if _is_there(origin.anchor, origin.where, conversion, rows):
            for touch, value in _of_conversion(origin, conversion, touches, rows):
                yield _row(entity, origin, (conversion, touch), value, rows)


def _is_there(time: ir.Field, where: ir.Expr | None, row: Row, rows: Rows) -> bool:
    """Before the as-of instant, or at no time, and under the condition."""
    at = rows.value(time, row)
    if at is not None and rows.clock.moment(at).instant >= rows.clock.as_of.instant:
        return False
    return where is None or rows.value(where, row) is True


# ---------------------------------------------------------------------------- touches


def _touches_by_key(origin: ir.Credits, rows: Rows) -> dict[tuple[Value, ...], list[Touch]]:
    """Touches that have a time, in their order."""
    found: dict[tuple[Value, ...], list[Touch]] = {}
    for row in sorted(rows.existing(origin.touches), key=lambda row: _order(origin, row, rows)):
        touched = rows.value(origin.touched, row)
        if touched is not None and _is_there(origin.order, origin.touch_where, row, rows):
            keys = tuple(rows.value(theirs, row) for _, theirs in origin.keys)
            found.setdefault(keys, []).append(Touch(row, touched))
    return found


def _order(origin: ir.Credits, row: Row, rows: Rows) -> Key:
    return (sort_key(rows.value(origin.order, row), origin.order.type), rows.key(row))


def _path(
    origin: ir.Credits, conversion: Row, touches: dict[tuple[Value, ...], list[Touch]], rows: Rows
) -> Path | None:
    """The touches with the keys of the conversion, none of them null, in its window."""
    keys = tuple(rows.value(ours, conversion) for ours, _ in origin.keys)
    latest = rows.value(origin.latest, conversion)
    if None in keys or latest is None:
        return None
    found = [touch for touch in touches.get(keys, ()) if touch.touched <= latest]
    if origin.earliest is not None:
        earliest = rows.value(origin.earliest, conversion)
        found = [touch for touch in found if earliest is not None and earliest <= touch.touched]
    return Path(conversion, latest, found, rows) if found else None


# ---------------------------------------------------------------------------- credits


def _of_conversion(
    origin: ir.Credits, conversion: Row, touches: dict[tuple[Value, ...], list[Touch]], rows: Rows
) -> Sequence[tuple[Row | None, Value]]:
    """The touches that are credited, with what each gets; without one the whole value."""
    value = rows.value(origin.value, conversion)
    path = _path(origin, conversion, touches, rows)
    weighed = () if path is None else weights(origin.shares, path)
    if path is None or not any(weighed):
        return [(None, value)]
    values = [None] * len(weighed) if value is None else credits(origin, value, weighed)
    pairs = zip(path.touches, weighed, values, strict=True)
    return [(touch.row, value) for touch, weight, value in pairs if weight]


def _row(
    entity: ir.Entity, origin: ir.Credits, pair: tuple[Row, Row | None], value: Value, rows: Rows
) -> Row:
    conversion, touch = pair
    column = entity.column(ir.CREDIT_VALUE)
    assert column is not None, "a credit has a value"
    row = Row(entity, {})
    row.values[ir.CREDIT_TIME] = rows.value(origin.anchor, conversion)
    row.values[ir.CREDIT_VALUE] = conform(value, column.type)
    row.values[ir.IS_ATTRIBUTED] = touch is not None
    row.parents = {ir.CONVERSION: conversion, ir.TOUCH: touch}
    row.values.update(_referring(entity, ir.CONVERSION, conversion, rows))
    row.values.update(_referring(entity, ir.TOUCH, touch, rows))
    return row


def _referring(entity: ir.Entity, name: str, target: Row | None, rows: Rows) -> dict[str, Value]:
    """The columns of a reference, by the key of the row that it refers to."""
    column = entity.column(name)
    assert column is not None and column.reference is not None, "a credit refers to both sides"
    names = column.reference.columns
    if target is None:
        return dict.fromkeys(names)
    return {name: rows.named(target, part) for name, part in zip(names, target.entity.key, strict=True)}
