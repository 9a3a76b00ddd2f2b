"""The relations of a plan while it is being built.

A relation may still gain columns after others refer to it (two attributes share one aggregation of the child
rows), so each is kept as a recipe, made at the end, and put in an order in which every one stands after those
that it reads.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable
from copy import copy
from typing import Generic, TypeVar

from kpilang import ir
from kpilang.frozen import dataclass
from kpilang.plan import nodes
from kpilang.plan.grid import Grid
from kpilang.plan.levels import Levels
from kpilang.plan.names import Names
from kpilang.plan.periods import CalendarColumns
from kpilang.plan.scalars import Named

D = TypeVar("D")


@dataclass(frozen=True, slots=True)
class MemberRows:
    """The relation `name`: who is a member of a set, in each group of `dimensions` and each period.

    `names` are those of the dimensions. `period` is the column that says when, None where they are the same
    in every period.
    """

    name: str
    names: tuple[str, ...]
    dimensions: tuple[Named, ...]
    period: str | None
    members: tuple[Named, ...]


Gather = Callable[["Relations", ir.Set, tuple[ir.Dimension, ...]], MemberRows | None]
"""Makes the relation of the members of a set, in groups of the dimensions; None if there is never one."""


class Shared(Generic[D]):
    """Things made once for each key."""

    def __init__(self) -> None:
        self._made: dict[Hashable, D] = {}

    def get(self, key: Hashable, make: Callable[[], D]) -> D:
        if key not in self._made:
            self._made[key] = make()
        return self._made[key]


class Relations:
    """What all builders of one plan share: the model, the calendar, the names and the relations so far.

    `calendar` has the periods of the grid, None without a grain; with `has_series` long calendars are
    generated. `at` gives the same on another grid: that of the sub-periods of a nested aggregate.
    """

    def __init__(self, model: ir.Model, grid: Grid, gather: Gather, has_series: bool = False) -> None:
        self.model = model
        self._gather = gather
        self._has_series = has_series
        self.names = Names(_physical_names(model))
        self.shared: Shared[object] = Shared()
        self.levels = Levels(model)
        self._recipes: dict[str, Callable[[], nodes.Relation]] = {}
        self._stand_on(grid, "periods", "asked for")

    def _stand_on(self, grid: Grid, wish: str, why: str) -> None:
        self.grid = grid
        self.member_rows: Shared[MemberRows | None] = Shared()
        self.calendar: CalendarColumns | None = None
        if not grid.is_single:
            name = self.names.take(wish)
            self.calendar = CalendarColumns(
                name, grid, range(len(grid.periods)), f"each {grid.unit.value} {why}"
            )
            self.add_calendar(self.calendar)

    def at(self, grid: Grid) -> Relations:
        """The same relations, seen from the periods of another grid."""
        other = copy(self)
        other._stand_on(grid, f"each_{grid.unit.value}", "of the periods asked for")
        return other

    def members(self, found: ir.Set, dimensions: tuple[ir.Dimension, ...] = ()) -> MemberRows | None:
        """Who is a member of a set, made once; None if nobody ever is."""
        return self.member_rows.get((found, dimensions), lambda: self._gather(self, found, dimensions))

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
    return tuple(source for rows in rows_of(relation) for source in rows.sources())


def rows_of(relation: nodes.Relation) -> tuple[nodes.Rows, ...]:
    """What a relation reads: of several parts each."""
    match relation:
        case nodes.Calendar() | nodes.Series():
            return ()
        case nodes.Groups(_, parts) | nodes.Stacked(_, parts):
            return tuple(rows for rows, _ in parts)
        case _:
            return (relation.rows,)


def _physical_names(model: ir.Model) -> tuple[str, ...]:
    """Names that a CTE may not take: tables, and every word of a user's own query, which may name one."""
    found: list[str] = []
    for origin in (origin for entity in model.entities for origin in _origins(entity)):
        match origin:
            case ir.Table(parts):
                found.append(parts[-1])
            case ir.SqlText(texts):
                found.extend(word for _, text in texts for word in re.findall(r"\w+", text))
            case _:
                pass
    return tuple(found)


def _origins(entity: ir.Entity) -> tuple[ir.Origin | None, ...]:
    if isinstance(entity.origin, ir.Union):
        return tuple(source.origin for source in entity.origin.sources)
    return (entity.origin,)
