"""`+ - * /` and the sign: which types they take, what unit, scale and exactness comes out; dates too."""

from __future__ import annotations

import dataclasses

from kpilang import ir
from kpilang.semantics.agreement import agree, common, computed, family, in_one_time_unit, in_seconds
from kpilang.semantics.errors import values
from kpilang.semantics.literals import folded
from kpilang.semantics.scope import Scope, poison
from kpilang.source import Span
from kpilang.types import (
    DATE,
    DAY,
    MAX_DIGITS,
    SECOND,
    TIMESTAMP,
    Exactness,
    Kind,
    Type,
    Unit,
)

_SCALABLE = ("number", "duration")
_RAW = Type(Kind.RAW, nullable=True)


def binary(operator: str, left: ir.Expr, right: ir.Expr, span: Span, scope: Scope) -> ir.Expr:
    if left.type.is_error or right.type.is_error:
        return poison(span)
    if Kind.RAW in (left.type.kind, right.type.kind):
        return ir.Call(ir.Op(operator), (left, right), _RAW, span=span)
    if operator in "+-":
        return _sum(operator, left, right, span, scope)
    return _product(operator, left, right, span, scope)


def negative(operand: ir.Expr, span: Span, scope: Scope) -> ir.Expr:
    if operand.type.is_error:
        return poison(span)
    if family(operand.type) not in (*_SCALABLE, Kind.CALENDAR.value, Kind.RAW.value):
        scope.diags.add(values.no_sign(operand.type, span))
        return poison(span)
    return folded(ir.Call(ir.Op.NEG, (operand,), operand.type, span=span))


# ---------------------------------------------------------------------------- sums


def _sum(operator: str, left: ir.Expr, right: ir.Expr, span: Span, scope: Scope) -> ir.Expr:
    kinds = (family(left.type), family(right.type))
    times = ("date", "timestamp")
    if kinds[0] in times and kinds[1] in times:
        return _difference(operator, left, right, span, scope)
    if kinds[0] in times and kinds[1] not in times:
        return _moved(operator, left, right, span, scope)
    if kinds[1] in times and operator == "+":
        return _moved(operator, right, left, span, scope)
    if any(kind in ("text", "id", "bool", *times) for kind in kinds):
        help = ("`concat(…)` joins texts",) if "text" in kinds and operator == "+" else ()
        scope.diags.add(values.no_operator(operator, left.type, right.type, span, help))
        return poison(span)
    agreed = agree((left, right), scope)
    if agreed is None:
        return poison(span)
    op = ir.Op.ADD if operator == "+" else ir.Op.SUB
    return folded(ir.Call(op, agreed, _sum_type(agreed), span=span))


def _sum_type(operands: tuple[ir.Expr, ...]) -> Type:
    found = common(operands)
    exactness = computed(*(operand.type for operand in operands))
    return dataclasses.replace(found, exactness=exactness, scale=found.scale if not exactness else None)


def _difference(operator: str, left: ir.Expr, right: ir.Expr, span: Span, scope: Scope) -> ir.Expr:
    if operator == "+":
        scope.diags.add(values.no_operator("+", left.type, right.type, span))
        return poison(span)
    agreed = agree((left, right), scope)
    if agreed is None:
        return poison(span)
    nullable = left.type.nullable or right.type.nullable
    if agreed[0].type.kind is Kind.DATE:
        return ir.Call(ir.Op.DIFF_DAYS, agreed, Type(Kind.DURATION, nullable, DAY, scale=0), span=span)
    return ir.Call(ir.Op.DIFF_SECONDS, agreed, Type(Kind.DURATION, nullable, SECOND, scale=6), span=span)


def _moved(operator: str, time: ir.Expr, by: ir.Expr, span: Span, scope: Scope) -> ir.Expr:
    """A date or timestamp plus or minus a duration."""
    if by.type.kind is Kind.NULL:
        return ir.Literal(None, time.type.with_null(), span=span)
    if by.type.kind not in (Kind.DURATION, Kind.CALENDAR):
        help = ("say of what: `30 days`",) if by.type.is_numeric else ()
        scope.diags.add(values.no_operator(operator, time.type, by.type, span, help))
        return poison(span)
    if operator == "-":
        by = negative(by, by.span, scope)
    nullable = time.type.nullable or by.type.nullable
    if by.type.kind is Kind.CALENDAR:
        return _months_later(time, by, nullable, span, scope)
    if time.type.kind is Kind.TIMESTAMP:
        type_ = TIMESTAMP.with_null(nullable)
        return folded(ir.Call(ir.Op.ADD_SECONDS, (time, in_seconds(by)), type_, span=span))
    days = _whole_days(by)
    if days is None:
        scope.diags.add(values.whole_days(str(by.type), by.span))
        return poison(span)
    return folded(ir.Call(ir.Op.ADD_DAYS, (time, days), DATE.with_null(nullable), span=span))


def _months_later(time: ir.Expr, by: ir.Expr, nullable: bool, span: Span, scope: Scope) -> ir.Expr:
    if time.type.kind is Kind.TIMESTAMP:
        scope.diags.add(values.months_of_timestamp(span))
        return poison(span)
    return folded(ir.Call(ir.Op.ADD_MONTHS, (time, by), DATE.with_null(nullable), span=span))


def _whole_days(by: ir.Expr) -> ir.Expr | None:
    if by.type.unit == DAY and by.type.scale == 0:
        return by
    if (
        isinstance(by, ir.Literal)
        and isinstance(by.value, int)
        and by.type.unit == SECOND
        and by.value % 86_400 == 0
    ):
        return ir.Literal(by.value // 86_400, Type(Kind.DURATION, unit=DAY, scale=0), span=by.span)
    return None


# ---------------------------------------------------------------------------- products


def _product(operator: str, left: ir.Expr, right: ir.Expr, span: Span, scope: Scope) -> ir.Expr:
    if Kind.NULL in (left.type.kind, right.type.kind):
        known = left if right.type.kind is Kind.NULL else right
        return ir.Literal(None, known.type.with_null(), span=span)
    if Kind.CALENDAR in (left.type.kind, right.type.kind):
        return _months(operator, left, right, span, scope)
    if family(left.type) not in _SCALABLE or family(right.type) not in _SCALABLE:
        scope.diags.add(values.no_operator(operator, left.type, right.type, span))
        return poison(span)
    pair = _in_one_time(left, right)
    if pair is None:
        units = (left.type.unit, right.type.unit)
        scope.diags.add(values.unit_mismatch(units[0], left.span, units[1], right.span))
        return poison(span)
    if operator == "/":
        return _quotient(*pair, span)
    return _times(*pair, span, scope)


def _months(operator: str, left: ir.Expr, right: ir.Expr, span: Span, scope: Scope) -> ir.Expr:
    """A calendar duration is multiplied by whole numbers only."""
    kinds = {left.type.kind, right.type.kind}
    plain = all(operand.type.unit.is_plain for operand in (left, right))
    if operator == "/" or kinds != {Kind.CALENDAR, Kind.INTEGER} or not plain:
        scope.diags.add(values.no_operator(operator, left.type, right.type, span))
        return poison(span)
    type_ = Type(Kind.CALENDAR, left.type.nullable or right.type.nullable)
    return folded(ir.Call(ir.Op.MUL, (left, right), type_, span=span))


def _in_one_time(left: ir.Expr, right: ir.Expr) -> tuple[ir.Expr, ir.Expr] | None:
    """Days beside seconds become seconds; None where a quotient of the other unit stands in the way."""
    if left.type.kind is right.type.kind is Kind.DURATION:
        pair = in_one_time_unit((left, right))
        return pair[0], pair[1]
    bases = [_time_bases(operand.type.unit) for operand in (left, right)]
    if not bases[0] or not bases[1] or bases[0] == bases[1]:
        return left, right
    if left.type.kind is Kind.DURATION and bases[1] == _time_bases(SECOND):
        return in_seconds(left), right
    if right.type.kind is Kind.DURATION and bases[0] == _time_bases(SECOND):
        return left, in_seconds(right)
    return None


def _time_bases(unit: Unit) -> frozenset[str]:
    return frozenset(base.name for base, _ in unit.factors if base.sort == "time")


def _quotient(left: ir.Expr, right: ir.Expr, span: Span) -> ir.Expr:
    """True division, once: rounded if both sides are exact. Null where the divisor may be zero."""
    exact = left.type.exactness is right.type.exactness is Exactness.EXACT
    nonzero = isinstance(right, ir.Literal) and right.value != 0 and right.value is not None
    unit = left.type.unit.per(right.type.unit)
    type_ = Type(
        _kind_of(unit),
        left.type.nullable or right.type.nullable or not nonzero,
        unit,
        Exactness.ROUNDED if exact else Exactness.APPROXIMATE,
        money_by=left.type.money_by if unit == left.type.unit else None,
    )
    return ir.Call(ir.Op.DIV, (left, right), type_, span=span)


def _times(left: ir.Expr, right: ir.Expr, span: Span, scope: Scope) -> ir.Expr:
    unit = left.type.unit.times(right.type.unit)
    exactness = computed(left.type, right.type)
    kind = _kind_of(unit)
    whole = left.type.kind is right.type.kind is Kind.INTEGER
    if whole:
        kind = Kind.INTEGER
    scale = None if whole or exactness else (left.type.scale or 0) + (right.type.scale or 0)
    if scale is not None and scale > MAX_DIGITS:
        scope.diags.add(values.too_many_digits(MAX_DIGITS, span))
        return poison(span)
    money_by = next((t.money_by for t in (left.type, right.type) if t.money_by and t.unit == unit), None)
    nullable = left.type.nullable or right.type.nullable
    type_ = Type(kind, nullable, unit, exactness, scale, money_by=money_by)
    return folded(ir.Call(ir.Op.MUL, (left, right), type_, span=span))


def _kind_of(unit: Unit) -> Kind:
    return Kind.DURATION if unit in (DAY, SECOND) else Kind.NUMBER
