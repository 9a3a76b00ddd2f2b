"""What an aggregate is, in summaries of a group of rows.

A condition of one aggregate among several stands in a CASE inside it, never in a FILTER clause, which not
every warehouse has.
"""

from __future__ import annotations

from decimal import Decimal
from typing import assert_never

from kpilang import ir
from kpilang.ir import AggregateOp, Op
from kpilang.plan import scalars
from kpilang.plan.scalars import FALSE, ONE, Apply, Choose, Made, Scalar, Summary, given, or_else, zero
from kpilang.types import BOOL, INTEGER, Enumeration, Kind, Type

COUNTS = (AggregateOp.COUNT, AggregateOp.UNIQUE)
"""SQL gives 0 for these over no rows of a group."""

ZERO_OF_NOTHING = (AggregateOp.COUNT, AggregateOp.UNIQUE, AggregateOp.SUM)
"""Law 3: these are 0 where there is no row."""


def measure(
    op: AggregateOp,
    argument: Scalar | None,
    condition: Scalar,
    type_: Type,
    share: Decimal | None = None,
    order: tuple[Scalar, ...] = (),
) -> Scalar:
    """The aggregate over the rows for which `condition` holds; of nothing null, or 0 for counts."""
    if op is AggregateOp.COUNT:
        return Summary(op, None if condition == scalars.TRUE else given(condition, ONE), INTEGER)
    if op is AggregateOp.EXISTS:
        some = Summary(
            AggregateOp.COUNT, None if condition == scalars.TRUE else given(condition, ONE), INTEGER
        )
        return scalars.compare(Op.GT, some, scalars.ZERO)
    assert argument is not None, f"{op.value} has an argument"
    return _of_values(op, argument, condition, type_, share, order)


def _of_values(
    op: AggregateOp,
    argument: Scalar,
    condition: Scalar,
    type_: Type,
    share: Decimal | None,
    order: tuple[Scalar, ...],
) -> Scalar:
    match op:
        case AggregateOp.UNIQUE:
            return Summary(op, given(condition, argument), INTEGER)
        case AggregateOp.SUM:
            return _sum(given(condition, argument))
        case AggregateOp.AVG:
            value = given(condition, _as_number(argument))
            count = Summary(AggregateOp.COUNT, value, INTEGER)
            return Apply(Op.DIV, (_sum(value), count), type_.with_null())
        case AggregateOp.MIN | AggregateOp.MAX:
            return _extreme(op, argument, condition)
        case AggregateOp.MEDIAN:
            value = given(condition, argument)
            return Summary(AggregateOp.PERCENTILE, value, type_.with_null(), Decimal("0.5"))
        case AggregateOp.PERCENTILE:
            return Summary(op, given(condition, argument), type_.with_null(), share)
        case AggregateOp.STDDEV:
            return _finite(Summary(op, given(condition, argument), type_.with_null()))
        case AggregateOp.FIRST | AggregateOp.LAST:
            return Summary(op, given(condition, argument), type_.with_null(), order=order)
        case AggregateOp.COUNT | AggregateOp.EXISTS:
            raise AssertionError("counted above")
        case _:
            assert_never(op)


def _sum(value: Scalar) -> Scalar:
    return Summary(AggregateOp.SUM, value, value.type.with_null())


def of_nothing(op: AggregateOp, value: Scalar) -> Scalar:
    """The value of an aggregate, null where there was no row: 0 for counts and sums (law 3).

    A sum of doubles may have left their range, which is null and not nothing: it is judged after this.
    """
    if op is AggregateOp.EXISTS:
        return or_else(value, FALSE)
    if op not in ZERO_OF_NOTHING:
        return value
    known = or_else(value, zero(value.type.with_null(False)))
    return _finite(known) if value.type.is_double else known


def _finite(value: Scalar) -> Scalar:
    return Apply(Made.FINITE, (value,), value.type)


def _as_number(argument: Scalar) -> Scalar:
    """A condition counts as 1 or 0, so that its average is a share; unknown stays null."""
    if argument.type.kind is not Kind.BOOL:
        return argument
    no = Apply(Op.NOT, (argument,), BOOL)
    return Choose(((argument, ONE), (no, scalars.ZERO)), None, INTEGER.with_null())


def _extreme(op: AggregateOp, argument: Scalar, condition: Scalar) -> Scalar:
    words = ranked_words(argument.type)
    if words is None:
        return Summary(op, given(condition, argument), argument.type.with_null())
    rank = Summary(op, given(condition, position(argument, words)), INTEGER.with_null())
    return Apply(Made.WORD_AT, (rank,), argument.type.with_null(), words=words)


def ranked_words(type_: Type) -> tuple[str, ...] | None:
    """The words of an ordered enum, least first; None for all else."""
    if type_.kind is not Kind.ENUM or type_.enumeration is None or not type_.enumeration.ranked:
        return None
    return type_.enumeration.ranked


def position(value: Scalar, words: tuple[str, ...]) -> Apply:
    """Where a word stands among `words`; null for a word that is none of them."""
    return Apply(Made.POSITION, (value,), INTEGER.with_null(), words=words)


def sort_value(value: Scalar) -> Scalar:
    """Ruling 13: enums by their order, all else by itself."""
    words: Enumeration | None = value.type.enumeration
    if value.type.kind is not Kind.ENUM or words is None:
        return value
    return position(value, words.order())


def share_of(aggregate: ir.Aggregate | ir.Child | ir.Nested) -> Decimal | None:
    """The share of a percentile."""
    if aggregate.parameter is None:
        return None
    assert isinstance(aggregate.parameter.value, Decimal | int), "a share is a number"
    return Decimal(aggregate.parameter.value)
