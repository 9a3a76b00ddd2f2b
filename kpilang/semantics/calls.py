"""Calls of scalar functions: arguments against the table of functions, and the type of the result."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import assert_never

from kpilang import ir
from kpilang.functions import Gives, Parameter, Scalar, Takes
from kpilang.semantics.agreement import agree, common, computed, family
from kpilang.semantics.comparison import condition, has_order
from kpilang.semantics.errors import values
from kpilang.semantics.scope import Scope, poison
from kpilang.source import Span
from kpilang.types import DATE, INTEGER, PLAIN, STRING, Exactness, Kind, Type

_TEXT = ("text", "id")
_AGREEING = (Gives.COMMON, Gives.FILLED, Gives.FIRST_OR_NULL)


def scalar(function: Scalar, arguments: Sequence[ir.Expr], span: Span, scope: Scope) -> ir.Expr:
    """The call of a scalar function, its arguments resolved already."""
    if any(argument.type.is_error for argument in arguments):
        return poison(span)
    if not _fits(function, len(arguments)):
        scope.diags.add(values.wrong_count(function.signature, len(arguments), span))
        return poison(span)
    taken = [_takes(function, function.parameter(i), argument, scope) for i, argument in enumerate(arguments)]
    if not all(taken):
        return poison(span)
    if function.gives in _AGREEING:
        return _chosen(function, tuple(arguments), span, scope)
    return _computed(function, tuple(arguments), span)


def _fits(function: Scalar, count: int) -> bool:
    return function.least <= count and (function.most is None or count <= function.most)


def _takes(function: Scalar, parameter: Parameter, argument: ir.Expr, scope: Scope) -> bool:
    if accepts(parameter.takes, argument):
        return True
    help = ("write `(… as number)` to leave the unit out",) if parameter.takes is Takes.PLAIN else ()
    scope.diags.add(
        values.wrong_argument(function.name, parameter.takes.value, argument.type, argument.span, help)
    )
    return False


def accepts(takes: Takes, argument: ir.Expr) -> bool:
    kind = family(argument.type)
    if kind in (Kind.NULL.value, Kind.RAW.value):
        return takes is not Takes.WHOLE
    match takes:
        case Takes.ANY | Takes.SAME:
            return True
        case Takes.AMOUNT:
            return kind in ("number", "duration")
        case Takes.PLAIN:
            return kind == "number" and argument.type.unit.is_plain
        case Takes.MEASURE:
            return kind in ("number", "duration", "bool")
        case Takes.ORDERED:
            return kind != "bool"
        case Takes.TEXT:
            return kind in _TEXT
        case Takes.TIME:
            return kind in ("date", "timestamp")
        case Takes.WHOLE:
            return isinstance(argument, ir.Literal) and isinstance(argument.value, int) and kind == "number"
        case Takes.SHARE:
            return isinstance(argument, ir.Literal) and argument.type.kind is Kind.PERCENT
        case Takes.ROWS | Takes.KPI:
            return False
        case _:
            assert_never(takes)


def _chosen(function: Scalar, arguments: tuple[ir.Expr, ...], span: Span, scope: Scope) -> ir.Expr:
    """Functions that hand one of their arguments on."""
    agreed = agree(arguments, scope, choice=function.gives is Gives.FILLED)
    if agreed is None:
        return poison(span)
    if function.gives is Gives.COMMON and not has_order(agreed, function.name, scope):
        return poison(span)
    if function.gives is Gives.FIRST_OR_NULL:
        return ir.Call(function.op, agreed, agreed[0].type.with_null(), span=span)
    type_ = common(agreed)
    if function.gives is Gives.FILLED:
        type_ = type_.with_null(all(argument.type.nullable for argument in agreed))
    return ir.Call(function.op, agreed, type_, span=span)


def _computed(function: Scalar, arguments: tuple[ir.Expr, ...], span: Span) -> ir.Expr:
    nullable = any(argument.type.nullable for argument in arguments)
    first = arguments[0].type
    if function.gives is Gives.ROUNDED:
        digits = arguments[1] if len(arguments) > 1 else ir.Literal(0, INTEGER, span=span)
        return ir.Call(function.op, (arguments[0], digits), _rounded(first, digits), span=span)
    return ir.Call(
        function.op,
        arguments,
        _type(function.gives, arguments).with_null(nullable or _may_fail(function.gives)),
        span=span,
    )


def _may_fail(gives: Gives) -> bool:
    return gives is Gives.APPROXIMATE


def _type(gives: Gives, arguments: Sequence[ir.Expr]) -> Type:
    first = arguments[0].type
    match gives:
        case Gives.FIRST:
            return first
        case Gives.WHOLE:
            return _whole(first)
        case Gives.APPROXIMATE:
            return Type(Kind.NUMBER, unit=PLAIN, exactness=Exactness.APPROXIMATE)
        case Gives.LENGTH:
            return INTEGER
        case Gives.TEXT:
            return STRING
        case Gives.DATE:
            return DATE
        case _:
            return condition(arguments)


def _rounded(first: Type, digits: ir.Expr) -> Type:
    """Of a double the double nearest to the rounded value; of a decimal one with so many digits."""
    assert isinstance(digits, ir.Literal) and isinstance(digits.value, int), "digits are constant"
    if first.kind in (Kind.INTEGER, Kind.RAW):
        return first
    if first.exactness is not Exactness.EXACT:
        return dataclasses.replace(first, exactness=computed(first))
    return dataclasses.replace(first, scale=min(max(digits.value, 0), first.scale or 0))


def _whole(first: Type) -> Type:
    if first.exactness is not Exactness.EXACT:
        return dataclasses.replace(first, exactness=computed(first))
    if first.kind is Kind.DURATION:
        return dataclasses.replace(first, scale=0)
    return Type(Kind.INTEGER, unit=first.unit) if first.is_numeric else first
