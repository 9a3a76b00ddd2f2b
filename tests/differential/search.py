"""Many worlds, one after another, from a seed: for the tests, the coverage table and the planted faults."""

from __future__ import annotations

from collections.abc import Callable, Collection

from hypothesis import HealthCheck, Phase, given, seed, settings

from kpilang.diagnostics import KpilangError
from tests.differential.worlds import NOW, World, worlds
from tests.pipeline import Table, by_duckdb, by_reference, differences, resolve

SILENT = settings(
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.generate,),
)


def each_world(count: int, first_seed: int, visit: Callable[[World], None]) -> None:
    """Call `visit` with `count` worlds; the same worlds for the same seed. What it raises ends the walk."""

    @seed(first_seed)
    @settings(SILENT, max_examples=count)
    @given(worlds())
    def walk(world: World) -> None:
        visit(world)

    walk()


def answer(world: World) -> Table | None:
    """By the reference; None if the checker refuses the query, which it may."""
    try:
        query = resolve(world.spec_text, world.query, world.season.project)
    except KpilangError:
        return None
    return by_reference(query, world.rows, NOW)


def compare(world: World, rewrites: Collection[str] | None = None) -> list[str] | None:
    """Differences between the reference and DuckDB; None if the checker refuses the query."""
    try:
        query = resolve(world.spec_text, world.query, world.season.project)
    except KpilangError:
        return None
    expected = by_reference(query, world.rows, NOW)
    return differences(query, expected, by_duckdb(query, world.rows, NOW, rewrites))
