"""A case, from the spec's text through every stage, twice; and whether the answer is the one wanted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from typing import Any

from kpilang import ir, reference
from kpilang.diagnostics import Diagnostic, KpilangError
from kpilang.testing.agreement import same
from kpilang.types import Exactness, TimeUnit
from kpilang.zones import zone
from tests import pipeline
from tests.conformance.cases import Case, typed_rows
from tests.pipeline import Table

NOW = datetime(2026, 1, 1, tzinfo=UTC)
"""The instant of the run: after every row."""


class Waits(Exception):
    """The case uses something the language does not have yet; the text says what."""


class Refused(Exception):
    """The case was refused, as it should: the findings, or the law that gives no number."""

    def __init__(self, words: str, codes: Sequence[str] = ()) -> None:
        super().__init__(words)
        self.codes = tuple(codes)


def resolve(case: Case) -> ir.Query:
    """The query of a case. Raises `Waits` and `Refused`."""
    try:
        return pipeline.resolve(case.spec, case.query, case.project, whole=case.want is None)
    except KpilangError as error:
        waiting = [found for found in error.diagnostics if found.code.slug == "not-yet"]
        if waiting:
            raise Waits(missing(waiting[0])) from error
        raise _refused(error) from error


def _refused(error: KpilangError) -> Refused:
    found = error.diagnostics
    words = "; ".join(f"{item.code}: {item.message}" for item in found)
    return Refused(words, [str(item.code) for item in found])


def missing(finding: Diagnostic) -> str:
    """`a segment` of "a segment is not in this version of the language yet"."""
    return finding.message.partition(" is not in this version")[0]


def by_reference(case: Case, query: ir.Query) -> Table:
    """By the laws as they are written. Raises `Refused`."""
    try:
        return pipeline.by_reference(query, typed_rows(query.model, case.rows), NOW)
    except reference.LawError as error:
        raise Refused(error.reason) from error


def by_duckdb(case: Case, query: ir.Query) -> Table:
    """By SQL. Raises `Refused`."""
    try:
        return pipeline.by_duckdb(query, typed_rows(query.model, case.rows), NOW)
    except KpilangError as error:
        raise _refused(error) from error


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
    exactness = {item.name: item.type.exactness for item in (*query.dimensions, *query.outputs)}
    assert case.want is not None
    for number, (wanted, row) in enumerate(zip(case.want, got, strict=True)):
        for name, value in zip(shown, row, strict=False):
            found = written(value, query, is_label=name not in exactness)
            if not same(wanted[name], found, _promised(case, exactness.get(name))):
                yield f"row {number + 1}, {name}: {value!r} instead of {wanted[name]!r}"


def _promised(case: Case, exactness: Exactness | None) -> Exactness:
    """Cases of other hands give the digits of quotients that fit a line."""
    if exactness is Exactness.ROUNDED and not case.is_ours:
        return Exactness.APPROXIMATE
    return exactness or Exactness.EXACT


def written(value: Any, query: ir.Query, is_label: bool) -> Any:
    """As cases write it: instants of UTC, days; a period by its local first day, or hour with the offset."""
    if not isinstance(value, datetime):
        return value.isoformat() if isinstance(value, date) else value
    if not is_label:
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    local = value.astimezone(zone(query.model.calendar.timezone)) if value.tzinfo is not None else value
    return local.isoformat() if query.grain is TimeUnit.HOUR else local.date().isoformat()
