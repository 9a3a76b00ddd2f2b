"""The relations of a plan while it is being built.

A relation may still gain columns after others refer to it (two attributes share one aggregation of the child
rows), so each is kept as a recipe, made at the end, and put in an order in which every one stands after those
that it reads.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from kpilang import ir
from kpilang.plan import nodes
from kpilang.plan.grid import Grid
from kpilang.plan.names import Names
from kpilang.plan.periods import CalendarColumns

D = TypeVar("D")


class Shared(Generic[D]):
    """Things made once for each key."""

    def __init__(self) -> None:
        self._made: dict[Hashable, D] = {}

    def get(self, key: Hashable, make: Callable[[], D]) -> D:
        if key not in self._made:
            self._made[key] = make()
        return self._made[key]


class Relations:
    """What all builders of one plan share: the model, the calendar, the names and the relations so far."""

    def __init__(self, model: ir.Model, grid: Grid, has_series: bool = False) -> None:
        self.model = model
        self.grid = grid
        self._has_series = has_series
        self.names = Names(_physical_names(model))
        self.shared: Shared[object] = Shared()
        self._recipes: dict[str, Callable[[], nodes.Relation]] = {}

    def add(self, name: str, recipe: Callable[[], nodes.Relation]) -> nodes.RelationSource:
        """Promise a relation under a name taken from `names`."""
        self._recipes[name] = recipe
        return nodes.RelationSource(name)

    def add_calendar(self, calendar: CalendarColumns) -> nodes.RelationSource:
        """Promise a calendar, as a list or, if it is long, as a series."""
        return self.add(calendar.name, lambda: calendar.node(self._has_series))

    def finished(self, answer: nodes.Answer) -> tuple[nodes.Relation, ...]:
        """The relations that the answer needs, each after those that it reads."""
        done: dict[str, nodes.Relation] = {}
        for source in answer.rows.sources():
            self._finish(source, done)
        return tuple(done.values())

    def _finish(self, source: nodes.Source, done: dict[str, nodes.Relation]) -> None:
        if not isinstance(source, nodes.RelationSource) or source.name in done:
            return
        relation = self._recipes[source.name]()
        for below in sources_of(relation):
            self._finish(below, done)
        done[source.name] = relation


def sources_of(relation: nodes.Relation) -> tuple[nodes.Source, ...]:
    match relation:
        case nodes.Calendar() | nodes.Series():
            return ()
        case nodes.Groups(_, parts):
            return tuple(source for rows, _ in parts for source in rows.sources())
        case _:
            return relation.rows.sources()


def _physical_names(model: ir.Model) -> tuple[str, ...]:
    """Names that a CTE may not take: tables, and every word of a user's own query, which may name one."""
    found: list[str] = []
    for entity in model.entities:
        match entity.origin:
            case ir.Table(parts):
                found.append(parts[-1])
            case ir.SqlText(texts):
                found.extend(word for _, text in texts for word in re.findall(r"\w+", text))
            case _:
                pass
    return tuple(found)
