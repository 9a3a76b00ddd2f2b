"""A case, from the spec's text through every stage, twice; and whether the answer is the one wanted."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from kpilang import ir, reference
from kpilang.diagnostics import Diagnostic, Diagnostics, KpilangError, Severity
from kpilang.semantics.catalog import Catalog
from kpilang.semantics.request import Request
from kpilang.source import Source
from kpilang.syntax.reader import read_project, read_spec
from kpilang.types import Exactness, Kind, TimeUnit, Type
from kpilang.zones import zone
from tests.conformance.cases import Case, typed_rows

NOW = datetime(2026, 1, 1, tzinfo=UTC)
"""The instant of the run: after every row."""

TOLERANCE = 1e-9
"""Relative, for what law 7 calls approximate."""

Table = Sequence[Sequence[Any]]


class Waits(Exception):
    """The case uses something the language does not have yet; the text says what."""


class Refused(Exception):
    """The case was refused, as it should: the findings, or the law that gives no number."""

    def __init__(self, words: str, codes: Sequence[str] = ()) -> None:
        super().__init__(words)
        self.codes = tuple(codes)


# ---------------------------------------------------------------------------- from text to the typed query


def resolve(case: Case) -> ir.Query:
    """The query of a case. Raises `Waits` and `Refused`."""
    diags = Diagnostics()
    settings = "kpilang: 1\n" + "".join(f"{key}: {value}\n" for key, value in case.project.items())
    project = read_project(Source("kpilang.yml", settings), diags)
    file = read_spec(Source("spec.yml", case.spec), diags)
    catalog = Catalog.build(project, (file,), diags)
    query = None if diags.has_errors else catalog.query(request(case.query), diags)
    if query is not None and case.want is None:
        # what the query alone does not reach may still be refused by the check of the whole spec
        catalog.check(diags)
    _raise(diags)
    assert query is not None, "no query without a finding"
    return _with_tables(query)


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


def _raise(diags: Diagnostics) -> None:
    errors = [item for item in diags if item.severity is Severity.ERROR]
    waiting = [item for item in errors if item.code.slug == "not-yet"]
    if waiting:
        raise Waits(missing(waiting[0]))
    if errors:
        raise Refused(
            "; ".join(f"{item.code}: {item.message}" for item in errors), [str(item.code) for item in errors]
        )


def missing(finding: Diagnostic) -> str:
    """`a segment` of "a segment is not in this version of the language yet"."""
    return finding.message.partition(" is not in this version")[0]


def _with_tables(query: ir.Query) -> ir.Query:
    """Each entity with a table of its own name, as the specs of the cases give none."""
    entities = tuple(
        dataclasses.replace(entity, origin=ir.Table((entity.name,))) if entity.origin is None else entity
        for entity in query.model.entities
    )
    return dataclasses.replace(query, model=dataclasses.replace(query.model, entities=entities))


# ---------------------------------------------------------------------------- the two answers


def by_reference(case: Case, query: ir.Query) -> Table:
    """By the laws as they are written. Raises `Refused`."""
    try:
        return reference.evaluate(query, typed_rows(query.model, case.rows), NOW)
    except reference.LawError as error:
        raise Refused(error.reason) from error


def by_duckdb(case: Case, query: ir.Query) -> Table:
    """By SQL. Raises `Refused`."""
    from kpilang import plan, sql
    from kpilang.engines import duckdb as engine
    from kpilang.testing import tables

    try:
        compiled = sql.compile(plan.build(query, NOW))
        with tables.connect() as connection:
            tables.load(connection, query.model, typed_rows(query.model, case.rows))
            return engine.execute(connection, compiled, query, query.as_of or NOW).rows
    except KpilangError as error:
        raise Refused(str(error), [str(found.code) for found in error.diagnostics]) from error


# ---------------------------------------------------------------------------- comparison


def differences(case: Case, query: ir.Query, got: Table) -> list[str]:
    """What is not as wanted, in words; empty when all is."""
    assert case.want is not None
    hidden = {output.name for output in query.outputs if output.hidden}
    shown = [name for name in query.columns if name not in hidden]
    if case.want and list(case.want[0]) != shown:
        return [f"columns {shown} instead of {list(case.want[0])}"]
    if len(got) != len(case.want):
        return [f"{len(got)} rows instead of {len(case.want)}: {[tuple(row[: len(shown)]) for row in got]}"]
    return list(_cells(case, query, shown, got))


def _cells(case: Case, query: ir.Query, shown: Sequence[str], got: Table) -> Iterator[str]:
    types = column_types(query)
    assert case.want is not None
    for number, (wanted, row) in enumerate(zip(case.want, got, strict=True)):
        for name, value in zip(shown, row, strict=False):
            if not agrees(wanted[name], value, types.get(name), query, strict=case.is_ours):
                yield f"row {number + 1}, {name}: {value!r} instead of {wanted[name]!r}"


def column_types(query: ir.Query) -> dict[str, Type]:
    """Of dimensions and outputs; the period has none."""
    return {item.name: item.type for item in (*query.dimensions, *query.outputs)}


def agrees(want: Any, got: Any, type_: Type | None, query: ir.Query, strict: bool) -> bool:
    """Whether a value is the one wanted, as exactly as its type promises."""
    if want is None or got is None:
        return want is got
    if type_ is None:
        return bool(want == _label(got, query))
    if isinstance(want, bool) or isinstance(got, bool):
        return type(want) is type(got) and bool(want == got)
    if type_.is_numeric or type_.kind in (Kind.DURATION, Kind.CALENDAR):
        return _same_number(want, got, type_.exactness, strict)
    if isinstance(got, date):
        return bool(want == _text_of(got))
    return type(want) is type(got) and bool(want == got)


def _same_number(want: Any, got: Any, exactness: Exactness, strict: bool) -> bool:
    if not isinstance(got, int | Decimal | float):
        return False
    if exactness is Exactness.EXACT:
        return not isinstance(got, float) and Decimal(want) == Decimal(got)
    if exactness is Exactness.ROUNDED and strict:
        return float(want) == float(got)
    return math.isclose(float(want), float(got), rel_tol=TOLERANCE, abs_tol=1e-12)


def _text_of(value: date) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return value.isoformat()


def _label(got: Any, query: ir.Query) -> str:
    """A period: its local first day, or under the grain hour its local start with the offset."""
    if isinstance(got, datetime):
        local = got.astimezone(zone(query.model.calendar.timezone)) if got.tzinfo is not None else got
        return local.isoformat() if query.grain is TimeUnit.HOUR else local.date().isoformat()
    return got.isoformat() if isinstance(got, date) else str(got)
