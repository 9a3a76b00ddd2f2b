"""Wrong numbers that were found stay right, by the reference and by SQL on DuckDB, rewritten and plain."""

from __future__ import annotations

from pathlib import Path

import pytest

from kpilang import ir
from tests.conformance.cases import Case, cases, typed_rows
from tests.conformance.running import NOW, by_duckdb, by_reference, differences, resolve
from tests.pipeline import Table, compiled, load, run

FOUND = cases(Path(__file__).parent)


def by_plain_sql(case: Case, query: ir.Query) -> Table:
    """Without any rewrite."""
    load(query, typed_rows(query.model, case.rows))
    return run(compiled(query, NOW, ()), query, NOW)


@pytest.mark.parametrize("case", FOUND, ids=repr)
def test_the_number_is_right(case: Case) -> None:
    query = resolve(case)
    for answer in (by_reference, by_duckdb, by_plain_sql):
        found = differences(case, query, answer(case, query))
        assert not found, "\n".join([answer.__name__, *found, case.note])
