"""The coverage table: did each construct meet each nasty feature, so that a fault could have shown?

`python -m tests.differential.coverage --worlds 2000` draws worlds and, for each nasty feature that one has,
cures it and evaluates again. The pair (construct, feature) was *met* if that changed a figure that uses the
construct (for constructs of the query as a whole: if it changed the answer at all). `--write` puts the table
into `COVERAGE.md`, with the sizes of worlds and how many different values their columns hold.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kpilang import ir, reference
from kpilang.diagnostics import KpilangError
from tests.differential import constructs
from tests.differential.nasty import CURES
from tests.differential.search import each_world
from tests.differential.unmet import reason
from tests.differential.world import NOW, World
from tests.pipeline import by_reference, resolve

ENOUGH = 5
PAGE = Path(__file__).parent / "COVERAGE.md"

Figures = dict[tuple[Any, ...], tuple[Any, ...]]
"""Group and period → the outputs."""


class Coverage:
    def __init__(self) -> None:
        self.met: Counter[tuple[str, str]] = Counter()
        self.used: Counter[str] = Counter()
        self.sizes: Counter[int] = Counter()
        self.distinct: Counter[int] = Counter()
        self.refused = 0
        self.worlds = 0

    def visit(self, world: World) -> None:
        try:
            query = resolve(world.spec_text, world.query, world.season.project)
            before = figures(query, world)
        except (KpilangError, reference.LawError):
            self.refused += 1
            return
        self.worlds += 1
        used = [used_by(output, query, world) for output in query.outputs]
        whole = constructs.of_query(query) | world.words.get("", frozenset())
        self.used.update(set().union(whole, *used))
        self.sizes[sum(map(len, world.rows.values()))] += 1
        self.distinct.update(distinct_values(world))
        for feature, cure in CURES.items():
            cured = cure(world)
            if cured is not None:
                self.met.update(
                    (construct, feature) for construct in changed(query, cured, before, used, whole)
                )

    def table(self) -> Iterator[str]:
        """In Markdown."""
        yield f"| | worlds | {' | '.join(CURES)} |"
        yield f"|---|--:|{'--:|' * len(CURES)}"
        for construct in sorted(self.used):
            cells = (self.cell(construct, feature) for feature in CURES)
            yield f"| {construct} | {self.used[construct]} | {' | '.join(cells)} |"

    def cell(self, construct: str, feature: str) -> str:
        """The number; in parentheses where the two need not meet."""
        count = self.met[construct, feature]
        return f"({count})" if reason(construct, feature) else str(count)

    def too_few(self) -> list[tuple[str, str, int]]:
        return [
            (construct, feature, self.met[construct, feature])
            for construct in sorted(self.used)
            for feature in CURES
            if self.met[construct, feature] < ENOUGH and reason(construct, feature) is None
        ]


def used_by(output: ir.Output, query: ir.Query, world: World) -> set[str]:
    name = output.name.rsplit(".target", 1)[0]
    found = constructs.of_output(output, query) | world.words.get(name, frozenset())
    return found | ({"hidden output"} if output.hidden else set())


def figures(query: ir.Query, world: World) -> Figures:
    width = len(query.columns) - len(query.outputs)
    shown = sorted(query.outputs, key=lambda output: output.hidden)
    order = [shown.index(output) for output in query.outputs]
    rows = by_reference(query, world.rows, NOW)
    return {row[:width]: tuple(row[width + index] for index in order) for row in rows}


def changed(
    query: ir.Query, cured: World, before: Figures, used: list[set[str]], whole: set[str]
) -> set[str]:
    """The constructs of the figures that the cure changes."""
    try:
        if cured.season.timezone != query.model.calendar.timezone:
            query = resolve(cured.spec_text, cured.query, cured.season.project)
        after = figures(query, cured)
    except (KpilangError, reference.LawError):
        return set()
    if after == before:
        return set()
    found = set(whole)
    for index, mine in enumerate(used):
        alone = len(used) == 1
        if alone or any(before[key][index] != after[key][index] for key in before.keys() & after.keys()):
            found |= mine
    return found


def distinct_values(world: World) -> Iterator[int]:
    for table in world.rows.values():
        for column in table[0] if table else ():
            yield len({row[column] for row in table})


def histogram(counts: Counter[int]) -> str:
    total = sum(counts.values())
    return ", ".join(f"{n}: {100 * counts[n] / total:.0f} %" for n in sorted(counts))


def page(coverage: Coverage, command: str) -> str:
    few = coverage.too_few()
    lines = [
        "# What the generated worlds meet",
        "",
        f"Written by `{command}`.",
        "",
        "A number says in how many worlds curing the world of the feature changed a figure that uses the",
        "construct (for what belongs to the whole query: the answer). In parentheses: they need not meet,",
        "for a reason that `unmet.py` gives.",
        "",
        f"{coverage.worlds} worlds were evaluated, {coverage.refused} refused by the checker.",
        "",
        f"Rows in a world: {histogram(coverage.sizes)}.",
        "",
        f"Different values in a column: {histogram(coverage.distinct)}.",
        "",
        *coverage.table(),
        "",
        f"Pairs that met fewer than {ENOUGH} times: {len(few)}.",
        "",
        *(f"* {construct} × {feature}: {count}" for construct, feature, count in few),
    ]
    return "\n".join(lines).rstrip() + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worlds", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--write", action="store_true", help=f"into {PAGE.name}")
    options = parser.parse_args()
    coverage = Coverage()
    for _, world in each_world(options.worlds, options.seed):
        coverage.visit(world)
    command = f"python -m tests.differential.coverage --worlds {options.worlds} --seed {options.seed} --write"
    text = page(coverage, command)
    if options.write:
        PAGE.write_text(text, "utf-8")
    else:
        print(text)


if __name__ == "__main__":
    main()
