"""Members of a group, each time with the periods in which they are seen."""

from __future__ import annotations

from kpilang.frozen import dataclass
from kpilang.plan.nodes.rows import Rows
from kpilang.plan.scalars import Named


@dataclass(frozen=True, slots=True)
class Stays:
    """One row for each group, member and cell: from the first to the last period that sees the cell.

    Two columns more say when the member was last seen before, and is first seen after, by other cells.
    """

    name: str
    rows: Rows
    columns: tuple[Named, ...]
    about: str

    def describe(self) -> str:
        return self.about
