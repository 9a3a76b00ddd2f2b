"""Params that group the result: each row of the answer once for each combination of their values.

All values are computed side by side, in one row for each group and period; a list of the combinations is then
joined to the rows, and a value is chosen by the one at hand.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from itertools import pairwise, product
from typing import Any

from kpilang import ir
from kpilang.ir import Op
from kpilang.plan import nodes, scalars
from kpilang.plan.names import Names
from kpilang.plan.relations import Relations
from kpilang.plan.scalars import Choose, Column, Constant, Named, Scalar
from kpilang.types import INTEGER, Type


def expressions(output: ir.Output) -> tuple[ir.Expr, ...]:
    """What an output may be: one expression, or one for each combination of the axes."""
    return output.along or (output.value,)


class AxisColumns:
    """The relation of the combinations, the last axis fastest; without axes there is none."""

    def __init__(self, relations: Relations, axes: tuple[ir.Axis, ...]) -> None:
        self._axes = axes
        self._keys: list[Column] = []
        self._sorts: list[Column] = []
        self._names = Names()
        if axes:
            self._name = relations.names.take(f"values_of_{'_and_'.join(axis.name for axis in axes)}")
            for axis in axes:
                self._add(axis)
            relations.add(self._name, self._node)

    def _add(self, axis: ir.Axis) -> None:
        """Rows are ordered by the values where these rise, else by their places in the list."""
        key = Column(self._name, self._names.take(axis.name), axis.type)
        self._keys.append(key)
        place = Column(self._name, self._names.take(f"{axis.name}_place"), INTEGER)
        self._sorts.append(key if _rise(axis) else place)

    def columns(self) -> tuple[Named, ...]:
        return tuple(Named(axis.name, key) for axis, key in zip(self._axes, self._keys, strict=True))

    def sorts(self) -> dict[str, Scalar]:
        """What to order by, by the name of the axis."""
        return {axis.name: sort for axis, sort in zip(self._axes, self._sorts, strict=True)}

    def beside(self, rows: nodes.Rows) -> nodes.Rows:
        """Each row with each combination."""
        if not self._axes:
            return rows
        source = nodes.RelationSource(self._name)
        if rows.source is None:
            return nodes.Rows(source, self._name, (), rows.where)
        join = nodes.Join(source, self._name, (), left=False)
        return nodes.Rows(rows.source, rows.alias, (*rows.joins, join), rows.where)

    def choose(self, values: Sequence[Scalar], type_: Type) -> Scalar:
        """Of the values of an output the one that belongs to the combination at hand."""
        if all(value == values[0] for value in values):
            return values[0]
        combinations = product(*(axis.values for axis in self._axes))
        whens = tuple((self._is(c), value) for c, value in zip(combinations, values, strict=True))
        return Choose(whens, None, type_.with_null())

    def _is(self, combination: tuple[ir.Literal, ...]) -> Scalar:
        pairs = zip(self._keys, combination, strict=True)
        return scalars.all_of(tuple(scalars.compare(Op.EQ, key, scalars.literal(v)) for key, v in pairs))

    def _node(self) -> nodes.Calendar:
        shown = [
            (axis, key, sort) for axis, key, sort in zip(self._axes, self._keys, self._sorts, strict=True)
        ]
        columns = tuple((c.name, c.type) for _, key, sort in shown for c in dict.fromkeys((key, sort)))
        entries = ((_placed(axis, key is not sort)) for axis, key, sort in shown)
        rows = tuple(tuple(c for entry in row for c in entry) for row in product(*entries))
        about = f"the values of {', '.join(axis.name for axis in self._axes)}"
        return nodes.Calendar(self._name, columns, rows, about)


def _placed(axis: ir.Axis, with_place: bool) -> tuple[tuple[Constant, ...], ...]:
    """Each value, and its place in the list where that is asked for."""
    values = tuple(map(scalars.literal, axis.values))
    if not with_place:
        return tuple((value,) for value in values)
    return tuple((value, Constant(place, INTEGER)) for place, value in enumerate(values, 1))


def _rise(axis: ir.Axis) -> bool:
    """Whether numbers or days are listed from the least to the greatest; text depends on who compares it."""
    values: list[Any] = [value.value for value in axis.values]
    if not all(isinstance(value, int | Decimal | date) for value in values):
        return False
    return all(one < other for one, other in pairwise(values))
