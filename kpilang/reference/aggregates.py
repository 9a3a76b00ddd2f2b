"""What an aggregate makes of values (laws 3, 5, 7 and 9). Which rows are counted was decided before.

Nothing here knows of rows: an `Item` is the value of the argument in one row, with what `first` and `last`
order by.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Any, NamedTuple, assert_never

from kpilang.ir import AggregateOp
from kpilang.reference.numbers import Number, conform, exact, to_double
from kpilang.reference.ordering import Key, comparable, ranks
from kpilang.types import Type


class Item(NamedTuple):
    """`value` is None in `count` and `exists`, which have no argument; `order` None stands in no order."""

    value: Any
    order: Key | None


def aggregate(
    op: AggregateOp, items: Sequence[Item], argument: Type | None, parameter: Number | None, type: Type
) -> Any:
    """The aggregate of the items, in the form of `type`; nulls of the argument are skipped."""
    if op is AggregateOp.COUNT:
        return conform(len(items), type)
    if op is AggregateOp.EXISTS:
        return bool(items)
    assert argument is not None, "all others have an argument"
    known = [item for item in items if item.value is not None]
    if op in (AggregateOp.FIRST, AggregateOp.LAST):
        return conform(_at_the_end(known, last=op is AggregateOp.LAST), type)
    return conform(_of_values(op, [item.value for item in known], argument, parameter), type)


def _of_values(op: AggregateOp, values: list[Any], argument: Type, parameter: Number | None) -> Any:
    match op:
        case AggregateOp.UNIQUE:
            return len(set(values))
        case AggregateOp.SUM:
            return _sum(values)
        case AggregateOp.AVG:
            return to_double(_mean(values)) if values else None
        case AggregateOp.MIN | AggregateOp.MAX:
            return _extreme(values, argument, greatest=op is AggregateOp.MAX)
        case AggregateOp.MEDIAN:
            return _percentile(values, Fraction(1, 2))
        case AggregateOp.PERCENTILE:
            assert parameter is not None
            return _percentile(values, exact(parameter))
        case AggregateOp.STDDEV:
            return _stddev(values)
        case AggregateOp.COUNT | AggregateOp.EXISTS | AggregateOp.FIRST | AggregateOp.LAST:
            raise AssertionError("these are not made of values alone")
        case _:
            assert_never(op)


def _sum(values: list[Number]) -> Number | None:
    """Exact; of doubles the exact sum, rounded once."""
    total = sum(map(exact, values), Fraction())
    return to_double(total) if any(isinstance(value, float) for value in values) else total


def _mean(values: list[Number]) -> Fraction:
    """The exact sum over the count; true and false are one and zero, so of a condition the share."""
    return sum(map(exact, values), Fraction()) / len(values)


def _extreme(values: list[Any], argument: Type, *, greatest: bool) -> Any:
    """Words without a rank are skipped."""
    enumeration = ranks(argument)
    ranked = [(comparable(value, enumeration), value) for value in values]
    ranked = [(key, value) for key, value in ranked if key is not None]
    if not ranked:
        return None
    choose = max if greatest else min
    return choose(ranked, key=lambda pair: pair[0])[1]


def _percentile(values: list[Number], share: Fraction) -> float | None:
    """Linear between the neighbours, over doubles."""
    doubles = sorted(double for double in map(to_double, values) if double is not None)
    if not doubles:
        return None
    place = share * (len(doubles) - 1)
    below = math.floor(place)
    low, high = doubles[below], doubles[min(below + 1, len(doubles) - 1)]
    return to_double(exact(low) + (exact(high) - exact(low)) * (place - below))


def _stddev(values: list[Number]) -> float | None:
    """Of the sample, so null of a single value."""
    if len(values) < 2:
        return None
    mean = _mean(values)
    return _root(sum(((exact(value) - mean) ** 2 for value in values), Fraction()) / (len(values) - 1))


def _root(square: Fraction) -> float | None:
    """The square root to well over the precision of a double, by integers."""
    shift = 128
    whole = math.isqrt(square.numerator * square.denominator << 2 * shift)
    return to_double(Fraction(whole, square.denominator << shift))


def _at_the_end(items: list[Item], *, last: bool) -> Any:
    """The first or last by the order; what stands in no order is neither."""
    ordered = [(item.order, item.value) for item in items if item.order is not None]
    if not ordered:
        return None
    choose = max if last else min
    return choose(ordered, key=lambda pair: pair[0])[1]
