"""The groups and periods of the answer (law 12, ruling 11): what the values are looked up for.

Without dimensions every period of the range has a row. With dimensions a group has one in each period in
which some aggregate reaches a row of it; `fill` gives every group that occurs all periods.
"""

from __future__ import annotations

from dataclasses import dataclass

from kpilang.ir import Op
from kpilang.plan import nodes, scalars
from kpilang.plan.blocks.built import Built, Place
from kpilang.plan.draft import Draft
from kpilang.plan.lookups import is_identity
from kpilang.plan.periods import KEY, CalendarColumns, key_of, key_type
from kpilang.plan.relations import Relations
from kpilang.plan.scalars import Named, Scalar
from kpilang.plan.windows import window_name
from kpilang.types import INTEGER

Part = tuple[nodes.Rows, tuple[Named, ...]]


@dataclass(frozen=True, slots=True)
class Spine:
    """Where the rows of the answer start: a relation (or none, for one row), dimensions and period."""

    source: nodes.Source | None
    alias: str
    dimensions: tuple[Scalar, ...]
    period: Scalar | None
    joins: tuple[nodes.Join, ...] = ()
    where: tuple[Scalar, ...] = ()


class SpineBuilder:
    """Chooses and makes the spine; `calendar` is the query's, None without a grain."""

    def __init__(
        self,
        relations: Relations,
        draft: Draft,
        built: tuple[Built, ...],
        calendar: CalendarColumns | None,
    ) -> None:
        self._relations = relations
        self._draft = draft
        self._dimensions = draft.query.dimensions
        self._full = tuple(b for b in built if len(b.keys) == len(self._dimensions))
        self._calendar = calendar

    def build(self) -> Spine:
        if not self._dimensions:
            return self._of_periods()
        if not self._full:
            return self._of_nothing()
        if self._draft.lone_spine:
            return self._of_block(self._full[0])
        return self._filled() if self._draft.query.fill and self._calendar else self._of_groups()

    def _of_periods(self) -> Spine:
        if self._calendar is None:
            return Spine(None, "", (), None)
        return Spine(nodes.RelationSource(self._calendar.name), self._calendar.alias, (), self._calendar.key)

    def _of_nothing(self) -> Spine:
        """No aggregate can reach a row: no group has one."""
        dimensions = tuple(scalars.null(dimension.type.with_null()) for dimension in self._dimensions)
        period = None if self._calendar is None else scalars.null(key_type(self._draft.grid))
        return Spine(None, "", dimensions, period, where=(scalars.FALSE,))

    def _of_block(self, built: Built) -> Spine:
        dimensions = tuple(scalars.Column(built.name, k.name, k.value.type) for k in built.keys)
        return Spine(nodes.RelationSource(built.name), built.name, dimensions, self._period_of(built))

    def _of_groups(self) -> Spine:
        name = self._relations.names.take("groups")
        parts = tuple(part for built in self._full for part in self._parts(built))
        about = (
            "the groups that have a row"
            if self._calendar is None
            else "the groups and periods that have a row"
        )
        self._relations.add(name, lambda: nodes.Groups(name, parts, about))
        period = None if self._calendar is None else scalars.Column(name, KEY, key_type(self._draft.grid))
        return Spine(nodes.RelationSource(name), name, self._columns(name, parts), period)

    def _filled(self) -> Spine:
        assert self._calendar is not None, "fill needs periods"
        name = self._relations.names.take("groups")
        parts = tuple((rows, columns[:-1]) for b in self._full for rows, columns in self._parts(b))
        self._relations.add(name, lambda: nodes.Groups(name, parts, "the groups that occur in any period"))
        every = nodes.Join(nodes.RelationSource(self._calendar.name), self._calendar.alias, (), left=False)
        columns = self._columns(name, parts)
        return Spine(nodes.RelationSource(name), name, columns, self._calendar.key, (every,))

    def _columns(self, name: str, parts: tuple[Part, ...]) -> tuple[Scalar, ...]:
        named = zip(parts[0][1], self._dimensions, strict=False)
        return tuple(scalars.Column(name, n.name, d.type.with_null()) for n, d in named)

    # ------------------------------------------------------------------ parts of the union

    def _parts(self, built: Built) -> tuple[Part, ...]:
        """Which groups a block makes, in which periods; the period comes last."""
        if built.period is None:
            return (self._in_every_period(built),)
        wanted = dict.fromkeys((place.lookup, place.flag) for place in built.places)
        first = {(place.lookup, place.flag): place for place in reversed(built.places)}
        return tuple(self._looked_up(built, first[key]) for key in wanted)

    def _in_every_period(self, built: Built) -> Part:
        """One total for all periods: its groups have a row in each period that its interval belongs to."""
        source = nodes.RelationSource(built.name)
        if self._calendar is None:
            return nodes.Rows(source, built.name), self._keys(built)
        reaches = built.places[0].atom.reaches
        where = period_condition(self._draft, self._calendar.key, tuple(r is not None for r in reaches))
        conditions = tuple(part for part in scalars.conjuncts(where) if part != scalars.TRUE)
        every = nodes.Join(nodes.RelationSource(self._calendar.name), self._calendar.alias, (), left=False)
        rows = nodes.Rows(source, built.name, (every,), conditions)
        return rows, (*self._keys(built), Named(KEY, self._calendar.key))

    def _looked_up(self, built: Built, place: Place) -> Part:
        has_row: tuple[Scalar, ...] = ()
        if place.flag is not None:
            marked = scalars.Column(built.name, place.flag, INTEGER)
            has_row = (scalars.compare(Op.GT, marked, scalars.ZERO),)
        period = self._period_of(built)
        assert period is not None and self._calendar is not None, "cells belong to periods"
        source = nodes.RelationSource(built.name)
        if place.lookup is None or is_identity(place.lookup, self._draft.grid):
            rows = nodes.Rows(source, built.name, (), (*self._asked(built, period), *has_row))
            return rows, (*self._keys(built), Named(KEY, period))
        column = lookup_column(self._draft, self._calendar, place)
        on = (scalars.compare(Op.EQ, column, period),)
        join = nodes.Join(nodes.RelationSource(self._calendar.name), self._calendar.alias, on, left=False)
        rows = nodes.Rows(source, built.name, (join,), has_row)
        return rows, (*self._keys(built), Named(KEY, self._calendar.key))

    def _asked(self, built: Built, period: Scalar) -> tuple[Scalar, ...]:
        """A block that was widened for some window holds cells that were not asked for."""
        if not built.is_widened:
            return ()
        first, last = self._draft.grid.periods[0], self._draft.grid.periods[-1]
        low, high = (key_of(self._draft.grid, p.begin()) for p in (first, last))
        return (scalars.compare(Op.GE, period, low), scalars.compare(Op.LE, period, high))

    def _keys(self, built: Built) -> tuple[Named, ...]:
        return tuple(Named(k.name, scalars.Column(built.name, k.name, k.value.type)) for k in built.keys)

    def _period_of(self, built: Built) -> Scalar | None:
        if built.period is None:
            return None
        return scalars.Column(built.name, built.period, key_type(self._draft.grid))


def lookup_column(draft: Draft, calendar: CalendarColumns, place: Place) -> scalars.Column:
    """The column of the calendar that says which cell a period looks up."""
    assert isinstance(place.lookup, tuple), "ranges are added up before"
    type_ = key_type(draft.grid)
    cells = place.lookup
    values = [scalars.null(type_) if cell is None else key_of(draft.grid, cell.begin()) for cell in cells]
    return calendar.column(window_name(place.atom.aggregate.window), values, type_.with_null())


def period_condition(draft: Draft, key: Scalar, holds: tuple[bool, ...]) -> Scalar:
    """A condition on the key of a period that is true in the chosen periods of the query."""
    if all(holds):
        return scalars.TRUE
    return scalars.any_of(tuple(_between(draft, key, start, end) for start, end in _runs(holds)))


def _runs(holds: tuple[bool, ...]) -> tuple[tuple[int, int], ...]:
    """The stretches of true: first index, and the one after the last."""
    edges = [i for i in range(len(holds) + 1) if (i > 0 and holds[i - 1]) != (i < len(holds) and holds[i])]
    return tuple(zip(edges[::2], edges[1::2], strict=True))


def _between(draft: Draft, key: Scalar, start: int, end: int) -> Scalar:
    grid = draft.grid
    found: list[Scalar] = []
    if start > 0:
        found.append(scalars.compare(Op.GE, key, key_of(grid, grid.periods[start].begin())))
    if end < len(grid.periods):
        found.append(scalars.compare(Op.LT, key, key_of(grid, grid.periods[end].begin())))
    return scalars.all_of(tuple(found))
