"""Groups, periods and cells: from the rows to the table that a query asks for (laws 3, 12, rulings 7, 8, 11).

Plain loops: for every period and every aggregate the rows in reach; from them the groups; for every group and
period the cells.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from kpilang import ir
from kpilang.nodes import walk
from kpilang.reference import windows
from kpilang.reference.aggregates import Item, aggregate
from kpilang.reference.attributes import Row
from kpilang.reference.calendar import Clock, Interval, label, periods
from kpilang.reference.errors import LawError
from kpilang.reference.moments import Moment
from kpilang.reference.numbers import shown
from kpilang.reference.ordering import Key, sort_key
from kpilang.reference.rows import PhysicalRows, World
from kpilang.reference.values import Leaf, Value, evaluate, literal
from kpilang.types import Kind, TimeUnit, Type

Group = tuple[Value, ...]
"""One value for each dimension."""


def evaluate_query(query: ir.Query, rows: PhysicalRows, now: datetime) -> list[tuple[object, ...]]:
    """The rows of the result by the laws, columns as `query.columns`.

    `rows` are by entity and physical column name; `now` is the aware instant of the run. Exact numbers are
    int or Decimal, others float, instants aware in UTC. Raises `LawError` where the laws give no number.
    """
    return _Table(query, rows, now).rows()


class _Member(NamedTuple):
    """A row that an aggregate may count, the moment of its anchor, and its value in every dimension."""

    row: Row
    moment: Moment
    group: Group


class _Reach(NamedTuple):
    """What an aggregate finds in a period: whether it is known, and its rows by group."""

    known: bool
    groups: Mapping[Group, list[_Member]]


class _Atom:
    """One aggregate of the query: its rows, by period and group."""

    def __init__(self, node: ir.Aggregate, query: ir.Query, world: World) -> None:
        _check_hours(node, query)
        self.node = node
        self.world = world
        self.entity = world.model.entity(node.entity)
        self.dimensions = query.dimensions
        self.sees_all = all(_sees(dimension, node.entity) for dimension in query.dimensions)
        self.where_sees_period = _sees_period(node.where)
        self.argument_sees_period = _sees_period(node.argument)
        self.candidates = tuple(self._candidates())
        self._reached: dict[Interval, _Reach] = {}
        self._items: dict[Row, Item] = {}

    def _candidates(self) -> Iterator[_Member]:
        """Rows with an anchor before the as-of instant (law 2, ruling 7) that the condition leaves.

        A condition that looks at the period is decided in each.
        """
        clock = self.world.clock
        for row in self.world.existing(self.node.entity):
            anchor = self.world.value(self.node.anchor, row)
            if anchor is None or clock.moment(anchor).instant >= clock.as_of.instant:
                continue
            if self.where_sees_period or self._holds(row, None):
                yield _Member(row, clock.moment(anchor), self._group(row))

    def _holds(self, row: Row, period: Interval | None) -> bool:
        where = self.node.where
        return where is None or self.world.value(where, row, None, period) is True

    def _group(self, row: Row) -> Group:
        """A dimension that the entity does not see, which then lies across, is null here."""
        entity = self.node.entity
        return tuple(
            self.world.value(dimension.path(entity), row) if _sees(dimension, entity) else None
            for dimension in self.dimensions
        )

    def reach(self, period: Interval) -> _Reach:
        """The rows in reach of the period, by the dimensions that group the aggregate or lie across it."""
        if period not in self._reached:
            interval = windows.reached(self.world.clock, self.node.window, period)
            if interval is None:
                self._reached[period] = _Reach(False, {})
            else:
                self._reached[period] = _Reach(self._is_known(interval), self._in(interval, period))
        return self._reached[period]

    def _in(self, interval: Interval, period: Interval) -> dict[Group, list[_Member]]:
        found: dict[Group, list[_Member]] = {}
        for member in self.candidates:
            inside = interval.holds(member.moment)
            if inside and (not self.where_sees_period or self._holds(member.row, period)):
                found.setdefault(member.group, []).append(member)
        return found

    # ------------------------------------------------------------------------ one cell

    def value(self, group: Group, period: Interval) -> Value:
        """The aggregate in one group and period; null where nothing is known (law 3)."""
        known, groups = self.reach(period)
        if not known:
            return None
        kept = [index for index, dimension in enumerate(self.dimensions) if not self._is_across(dimension)]
        members = [
            member
            for other, members in groups.items()
            if all(other[index] == group[index] for index in kept)
            for member in members
        ]
        node = self.node
        parameter = None if node.parameter is None else literal(node.parameter)
        argument = None if node.argument is None else node.argument.type
        return aggregate(node.op, [self._item(m, period) for m in members], argument, parameter, node.type)

    def _is_across(self, dimension: ir.Dimension) -> bool:
        return self.node.across == ir.ALL_DIMENSIONS or dimension.name in self.node.across

    def _item(self, member: _Member, period: Interval) -> Item:
        """Remembered, unless the argument looks at the period."""
        if self.argument_sees_period or member.row not in self._items:
            self._items[member.row] = self._item_of(member, period)
        return self._items[member.row]

    def _item_of(self, member: _Member, period: Interval) -> Item:
        argument = self.node.argument
        value = None if argument is None else self.world.value(argument, member.row, None, period)
        if self.node.op not in (ir.AggregateOp.FIRST, ir.AggregateOp.LAST):
            return Item(value, None)
        return Item(value, (member.moment, self.world.key(member.row)))

    def _is_known(self, interval: Interval) -> bool:
        """Whether it is wholly covered; without a beginning it begins where coverage does (ruling 8)."""
        covers = self.entity.covers
        if covers is None:
            return True
        moment = self.world.clock.moment
        if covers.end is not None and interval.end > moment(covers.end):
            return False
        if covers.start is None:
            return True
        start = moment(covers.start)
        return interval.end > start if interval.start is None else interval.start >= start


def _sees(dimension: ir.Dimension, entity: str) -> bool:
    return any(name == entity for name, _ in dimension.paths)


def _sees_period(expr: ir.Expr | None) -> bool:
    return expr is not None and any(isinstance(node, ir.PeriodValue) for node in walk(expr))


def _check_hours(node: ir.Aggregate, query: ir.Query) -> None:
    """A date has no hour (ruling 4)."""
    units = [step.unit for step in node.window if isinstance(step, ir.Last | ir.Next | ir.Ago | ir.ToDate)]
    if node.anchor.type.kind is Kind.DATE and TimeUnit.HOUR in (query.grain, *units):
        raise LawError(f"`{node.entity}.{node.anchor.name}` is a date and has no hours")


# ---------------------------------------------------------------------------- the table


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
        self.atoms = {id(node): _Atom(node, query, world) for node in _aggregates(query)}

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
        period = () if self.query.grain is None else (label(self.clock, line.period),)
        return (
            *(shown(value, dimension.type) for value, dimension in dimensions),
            *period,
            *(shown(value, output.type) for value, output in outputs),
        )


def _aggregates(query: ir.Query) -> Iterator[ir.Aggregate]:
    for output in query.outputs:
        yield from (node for node in walk(output.value) if isinstance(node, ir.Aggregate))
