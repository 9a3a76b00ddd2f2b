"""The parts of a cell expression: what reads rows in a group of the query, and what looks at time.

Parts are aggregates, and the sentences of the sets that are counted. What stands in `x in S` is of the whole
population, so the query neither groups nor filters it; its windows move all the same. The aggregates of a
`having` go with the rows of their sentence and are no parts of their own.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

from kpilang import ir
from kpilang.nodes import Node, children, map_children, walk
from kpilang.semantics.comparison import both

N = TypeVar("N", bound=Node)
Part = ir.Aggregate | ir.With | ir.State | ir.Event | ir.Always
Timed = ir.Aggregate | ir.With | ir.State | ir.Event | ir.PeriodValue | ir.Nested
"""What has a window."""
Grouped = Part | ir.CountOf | ir.Nested
"""What dimensions group, unless they lie across."""


def entity_of(part: Part) -> str:
    """The entity whose rows are read, which the query's dimensions must see."""
    return part.rows if isinstance(part, ir.With) else part.entity


def parts(expr: Node) -> Iterator[Part]:
    match expr:
        case ir.Aggregate() | ir.State() | ir.Event() | ir.Always():
            yield expr
        case ir.With(among=among):
            yield expr
            if among is not None:
                yield from parts(among)
        case ir.Member():
            return
        case _:
            for child in children(expr):
                yield from parts(child)


def aggregates(expr: Node) -> Iterator[ir.Aggregate]:
    return (part for part in parts(expr) if isinstance(part, ir.Aggregate))


_TIMED_IN_HAVING = (ir.With, ir.State, ir.Event, ir.PeriodValue)
"""Its aggregates have the window of their sentence; who is in a set they look at moves by itself."""


def timed(expr: Node) -> Iterator[Timed]:
    """What looks at a period and moves with it: the inside of `per day` has periods of its own."""
    match expr:
        case ir.Nested(per=ir.PerGrain()):
            yield expr
        case ir.With(where=where, among=among, having=having):
            yield expr
            for inner in (where, among):
                if inner is not None:
                    yield from timed(inner)
            if having is not None:
                yield from (node for node in walk(having) if isinstance(node, _TIMED_IN_HAVING))
        case _:
            if isinstance(expr, ir.Aggregate | ir.State | ir.Event | ir.PeriodValue):
                yield expr
            for child in children(expr):
                yield from timed(child)


def is_timeless(expr: Node) -> bool:
    """Whether nothing in it looks at a period."""
    return not any(
        isinstance(node, ir.State | ir.Event | ir.PeriodValue)
        or (isinstance(node, ir.With) and node.anchor is not None)
        for node in walk(expr)
    )


# ---------------------------------------------------------------------------- changes


def shifted(expr: N, made: ir.Step) -> N:
    """Everything evaluated in the interval that the step makes."""
    found: N = _shifted(expr, made)
    return found


def _shifted(expr: Any, made: ir.Step) -> Any:
    match expr:
        case ir.Nested(per=ir.PerGrain()):
            return dataclasses.replace(expr, window=(made, *expr.window))
        case ir.With():
            return _shifted_with(expr, made)
        case _:
            inner = map_children(expr, lambda child: shifted(child, made))
            if isinstance(inner, ir.Aggregate | ir.State | ir.Event | ir.PeriodValue):
                return _moved(inner, made)
            return inner


def _moved(
    timed: ir.Aggregate | ir.State | ir.Event | ir.PeriodValue, made: ir.Step
) -> ir.Aggregate | ir.State | ir.Event | ir.PeriodValue:
    """Rows of all times are the same in every interval."""
    if isinstance(timed, ir.Aggregate) and timed.anchor is None:
        return timed
    return dataclasses.replace(timed, window=(made, *timed.window))


def _shifted_with(part: ir.With, made: ir.Step) -> ir.With:
    """The aggregates of `having` have no windows: they are over the rows of the sentence."""
    having = part.having
    if having is not None:
        having = map_having(having, lambda inner: map_children(inner, lambda node: shifted(node, made)), made)
    where = shifted(part.where, made) if part.where is not None else None
    among = shifted(part.among, made) if part.among is not None else None
    window = (made, *part.window) if part.anchor is not None else part.window
    return dataclasses.replace(part, where=where, among=among, having=having, window=window)


def map_having(expr: Any, change: Callable[[ir.Aggregate], ir.Aggregate], made: ir.Step | None = None) -> Any:
    """The condition with its aggregates changed, and words of the period moved by the step, if any."""
    if isinstance(expr, ir.Aggregate):
        return change(expr)
    if isinstance(expr, ir.PeriodValue) and made is not None:
        return _moved(expr, made)
    return map_children(expr, lambda child: map_having(child, change, made))


def filtered(expr: N, conditions: Mapping[str, ir.Expr | None]) -> N:
    """The condition of its entity joined to that of every part."""
    found: N = _filtered(expr, conditions)
    return found


def _filtered(expr: Any, conditions: Mapping[str, ir.Expr | None]) -> Any:
    match expr:
        case ir.Member():
            return expr
        case ir.With():
            among = filtered(expr.among, conditions) if expr.among is not None else None
            where = both(expr.where, conditions[expr.rows])
            return dataclasses.replace(expr, among=among, where=where)
        case ir.Aggregate() | ir.State() | ir.Event() | ir.Always():
            return dataclasses.replace(expr, where=both(expr.where, conditions[expr.entity]))
        case _:
            return map_children(expr, lambda child: filtered(child, conditions))


def regrouped(expr: N, change: Callable[[tuple[str, ...]], tuple[str, ...]]) -> N:
    """The dimensions that lie across changed, wherever some may."""
    found: N = _regrouped(expr, change)
    return found


def _regrouped(expr: Any, change: Callable[[tuple[str, ...]], tuple[str, ...]]) -> Any:
    match expr:
        case ir.Member():
            return expr
        case ir.With():
            among = regrouped(expr.among, change) if expr.among is not None else None
            return dataclasses.replace(expr, among=among, across=change(expr.across))
        case ir.Aggregate() | ir.State() | ir.Event() | ir.Always():
            return dataclasses.replace(expr, across=change(expr.across))
        case ir.CountOf() | ir.Nested():
            inner = map_children(expr, lambda child: regrouped(child, change))
            return dataclasses.replace(inner, across=change(expr.across))
        case _:
            return map_children(expr, lambda child: regrouped(child, change))
