"""Groups, periods and cells: the table that a query asks for, in its order (law 12, rulings 11 and 13).

Plain loops: the groups are those that the aggregates' rows make in each period; every group and period is a
line, every output of the query a cell in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from kpilang import ir
from kpilang.nodes import walk
from kpilang.reference import windows
from kpilang.reference.atoms import Atom, Group
from kpilang.reference.calendar import Clock, Interval, label, periods
from kpilang.reference.errors import LawError
from kpilang.reference.numbers import shown
from kpilang.reference.ordering import Key, sort_key
from kpilang.reference.rows import PhysicalRows, World
from kpilang.reference.values import Leaf, Value, evaluate
from kpilang.types import Kind, Type


def evaluate_query(query: ir.Query, rows: PhysicalRows, now: datetime) -> list[tuple[object, ...]]:
    """The rows of the result by the laws, columns as `query.columns`.

    `rows` are by entity and physical column name; `now` is the aware instant of the run. Exact numbers are
    int or Decimal, others float, instants aware in UTC. Raises `LawError` where the laws give no number.
    """
    return _Table(query, rows, now).rows()


@dataclass(frozen=True, slots=True)
class _Cell:
    """Where a cell expression is evaluated: one group in one period."""

    table: _Table
    group: Group
    period: Interval

    @property
    def clock(self) -> Clock:
        return self.table.clock

    def leaf(self, node: Leaf) -> Value:
        match node:
            case ir.Aggregate():
                return self.table.atoms[id(node)].value(self.group, self.period)
            case ir.PeriodValue():
                return windows.period_value(self.clock, node, self.period)
            case _:
                raise AssertionError("a cell has no row")


@dataclass(frozen=True, slots=True)
class _Line:
    """A row of the result before it is shown."""

    group: Group
    period: Interval
    values: tuple[Value, ...]


class _Table:
    def __init__(self, query: ir.Query, rows: PhysicalRows, now: datetime) -> None:
        self.query = query
        self.clock = Clock.of(query, now)
        self.periods = periods(query, self.clock)
        self.outputs = sorted(query.outputs, key=lambda output: output.hidden)
        world = World(query.model, rows, self.clock)
        self.atoms = {id(node): Atom(node, query, world) for node in _aggregates(query)}

    def rows(self) -> list[tuple[object, ...]]:
        lines = [self._line(group, period) for group, period in self._places()]
        lines = self._ordered(lines)
        return [self._shown(line) for line in lines[: self.query.limit]]

    def _places(self) -> Iterable[tuple[Group, Interval]]:
        """The groups of the result: combinations of dimension values with the periods they have (law 12)."""
        if not self.query.dimensions:
            return [((), period) for period in self.periods]
        observed = [(group, period) for period in self.periods for group in self._groups(period)]
        if not self.query.fill:
            return observed
        return [(group, period) for group in {group for group, _ in observed} for period in self.periods]

    def _groups(self, period: Interval) -> set[Group]:
        """Groups with a row in reach of any aggregate that sees all dimensions, across or not (ruling 11)."""
        return {group for atom in self.atoms.values() if atom.sees_all for group in atom.reach(period).groups}

    def _line(self, group: Group, period: Interval) -> _Line:
        cell = _Cell(self, group, period)
        return _Line(group, period, tuple(evaluate(output.value, cell) for output in self.outputs))

    # ------------------------------------------------------------------------ order

    def _ordered(self, lines: list[_Line]) -> list[_Line]:
        """By what was asked, then dimensions, then period; nulls last either way. Sorts are stable."""
        ordered = sorted(lines, key=self._default_key)
        for order in reversed(self.query.order):
            ordered = self._sorted_by(ordered, order)
        return ordered

    def _default_key(self, line: _Line) -> Key:
        keys = [
            sort_key(value, dimension.type)
            for value, dimension in zip(line.group, self.query.dimensions, strict=True)
        ]
        return (keys, line.period.start is not None, line.period.start)

    def _sorted_by(self, lines: list[_Line], order: ir.Order) -> list[_Line]:
        keyed = [(self._column(line, order.column), line) for line in lines]
        known = [(value, line) for value, line in keyed if value[0] is not None]
        known.sort(key=lambda pair: sort_key(*pair[0]), reverse=order.descending)
        return [line for _, line in known] + [line for value, line in keyed if value[0] is None]

    def _column(self, line: _Line, name: str) -> tuple[Value, Type]:
        for dimension, value in zip(self.query.dimensions, line.group, strict=True):
            if dimension.name == name:
                return value, dimension.type
        if name == "period" and self.query.grain is not None:
            return line.period.start, Type(Kind.TIMESTAMP)
        for output, value in zip(self.outputs, line.values, strict=True):
            if output.name == name:
                return value, output.type
        raise LawError(f"no column `{name}` to order by")

    def _shown(self, line: _Line) -> tuple[object, ...]:
        dimensions = zip(line.group, self.query.dimensions, strict=True)
        outputs = zip(line.values, self.outputs, strict=True)
        grain = self.query.grain
        period = () if grain is None else (label(self.clock, line.period, grain),)
        return (
            *(shown(value, dimension.type) for value, dimension in dimensions),
            *period,
            *(shown(value, output.type) for value, output in outputs),
        )


def _aggregates(query: ir.Query) -> Iterator[ir.Aggregate]:
    for output in query.outputs:
        yield from (node for node in walk(output.value) if isinstance(node, ir.Aggregate))
