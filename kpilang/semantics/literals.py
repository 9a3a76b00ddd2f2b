"""Constants: what `30 days`, `25%` or `2024-01-31` are, and arithmetic on them, exact and at once.

Nothing here looks at names.
"""

from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime, timedelta
from decimal import Context, Decimal

from kpilang import ir
from kpilang.semantics.currencies import CODES
from kpilang.semantics.errors import naming, values
from kpilang.semantics.instants import add_months, instant, parse_day, parse_time
from kpilang.semantics.scope import Scope, poison
from kpilang.semantics.units import CALENDAR_TIMES, EXACT_TIMES
from kpilang.source import Span
from kpilang.syntax import ast
from kpilang.types import (
    BOOL,
    DATE,
    MAX_DIGITS,
    NULL,
    PLAIN,
    SECONDS_PER_DAY,
    STRING,
    TIMESTAMP,
    Kind,
    Type,
    Unit,
    currency,
    things,
)

Constant = (
    ast.Number
    | ast.Quantity
    | ast.Percent
    | ast.DateLiteral
    | ast.TimestampLiteral
    | ast.String
    | ast.Bool
    | ast.Null
)
_EXACT = Context(prec=200)


def constant(tree: Constant, scope: Scope) -> ir.Literal:
    match tree:
        case ast.Number(value=value, is_integer=is_integer):
            return number(value, is_integer, PLAIN, tree.span, scope)
        case ast.Quantity():
            return _quantity(tree, scope)
        case ast.Percent(value=value):
            share = _EXACT.divide(value, Decimal(100))
            return ir.Literal(share, Type(Kind.PERCENT, scale=digits(share)), span=tree.span)
        case ast.DateLiteral(text=text):
            day = parse_day(text)
            if day is None:
                return _impossible(text, tree.span, scope)
            return ir.Literal(day, DATE, span=tree.span)
        case ast.TimestampLiteral(text=text):
            moment = parse_time(text)
            if moment is None:
                return _impossible(text, tree.span, scope)
            return ir.Literal(_aware(moment, scope), TIMESTAMP, span=tree.span)
        case ast.String(value=text):
            return ir.Literal(text, STRING, span=tree.span)
        case ast.Bool(value=truth):
            return ir.Literal(truth, BOOL, span=tree.span)
        case ast.Null():
            return ir.Literal(None, NULL, span=tree.span)


def _impossible(text: str, span: Span, scope: Scope) -> ir.Literal:
    scope.diags.add(values.impossible_date(text, span))
    return poison(span)


def _aware(moment: datetime, scope: Scope) -> datetime:
    """A time without an offset is a local one."""
    if moment.tzinfo is None:
        return instant(moment, scope.world.settings.zone)
    return moment.astimezone(UTC)


def number(value: Decimal, is_integer: bool, unit: Unit, span: Span, scope: Scope) -> ir.Literal:
    if len(value.as_tuple().digits) > MAX_DIGITS or digits(value) > MAX_DIGITS:
        scope.diags.add(values.too_many_digits(MAX_DIGITS, span))
        return poison(span)
    if is_integer:
        return ir.Literal(int(value), Type(Kind.INTEGER, unit=unit), span=span)
    return ir.Literal(value, Type(Kind.NUMBER, unit=unit, scale=digits(value)), span=span)


def digits(value: Decimal) -> int:
    """Digits after the point, as written."""
    exponent = value.as_tuple().exponent
    assert isinstance(exponent, int), "a literal is finite"
    return max(0, -exponent)


def _quantity(tree: ast.Quantity, scope: Scope) -> ir.Literal:
    word = tree.unit.text
    if word in EXACT_TIMES:
        unit, factor = EXACT_TIMES[word]
        return duration(_EXACT.multiply(tree.value, Decimal(factor)), unit, tree.span)
    if word in CALENDAR_TIMES:
        if not tree.is_integer:
            scope.diags.add(values.not_whole(f"{tree.value} {word}", tree.span))
            return poison(tree.span)
        return ir.Literal(int(tree.value) * CALENDAR_TIMES[word], Type(Kind.CALENDAR), span=tree.span)
    if word in CODES:
        return number(tree.value, tree.is_integer, currency(word), tree.span, scope)
    if word in scope.world.names.units():
        return number(tree.value, tree.is_integer, things(word), tree.span, scope)
    known = (*scope.world.names.units(), *EXACT_TIMES, *CALENDAR_TIMES, *sorted(CODES))
    scope.diags.add(naming.unknown_unit(word, known, tree.unit.span))
    return poison(tree.span)


def duration(value: Decimal | int, unit: Unit, span: Span) -> ir.Literal:
    exact = Decimal(value)
    if exact == exact.to_integral_value():
        return ir.Literal(int(exact), Type(Kind.DURATION, unit=unit, scale=0), span=span)
    return ir.Literal(exact, Type(Kind.DURATION, unit=unit, scale=digits(exact)), span=span)


# ---------------------------------------------------------------------------- arithmetic


def folded(call: ir.Call) -> ir.Expr:
    """The call, or its value where that is constant and exact; what does not fit stays a call."""
    literals = [arg for arg in call.args if isinstance(arg, ir.Literal)]
    if len(literals) < len(call.args) or any(arg.value is None for arg in literals):
        return call
    value = _value(call, [arg.value for arg in literals])
    if value is None:
        return call
    return ir.Literal(value, call.type, span=call.span)


def _value(call: ir.Call, arguments: list[object]) -> int | Decimal | date | datetime | None:
    match (call.op, arguments):
        case (ir.Op.NEG, [int() | Decimal() as value]):
            return -value
        case (ir.Op.ADD | ir.Op.SUB | ir.Op.MUL, [int() | Decimal() as left, int() | Decimal() as right]):
            return _fitted(_computed(call.op, Decimal(left), Decimal(right)), call.type)
        case (ir.Op.ADD_DAYS, [date() as day, int() as count]) if not isinstance(day, datetime):
            return _moved(day, timedelta(days=count) if abs(count) < 4_000_000 else None)
        case (ir.Op.ADD_MONTHS, [date() as day, int() as count]):
            return add_months(day, count)
        case (ir.Op.ADD_SECONDS, [datetime() as moment, int() as count]):
            return _moved(
                moment, timedelta(seconds=count) if abs(count) < 4_000_000 * SECONDS_PER_DAY else None
            )
        case _:
            return None


def _computed(op: ir.Op, left: Decimal, right: Decimal) -> Decimal:
    if op is ir.Op.MUL:
        return _EXACT.multiply(left, right)
    return _EXACT.add(left, right if op is ir.Op.ADD else -right)


def _fitted(value: Decimal, type_: Type) -> int | Decimal | None:
    """As the literals of the type are; None where it has more digits than a decimal holds."""
    if len(value.as_tuple().digits) > MAX_DIGITS:
        return None
    if type_.kind in (Kind.INTEGER, Kind.CALENDAR) or type_.scale == 0:
        return int(value)
    return value


def _moved(start: date | datetime, by: timedelta | None) -> date | datetime | None:
    try:
        return None if by is None else start + by
    except OverflowError:
        return None


def with_unit(expr: ir.Expr, unit: Unit) -> ir.Expr:
    """A bare number in the unit it has adapted to."""
    assert isinstance(expr, ir.Literal | ir.Call), "only literals and arithmetic on them are bare"
    return dataclasses.replace(expr, type=dataclasses.replace(expr.type, unit=unit))


def is_bare(expr: ir.Expr) -> bool:
    """A number without a unit that no data took part in: it takes the unit of what it meets."""
    if expr.type.kind not in (Kind.INTEGER, Kind.NUMBER) or not expr.type.unit.is_plain:
        return False
    match expr:
        case ir.Literal():
            return True
        case ir.Call(op=ir.Op.ADD | ir.Op.SUB | ir.Op.MUL | ir.Op.DIV | ir.Op.NEG, args=args):
            return all(is_bare(arg) for arg in args)
        case _:
            return False


def shown(literal: ir.Expr) -> str:
    """A constant number as it would be written."""
    if isinstance(literal, ir.Literal) and isinstance(literal.value, int | Decimal):
        return f"{literal.value:f}" if isinstance(literal.value, Decimal) else str(literal.value)
    return "here"
