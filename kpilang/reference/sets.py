"""Sets of members and how many they are (laws 2, 3, 11; rulings 11, 12, 14, 20).

A set is evaluated in a period and a group: each part by the rows that it finds there, then the algebra of
sets. `count(S)` does so in each group of the query; `x in S` in the one group that holds everybody.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, assert_never

from kpilang import ir
from kpilang.nodes import walk
from kpilang.reference import windows
from kpilang.reference.access import Membership, Rows
from kpilang.reference.atoms import combined, item
from kpilang.reference.calendar import Clock, Interval
from kpilang.reference.errors import LawError
from kpilang.reference.facts import Axis, Fact, Facts, Group, Selection, Spell, is_decided
from kpilang.reference.values import Leaf, Value, cells_in, evaluate

Keys = frozenset[Value]


class Members(Protocol):
    """A set, or a part of one, for all periods and groups."""

    def is_known(self, period: Interval) -> bool: ...

    def groups(self, period: Interval) -> Iterable[Group]:
        """Groups with a row that a part may find its members in."""

    def keys(self, group: Group, period: Interval) -> Keys:
        """Who is in."""


class CountOf:
    """`count(S)`, decided within each group (law 11)."""

    def __init__(self, node: ir.CountOf, axes: Sequence[Axis], rows: Rows) -> None:
        self.members = build(node.set, node.across, axes, rows)

    def is_known(self, period: Interval) -> bool:
        return self.members.is_known(period)

    def groups(self, period: Interval) -> Iterable[Group]:
        return self.members.groups(period)

    def value(self, group: Group, period: Interval) -> Value:
        return len(self.members.keys(group, period)) if self.is_known(period) else None


class Population:
    """`x in S`: the set in the whole population, whatever groups and conditions there are."""

    def __init__(self, node: ir.Member, rows: Rows) -> None:
        self.is_timeless = all(_is_timeless(part) for part in walk(node.set))
        self.everything = Interval(None, rows.clock.as_of)
        self.members = build(node.set, (), (), rows)
        self._found: dict[Interval, Membership] = {}

    def membership(self, period: Interval | None) -> Membership:
        if period is None and not self.is_timeless:
            raise LawError("membership at some time, where no period is seen")
        period = period or self.everything
        if period not in self._found:
            known = self.members.is_known(period)
            self._found[period] = Membership(known, self.members.keys((), period))
        return self._found[period]


def _is_timeless(node: object) -> bool:
    if isinstance(node, ir.With):
        return node.anchor is None
    return not isinstance(node, ir.State | ir.Event | ir.PeriodValue)


# ---------------------------------------------------------------------------- the algebra


def build(node: ir.Set, across: tuple[str, ...], axes: Sequence[Axis], rows: Rows) -> Members:
    """The set of `node`, in which the dimensions `across` do not group."""
    match node:
        case ir.With():
            return _With(node, _both(across, node.across), axes, rows)
        case ir.State() | ir.Event() | ir.Always():
            return _Own(node, _both(across, node.across), axes, rows)
        case ir.AllOf() | ir.AnyOf():
            return _Combined(node, across, axes, rows)
        case _:
            assert_never(node)


def _both(outer: tuple[str, ...], inner: tuple[str, ...]) -> tuple[str, ...]:
    return ir.ALL_DIMENSIONS if ir.ALL_DIMENSIONS in (outer, inner) else (*outer, *inner)


class _Combined:
    """Members of all operands but those of the ones outside; or members of any."""

    def __init__(
        self, node: ir.AllOf | ir.AnyOf, across: tuple[str, ...], axes: Sequence[Axis], rows: Rows
    ) -> None:
        self.node = node
        operands = (item.operand if isinstance(item, ir.Outside) else item for item in node.operands)
        self.operands = [build(operand, across, axes, rows) for operand in operands]

    def is_known(self, period: Interval) -> bool:
        return all(operand.is_known(period) for operand in self.operands)

    def groups(self, period: Interval) -> Iterator[Group]:
        for operand in self.operands:
            yield from operand.groups(period)

    def keys(self, group: Group, period: Interval) -> Keys:
        found = [operand.keys(group, period) for operand in self.operands]
        kept = [keys for keys, node in zip(found, self.node.operands, strict=True) if not _is_outside(node)]
        if isinstance(self.node, ir.AnyOf):
            return frozenset[Value]().union(*kept)
        taken = (keys for keys, node in zip(found, self.node.operands, strict=True) if _is_outside(node))
        return kept[0].intersection(*kept[1:]).difference(*taken)


def _is_outside(node: ir.Set | ir.Outside) -> bool:
    return isinstance(node, ir.Outside)


# ---------------------------------------------------------------------------- parts


class _Own:
    """Members by their own rows: a state, an event, or a condition alone."""

    def __init__(
        self,
        node: ir.State | ir.Event | ir.Always,
        across: tuple[str, ...],
        axes: Sequence[Axis],
        rows: Rows,
    ) -> None:
        self.rows = rows
        self.facts = Facts(_selection(node, across), axes, rows)

    def is_known(self, period: Interval) -> bool:
        return self.facts.reach(period).known

    def groups(self, period: Interval) -> Iterable[Group]:
        return self.facts.reach(period).groups

    def keys(self, group: Group, period: Interval) -> Keys:
        keys = (self.rows.identity(fact.row) for fact in self.facts.within(group, period))
        return frozenset(key for key in keys if key is not None)


def _selection(node: ir.State | ir.Event | ir.Always, across: tuple[str, ...]) -> Selection:
    match node:
        case ir.State():
            return Selection(node.entity, node.where, Spell(node.start, node.end), node.window, across)
        case ir.Event():
            return Selection(node.entity, node.where, node.anchor, node.window, across)
        case ir.Always():
            return Selection(node.entity, node.where, None, (), across)
        case _:
            assert_never(node)


class _With:
    """Members by rows that refer to them; with `having` by what these rows come to."""

    def __init__(self, node: ir.With, across: tuple[str, ...], axes: Sequence[Axis], rows: Rows) -> None:
        self.node = node
        self.rows = rows
        self.facts = Facts(Selection(node.rows, node.where, node.anchor, node.window, across), axes, rows)
        self.among = None if node.among is None else build(node.among, across, axes, rows)
        self.aggregates = tuple(_aggregates(node))
        self._found: dict[tuple[Group, Interval], Keys] = {}

    def is_known(self, period: Interval) -> bool:
        among = self.among is None or self.among.is_known(period)
        return among and self.facts.reach(period).known and self._is_decided(period)

    def _is_decided(self, period: Interval) -> bool:
        conditions = (condition for node in self.aggregates for condition in (node.where, node.argument))
        return all(is_decided(self.rows, condition, period) for condition in conditions)

    def groups(self, period: Interval) -> Iterator[Group]:
        """Of rows that the condition and, if there are any, an aggregate counts (ruling 11)."""
        for group, facts in self.facts.reach(period).groups.items():
            if any(self._is_of_set(fact, group, period) for fact in facts):
                yield group

    def keys(self, group: Group, period: Interval) -> Keys:
        if (group, period) not in self._found:
            self._found[group, period] = self._keys(group, period)
        return self._found[group, period]

    def _keys(self, group: Group, period: Interval) -> Keys:
        theirs: dict[Value, list[Fact]] = {}
        for fact in self.facts.within(group, period):
            key = self.rows.value(self.node.member, fact.row, None, period)
            if key is not None and self._is_of_set(fact, group, period):
                theirs.setdefault(key, []).append(fact)
        return frozenset(key for key, facts in theirs.items() if self._has(facts, period))

    def _is_of_set(self, fact: Fact, group: Group, period: Interval) -> bool:
        if self.among is not None:
            key = self.rows.identity(fact.row)
            if key is None or key not in self.among.keys(group, period):
                return False
        return not self.aggregates or any(self._counts(node, fact, period) for node in self.aggregates)

    def _counts(self, node: ir.Aggregate, fact: Fact, period: Interval) -> bool:
        return node.where is None or self.rows.value(node.where, fact.row, None, period) is True

    def _has(self, facts: list[Fact], period: Interval) -> bool:
        if self.node.having is None:
            return True
        return evaluate(self.node.having, _Having(self, facts, period)) is True

    def aggregate(self, node: ir.Aggregate, facts: list[Fact], period: Interval) -> Value:
        """Of one member's rows."""
        counted = (fact for fact in facts if self._counts(node, fact, period))
        return combined(node, [item(self.rows, node, fact, period) for fact in counted])


def _aggregates(node: ir.With) -> Iterator[ir.Aggregate]:
    """Those of `having`, which count the rows of the set, by its dates and in its interval."""
    for part in () if node.having is None else cells_in(node.having):
        assert isinstance(part, ir.Aggregate), "a member is told by its rows"
        if part.entity != node.rows or part.anchor not in (None, node.anchor) or part.window:
            raise LawError(f"the members of a set have their `{node.rows}` in one interval, by one date")
        yield part


@dataclass(frozen=True, slots=True)
class _Having:
    """Where `having` is evaluated: the rows of one member."""

    members: _With
    facts: list[Fact]
    period: Interval

    @property
    def clock(self) -> Clock:
        return self.members.rows.clock

    def leaf(self, node: Leaf) -> Value:
        match node:
            case ir.Aggregate():
                return self.members.aggregate(node, self.facts, self.period)
            case ir.PeriodValue():
                return windows.period_value(self.clock, node, self.period)
            case _:
                raise AssertionError("a member has aggregates, not a row")
