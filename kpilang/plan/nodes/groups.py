"""The groups of the answer."""

from __future__ import annotations

from kpilang.frozen import dataclass
from kpilang.plan.nodes.rows import Rows
from kpilang.plan.scalars import Named


@dataclass(frozen=True, slots=True)
class Groups:
    """Each different combination of the columns that occurs in any of the parts, once; nulls are values."""

    name: str
    parts: tuple[tuple[Rows, tuple[Named, ...]], ...]
    about: str

    def __post_init__(self) -> None:
        assert self.parts, "groups come from somewhere"

    def describe(self) -> str:
        return self.about
