"""Small models and statements by hand, so that an engine is tested without planner and printer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from kpilang import ir
from kpilang.diagnostics import Diagnostic, KpilangError
from kpilang.engines import Target
from kpilang.engines.duckdb import Engine
from kpilang.source import NOWHERE, Span
from kpilang.types import DATE, INTEGER, STRING, TIMESTAMP, Exactness, Kind, Type, currency

NOW = datetime(2026, 1, 1, tzinfo=UTC)
ID = Type(Kind.ID)
BOOL = Type(Kind.BOOL)
MONEY = Type(Kind.NUMBER, unit=currency("EUR"), scale=6)
FLOAT = Type(Kind.NUMBER, exactness=Exactness.APPROXIMATE)
TYPES = {
    "id": ID,
    "bool": BOOL,
    "money": MONEY,
    "float": FLOAT,
    "integer": INTEGER,
    "string": STRING,
    "date": DATE,
    "timestamp": TIMESTAMP,
}


@dataclass(frozen=True)
class Sql:
    """What an engine needs of a compiled query."""

    text: str
    parameters: Sequence[object] = ()


def column(name: str, type_: str, at: int = 0, **more: Any) -> ir.Column:
    more.setdefault("physical", name)
    return ir.Column(name, TYPES[type_], span=Span("spec.yml", at, at + 1), **more)


def entity(name: str, origin: ir.Origin | None, *columns: ir.Column, key: str = "", **more: Any) -> ir.Entity:
    return ir.Entity(
        name,
        origin,
        (key,) if key else (),
        columns=columns,
        span=Span("spec.yml", 0, 3),
        **more,
    )


def read(owner: ir.Entity, name: str) -> ir.Field:
    found = owner.column(name)
    assert found is not None
    return ir.Field(owner.name, (), owner.name, name, found.type)


def reading(*entities: ir.Entity, **columns: str) -> ir.Query:
    """A query that reads these columns, by output: `total="orders.amount"`; all are summed on paper only."""
    model = ir.Model(entities)
    outputs = []
    for output, path in columns.items():
        name, _, word = path.partition(".")
        field = read(model.entity(name), word)
        outputs.append(ir.Output(output, ir.Aggregate(ir.AggregateOp.MIN, name, field, field.type, field)))
    return ir.Query(model, tuple(outputs))


def engine(folder: Path, *data: str, database: str | None = None, schema: str | None = None) -> Engine:
    return Engine(
        Target(
            "dev",
            "duckdb",
            folder,
            tuple((pattern, NOWHERE) for pattern in data),
            (database, NOWHERE) if database else None,
            (schema, NOWHERE) if schema else None,
        )
    )


def run(target: Engine, query: ir.Query, sql: str, *parameters: object) -> tuple[tuple[object, ...], ...]:
    return target.run(Sql(sql, parameters), query, NOW).rows


def refusal(target: Engine, query: ir.Query, sql: str = "select 1") -> list[Diagnostic]:
    """The findings of a query that does not run."""
    try:
        target.run(Sql(sql), query, NOW)
    except KpilangError as error:
        return list(error.diagnostics)
    raise AssertionError("it ran")


def codes(found: list[Diagnostic]) -> list[str]:
    return [diagnostic.code.number for diagnostic in found]
