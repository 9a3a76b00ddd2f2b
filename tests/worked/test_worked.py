"""The worked examples, by the reference and by SQL on DuckDB, with all rewrites of the plan and with none."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from kpilang import ir
from tests import pipeline
from tests.conformance.cases import Case, cases, typed_rows
from tests.conformance.running import NOW, by_duckdb, by_reference, differences, resolve
from tests.pipeline import Table

WORKED = cases(Path(__file__).parent)
Answer = Callable[[Case, ir.Query], Table]


def by_plain_sql(case: Case, query: ir.Query) -> Table:
    """By SQL of the plan as it was drafted."""
    statement = pipeline.compiled(query, NOW, ())
    pipeline.load(query, typed_rows(query.model, case.rows))
    return pipeline.run(statement, query, NOW)


@pytest.mark.parametrize(
    "answer", [by_reference, by_duckdb, by_plain_sql], ids=lambda answer: answer.__name__
)
@pytest.mark.parametrize("case", WORKED, ids=repr)
def test_the_figures_are_those_on_paper(case: Case, answer: Answer) -> None:
    query = resolve(case)
    found = differences(case, query, answer(case, query))
    assert not found, "\n".join([*found, case.note])
