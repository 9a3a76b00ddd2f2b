"""The rows of an entity that exist."""

from __future__ import annotations

from kpilang.frozen import dataclass
from kpilang.plan.nodes.rows import Rows
from kpilang.plan.scalars import Named


@dataclass(frozen=True, slots=True)
class Existing:
    """One row for each row of the entity for which its `where` is true; physical columns under their names.

    Only where that condition looks at other tables; otherwise it stands in the join or filter itself.
    """

    name: str
    rows: Rows
    columns: tuple[Named, ...]
    about: str

    def describe(self) -> str:
        return self.about
