"""One aggregate of a query: its value in a group and period (law 3). Which rows it counts `facts` knows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kpilang import ir
from kpilang.reference.access import Row, Rows
from kpilang.reference.aggregates import Item, aggregate
from kpilang.reference.calendar import Interval
from kpilang.reference.facts import Axis, Fact, Facts, Group, Selection, is_decided, sees_period
from kpilang.reference.ordering import Key
from kpilang.reference.values import Value, literal


class Atom:
    """An aggregate over the rows of one entity."""

    def __init__(self, node: ir.Aggregate, axes: Sequence[Axis], rows: Rows) -> None:
        self.node = node
        self.rows = rows
        self.facts = Facts(
            Selection(node.entity, node.where, node.anchor, node.window, node.across), axes, rows
        )
        self.argument_sees_period = sees_period(node.argument)
        self._items: dict[Row, Item] = {}

    def is_known(self, period: Interval) -> bool:
        return self.facts.reach(period).known and is_decided(self.rows, self.node.argument, period)

    def groups(self, period: Interval) -> Iterable[Group]:
        """The groups that have a row in reach."""
        return self.facts.reach(period).groups

    def value(self, group: Group, period: Interval) -> Value:
        """The aggregate in one group and period; null where nothing is known (law 3)."""
        if not self.is_known(period):
            return None
        items = [self._item(fact, period) for fact in self.facts.within(group, period)]
        return combined(self.node, items)

    def _item(self, fact: Fact, period: Interval) -> Item:
        """Remembered, unless the argument looks at the period."""
        if self.argument_sees_period or fact.row not in self._items:
            self._items[fact.row] = item(self.rows, self.node, fact, period)
        return self._items[fact.row]


def item(rows: Rows, node: ir.Aggregate, fact: Fact, period: Interval) -> Item:
    """What the aggregate takes from one row."""
    value = None if node.argument is None else rows.value(node.argument, fact.row, None, period)
    if node.op not in (ir.AggregateOp.FIRST, ir.AggregateOp.LAST):
        return Item(value, None)
    return Item(value, _order(rows, fact))


def _order(rows: Rows, fact: Fact) -> Key | None:
    """By the anchor, without one by the entity's time; then by the key (ruling 13)."""
    time = None if fact.moment is not None else rows.time(fact.row)
    moment = rows.clock.moment(time) if time is not None else fact.moment
    return None if moment is None else (moment, rows.key(fact.row))


def combined(node: ir.Aggregate, items: Sequence[Item]) -> Value:
    """What the aggregate makes of the items."""
    parameter = None if node.parameter is None else literal(node.parameter)
    argument = None if node.argument is None else node.argument.type
    return aggregate(node.op, items, argument, parameter, node.type)
