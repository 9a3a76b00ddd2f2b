"""Generated worlds: SQL on DuckDB gives what the reference gives, and every rewrite changes nothing.

`KPILANG_WORLDS` sets how many (default 150; `make deep` takes thousands). A failure prints the world as a
conformance case: work it out by hand, mend the fault, keep the case in `tests/soundness`.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, given, seed, settings

from kpilang.diagnostics import KpilangError
from tests.differential.case_text import case_text
from tests.differential.search import BOTH, judge
from tests.differential.world import NOW, World
from tests.differential.worlds import worlds
from tests.pipeline import by_reference, resolve

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
    verdict = judge(world, BOTH)
    assert not verdict.is_fault, f"{verdict.kind}\n{verdict.details}\n{as_case(world)}"


def as_case(world: World) -> str:
    """The world to work out by hand; its bare parts where there is no answer."""
    try:
        query = resolve(world.spec_text, world.query, world.season.project)
        return case_text(world, query, by_reference(query, world.rows, NOW))
    except (KpilangError, AssertionError, ValueError) as error:
        return f"{error}\n{world.spec_text}\n{world.rows}\n{world.query}"
