"""Generated worlds: SQL on DuckDB gives what the reference gives, and every rewrite changes nothing.

`KPILANG_WORLDS` sets how many (default 150; `make deep` takes thousands). A failure prints the world as a
conformance case: work it out by hand, mend the fault, keep the case in `tests/soundness`.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, given, seed, settings

from kpilang import plan
from kpilang.diagnostics import KpilangError
from tests.differential.case_text import case_text
from tests.differential.worlds import NOW, World, worlds
from tests.pipeline import by_duckdb, by_reference, differences, resolve

WORLDS = int(os.environ.get("KPILANG_WORLDS", "150"))
SEED = int(os.environ.get("KPILANG_SEED", "20240229"))

PATIENT = settings(
    max_examples=WORLDS,
    database=None,
    deadline=None,
    print_blob=False,
    suppress_health_check=list(HealthCheck),
)


@seed(SEED)
@PATIENT
@given(worlds())
def test_duckdb_agrees_with_the_reference(world: World) -> None:
    try:
        query = resolve(world.spec_text, world.query, world.season.project)
    except KpilangError:
        return  # the checker refused it; how many are refused is counted in the coverage table
    expected = by_reference(query, world.rows, NOW)
    for rewrites in (plan.ALL, ()):
        found = differences(query, expected, by_duckdb(query, world.rows, NOW, rewrites))
        assert not found, "\n".join([*found, f"rewrites: {rewrites}", case_text(world, query, expected)])
