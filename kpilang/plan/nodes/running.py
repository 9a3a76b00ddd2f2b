"""Running counts."""

from __future__ import annotations

from kpilang.frozen import dataclass
from kpilang.plan.nodes.rows import Rows
from kpilang.plan.scalars import Named


@dataclass(frozen=True, slots=True)
class Running:
    """One row for each group and period, with how many have come so far less how many have left before."""

    name: str
    rows: Rows
    columns: tuple[Named, ...]
    about: str

    def describe(self) -> str:
        return self.about
