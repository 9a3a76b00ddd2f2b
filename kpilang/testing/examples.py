"""Examples: rows in, numbers out, as `tests:` write them beside the definitions.

Each runs twice, by the laws (the reference evaluator) and by SQL on DuckDB; both have to give what is
expected. Exact values have to be equal; of others as many digits are compared as the example writes.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from math import isclose
from typing import Any

import duckdb

from kpilang import ir, plan, reference, sql
from kpilang.diagnostics import Diagnostic, Diagnostics, KpilangError, Severity
from kpilang.engines import duckdb as engine
from kpilang.results import result_columns
from kpilang.semantics.catalog import Catalog
from kpilang.source import Span
from kpilang.syntax import spec
from kpilang.testing import errors, tables
from kpilang.testing.agreement import NOTHING, TOLERANCE, same
from kpilang.testing.given import Row, Rows, check_given, made_of_given
from kpilang.types import Exactness, Type

NOW = datetime(2200, 1, 1, tzinfo=UTC)
"""The as-of instant of a test that has none: after every row."""

Table = Sequence[Sequence[Any]]


@dataclass(frozen=True)
class Example:
    """A test of the KPI `kpi`, or of none in particular; `number` counts those of one KPI or file."""

    kpi: str | None
    number: int
    decl: spec.TestDecl

    @property
    def name(self) -> str:
        return f"{self.kpi or self.decl.span.file} example {self.number}"


@dataclass(frozen=True)
class Outcome:
    """What an example came to: nothing found is passed.

    Of one that fails, `columns`, `expected` and `actual` are the rows side by side, and `mattered` the rows
    of each entity without which the result would be another.
    """

    example: Example
    findings: tuple[Diagnostic, ...] = ()
    columns: tuple[str, ...] = ()
    expected: Table = ()
    actual: Table = ()
    mattered: tuple[tuple[str, tuple[Row, ...]], ...] = ()

    @property
    def passed(self) -> bool:
        return not self.findings


def examples(kpis: Iterable[spec.KpiDecl], files: Iterable[spec.SpecFile]) -> Iterator[Example]:
    """All examples, those of each KPI and its variants, then those of the files."""
    for kpi in kpis:
        for decl, name in (
            (kpi, kpi.name.value),
            *((v, f"{kpi.name.value}.{v.name.value}") for v in kpi.variants),
        ):
            for number, test in enumerate(decl.tests, 1):
                yield Example(name, number, test)
    for file in files:
        for number, test in enumerate(file.tests, 1):
            yield Example(None, number, test)


def run(example: Example, catalog: Catalog, connection: duckdb.DuckDBPyConnection) -> Outcome:
    """The example, by the laws and by SQL; DuckDB's tables are gone afterwards."""
    wanted = _wanted(example)
    if wanted is None:
        return Outcome(example, (errors.nothing_expected(example.decl.span),))
    diags = Diagnostics()
    try:
        query, rows = _resolved(example, wanted, catalog, diags)
        return _judged(example, wanted, query, rows, connection)
    except KpilangError as error:
        codes = {str(found.code) for found in error.diagnostics}
        return Outcome(example) if wanted.code in codes else Outcome(example, tuple(error.diagnostics))


# ---------------------------------------------------------------------------- what is expected


@dataclass(frozen=True)
class _Wanted:
    """Rows of some columns, or the code of a refusal."""

    rows: tuple[Mapping[str, Any], ...] = ()
    code: str | None = None


def _wanted(example: Example) -> _Wanted | None:
    """None where the test expects nothing that could fail."""
    match example.decl.expect:
        case {"error": str(code)}:
            return _Wanted(code=code)
        case dict() as row if row:
            return _Wanted((row,))
        case list() as rows if all(isinstance(row, dict) and row for row in rows):
            return _Wanted(tuple(rows))
        case (int() | Decimal() | str()) as value if example.kpi is not None:
            return _Wanted(({example.kpi: value},))
        case _:
            return None


# ---------------------------------------------------------------------------- the query and its rows


def _resolved(
    example: Example, wanted: _Wanted, catalog: Catalog, diags: Diagnostics
) -> tuple[ir.Query, Rows]:
    """`KpilangError` with all that is wrong."""
    keys = example.decl.query or spec.QueryKeys(span=example.decl.span)
    if not keys.kpis:
        names = _kpis_of(example, wanted, catalog)
        formulas = (spec.Embedded(spec.Start.FORMULA, name, span=example.decl.span) for name in names)
        keys = dataclasses.replace(keys, kpis=tuple(formulas))
    query = catalog.ask(keys, example.decl.span, diags)
    check_given(catalog, example.decl, diags)
    if query is None or diags.has_errors:
        raise KpilangError(*(found for found in diags if found.severity is Severity.ERROR))
    query, rows = made_of_given(query, catalog, example.decl, diags)
    if diags.has_errors:
        raise KpilangError(*diags)
    return query, rows


def _kpis_of(example: Example, wanted: _Wanted, catalog: Catalog) -> list[str]:
    """The KPI at which the test stands, and those that it expects."""
    known = catalog.at(example.decl.span).names.kpis
    expected = (name for row in wanted.rows for name in row if name.partition(".")[0] in known)
    own = () if example.kpi is None else (example.kpi,)
    return list(dict.fromkeys((*own, *expected)))


# ---------------------------------------------------------------------------- the judgement


def _judged(
    example: Example, wanted: _Wanted, query: ir.Query, rows: Rows, connection: duckdb.DuckDBPyConnection
) -> Outcome:
    span = example.decl.span
    laws = _by_laws(query, rows, span)
    by_sql = _by_sql(query, rows, connection)
    apart = differences(query, laws, by_sql)
    if apart:
        return Outcome(example, (errors.disagreement(example.name, apart, span),))
    if wanted.code is not None:
        return Outcome(example, (errors.not_refused(example.name, wanted.code, span),))
    wrong = _wrong_columns(wanted, query)
    if wrong is not None:
        return Outcome(example, (errors.wrong_expected(wrong, _shown(query), span),))
    found = list(_differences(wanted, query, laws))
    if not found:
        return Outcome(example)
    finding = errors.example_failed(example.name, found, span)
    columns = tuple(dict.fromkeys(name for row in wanted.rows for name in row)) or _shown(query)
    expected = [[row.get(name) for name in columns] for row in wanted.rows]
    at = [query.columns.index(name) for name in columns]
    actual = [[row[index] for index in at] for row in laws]
    mattered = tuple(_mattered(query, rows, laws))
    return Outcome(example, (finding,), columns, expected, actual, mattered)


def _by_laws(query: ir.Query, rows: Rows, span: Span) -> Table:
    try:
        return reference.evaluate(query, rows, NOW)
    except reference.LawError as error:
        raise KpilangError(errors.no_number(error.reason, span)) from error


def _by_sql(query: ir.Query, rows: Rows, connection: duckdb.DuckDBPyConnection) -> Table:
    statement = sql.compile(plan.build(query, NOW))
    connection.execute("begin")
    try:
        tables.load(connection, query.model, rows)
        return engine.execute(connection, statement, query, query.as_of or NOW).rows
    finally:
        connection.execute("rollback")


def _mattered(query: ir.Query, rows: Rows, result: Table) -> Iterator[tuple[str, tuple[Row, ...]]]:
    """Rows without which the laws give another result, or none."""
    for name, given in rows.items():
        kept = []
        for index, row in enumerate(given):
            rest = {**rows, name: [*given[:index], *given[index + 1 :]]}
            try:
                changed = list(reference.evaluate(query, rest, NOW)) != list(result)
            except reference.LawError:
                changed = True
            if changed:
                kept.append(row)
        if kept:
            yield name, tuple(kept)


# ---------------------------------------------------------------------------- comparison

ENOUGH_DIGITS = 3
"""After the point of a value that is not exact: so many written are compared, of fewer the whole value."""


def differences(query: ir.Query, expected: Table, actual: Table) -> list[str]:
    """What differs between two results of a query, in words, each column by its exactness class."""
    if len(expected) != len(actual):
        return [f"the laws give {_rows(len(expected))}, SQL {_rows(len(actual))}"]
    types = _types(query)
    return [
        f"row {number}, `{name}`: {_shown_value(want)} by the laws, {_shown_value(got)} by SQL"
        for number, pair in enumerate(zip(expected, actual, strict=True), 1)
        for name, want, got in zip(query.columns, *pair, strict=True)
        if not same(want, got, types[name].exactness)
    ]


def _wrong_columns(wanted: _Wanted, query: ir.Query) -> str | None:
    for row in wanted.rows:
        for name in row:
            if name not in _shown(query):
                return f"the result has no column `{name}`"
    return None


def _shown(query: ir.Query) -> tuple[str, ...]:
    hidden = {output.name for output in query.outputs if output.hidden}
    return tuple(name for name in query.columns if name not in hidden)


def _differences(wanted: _Wanted, query: ir.Query, got: Table) -> Iterator[str]:
    if len(got) != len(wanted.rows):
        yield f"{_rows(len(got))} instead of {len(wanted.rows)}"
        return
    types = _types(query)
    for number, (row, values) in enumerate(zip(wanted.rows, got, strict=True), 1):
        named = dict(zip(query.columns, values, strict=True))
        for name, want in row.items():
            if not _agrees(want, named[name], types[name]):
                place = f"`{name}`" if len(got) == 1 else f"row {number}, `{name}`"
                yield f"{place} is {_shown_value(named[name])}, not {_shown_value(want)}"


def _agrees(want: Any, got: Any, type_: Type) -> bool:
    """Whether a value is the one that the example writes."""
    if want is None or got is None:
        return want is got
    if isinstance(want, bool) or isinstance(got, bool):
        return want is got
    if type_.is_numeric or isinstance(got, int | Decimal | float):
        return _same_number(want, got, type_.exactness)
    if isinstance(got, datetime) and isinstance(want, str):
        return _instant(want) == _instant(got)
    return str(want) == (got.isoformat() if isinstance(got, date) else str(got))


def _same_number(want: Any, got: Any, exactness: Exactness) -> bool:
    written = _written(want)
    found = Decimal(got)
    if written is None or exactness is Exactness.EXACT:
        return found == written
    digits = -int(written.as_tuple().exponent)
    if digits < ENOUGH_DIGITS:
        return isclose(found, written, rel_tol=TOLERANCE, abs_tol=NOTHING)
    return found.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP) == written


def _written(want: Any) -> Decimal | None:
    """With the digits that it was written with; a share as `25.0%`."""
    if not isinstance(want, str):
        return Decimal(want)
    return Decimal(want[:-1].strip()).scaleb(-2) if want.endswith("%") else None


def _instant(value: str | datetime) -> datetime:
    """Without a zone it is in UTC, as results are."""
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def _types(query: ir.Query) -> dict[str, Type]:
    return {column.name: column.type for column in result_columns(query)}


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count} rows"


def _shown_value(value: Any) -> str:
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return "null" if value is None else str(value)
