"""Rank attributes."""

from __future__ import annotations

from kpilang.frozen import dataclass
from kpilang.plan.nodes.rows import Rows
from kpilang.plan.scalars import Named


@dataclass(frozen=True, slots=True)
class Ranked:
    """One row for each existing row of the entity: its key and its ranks over all rows of the entity."""

    name: str
    rows: Rows
    columns: tuple[Named, ...]
    about: str

    def describe(self) -> str:
        return self.about
