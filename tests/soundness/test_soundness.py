"""Wrong numbers that were found stay right, by the reference and by SQL on DuckDB."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conformance.cases import Case, cases
from tests.conformance.running import by_duckdb, by_reference, differences, resolve

FOUND = cases(Path(__file__).parent)


@pytest.mark.parametrize("case", FOUND, ids=repr)
def test_the_number_is_right(case: Case) -> None:
    query = resolve(case)
    for answer in (by_reference, by_duckdb):
        found = differences(case, query, answer(case, query))
        assert not found, "\n".join([answer.__name__, *found, case.note])
