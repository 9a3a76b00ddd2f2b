"""Aggregates of an attribute over child rows."""

from __future__ import annotations

from kpilang.frozen import dataclass
from kpilang.plan.nodes.rows import Rows
from kpilang.plan.scalars import Named


@dataclass(frozen=True, slots=True)
class ChildTotals:
    """One row for each value of `keys` that child rows refer to: joined back on it, it multiplies nothing.

    `keys` is the key of the outer entity (or the outer values that the conditions look at); without keys
    there is exactly one row. An outer row without children has none here.
    """

    name: str
    rows: Rows
    keys: tuple[Named, ...]
    measures: tuple[Named, ...]
    about: str

    def describe(self) -> str:
        return self.about
