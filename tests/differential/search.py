"""Long searches: many worlds from a seed, each judged by the reference and by SQL, differences made small.

`python -m tests.differential.search --worlds 4000 --seed 1` prints every difference as a conformance case,
made as small as it goes, and at the end how many worlds agreed, were refused, differed.
"""

from __future__ import annotations

import argparse
import traceback
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from kpilang import ir, plan, reference
from kpilang.diagnostics import KpilangError
from tests.differential.case_text import case_text
from tests.differential.choices import Seeded
from tests.differential.shrink import shrunk
from tests.differential.world import NOW, World
from tests.differential.worlds import world
from tests.pipeline import Table, by_reference, compiled, differences, load, resolve, run

Rewrites = Collection[str]
BOTH: tuple[Rewrites, ...] = (plan.ALL, ())
EACH_OFF: tuple[Rewrites, ...] = tuple(tuple(name for name in plan.ALL if name != off) for off in plan.ALL)


@dataclass(frozen=True)
class Verdict:
    """`agree`, `refused` (by the checker), `lawless` (both sides refuse), `differ` or `crash`."""

    outcome: str
    kind: str = ""
    details: str = ""

    @property
    def is_fault(self) -> bool:
        return self.outcome in ("differ", "crash")


def judge(case: World, ways: Collection[Rewrites] = BOTH) -> Verdict:
    """What becomes of a world; never raises."""
    try:
        query = resolve(case.spec_text, case.query, case.season.project)
    except KpilangError as error:
        return Verdict("refused", str(next(iter(error.diagnostics)).code))
    except Exception as error:
        return crash("resolve", error)
    try:
        expected: Table | str = by_reference(query, case.rows, NOW)
    except reference.LawError as error:
        expected = error.reason
    except Exception as error:
        return crash("reference", error)
    verdicts = list(against(query, case, expected, ways))
    return next((verdict for verdict in verdicts if verdict.is_fault), verdicts[0])


def against(
    query: ir.Query, case: World, expected: Table | str, ways: Collection[Rewrites]
) -> Iterator[Verdict]:
    """SQL's answer in each way of planning; the same text is run once."""
    done: set[str] = set()
    for way in ways:
        try:
            statement = compiled(query, NOW, way)
            if statement.text in done:
                continue
            if not done:
                load(query, case.rows)
            done.add(statement.text)
            found: Table | str = run(statement, query, NOW)
        except KpilangError as error:
            found = str(error)
            if any(str(item.code).startswith("KPI9") for item in error.diagnostics):
                yield crash("DuckDB", error)
                continue
        except Exception as error:
            yield crash("SQL", error)
            continue
        yield compared(query, expected, found, way)


def compared(query: ir.Query, expected: Table | str, found: Table | str, way: Rewrites) -> Verdict:
    if isinstance(expected, str) or isinstance(found, str):
        if isinstance(expected, str) and isinstance(found, str):
            return Verdict("lawless")
        who = "the reference" if isinstance(expected, str) else "SQL"
        return Verdict("differ", f"{who} refuses", f"{expected if isinstance(expected, str) else found}")
    wrong = differences(query, expected, found)
    if not wrong:
        return Verdict("agree")
    return Verdict("differ", "value", "\n".join([*wrong, f"rewrites: {', '.join(way) or 'none'}"]))


def crash(where: str, error: Exception) -> Verdict:
    last = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{last.filename.rsplit('kpilang/', 1)[-1]}:{last.name}"
    return Verdict("crash", f"{where} {type(error).__name__} {place}", str(error)[:300])


def each_world(count: int, seed: int, first: int = 0) -> Iterator[tuple[int, World]]:
    """Worlds of a seed with their numbers."""
    for number in range(first, first + count):
        yield number, world(Seeded(seed, number))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worlds", type=int, default=4000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="number of the first world")
    parser.add_argument("--each-off", action="store_true", help="also with each rewrite alone off")
    options = parser.parse_args()
    ways = BOTH + EACH_OFF if options.each_off else BOTH
    outcomes: Counter[str] = Counter()
    for number, case in each_world(options.worlds, options.seed, options.first):
        verdict = judge(case, ways)
        outcomes[verdict.outcome] += 1
        if verdict.is_fault:
            outcomes[f"{verdict.outcome}: {verdict.kind}"] += 1
            report(number, case, verdict, ways)
    print(dict(outcomes))


def report(number: int, case: World, verdict: Verdict, ways: Collection[Rewrites]) -> None:
    small = shrunk(case, lambda other: same_fault(verdict, judge(other, ways)))
    print(f"---- world {number}: {verdict.kind}\n{judge(small, ways).details}", flush=True)
    try:
        query = resolve(small.spec_text, small.query, small.season.project)
        print(case_text(small, query, by_reference(query, small.rows, NOW), f"world-{number}"), flush=True)
    except Exception as error:
        print(f"{small.spec_text}\n{small.rows}\n{small.query}\n{error!r}", flush=True)


def same_fault(one: Verdict, other: Verdict) -> bool:
    return one.outcome == other.outcome and one.kind == other.kind


if __name__ == "__main__":
    main()
