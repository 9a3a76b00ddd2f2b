"""Aggregates of one entity over one way of cutting time."""

from __future__ import annotations

from kpilang.frozen import dataclass
from kpilang.plan.nodes.rows import Rows
from kpilang.plan.scalars import Named


@dataclass(frozen=True, slots=True)
class Block:
    """One row for each combination of `keys` that occurs among the rows, nulls kept; one row without keys.

    Each measure is a summary of the rows of its group (or made of such). Rows that no aggregate of the block
    reaches are filtered out by `rows`, so a group that is there has a row of some aggregate.
    """

    name: str
    rows: Rows
    keys: tuple[Named, ...]
    measures: tuple[Named, ...]
    about: str

    def describe(self) -> str:
        return self.about
