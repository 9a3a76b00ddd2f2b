"""The rows of a derived entity."""

from __future__ import annotations

from kpilang.frozen import dataclass
from kpilang.plan.nodes.rows import Rows
from kpilang.plan.scalars import Named


@dataclass(frozen=True, slots=True)
class ValuesOf:
    """One row for each value of `keys` among the rows, with what all rows of the value have in common."""

    name: str
    rows: Rows
    keys: tuple[Named, ...]
    measures: tuple[Named, ...]
    about: str

    def describe(self) -> str:
        return self.about
