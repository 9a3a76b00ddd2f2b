"""A relation over another that hands its columns through and adds some of its own."""

from __future__ import annotations

from typing import Protocol

from kpilang.plan import nodes
from kpilang.plan.names import Names
from kpilang.plan.relations import Relations
from kpilang.plan.scalars import Column, Named, Scalar


class Below(Protocol):
    """What a step reads: the pairs, or another step over them."""

    name: str

    def through(self, column: Column) -> Column:
        """A column of the pairs as this relation shows it."""
        ...


class Step:
    """One more relation on the way from pairs to credits; columns are noted as they are asked for."""

    def __init__(self, relations: Relations, below: Below, wish: str, about: str) -> None:
        self.name = relations.names.take(wish)
        self._below = below
        self._about = about
        self._names = Names()
        self._columns: dict[Scalar, Named] = {}
        relations.add(self.name, self._node)

    def through(self, column: Column) -> Column:
        return self.add(column.name, self._below.through(column), column.wide)

    def add(self, wish: str, value: Scalar, wide: bool = False) -> Column:
        """A column with a value over the relation below."""
        if value not in self._columns:
            self._columns[value] = Named(self._names.take(wish), value)
        return Column(self.name, self._columns[value].name, value.type, wide)

    def _node(self) -> nodes.Credited:
        rows = nodes.Rows(nodes.RelationSource(self._below.name), self._below.name)
        return nodes.Credited(self.name, rows, tuple(self._columns.values()), self._about)
