"""Cell expressions: what the aggregates in them come to in a group and a period.

For everything that has a value there (an aggregate, the count of a set, a nested aggregate) there is a term;
the operators over them are those of `values`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol, assert_never

from kpilang import ir
from kpilang.reference import windows
from kpilang.reference.access import Rows
from kpilang.reference.atoms import Atom
from kpilang.reference.calendar import Clock, Interval
from kpilang.reference.facts import Axis, Group, axes_of_keys
from kpilang.reference.nested import Nested
from kpilang.reference.sets import CountOf
from kpilang.reference.values import Cell, Leaf, Value, cells_in, evaluate


class Term(Protocol):
    def is_known(self, period: Interval) -> bool:
        """Whether the data tell (law 3, ruling 8)."""

    def groups(self, period: Interval) -> Iterable[Group]:
        """The groups that have a row in reach, by all axes that are seen, across or not (ruling 11)."""

    def value(self, group: Group, period: Interval) -> Value: ...


class Terms:
    """The terms of some cell expressions, by the same axes."""

    def __init__(self, exprs: Iterable[ir.Expr], axes: Sequence[Axis], rows: Rows) -> None:
        self.rows = rows
        self._terms = {id(node): _term(node, axes, rows) for expr in exprs for node in cells_in(expr)}
        self._groups: dict[Interval, set[Group]] = {}

    def is_known(self, period: Interval) -> bool:
        return all(term.is_known(period) for term in self._terms.values())

    def groups(self, period: Interval) -> set[Group]:
        if period not in self._groups:
            groups = (group for term in self._terms.values() for group in term.groups(period))
            self._groups[period] = set(groups)
        return self._groups[period]

    def value(self, expr: ir.Expr, group: Group, period: Interval) -> Value:
        return evaluate(expr, _Place(self, group, period))

    def cell(self, node: Cell, group: Group, period: Interval) -> Value:
        return self._terms[id(node)].value(group, period)


def _term(node: Cell, axes: Sequence[Axis], rows: Rows) -> Term:
    match node:
        case ir.Aggregate():
            return Atom(node, axes, rows)
        case ir.CountOf():
            return CountOf(node, axes, rows)
        case ir.Nested():
            keys = axes_of_keys(node.per) if isinstance(node.per, ir.PerKeys) else ()
            return Nested(node, Terms((node.value,), (*axes, *keys), rows), axes, rows)
        case _:
            assert_never(node)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a cell expression is evaluated: one group in one period."""

    terms: Terms
    group: Group
    period: Interval

    @property
    def clock(self) -> Clock:
        return self.terms.rows.clock

    def leaf(self, node: Leaf) -> Value:
        match node:
            case ir.Aggregate() | ir.CountOf() | ir.Nested():
                return self.terms.cell(node, self.group, self.period)
            case ir.PeriodValue():
                return windows.period_value(self.clock, node, self.period)
            case _:
                raise AssertionError("a cell has no row")
