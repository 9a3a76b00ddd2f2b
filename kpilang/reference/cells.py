"""Groups, periods and cells: the table that a query asks for, in its order (law 12, rulings 11 and 13).

Plain loops: the groups are those that the aggregates' rows make in each period; every group and period, once
for each combination of the values of params that group, is a line, every output of the query a cell in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import product

from kpilang import ir
from kpilang.reference.calendar import Clock, Interval, label, periods
from kpilang.reference.errors import LawError
from kpilang.reference.facts import UNSEEN, Group, axes_of
from kpilang.reference.numbers import shown
from kpilang.reference.ordering import Key, sort_key
from kpilang.reference.origins import PhysicalRows
from kpilang.reference.rows import World
from kpilang.reference.terms import Terms
from kpilang.reference.values import Value, literal
from kpilang.types import INTEGER, Kind, Type


def evaluate_query(query: ir.Query, rows: PhysicalRows, now: datetime) -> list[tuple[object, ...]]:
    """The rows of the result by the laws, columns as `query.columns`.

    `rows` are by entity and physical column name; `now` is the aware instant of the run. Exact numbers are
    int or Decimal, others float, instants aware in UTC. Raises `LawError` where the laws give no number.
    """
    return _Table(query, rows, now).rows()


@dataclass(frozen=True, slots=True)
class _Line:
    """A row of the result before it is shown. `places` are those of the values that the axes have in it."""

    group: Group
    places: tuple[int, ...]
    period: Interval
    values: tuple[Value, ...]


class _Table:
    def __init__(self, query: ir.Query, rows: PhysicalRows, now: datetime) -> None:
        self.query = query
        self.clock = Clock.of(query, now)
        self.periods = periods(query, self.clock)
        self.outputs = sorted(query.outputs, key=lambda output: output.hidden)
        world = World(query.model, rows, self.clock)
        values = (value for output in query.outputs for value in output.along or (output.value,))
        self.terms = Terms(values, axes_of(query.dimensions), world)

    def rows(self) -> list[tuple[object, ...]]:
        lines = [line for group, period in self._places() for line in self._lines(group, period)]
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
        """Groups with a row in reach of anything that sees all dimensions, across or not (ruling 11)."""
        return {group for group in self.terms.groups(period) if UNSEEN not in group}

    def _lines(self, group: Group, period: Interval) -> Iterator[_Line]:
        """One for each combination of the values of the axes, the last fastest."""
        for turn, places in enumerate(product(*(range(len(axis.values)) for axis in self.query.axes))):
            exprs = (output.along[turn] if output.along else output.value for output in self.outputs)
            values = (self.terms.value(expr, group, period) for expr in exprs)
            yield _Line(group, places, period, tuple(values))

    # ------------------------------------------------------------------------ order

    def _ordered(self, lines: list[_Line]) -> list[_Line]:
        """By what was asked, then dimensions, axes, period; nulls last either way. Sorts are stable."""
        ordered = sorted(lines, key=self._default_key)
        for order in reversed(self.query.order):
            ordered = self._sorted_by(ordered, order)
        return ordered

    def _default_key(self, line: _Line) -> Key:
        keys = [
            sort_key(value, dimension.type)
            for value, dimension in zip(line.group, self.query.dimensions, strict=True)
        ]
        return (keys, line.places, line.period.start is not None, line.period.start)

    def _sorted_by(self, lines: list[_Line], order: ir.Order) -> list[_Line]:
        keyed = [(self._column(line, order.column), line) for line in lines]
        known = [(value, line) for value, line in keyed if value[0] is not None]
        known.sort(key=lambda pair: sort_key(*pair[0]), reverse=order.descending)
        return [line for _, line in known] + [line for value, line in keyed if value[0] is None]

    def _column(self, line: _Line, name: str) -> tuple[Value, Type]:
        """What the line is ordered by; the values of an axis have the order in which it has them."""
        for dimension, value in zip(self.query.dimensions, line.group, strict=True):
            if dimension.name == name:
                return value, dimension.type
        for axis, place in zip(self.query.axes, line.places, strict=True):
            if axis.name == name:
                return None if axis.values[place].value is None else place, INTEGER
        if name == "period" and self.query.grain is not None:
            return line.period.start, Type(Kind.TIMESTAMP)
        for output, value in zip(self.outputs, line.values, strict=True):
            if output.name == name:
                return value, output.type
        raise LawError(f"no column `{name}` to order by")

    def _shown(self, line: _Line) -> tuple[object, ...]:
        dimensions = zip(line.group, self.query.dimensions, strict=True)
        axes = zip(line.places, self.query.axes, strict=True)
        outputs = zip(line.values, self.outputs, strict=True)
        grain = self.query.grain
        period = () if grain is None else (label(self.clock, line.period, grain),)
        return (
            *(shown(value, dimension.type) for value, dimension in dimensions),
            *(shown(literal(axis.values[place]), axis.type) for place, axis in axes),
            *period,
            *(shown(value, output.type) for value, output in outputs),
        )
