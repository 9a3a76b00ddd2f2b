"""Each case, ours and others', by the reference and by SQL on DuckDB, compared with what is wanted."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kpilang import ir
from tests.conformance.cases import OTHERS, OURS, Case, cases
from tests.conformance.running import (
    Refused,
    Table,
    Waits,
    by_duckdb,
    by_reference,
    differences,
    resolve,
)

WAITING: frozenset[str] = frozenset()
"""What the language does not have yet, in the words of the finding that says so. A case that waits for
anything else fails."""

ALL = (*cases(OURS), *cases(OTHERS))
Answer = Callable[[Case, ir.Query], Table]


def test_the_others_cases_are_there() -> None:
    """A clone alone runs our cases only; whoever has the others' runs them, too."""
    if not cases(OTHERS):
        pytest.skip(
            "the conformance cases of other hands are not beside this repository: ours alone were run"
        )


@pytest.mark.parametrize("case", ALL, ids=repr)
def test_by_reference(case: Case, record_property: Callable[[str, object], None]) -> None:
    _judge(case, by_reference, record_property)


@pytest.mark.parametrize("case", ALL, ids=repr)
def test_by_duckdb(case: Case) -> None:
    _judge(case, by_duckdb, lambda name, value: None)


def _judge(case: Case, answer: Answer, record: Callable[[str, object], None]) -> None:
    record("case", case.id)
    try:
        query = resolve(case)
        got = answer(case, query)
    except Waits as waits:
        record("waits", str(waits))
        assert str(waits) in WAITING, f"waits for {waits}, which is not on the list"
    except Refused as refused:
        assert case.want is None, f"refused: {refused}"
        assert not any(code.startswith("KPI9") for code in refused.codes), f"no refusal: {refused}"
        if case.want_code is not None and refused.codes:
            assert case.want_code in refused.codes
    else:
        assert case.want is not None, f"not refused ({case.want_error}), but {got}"
        assert not (found := differences(case, query, got)), "\n".join([*found, case.note])
