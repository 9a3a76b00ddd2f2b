"""Scalar expressions in three-valued logic (laws 4, 5, 7, 8, 10).

`evaluate` computes literals, operators and `case`; whatever depends on a row or on a cell it asks its scope
for. Values are int, Fraction, float, str, bool, date, aware datetime (UTC), tuple (a composite key) or None.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, Protocol, assert_never

from kpilang import ir
from kpilang.ir import Op
from kpilang.nodes import Node, children
from kpilang.reference.calendar import DAY, INSTANT, Clock, add_months
from kpilang.reference.errors import LawError
from kpilang.reference.numbers import (
    Exact,
    Number,
    conform,
    exact,
    finite,
    is_number,
    round_half_away,
    to_double,
)
from kpilang.reference.ordering import comparable, ranks
from kpilang.types import Kind, Type

Value = Any
"""One of the forms that the module's docstring names."""

Cell = ir.Aggregate | ir.CountOf | ir.Nested
"""What has a value in a group and a period."""

Leaf = ir.Field | ir.Outer | ir.Raw | ir.PeriodValue | ir.Member | ir.Child | ir.Rank | ir.TouchValue | Cell
MICROSECONDS = 1_000_000


class Scope(Protocol):
    """Where an expression is evaluated: for a row, or for a cell of the result."""

    @property
    def clock(self) -> Clock: ...

    def leaf(self, node: Leaf) -> Value: ...


def evaluate(expr: ir.Expr, scope: Scope) -> Value:
    """The value of an expression; null is None."""
    match expr:
        case ir.Literal():
            return literal(expr)
        case ir.Call():
            return conform(_call(expr, scope), expr.type)
        case ir.Case():
            return conform(_case(expr, scope), expr.type)
        case ir.Field() | ir.Outer() | ir.Raw() | ir.PeriodValue() | ir.Member():
            return conform(scope.leaf(expr), expr.type)
        case ir.Child() | ir.Rank() | ir.TouchValue():
            return conform(scope.leaf(expr), expr.type)
        case ir.Aggregate() | ir.CountOf() | ir.Nested():
            return conform(scope.leaf(expr), expr.type)
        case _:
            assert_never(expr)


def cells_in(expr: Node) -> Iterator[Cell]:
    """What the expression needs of a group and period; not what those need in turn."""
    if isinstance(expr, Cell):
        yield expr
        return
    for part in children(expr):
        yield from cells_in(part)


def literal(node: ir.Literal) -> Value:
    value = node.value
    if isinstance(value, Decimal):
        return conform(Fraction(value), node.type)
    if isinstance(value, datetime):
        return value.astimezone(UTC)
    return conform(value, node.type)


def _case(node: ir.Case, scope: Scope) -> Value:
    for when in node.whens:
        if evaluate(when.condition, scope) is True:
            return evaluate(when.value, scope)
    return None if node.otherwise is None else evaluate(node.otherwise, scope)


# ---------------------------------------------------------------------------- operators that see null


def _call(node: ir.Call, scope: Scope) -> Value:
    match node.op:
        case Op.AND:
            return _and([evaluate(arg, scope) for arg in node.args])
        case Op.OR:
            return _or([evaluate(arg, scope) for arg in node.args])
        case Op.COALESCE:
            values = (evaluate(arg, scope) for arg in node.args)
            return next((value for value in values if value is not None), None)
        case _:
            return _eager(node, [evaluate(arg, scope) for arg in node.args], scope)


def _and(values: Sequence[bool | None]) -> bool | None:
    if False in values:
        return False
    return None if None in values else True


def _or(values: Sequence[bool | None]) -> bool | None:
    if True in values:
        return True
    return None if None in values else False


def _eager(node: ir.Call, args: list[Value], scope: Scope) -> Value:
    match node.op:
        case Op.IS:
            return _same(args)
        case Op.IS_NOT:
            return not _same(args)
        case Op.IN:
            return _or([_equal(args[0], item) for item in args[1:]])
        case Op.NULLIF:
            return None if _equal(*args) else args[0]
        case Op.LIKE:
            return None if None in args[:2] else _like(*args)
        case _:
            return None if None in args else _strict(node, args, scope)


def _same(args: list[Value]) -> bool:
    return (None not in args and _equal(*args) is True) or args == [None, None]


def _equal(a: Value, b: Value) -> bool | None:
    if a is None or b is None:
        return None
    a, b = _meet(a, b)
    return bool(a == b)


def _like(text: str, pattern: str, escape: str | None = None) -> bool:
    """`%` is any text and `_` any one character, unless `escape` stands before it; case matters."""
    regex = ""
    characters = iter(pattern)
    for character in characters:
        if character == escape:
            following = next(characters, None)
            if following is None:
                raise LawError("the pattern of `like` ends with its escape")
            regex += re.escape(following)
        else:
            regex += {"%": ".*", "_": "."}.get(character) or re.escape(character)
    return re.fullmatch(regex, text, re.DOTALL) is not None


# ---------------------------------------------------------------------------- operators without null


def _strict(node: ir.Call, args: list[Value], scope: Scope) -> Value:
    match node.op:
        case Op.ADD | Op.SUB | Op.MUL | Op.DIV:
            return _arithmetic(node.op, *_meet(args[0], args[1]))
        case Op.NEG | Op.ABS | Op.ROUND | Op.FLOOR | Op.CEIL:
            return _exact_function(node.op, args)
        case Op.SQRT | Op.LN | Op.EXP | Op.POWER:
            return _double_function(node.op, [to_double(arg) for arg in args])
        case Op.EQ | Op.NE:
            return _equal(*args) is (node.op is Op.EQ)
        case Op.LT | Op.LE | Op.GT | Op.GE | Op.GREATEST | Op.LEAST:
            return _ordered(node, args)
        case Op.NOT:
            return not args[0]
        case Op.LENGTH | Op.CONCAT | Op.STARTS_WITH | Op.ENDS_WITH | Op.CONTAINS:
            return _text(node.op, args)
        case Op.DATE_OF | Op.ADD_DAYS | Op.ADD_MONTHS | Op.ADD_SECONDS | Op.DIFF_DAYS | Op.DIFF_SECONDS:
            return _time(node.op, args, scope.clock)
        case Op.CAST:
            return cast(args[0], node.type, scope.clock)
        case Op.AND | Op.OR | Op.COALESCE | Op.IS | Op.IS_NOT | Op.IN | Op.NULLIF | Op.LIKE:
            raise AssertionError("these see null and were computed before")
        case _:
            assert_never(node.op)


def _meet(a: Value, b: Value) -> tuple[Value, Value]:
    """A double beside an exact number makes both doubles; everything else meets as it is."""
    if isinstance(a, float) and is_number(b):
        return a, to_double(b)
    if isinstance(b, float) and is_number(a):
        return to_double(a), b
    return a, b


def _arithmetic(op: Op, a: Number | None, b: Number | None) -> Number | None:
    """Exact on exact operands, but for a quotient, which is correctly rounded to a double once."""
    if a is None or b is None:
        return None
    if isinstance(a, float) or isinstance(b, float):
        return _double_arithmetic(op, float(a), float(b))
    match op:
        case Op.ADD:
            return a + b
        case Op.SUB:
            return a - b
        case Op.MUL:
            return a * b
        case _:
            return None if b == 0 else to_double(Fraction(a) / Fraction(b))


def _double_arithmetic(op: Op, a: float, b: float) -> float | None:
    match op:
        case Op.ADD:
            return finite(a + b)
        case Op.SUB:
            return finite(a - b)
        case Op.MUL:
            return finite(a * b)
        case _:
            return None if b == 0 else finite(a / b)


def _exact_function(op: Op, args: list[Value]) -> Value:
    x = args[0]
    match op:
        case Op.NEG:
            return -x
        case Op.ABS:
            return abs(x)
        case Op.ROUND:
            rounded = round_half_away(x, int(args[1]) if len(args) > 1 else 0)
            return to_double(rounded) if isinstance(x, float) else rounded
        case Op.FLOOR:
            return math.floor(x)
        case _:
            return math.ceil(x)


def _double_function(op: Op, args: list[float | None]) -> float | None:
    if None in args:
        return None
    functions: dict[Op, Callable[..., float]] = {
        Op.SQRT: math.sqrt,
        Op.LN: math.log,
        Op.EXP: math.exp,
        Op.POWER: math.pow,
    }
    try:
        return finite(functions[op](*args))
    except (ValueError, OverflowError):
        return None


def _ordered(node: ir.Call, args: list[Value]) -> Value:
    """Words are compared by rank; one without a rank with nothing."""
    enumeration = ranks(*(arg.type for arg in node.args))
    keys = [comparable(arg, enumeration) for arg in args]
    if None in keys:
        return None
    match node.op:
        case Op.GREATEST:
            return max(zip(keys, args, strict=True), key=lambda pair: pair[0])[1]
        case Op.LEAST:
            return min(zip(keys, args, strict=True), key=lambda pair: pair[0])[1]
        case _:
            return _less(node.op, *_meet(keys[0], keys[1]))


def _less(op: Op, a: Value, b: Value) -> bool:
    match op:
        case Op.LT:
            return bool(a < b)
        case Op.LE:
            return bool(a <= b)
        case Op.GT:
            return bool(a > b)
        case _:
            return bool(a >= b)


def _text(op: Op, args: list[str]) -> Value:
    match op:
        case Op.LENGTH:
            return len(args[0])
        case Op.CONCAT:
            return "".join(args)
        case Op.STARTS_WITH:
            return args[0].startswith(args[1])
        case Op.ENDS_WITH:
            return args[0].endswith(args[1])
        case _:
            return args[1] in args[0]


# ---------------------------------------------------------------------------- time


def _time(op: Op, args: list[Value], clock: Clock) -> Value:
    try:
        return _time_in_range(op, args, clock)
    except OverflowError as error:
        raise LawError("a time lies outside the years 1 to 9999") from error


def _time_in_range(op: Op, args: list[Value], clock: Clock) -> Value:
    match op:
        case Op.DATE_OF:
            return clock.at_instant(args[0]).local.date()
        case Op.ADD_DAYS:
            return args[0] + int(args[1]) * DAY
        case Op.ADD_MONTHS:
            day = datetime(args[0].year, args[0].month, args[0].day)
            return add_months(day, int(args[1]), clamp=False).date()
        case Op.ADD_SECONDS:
            return args[0] + int(round_half_away(exact(args[1]) * MICROSECONDS, 0)) * INSTANT
        case _:
            return elapsed(args[0], args[1])


def elapsed(later: Any, earlier: Any) -> Exact:
    """Whole days between dates, exact seconds between instants (law 10)."""
    if isinstance(later, datetime):
        return Fraction((later - earlier) // timedelta(microseconds=1), MICROSECONDS)
    return int((later - earlier) // DAY)


def cast(value: Value, type: Type, clock: Clock) -> Value:
    """A value of another kind, or a number of another scale; decimals are rounded half away from zero."""
    if type.is_double:
        return to_double(_number(value))
    match type.kind:
        case Kind.INTEGER:
            return int(round_half_away(_number(value), 0))
        case Kind.NUMBER | Kind.PERCENT | Kind.DURATION:
            number = _number(value)
            return number if type.scale is None else round_half_away(number, type.scale)
        case Kind.STRING | Kind.ENUM:
            return value if isinstance(value, str) else str(value)
        case Kind.DATE:
            return value if not isinstance(value, datetime) else clock.at_instant(value).local.date()
        case Kind.TIMESTAMP:
            return value if isinstance(value, datetime) else clock.moment(value).instant
        case _:
            return value


def _number(value: Value) -> Number:
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, str):
        try:
            return Fraction(value.strip())
        except ValueError as error:
            raise LawError(f"`{value}` is no number") from error
    if isinstance(value, date) or not is_number(value):
        raise LawError(f"`{value}` is no number")
    number: Number = value
    return number
