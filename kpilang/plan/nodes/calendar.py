"""The periods asked for, and what belongs to them."""

from __future__ import annotations

from kpilang.frozen import dataclass
from kpilang.plan.scalars import Constant
from kpilang.types import Type


@dataclass(frozen=True, slots=True)
class Calendar:
    """Literal rows, one for each period (or each one that has an interval), in order; never empty."""

    name: str
    columns: tuple[tuple[str, Type], ...]
    rows: tuple[tuple[Constant, ...], ...]
    about: str

    def __post_init__(self) -> None:
        assert self.rows, "a calendar has a row"
        assert all(len(row) == len(self.columns) for row in self.rows), "rows are as wide as the columns"

    def describe(self) -> str:
        return self.about
