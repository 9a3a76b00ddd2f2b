"""From the text of a spec to rows, by the reference and by SQL on DuckDB: what every comparing test runs."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any

import duckdb

from kpilang import __version__, ir, plan, reference, sql
from kpilang.diagnostics import Diagnostics, KpilangError
from kpilang.engines import failures, values
from kpilang.errors import refused_sql
from kpilang.semantics.catalog import Catalog
from kpilang.semantics.request import Request
from kpilang.source import Source
from kpilang.syntax.reader import read_project, read_spec
from kpilang.testing import tables
from kpilang.types import Exactness

Rows = Mapping[str, Sequence[Mapping[str, Any]]]
Table = list[tuple[Any, ...]]

TOLERANCE = 1e-9
"""Relative, for what law 7 calls approximate."""


def resolve(spec: str, query: Mapping[str, Any], project: Mapping[str, Any] | None = None) -> ir.Query:
    """The typed query, entities without an origin given a table; `KpilangError` if it is refused."""
    diags = Diagnostics()
    settings = "kpilang: 1\n" + "".join(f"{key}: {value}\n" for key, value in (project or {}).items())
    declared = read_project(Source("kpilang.yml", settings), diags)
    file = read_spec(Source("spec.yml", spec), diags)
    catalog = Catalog.build(declared, (file,), diags)
    resolved = catalog.query(request(query), diags)
    if resolved is None or diags.has_errors:
        raise KpilangError(*diags)
    return with_tables(resolved)


def request(query: Mapping[str, Any]) -> Request:
    return Request(
        kpis=tuple(query["kpis"]),
        by=tuple(query.get("by") or ()),
        grain=query.get("grain"),
        start=query.get("from"),
        end=query.get("to"),
        where=query.get("where"),
        params=query.get("params") or {},
        as_of=query.get("as_of"),
        fill=bool(query.get("fill")),
        order=tuple(query.get("order") or ()),
        limit=query.get("limit"),
        partial=bool(query.get("partial")),
    )


def with_tables(query: ir.Query) -> ir.Query:
    entities = tuple(
        entity if entity.origin else dataclasses.replace(entity, origin=ir.Table((entity.name,)))
        for entity in query.model.entities
    )
    return dataclasses.replace(query, model=dataclasses.replace(query.model, entities=entities))


def by_reference(query: ir.Query, rows: Rows, now: datetime) -> Table:
    """By the laws; `LawError` where they give no number."""
    return reference.evaluate(query, rows, now)


def by_duckdb(query: ir.Query, rows: Rows, now: datetime, rewrites: Collection[str] | None = None) -> Table:
    """The rows that the compiled statement gives on tables that hold `rows`; `KpilangError` if refused."""
    return run(compiled(query, now, rewrites), query, rows, now)


def compiled(query: ir.Query, now: datetime, rewrites: Collection[str] | None = None) -> sql.Compiled:
    return sql.compile(plan.build(query, now) if rewrites is None else plan.build(query, now, rewrites))


def run(statement: sql.Compiled, query: ir.Query, rows: Rows, now: datetime) -> Table:
    """As the engine does, but for its thread; what DuckDB refuses is a `KpilangError` as there."""
    connection = _connection()
    connection.execute("begin")
    try:
        tables.load(connection, query.model, rows)
        found = connection.execute(statement.text).fetchall()
    except duckdb.Error as error:
        trouble = failures.failure(error, failures.Scene())
        raise KpilangError(trouble or refused_sql("DuckDB", str(error), __version__)) from error
    finally:
        connection.execute("rollback")
    return list(values.result(found, query, query.as_of or now).rows)


@cache
def _connection() -> duckdb.DuckDBPyConnection:
    """One for all: to open one takes longer than most queries here. What a query needs is rolled back."""
    return tables.connect()


def differences(
    query: ir.Query, expected: Sequence[Sequence[Any]], actual: Sequence[Sequence[Any]]
) -> list[str]:
    """What differs, in words; empty when the tables agree, each column by its exactness class."""
    if len(expected) != len(actual):
        return [f"{len(actual)} rows instead of {len(expected)}"]
    approximate = {output.name for output in query.outputs if output.type.exactness is Exactness.APPROXIMATE}
    found = []
    for number, (want, got) in enumerate(zip(expected, actual, strict=True)):
        for column, a, b in zip(query.columns, want, got, strict=True):
            if not same(a, b, column in approximate):
                found.append(f"row {number}, {column}: {b!r} instead of {a!r}")
    return found


def same(a: Any, b: Any, approximate: bool) -> bool:
    if a is None or b is None:
        return a is b
    if isinstance(a, bool) or isinstance(b, bool) or isinstance(a, str):
        return type(a) is type(b) and bool(a == b)
    if isinstance(a, datetime) and isinstance(b, datetime):
        return a.replace(tzinfo=a.tzinfo or UTC) == b.replace(tzinfo=b.tzinfo or UTC)
    if approximate:
        return math.isclose(a, b, rel_tol=TOLERANCE, abs_tol=TOLERANCE)
    return bool(a == b)
