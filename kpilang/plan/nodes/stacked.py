"""The rows of several relations or tables, one after another."""

from __future__ import annotations

from kpilang.frozen import dataclass
from kpilang.plan.nodes.rows import Rows
from kpilang.plan.scalars import Named


@dataclass(frozen=True, slots=True)
class Stacked:
    """All rows of every part, equal ones too; columns meet by their place."""

    name: str
    parts: tuple[tuple[Rows, tuple[Named, ...]], ...]
    about: str

    def __post_init__(self) -> None:
        assert self.parts, "rows come from somewhere"

    def describe(self) -> str:
        return self.about
