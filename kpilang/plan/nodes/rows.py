"""The FROM and WHERE of a relation."""

from __future__ import annotations

from kpilang.frozen import dataclass
from kpilang.plan.nodes.source import Source
from kpilang.plan.scalars import Scalar


@dataclass(frozen=True, slots=True)
class Join:
    """Another relation beside the rows so far.

    A left join is made on a unique key of the other side, so it neither drops nor multiplies rows; an
    inner one keeps the pairs for which all of `on` is true. Without `on` every row meets every row.
    """

    source: Source
    alias: str
    on: tuple[Scalar, ...]
    left: bool


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of `source`, widened by the joins, for which all of `where` is true.

    Without a source: one row without columns.
    """

    source: Source | None
    alias: str
    joins: tuple[Join, ...] = ()
    where: tuple[Scalar, ...] = ()

    def sources(self) -> tuple[Source, ...]:
        first = () if self.source is None else (self.source,)
        return (*first, *(join.source for join in self.joins))
