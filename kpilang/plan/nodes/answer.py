"""The result of the query."""

from __future__ import annotations

from kpilang.frozen import dataclass
from kpilang.plan.nodes.rows import Rows
from kpilang.plan.scalars import Named, Scalar


@dataclass(frozen=True, slots=True)
class Sort:
    """By a value, nulls last either way."""

    value: Scalar
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """One row for each group and period (law 12), columns in the order of `ir.Query.columns`."""

    rows: Rows
    columns: tuple[Named, ...]
    order: tuple[Sort, ...] = ()
    limit: int | None = None

    def describe(self) -> str:
        return "The answer"
