"""A row, and what everything that computes may ask of the rows.

Attributes, sets and aggregates know rows through this alone; `rows` is what answers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from kpilang import ir
from kpilang.reference.calendar import Clock, Interval
from kpilang.reference.ordering import Key
from kpilang.reference.values import Value


class Row:
    """One row of an entity; equal only to itself. `values` remembers what was read and computed.

    `source` is where the row of a bound entity comes from; `parents` are rows that it is known to refer to,
    whatever others have their key.
    """

    __slots__ = ("entity", "parents", "physical", "source", "values")

    def __init__(
        self, entity: ir.Entity, physical: Mapping[str, Any], source: ir.BoundSource | None = None
    ) -> None:
        self.entity = entity
        self.physical = physical
        self.source = source
        self.values: dict[str, Value] = {}
        self.parents: dict[str, Row | None] = {}


class Membership(NamedTuple):
    """Who is in a set in a period, in the whole population; whether that is known."""

    known: bool
    keys: frozenset[Value]


class Rows(Protocol):
    """All rows of all entities, at one as-of instant."""

    @property
    def clock(self) -> Clock: ...

    @property
    def model(self) -> ir.Model: ...

    def existing(self, entity: str) -> Sequence[Row]:
        """The rows of an entity that exist."""

    def named(self, row: Row, name: str) -> Value:
        """A column or an attribute of the row itself."""

    def time(self, row: Row) -> Value:
        """The default anchor; null where the entity has none."""

    def key(self, row: Row) -> Key:
        """For ties: no two rows have the same."""

    def identity(self, row: Row) -> Value:
        """The key as a reference to the row holds it; null if a part is."""

    def children(self, row: Row, child: ir.Child) -> Sequence[Row]:
        """The rows of the child's entity that belong to the row."""

    def membership(self, node: ir.Member, period: Interval | None) -> Membership:
        """Who is in the set of `node`."""

    def value(
        self, expr: ir.Expr, row: Row, outer: Row | None = None, period: Interval | None = None
    ) -> Value:
        """A row expression for one row; `outer` is `this`, `period` the query's."""
