"""The different outer values that an attribute without a link looks at."""

from __future__ import annotations

from kpilang.frozen import dataclass
from kpilang.plan.nodes.rows import Rows
from kpilang.plan.scalars import Named


@dataclass(frozen=True, slots=True)
class OuterValues:
    """Each different combination of the columns, once: rows are told apart by what is asked of them."""

    name: str
    rows: Rows
    columns: tuple[Named, ...]
    about: str

    def describe(self) -> str:
        return self.about
