"""Aggregates of many groups or cells, from those of each."""

from __future__ import annotations

from kpilang import ir
from kpilang.ir import AggregateOp, Op
from kpilang.plan import scalars
from kpilang.plan.measures import measure
from kpilang.plan.scalars import Apply, Column, Named, Scalar

MERGED = (AggregateOp.COUNT, AggregateOp.SUM, AggregateOp.AVG, AggregateOp.MIN, AggregateOp.MAX)
"""Those that can be had so."""


def is_merged(aggregate: ir.Aggregate) -> bool:
    """Sums of doubles depend on how they are put together: they stay as they are."""
    if aggregate.op not in MERGED:
        return False
    summed = aggregate.op in (AggregateOp.SUM, AggregateOp.AVG)
    return not (summed and aggregate.argument is not None and aggregate.argument.type.is_double)


def split(aggregate: ir.Aggregate, value: Scalar) -> tuple[tuple[str, Scalar], ...]:
    """What has to be kept of each group, with endings for the names: of an average, sum and count."""
    if aggregate.op is AggregateOp.AVG:
        total, count = scalars.parts(value)
        return (("_sum", total), ("_count", count))
    return (("", value),)


def added_up(aggregate: ir.Aggregate, parts: tuple[Named, ...], relation: str) -> tuple[Scalar, ...]:
    """The same parts, of all rows of a group of `relation`, which has them as columns."""
    op = AggregateOp.SUM if aggregate.op not in (AggregateOp.MIN, AggregateOp.MAX) else aggregate.op
    columns = (Column(relation, part.name, part.value.type, wide=True) for part in parts)
    return tuple(measure(op, column, scalars.TRUE, column.type) for column in columns)


def whole(aggregate: ir.Aggregate, parts: tuple[Scalar, ...]) -> Scalar:
    """The aggregate, from its parts."""
    if aggregate.op is AggregateOp.AVG:
        return Apply(Op.DIV, parts, aggregate.type.with_null())
    return parts[0]
