"""The search for one planted fault, over worlds prepared with the compiler as it should be.

What does not depend on the compiler (the world, its query, the right answer) is the same for every fault,
and where a faulty compiler makes the same plan, or the same SQL of it, nothing can differ; so all that is
kept, and a hunt only writes what it plans differently and runs what it writes differently.
"""

from __future__ import annotations

import hashlib
import io
import pickle
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kpilang import ir, plan, reference, sql
from kpilang.diagnostics import KpilangError
from tests.differential.search import BOTH, Rewrites, against, each_world
from tests.differential.world import NOW, World
from tests.pipeline import Table, by_reference, resolve


@dataclass(frozen=True)
class Written:
    """What the compiler makes in one way of planning: a digest of the plan, and the SQL."""

    plan: bytes
    text: str


@dataclass(frozen=True)
class Prepared:
    """A world of some number, its query, the right answer, and what is made of it in each way of planning."""

    number: int
    world: World
    query: ir.Query
    expected: Table | str
    made: tuple[Written, ...]


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
        made = tuple(written(query, way) for way in BOTH)
    except KpilangError:
        return None
    try:
        expected: Table | str = by_reference(query, world.rows, NOW)
    except reference.LawError as error:
        expected = error.reason
    return Prepared(number, world, query, expected, made)


def written(query: ir.Query, way: Rewrites) -> Written:
    planned = plan.build(query, NOW, way)
    return Written(digest(planned), sql.compile(planned).text)


def digest(planned: object) -> bytes:
    """Equal for equal plans, for nothing is said of what two parts of a plan share."""
    written = io.BytesIO()
    pickler = pickle.Pickler(written)
    pickler.fast = True
    pickler.dump(planned)
    return hashlib.md5(written.getvalue(), usedforsecurity=False).digest()


def hunt(path: Path, kind: str, is_in_plan: bool) -> str:
    """The worlds it takes until one differs in a value (or crashes, for `crash`); `not found`.

    A world in which the compiler fails without the fault does not count; the caller sees to that.
    """
    for item in load(path):
        pairs = zip(BOTH, item.made, strict=True)
        ways = [way for way, made in pairs if is_different(item.query, way, made, is_in_plan)]
        for verdict in against(item.query, item.world, item.expected, ways):
            if verdict.kind == "value" or verdict.outcome == kind:
                return str(item.number + 1)
    return "not found"


def is_different(query: ir.Query, way: Rewrites, made: Written, is_in_plan: bool) -> bool:
    """Whether the compiler at hand, whose fault may lie in planning, writes other SQL, or fails."""
    try:
        planned = plan.build(query, NOW, way)
        if is_in_plan and digest(planned) == made.plan:
            return False
        return sql.compile(planned).text != made.text
    except Exception:
        return True


def load(path: Path) -> Iterator[Prepared]:
    with path.open("rb") as file:
        while True:
            try:
                yield pickle.load(file)
            except EOFError:
                return


if __name__ == "__main__":
    print(hunt(Path(sys.argv[1]), sys.argv[2], sys.argv[3] == "plan"))
