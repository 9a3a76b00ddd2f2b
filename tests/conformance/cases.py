"""The cases as they stand in the files, and the rows of a case as the evaluators take them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from kpilang import ir
from kpilang.types import Kind

OURS = Path(__file__).parent
OTHERS = Path(__file__).parents[3] / "shared" / "conformance"
"""Cases of other hands, beside the repository; not everybody has them."""

Rows = dict[str, list[dict[str, Any]]]


class _Loader(yaml.CSafeLoader):
    """Keeps a decimal as it is spelled: 0.1 is one tenth."""


_Loader.add_constructor(
    "tag:yaml.org,2002:float", lambda loader, node: Decimal(str(loader.construct_scalar(node)))
)


@dataclass(frozen=True)
class Case:
    """`want` is None where the case must be refused, which `want_error` says in words."""

    file: str
    id: str
    law: tuple[int, ...]
    construct: tuple[str, ...]
    note: str
    spec: str
    rows: Mapping[str, Sequence[Mapping[str, Any]]]
    query: Mapping[str, Any]
    project: Mapping[str, str] = field(default_factory=dict)
    want: Sequence[Mapping[str, Any]] | None = None
    want_error: str | None = None
    want_code: str | None = None
    ruling: int | None = None

    @property
    def is_ours(self) -> bool:
        return Path(self.file).parent == OURS

    def __repr__(self) -> str:
        return self.id


def files(folder: Path) -> tuple[Path, ...]:
    return tuple(sorted(folder.glob("*.yml")))


def read(path: Path) -> Any:
    return yaml.load(path.read_text("utf-8"), _Loader)


@cache
def cases(folder: Path) -> tuple[Case, ...]:
    """All cases of a folder; an unknown key is an error of the case."""
    return tuple(_case(path, entry) for path in files(folder) for entry in read(path))


def _case(path: Path, entry: dict[str, Any]) -> Case:
    law = entry["law"]
    entry = {**entry, "law": tuple(law), "construct": tuple(entry["construct"])}
    return Case(file=str(path), **entry)


# ---------------------------------------------------------------------------- rows by declared types


def typed_rows(model: ir.Model, rows: Mapping[str, Sequence[Mapping[str, Any]]]) -> Rows:
    """Rows by entity, of a bound one by the tables of its sources; values as the declared types have them, by
    their look where no column declares them."""
    places = (place for entity in model.entities for place in _places(entity))
    return {name: [_row(columns, row) for row in rows.get(name, ())] for name, columns in places}


def _places(entity: ir.Entity) -> Iterator[tuple[str, dict[str, ir.Column]]]:
    if not isinstance(entity.origin, ir.Union):
        yield entity.name, dict(_physical(entity))
        return
    for source in entity.origin.sources:
        assert isinstance(source.origin, ir.Table), "the sources of the cases are tables"
        yield ".".join(source.origin.parts), dict(_given(entity, source))


def _given(entity: ir.Entity, source: ir.BoundSource) -> Iterator[tuple[str, ir.Column]]:
    """The columns of the table that are columns of the entity as they are."""
    for name, value in source.values:
        column = entity.column(name)
        stored = value.args[0] if isinstance(value, ir.Call) and value.op is ir.Op.CAST else value
        if column is not None and isinstance(stored, ir.Raw) and len(stored.path) == 1:
            yield stored.path[0], column


def _physical(entity: ir.Entity) -> Iterator[tuple[str, ir.Column]]:
    for column in entity.columns:
        if column.physical is not None and column.value is None:
            yield column.physical, column
        elif isinstance(column.value, ir.Raw) and len(column.value.path) == 1:
            yield column.value.path[0], column


def _row(columns: Mapping[str, ir.Column], row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _value(columns.get(name), value) for name, value in row.items()}


def _value(column: ir.Column | None, value: Any) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if column is None:
        return _by_look(value)
    match column.type.kind:
        case Kind.STRING | Kind.ENUM:
            return str(value)
        case Kind.NUMBER | Kind.PERCENT:
            return float(value) if column.type.is_double else Decimal(value)
        case Kind.DATE:
            return date.fromisoformat(value)
        case Kind.TIMESTAMP:
            return _time(value)
        case _:
            return value


def _time(text: str) -> datetime:
    """A `Z` makes it an instant; without, it is a clock time of the column's zone."""
    if text.endswith("Z"):
        return datetime.fromisoformat(text[:-1]).replace(tzinfo=UTC)
    return datetime.fromisoformat(text)


def _by_look(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _by_look(inner) for name, inner in value.items()}
    if isinstance(value, str):
        for read_as in (date.fromisoformat, _time):
            try:
                return read_as(value)
            except ValueError:
                continue
    return value
