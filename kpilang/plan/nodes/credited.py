"""Steps from conversions and touches to credits."""

from __future__ import annotations

from kpilang.frozen import dataclass
from kpilang.plan.nodes.rows import Rows
from kpilang.plan.scalars import Named


@dataclass(frozen=True, slots=True)
class Credited:
    """One row for each pair of a conversion and a touch of it, and one for a conversion without any.

    Each step knows more of the pairs than the one before; the last keeps those that are credits.
    """

    name: str
    rows: Rows
    columns: tuple[Named, ...]
    about: str

    def describe(self) -> str:
        return self.about
