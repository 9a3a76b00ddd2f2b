"""The search for one planted fault, over worlds prepared with the compiler as it should be.

What does not depend on the compiler (the world, its query, the right answer) is the same for every fault,
and where a faulty compiler writes the same SQL nothing can differ; so both are kept, and a hunt only compiles
and runs what it writes differently.
"""

from __future__ import annotations

import pickle
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kpilang import ir, reference
from kpilang.diagnostics import KpilangError
from tests.differential.search import BOTH, Rewrites, against, each_world
from tests.differential.world import NOW, World
from tests.pipeline import Table, by_reference, compiled, resolve


@dataclass(frozen=True)
class Prepared:
    """A world of some number, its query, the right answer, and the SQL of each way of planning."""

    number: int
    world: World
    query: ir.Query
    expected: Table | str
    texts: tuple[str, ...]


def prepare(worlds: int, seed: int, path: Path) -> None:
    with path.open("wb") as file:
        for number, world in each_world(worlds, seed):
            found = prepared(number, world)
            if found is not None:
                pickle.dump(found, file)


def prepared(number: int, world: World) -> Prepared | None:
    """None for a world that the checker or the compiler refuses."""
    try:
        query = resolve(world.spec_text, world.query, world.season.project)
        texts = tuple(compiled(query, NOW, way).text for way in BOTH)
    except KpilangError:
        return None
    try:
        expected: Table | str = by_reference(query, world.rows, NOW)
    except reference.LawError as error:
        expected = error.reason
    return Prepared(number, world, query, expected, texts)


def hunt(path: Path, kind: str) -> str:
    """The worlds it takes until one differs in a value (or crashes, for `crash`); `not found`.

    A world in which the compiler fails without the fault does not count; the caller sees to that.
    """
    for item in load(path):
        ways = [way for way, text in zip(BOTH, item.texts, strict=True) if text != written(item, way)]
        for verdict in against(item.query, item.world, item.expected, ways):
            if verdict.kind == "value" or verdict.outcome == kind:
                return str(item.number + 1)
    return "not found"


def written(item: Prepared, way: Rewrites) -> str:
    """The SQL of the compiler at hand; nothing where it fails."""
    try:
        return compiled(item.query, NOW, way).text
    except Exception:
        return ""


def load(path: Path) -> Iterator[Prepared]:
    with path.open("rb") as file:
        while True:
            try:
                yield pickle.load(file)
            except EOFError:
                return


if __name__ == "__main__":
    print(hunt(Path(sys.argv[1]), sys.argv[2]))
