"""Nested aggregates: a value for each key or each sub-period, aggregated again."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Protocol

from kpilang import ir
from kpilang.ir import AggregateOp, Op
from kpilang.plan import nodes, scalars
from kpilang.plan.blocks.built import Built, Place
from kpilang.plan.cell_values import CellValues
from kpilang.plan.draft import Draft, Folding
from kpilang.plan.measures import measure, share_of
from kpilang.plan.names import Names
from kpilang.plan.periods import KEY, key_type, keys
from kpilang.plan.relations import Relations
from kpilang.plan.scalars import Column, Named, Scalar
from kpilang.plan.spine import Part, Spine


class Inner(Protocol):
    """What a folding asks of the draft inside, once its relations are made."""

    def groups(self) -> tuple[Part, ...]: ...

    def spine(self) -> Spine: ...

    def values(self, spine: Spine) -> CellValues: ...


Stages = Callable[[Relations, Draft], Inner]


class FoldingBuilder:
    """Makes the relations of one nested aggregate in the draft `outer`."""

    def __init__(self, relations: Relations, outer: Draft, folding: Folding, stages: Stages) -> None:
        self._relations = relations
        self._outer = outer
        self._folding = folding
        self._nested = folding.nested
        is_cut = folding.slots is not None
        self._inside = relations.at(folding.inner.grid) if is_cut else relations
        self._inner = stages(self._inside, folding.inner)
        self._mapping = self._mapped() if is_cut and relations.calendar is not None else None

    @property
    def needs_groups(self) -> bool:
        """Sub-periods without rows have values, too: they are asked for in each group of the answer."""
        return self._folding.slots is not None

    # ------------------------------------------------------------------ for each key

    def by_keys(self) -> Built:
        spine = self._inner.spine()
        values = self._inner.values(spine)
        dimensions = spine.dimensions[: len(self._folding.dimensions)]
        return self._folded(values, self._folding.dimensions, dimensions, spine.period, None)

    # ------------------------------------------------------------------ for each sub-period

    def groups(self) -> tuple[Part, ...]:
        """The groups that have a row in some sub-period; none if some dimension lies across."""
        if self._folding.dimensions != self._outer.dimensions:
            return ()
        return tuple(self._outer_groups(rows, columns) for rows, columns in self._inner.groups())

    def _outer_groups(self, rows: nodes.Rows, columns: tuple[Named, ...]) -> Part:
        *dimensions, slot = columns
        if self._mapping is None:
            return rows, tuple(dimensions)
        name, period, inside = self._mapping
        on = (scalars.compare(Op.EQ, inside, slot.value),)
        join = nodes.Join(nodes.RelationSource(name), name, on, left=False)
        joined = nodes.Rows(rows.source, rows.alias, (*rows.joins, join), rows.where)
        return joined, (*dimensions, Named(KEY, period))

    def by_grain(self, spine: Spine) -> Built:
        inner = self._cut(spine)
        values = self._inner.values(inner)
        return self._folded(values, spine.names, spine.dimensions, spine.period, inner.period)

    def _cut(self, spine: Spine) -> Spine:
        """Each row of the spine once for each of its sub-periods."""
        calendar = self._inside.calendar
        assert calendar is not None, "sub-periods are of a grain"
        if self._mapping is None:
            source = nodes.RelationSource(calendar.name)
            if spine.source is None:
                return dataclasses.replace(spine, source=source, alias=calendar.alias, period=calendar.key)
            every = nodes.Join(source, calendar.alias, (), left=False)
            return dataclasses.replace(spine, period=calendar.key, joins=(*spine.joins, every))
        name, period, inside = self._mapping
        assert spine.period is not None, "the mapping is of periods"
        on = (scalars.compare(Op.EQ, spine.period, period),)
        join = nodes.Join(nodes.RelationSource(name), name, on, left=False)
        return dataclasses.replace(spine, period=inside, joins=(*spine.joins, join))

    def _mapped(self) -> tuple[str, Column, Column]:
        """A relation that says of which sub-periods a period is made, and its two columns."""
        assert self._folding.slots is not None
        grid, inner = self._outer.grid, self._folding.inner.grid
        name = self._relations.names.take(f"{inner.unit.value}s_of_periods")
        outer_keys, inner_keys = keys(grid), keys(inner)
        rows = tuple(
            (outer_keys[index], inner_keys[slot])
            for index, slots in enumerate(self._folding.slots)
            for slot in slots
        )
        types = ((KEY, key_type(grid)), (inner.unit.value, key_type(inner)))
        about = f"each {inner.unit.value} of each period"
        self._relations.add(name, lambda: nodes.Calendar(name, types, rows, about))
        period, slot = (Column(name, column, type_) for column, type_ in types)
        return name, period, slot

    # ------------------------------------------------------------------ both

    def _folded(
        self,
        values: CellValues,
        names: tuple[str, ...],
        dimensions: tuple[Scalar, ...],
        period: Scalar | None,
        order: Scalar | None,
    ) -> Built:
        value = values.value(self._nested.value)
        taken = Names()
        keys = tuple(Named(taken.take(n), v) for n, v in zip(names, dimensions, strict=True))
        when = None if period is None else Named(taken.take(KEY), period)
        column = Named(taken.take(self._nested.name or self._nested.op.value), self._measure(value, order))
        per = self._per()
        name = self._relations.names.take(f"{column.name}_per_{per}")
        about = f"{self._nested.op.value} of what there is for each {per.replace('_', ' ')}"
        group = keys if when is None else (*keys, when)
        node = nodes.Block(name, values.rows(), group, (column,), about)
        self._relations.add(name, lambda: node)
        shown = None if self._folding.witness else column.name
        place = Place(self._nested, shown, self._outer.grid.always())
        return Built(name, names, keys, None if when is None else when.name, (place,))

    def _measure(self, value: Scalar, order: Scalar | None) -> Scalar:
        op = self._nested.op
        condition = scalars.is_not_null(value) if op is AggregateOp.COUNT else scalars.TRUE
        along = () if order is None else (order,)
        return measure(op, value, condition, self._nested.type, share_of(self._nested), along)

    def _per(self) -> str:
        match self._nested.per:
            case ir.PerKeys(names):
                return "_and_".join(names).replace(".", "_")
            case ir.PerGrain(grain):
                return grain.value
