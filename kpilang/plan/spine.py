"""The groups and periods of the answer (law 12, ruling 11): what the values are looked up for.

Without dimensions every period of the range has a row. With dimensions a group has one in each period in
which some aggregate reaches a row of it; `fill` gives every group that occurs all periods.
"""

from __future__ import annotations

from kpilang import ir
from kpilang.frozen import dataclass
from kpilang.plan import nodes, scalars
from kpilang.plan.blocks.built import Built
from kpilang.plan.draft import Draft, Lookup
from kpilang.plan.periods import KEY, CalendarColumns, key_type
from kpilang.plan.placed import Placed, keys_of_rows, period_of, with_period
from kpilang.plan.relations import Relations
from kpilang.plan.scalars import Named, Scalar

Part = tuple[nodes.Rows, tuple[Named, ...]]
"""Groups: the dimensions, and the period last if there is a calendar."""


@dataclass(frozen=True, slots=True)
class Spine:
    """Where rows start: a relation (or none, for one row), the dimensions with their names, and the period.

    `lookup` says which cells of the relation these are, if it has cells.
    """

    source: nodes.Source | None
    alias: str
    names: tuple[str, ...]
    dimensions: tuple[Scalar, ...]
    period: Scalar | None
    joins: tuple[nodes.Join, ...] = ()
    where: tuple[Scalar, ...] = ()
    lookup: Lookup | None = None


def parts_of(built: Built, placed: Placed) -> tuple[Part, ...]:
    """Which groups a relation makes, in which periods."""
    wanted = dict.fromkeys((place.lookup, place.flag) for place in built.places)
    first = {(place.lookup, place.flag): place for place in reversed(built.places)}
    found = (placed.rows(built, first[key]) for key in wanted)
    return tuple((rows, with_period(keys_of_rows(built), period)) for rows, period in found)


class SpineBuilder:
    """Chooses and makes the spine from the groups of `full`, the relations grouped by all dimensions.

    `further` are parts besides; `calendar` is that of the grid, None without a grain.
    """

    def __init__(
        self,
        relations: Relations,
        draft: Draft,
        full: tuple[Built, ...],
        further: tuple[Part, ...],
        calendar: CalendarColumns | None,
    ) -> None:
        self._relations = relations
        self._draft = draft
        self._dimensions: tuple[ir.Dimension, ...] = draft.query.dimensions
        self._full = full
        self._further = further
        self._placed = Placed(draft.grid, calendar)
        self._calendar = calendar

    def build(self) -> Spine:
        if not self._dimensions:
            return self._of_periods()
        if not self._full and not self._further:
            return self._of_nothing()
        if self._draft.lone_spine and not self._further:
            return self._of_block(self._full[0])
        return self._filled() if self._draft.query.fill and self._calendar else self._of_groups()

    def _of_periods(self) -> Spine:
        if self._calendar is None:
            return Spine(None, "", (), (), None)
        source = nodes.RelationSource(self._calendar.name)
        return Spine(source, self._calendar.alias, (), (), self._calendar.key)

    def _of_nothing(self) -> Spine:
        """No aggregate can reach a row: no group has one."""
        dimensions = tuple(scalars.null(dimension.type.with_null()) for dimension in self._dimensions)
        names = self._draft.dimensions
        if self._calendar is None:
            return Spine(None, "", names, dimensions, None, where=(scalars.FALSE,))
        source, key = nodes.RelationSource(self._calendar.name), self._calendar.key
        return Spine(source, self._calendar.alias, names, dimensions, key, where=(scalars.FALSE,))

    def _of_block(self, built: Built) -> Spine:
        dimensions = tuple(scalars.Column(built.name, k.name, k.value.type) for k in built.keys)
        period = period_of(built, self._draft.grid)
        return Spine(nodes.RelationSource(built.name), built.name, self._draft.dimensions, dimensions, period)

    def _of_groups(self) -> Spine:
        name = self._relations.names.take("groups")
        parts = self.parts()
        about = (
            "the groups that have a row"
            if self._calendar is None
            else "the groups and periods that have a row"
        )
        self._relations.add(name, lambda: nodes.Groups(name, parts, about))
        period = None if self._calendar is None else scalars.Column(name, KEY, key_type(self._draft.grid))
        source, columns = nodes.RelationSource(name), self._columns(name, parts)
        return Spine(source, name, self._draft.dimensions, columns, period)

    def _filled(self) -> Spine:
        assert self._calendar is not None, "fill needs periods"
        name = self._relations.names.take("groups")
        parts = tuple((rows, columns[:-1]) for rows, columns in self.parts())
        self._relations.add(name, lambda: nodes.Groups(name, parts, "the groups that occur in any period"))
        every = nodes.Join(nodes.RelationSource(self._calendar.name), self._calendar.alias, (), left=False)
        columns = self._columns(name, parts)
        names = self._draft.dimensions
        return Spine(nodes.RelationSource(name), name, names, columns, self._calendar.key, (every,))

    def _columns(self, name: str, parts: tuple[Part, ...]) -> tuple[Scalar, ...]:
        named = zip(parts[0][1], self._dimensions, strict=False)
        return tuple(scalars.Column(name, n.name, d.type.with_null()) for n, d in named)

    def parts(self) -> tuple[Part, ...]:
        return (*(part for built in self._full for part in parts_of(built, self._placed)), *self._further)
