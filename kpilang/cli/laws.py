"""Which laws decide a number: those that matter for the parts that a formula has, each in a line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kpilang import ir
from kpilang.nodes import Node, walk
from kpilang.types import Exactness, Kind

_STEPS = {
    ir.Prior: "`prior` is the period before on the calendar, empty or not",
    ir.Ago: "`ago` moves the whole period on the calendar",
    ir.Last: "`last` counts back from the end of the period, or from as-of while it is open",
    ir.Next: "`next` counts on from the start of the period",
    ir.ToDate: "`to date` runs from the start of the unit to the end of the period",
    ir.AllTime: "`all time` has no beginning and ends with the period",
    ir.Before: "`before` has no beginning and ends where the period starts",
    ir.FromTo: "`from … to …` is the same interval in every period",
}
_ZERO = frozenset({ir.AggregateOp.COUNT, ir.AggregateOp.UNIQUE, ir.AggregateOp.SUM})
"""What is 0 of nothing, and not null."""
_EXACTNESS = {
    Exactness.EXACT: "exact to the last digit, on every engine",
    Exactness.ROUNDED: "exact parts, and one correctly rounded operation on them",
    Exactness.APPROXIMATE: "computed on rounded values: equal within 1e-9",
}


@dataclass(frozen=True, slots=True)
class Law:
    number: int
    text: str


def laws(value: ir.Expr, model: ir.Model) -> list[Law]:
    """In the order of their numbers."""
    nodes = list(walk(value))
    aggregates = [node for node in nodes if isinstance(node, ir.Aggregate)]
    found = dict.fromkeys(_of_time(nodes, model))
    found.update(dict.fromkeys(_of_sets(nodes)))
    found.update(dict.fromkeys(_of_rows(aggregates)))
    found.update(dict.fromkeys(_of_values(value, nodes, aggregates, model)))
    return sorted(found, key=lambda law: law.number)


def _of_time(nodes: Sequence[Node], model: ir.Model) -> Iterator[Law]:
    dates = list(_dates(nodes))
    if any(date.type.kind is Kind.TIMESTAMP for date in dates):
        midnight = f"days begin at midnight in {model.calendar.timezone}"
        yield Law(1, f"{midnight}; nothing at or after as-of counts")
    kinds = {type(step) for node in nodes for step in getattr(node, "window", ())}
    yield from (Law(1, text) for kind, text in _STEPS.items() if kind in kinds)
    if any(isinstance(node, ir.State) for node in nodes):
        yield Law(1, "`while` is who is in at the end: came before it, and did not leave before it")
    if any(isinstance(node, ir.PerGrain) for node in nodes):
        yield Law(3, "sub-periods without rows count like the others")
    nullable = sorted({date.name for date in dates if isinstance(date, ir.Field) and date.type.nullable})
    if nullable:
        yield Law(2, f"rows without {_listed(nullable)} are in no period")


def _dates(nodes: Sequence[Node]) -> Iterator[ir.Expr]:
    """What puts rows and members into periods."""
    for node in nodes:
        match node:
            case ir.Aggregate(anchor=anchor) | ir.With(anchor=anchor) | ir.Event(anchor=anchor):
                yield from (() if anchor is None else (anchor,))
            case ir.State(start=start):
                yield start
            case _:
                pass


def _of_sets(nodes: Sequence[Node]) -> Iterator[Law]:
    kinds = {type(node) for node in nodes}
    if ir.CountOf in kinds:
        yield Law(3, "a set without members counts 0")
        yield Law(11, "who is a member is decided within each group of the query; each counts once")
    if ir.Member in kinds:
        yield Law(11, "`in` asks of the whole population, whatever the groups and conditions of the query")
    if ir.With in kinds:
        yield Law(6, "a key that rows hold counts, also where its own row is missing")
    if ir.PerKeys in kinds:
        yield Law(12, "null is a value of `per` like the others")


def _of_rows(aggregates: list[ir.Aggregate]) -> Iterator[Law]:
    if any(aggregate.where is not None for aggregate in aggregates):
        yield Law(5, "a row is kept only if its condition is true; unknown is not true")
    followed = {
        ".".join(node.steps)
        for aggregate in aggregates
        for node in walk(aggregate)
        if isinstance(node, ir.Field) and node.steps
    }
    if followed:
        yield Law(6, f"a row whose {_listed(sorted(followed))} is missing stays, with nulls")
    if any(aggregate.across for aggregate in aggregates):
        yield Law(12, "`across` keeps the groups and lifts the dimension")


def _of_values(
    value: ir.Expr, nodes: Sequence[Node], aggregates: list[ir.Aggregate], model: ir.Model
) -> Iterator[Law]:
    zeros = {aggregate.op for aggregate in aggregates} & _ZERO
    others = {aggregate.op for aggregate in aggregates} - _ZERO
    if zeros:
        yield Law(3, f"{_ops(zeros)} of nothing is 0")
    if others:
        yield Law(3, f"{_ops(others)} of nothing is null")
    covered = sorted({a.entity for a in aggregates if model.entity(a.entity).covers is not None})
    if covered:
        yield Law(3, f"a period that {_listed(covered)} do not wholly cover is null, not 0")
    if any(isinstance(node, ir.Call) and node.op is ir.Op.DIV for node in nodes):
        yield Law(4, "a division by zero is null, never infinite")
    yield Law(7, _EXACTNESS[value.type.exactness]) if value.type.is_numeric else Law(7, "exact")
    yield from _of_functions(others)
    yield from _of_credits({aggregate.entity for aggregate in aggregates}, model)


def _of_functions(ops: set[ir.AggregateOp]) -> Iterator[Law]:
    if ir.AggregateOp.AVG in ops:
        yield Law(9, "avg is the exact sum over the count, divided once")
    if ops & {ir.AggregateOp.MEDIAN, ir.AggregateOp.PERCENTILE}:
        yield Law(9, "median and percentile interpolate linearly")
    if ops & {ir.AggregateOp.FIRST, ir.AggregateOp.LAST}:
        yield Law(9, "first and last go by the date, ties by the key, nulls skipped")


def _of_credits(entities: set[str], model: ir.Model) -> Iterator[Law]:
    origins = [model.entity(entity).origin for entity in sorted(entities)]
    shares = [origin.shares for origin in origins if isinstance(origin, ir.Credits)]
    if any(not isinstance(share, ir.InFull) for share in shares):
        yield Law(13, "credits of a conversion add up to its value; one without a touch is a row of its own")
    if any(isinstance(share, ir.InFull) for share in shares):
        yield Law(13, "a conversion counts once and in full in each group, so groups do not add up")


def _ops(ops: set[ir.AggregateOp]) -> str:
    return _listed(sorted(op.value for op in ops), "or")


def _listed(words: list[str], joined: str = "or") -> str:
    *first, last = words
    return f"{', '.join(first)} {joined} {last}" if first else last
