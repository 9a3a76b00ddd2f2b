"""Where rows come from: a table of the target, or a relation of the plan."""

from __future__ import annotations

from kpilang import ir
from kpilang.frozen import dataclass


@dataclass(frozen=True, slots=True)
class TableSource:
    """The rows of an entity as they lie in the target: every row, physical columns."""

    entity: str
    origin: ir.Origin

    def describe(self) -> str:
        return self.entity


@dataclass(frozen=True, slots=True)
class RelationSource:
    """The rows of another relation of the plan, by its name."""

    name: str

    def describe(self) -> str:
        return self.name


Source = TableSource | RelationSource
