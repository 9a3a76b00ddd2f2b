"""Where the rows of an entity come from, and which of several with one key is there (rulings 7, 12, 18).

Rows come from one table, from several sources, or from the rows of other entities. Those recorded after the
as-of instant are not there yet; of those with one key `duplicates` takes one. Conditions apply only then.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, assert_never

from kpilang import ir
from kpilang.reference.access import Row, Rows
from kpilang.reference.credits import credited
from kpilang.reference.errors import LawError
from kpilang.reference.ordering import Key, sort_key
from kpilang.reference.values import Value
from kpilang.types import Kind, Type

PhysicalRows = Mapping[str, Sequence[Mapping[str, object]]]


def incoming(entity: ir.Entity, physical: PhysicalRows, rows: Rows) -> list[Row]:
    """The rows that are there at the as-of instant, before coverage and conditions."""
    found = [row for row in _all(entity, physical, rows) if _is_recorded(row, rows)]
    return found if entity.duplicates is None else _chosen(entity, entity.duplicates, found, rows)


def _all(entity: ir.Entity, physical: PhysicalRows, rows: Rows) -> Iterator[Row]:
    origin = entity.origin
    match origin:
        case ir.Each():
            yield from _derived(entity, origin, rows)
        case ir.Credits():
            yield from credited(entity, origin, rows)
        case ir.Union():
            for source in origin.sources:
                for row in physical.get(_place(source), ()):
                    yield Row(entity, row, source)
        case ir.Table() | ir.File() | ir.SqlText() | None:
            for row in physical.get(entity.name, ()):
                yield Row(entity, row)
        case _:
            assert_never(origin)


def _place(source: ir.BoundSource) -> str:
    """By what name the rows of a source are given."""
    match source.origin:
        case ir.Table(parts):
            return ".".join(parts)
        case ir.File(pattern):
            return pattern
        case ir.SqlText():
            return source.name
        case _:
            assert_never(source.origin)


# ---------------------------------------------------------------------------- derived entities


def _derived(entity: ir.Entity, origin: ir.Each, rows: Rows) -> Iterator[Row]:
    """One row for each value of the column but null, with what all rows of it have alike (law 0).

    Rows at or after the as-of instant make none (ruling 7).
    """
    theirs: dict[Value, list[Row]] = {}
    for row in rows.existing(origin.entity):
        value = rows.named(row, origin.column)
        if value is not None and not _is_to_come(row, rows):
            theirs.setdefault(value, []).append(row)
    for value, members in theirs.items():
        row = Row(entity, {})
        row.values[origin.column] = value
        for name in origin.carry:
            row.values[name] = _carried(name, members, rows)
        yield row


def _is_to_come(row: Row, rows: Rows) -> bool:
    at = rows.named(row, row.entity.time) if row.entity.time is not None else None
    return at is not None and rows.clock.moment(at).instant >= rows.clock.as_of.instant


def _carried(name: str, members: list[Row], rows: Rows) -> Value:
    """The least, so that no order of rows decides where the assumption does not hold."""
    known = [value for row in members if (value := rows.named(row, name)) is not None]
    type = column_type(members[0].entity, name)
    return min(known, key=lambda value: sort_key(value, type), default=None)


# ---------------------------------------------------------------------------- recorded


def _is_recorded(row: Row, rows: Rows) -> bool:
    """Whether the row was recorded at or before the as-of instant (ruling 7)."""
    if row.entity.recorded is None:
        return True
    at = rows.named(row, row.entity.recorded)
    return at is not None and not is_later(at, rows)


def is_later(recorded: Any, rows: Rows) -> bool:
    """Whether what was recorded then was not known at the as-of instant."""
    return recorded is not None and rows.clock.moment(recorded).instant > rows.clock.as_of.instant


# ---------------------------------------------------------------------------- duplicates


def _chosen(entity: ir.Entity, duplicates: ir.Duplicates, found: list[Row], rows: Rows) -> list[Row]:
    """Of each key the latest or earliest; two sources have keys of their own (ruling 18)."""
    versions: dict[Value, list[Row]] = {}
    for row in found:
        source = None if row.source is None else row.source.name
        versions.setdefault((source, *_values(row, entity.key, rows)), []).append(row)
    return [_one(entity, duplicates, same, rows) for same in versions.values()]


def _one(entity: ir.Entity, duplicates: ir.Duplicates, same: list[Row], rows: Rows) -> Row:
    places = {row: _standing(row, duplicates, rows) for row in same}
    best = max(places.values()) if duplicates.latest else min(places.values())
    tied = [row for row in same if places[row] == best]
    contents = {_values(row, [column.name for column in entity.columns], rows) for row in tied}
    if len(contents) > 1:
        key = zip(entity.key, _values(tied[0], entity.key, rows), strict=True)
        named = ", ".join(f"{name} {value}" for name, value in key)
        raise LawError(
            f"two rows of `{entity.name}` with {named} differ and tie in {', '.join(duplicates.by)}"
        )
    return tied[0]


def _standing(row: Row, duplicates: ir.Duplicates, rows: Rows) -> Key:
    """Null is never chosen before a value, neither as the latest nor as the earliest."""
    keys = []
    for name in duplicates.by:
        null, *value = sort_key(rows.named(row, name), column_type(row.entity, name))
        keys.append((-null if duplicates.latest else null, *value))
    return tuple(keys)


def _values(row: Row, names: Sequence[str], rows: Rows) -> tuple[Value, ...]:
    return tuple(rows.named(row, name) for name in names)


def column_type(entity: ir.Entity, name: str) -> Type:
    column = entity.column(name)
    return column.type if column is not None else Type(Kind.ID)
