"""Whether arithmetic on doubles may leave their range (law 4: no result is ever an infinity or NaN).

Sums and quotients of exact numbers cannot: decimals have 38 digits. So the guard that turns an infinity into
null stands only where doubles have grown out of proportion, and formulas stay readable.
"""

from __future__ import annotations

from kpilang.ir import Op
from kpilang.plan.scalars import (
    Apply,
    Choose,
    Column,
    Constant,
    Made,
    Over,
    RowNumber,
    Scalar,
    Summary,
    Windowed,
)
from kpilang.types import MAX_DIGITS

LARGEST = 308
"""Power of ten of the largest double."""

_SAME = (Op.NEG, Op.ABS, Op.ROUND, Op.FLOOR, Op.CEIL, Op.COALESCE, Op.NULLIF, Op.GREATEST, Op.LEAST, Op.CAST)


def may_overflow(value: Apply) -> bool:
    """Whether an operation in doubles can give an infinity though its operands are finite."""
    return (
        value.type.is_double and value.op in (Op.ADD, Op.SUB, Op.MUL, Op.DIV) and magnitude(value) > LARGEST
    )


def magnitude(value: Scalar) -> int:
    """A power of ten that the value cannot exceed; above `LARGEST` if it may."""
    if not value.type.is_double:
        return MAX_DIGITS
    match value:
        case Column() | Summary() | Constant() | RowNumber() | Over() | Windowed():
            return LARGEST
        case Choose(whens, otherwise):
            results = [result for _, result in whens]
            return max(magnitude(result) for result in (*results, *([otherwise] if otherwise else [])))
        case Apply():
            return _of_operation(value)


def _of_operation(value: Apply) -> int:
    sizes = [magnitude(arg) for arg in value.args]
    match value.op:
        case Op.ADD | Op.SUB:
            return max(sizes) + 1
        case Op.MUL:
            return sum(sizes)
        case Op.DIV:
            return _of_quotient(value, sizes[0])
        case Made.PART:
            return sizes[0] + 1
        case Op.SQRT | Op.LN:
            return LARGEST
        case Made.FINITE | Made.READ | Op.EXP | Op.POWER:
            return LARGEST
        case _:
            return max(sizes, default=LARGEST) if value.op in _SAME else LARGEST


def _of_quotient(value: Apply, above: int) -> int:
    """A divisor that is exact is no smaller than its last digit; a rounded one may be next to nothing."""
    return above + MAX_DIGITS if not value.args[1].type.is_double else LARGEST + 1
