"""From the text of a spec to rows, by the reference and by SQL on DuckDB: what every comparing test runs."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

import duckdb

from kpilang import ir, plan, reference, sql
from kpilang.diagnostics import Diagnostics, KpilangError, Severity
from kpilang.engines import duckdb as engine
from kpilang.semantics.catalog import Catalog
from kpilang.semantics.request import Request
from kpilang.source import Source
from kpilang.syntax.reader import read_project, read_spec
from kpilang.testing import tables
from kpilang.testing.agreement import same
from kpilang.types import Exactness

Rows = Mapping[str, Sequence[Mapping[str, Any]]]
Table = Sequence[Sequence[Any]]


# ---------------------------------------------------------------------------- from text to the typed query


def resolve(
    spec: str, query: Mapping[str, Any], project: Mapping[str, Any] | None = None, whole: bool = False
) -> ir.Query:
    """The typed query, entities without an origin given a table; `KpilangError` if it is refused.

    With `whole`, what the query does not reach may be what is refused.
    """
    diags = Diagnostics()
    settings = "kpilang: 1\n" + "".join(f"{key}: {value}\n" for key, value in (project or {}).items())
    declared = read_project(Source("kpilang.yml", settings), diags)
    file = read_spec(Source("spec.yml", spec), diags)
    catalog = Catalog.build(declared, (file,), diags)
    resolved = None if diags.has_errors else catalog.query(request(query), diags)
    if whole and resolved is not None:
        catalog.check(diags)
    if resolved is None or diags.has_errors:
        raise KpilangError(*(found for found in diags if found.severity is Severity.ERROR))
    return with_tables(resolved)


def request(query: Mapping[str, Any]) -> Request:
    return Request(
        kpis=tuple(query["kpis"]),
        by=tuple(query.get("by") or ()),
        grain=query.get("grain"),
        start=query.get("from"),
        end=query.get("to"),
        where=query["where"].strip() if "where" in query else None,
        params={name: str(value) for name, value in (query.get("params") or {}).items()},
        as_of=query.get("as_of"),
        fill=bool(query.get("fill")),
        order=tuple(query.get("order") or ()),
        limit=query.get("limit"),
    )


def with_tables(query: ir.Query) -> ir.Query:
    """Each entity with a table of its own name, as the specs of cases and worlds give none."""
    entities = tuple(
        entity if entity.origin else dataclasses.replace(entity, origin=ir.Table((entity.name,)))
        for entity in query.model.entities
    )
    return dataclasses.replace(query, model=dataclasses.replace(query.model, entities=entities))


# ---------------------------------------------------------------------------- the two answers


def by_reference(query: ir.Query, rows: Rows, now: datetime) -> Table:
    """By the laws; `LawError` where they give no number."""
    return reference.evaluate(query, rows, now)


def by_duckdb(query: ir.Query, rows: Rows, now: datetime) -> Table:
    """The rows that the compiled statement gives on tables that hold `rows`; `KpilangError` if refused."""
    statement = compiled(query, now)
    load(query, rows)
    return run(statement, query, now)


def compiled(query: ir.Query, now: datetime, rewrites: Collection[str] | None = None) -> sql.Compiled:
    return sql.compile(plan.build(query, now) if rewrites is None else plan.build(query, now, rewrites))


def load(query: ir.Query, rows: Rows) -> None:
    """Make the tables that `run` reads. They stay until others take their names."""
    tables.load(_connection(), query.model, rows)


def run(statement: sql.Compiled, query: ir.Query, now: datetime) -> Table:
    """As the engine runs it, on the tables made last."""
    return engine.execute(_connection(), statement, query, query.as_of or now).rows


@cache
def _connection() -> duckdb.DuckDBPyConnection:
    """One for all: to open one takes longer than most queries here."""
    return tables.connect()


# ---------------------------------------------------------------------------- comparison


def differences(query: ir.Query, expected: Table, actual: Table) -> list[str]:
    """What differs, in words; empty when the tables agree, each column by its exactness class."""
    if len(expected) != len(actual):
        return [f"{len(actual)} rows instead of {len(expected)}"]
    types = {item.name: item.type for item in (*query.dimensions, *query.outputs)}
    exactness = [types[name].exactness if name in types else Exactness.EXACT for name in query.columns]
    return [
        f"row {number}, {column}: {got!r} instead of {want!r}"
        for number, pair in enumerate(zip(expected, actual, strict=True))
        for column, class_, want, got in zip(query.columns, exactness, *pair, strict=True)
        if not same(want, got, class_)
    ]
