"""The coverage table: did each construct meet each nasty feature, so that a fault could have shown?

`python -m tests.differential.coverage --worlds 2000` draws worlds and, for each nasty feature that one has,
cures it and evaluates again: the pair (construct, feature) was *met* if the answer changed. Prints the table,
the sizes of worlds and how many different values their columns hold.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterable

from tests.differential.nasty import CURES
from tests.differential.search import answer, each_world
from tests.differential.worlds import World


class Coverage:
    def __init__(self) -> None:
        self.met: Counter[tuple[str, str]] = Counter()
        self.used: Counter[str] = Counter()
        self.sizes: Counter[int] = Counter()
        self.distinct: Counter[int] = Counter()
        self.refused = 0
        self.worlds = 0

    def visit(self, world: World) -> None:
        before = answer(world)
        if before is None:
            self.refused += 1
            return
        self.worlds += 1
        self.used.update(world.constructs)
        self.sizes[sum(map(len, world.rows.values()))] += 1
        self.distinct.update(distinct_values(world))
        for feature, cure in CURES.items():
            cured = cure(world)
            if cured is not None and answer(cured) != before:
                self.met.update((construct, feature) for construct in world.constructs)

    def table(self) -> str:
        constructs = sorted(name for name in self.used if not name.startswith("season"))
        width = max(map(len, constructs))
        lines = [f"{'':{width}}  {'worlds':>6}  " + "  ".join(f"{name:>{len(name)}}" for name in CURES)]
        for construct in constructs:
            counts = "  ".join(f"{self.met[construct, f]:>{len(f)}}" for f in CURES)
            lines.append(f"{construct:{width}}  {self.used[construct]:>6}  {counts}")
        return "\n".join(lines)

    def never_met(self) -> list[tuple[str, str]]:
        constructs = sorted(name for name in self.used if not name.startswith("season"))
        return [(c, f) for c in constructs for f in CURES if not self.met[c, f]]


def distinct_values(world: World) -> Iterable[int]:
    for table in world.rows.values():
        for column in table[0] if table else ():
            yield len({row[column] for row in table})


def histogram(counts: Counter[int]) -> str:
    total = sum(counts.values())
    return "  ".join(f"{n}: {100 * counts[n] / total:.0f} %" for n in sorted(counts))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worlds", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    coverage = Coverage()
    each_world(options.worlds, options.seed, coverage.visit)
    print(coverage.table())
    print(f"\n{coverage.worlds} worlds evaluated, {coverage.refused} refused by the checker")
    print("rows in a world: ", histogram(coverage.sizes))
    print("different values in a column: ", histogram(coverage.distinct))
    missing = coverage.never_met()
    print(f"pairs never met: {len(missing)}")
    for construct, feature in missing:
        print(f"  {construct} x {feature}")


if __name__ == "__main__":
    main()
