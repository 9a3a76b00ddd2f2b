"""Comparisons and logic: what may be compared, in which order, and what null does to it."""

from __future__ import annotations

from collections.abc import Sequence

from kpilang import ir
from kpilang.nodes import walk
from kpilang.semantics.agreement import agree, family, name_of
from kpilang.semantics.errors import lints, values
from kpilang.semantics.scope import Scope, poison
from kpilang.source import Span
from kpilang.types import Exactness, Kind, Type

_ORDERING = (ir.Op.LT, ir.Op.LE, ir.Op.GT, ir.Op.GE)


def compare(op: ir.Op, left: ir.Expr, right: ir.Expr, span: Span, scope: Scope) -> ir.Expr:
    if left.type.is_error or right.type.is_error:
        return poison(span)
    for operand in (left, right):
        if operand.type.kind is Kind.NULL:
            scope.diags.add(values.null_comparison(op.value, span))
            return poison(span)
    agreed = agree((left, right), scope)
    if agreed is None or (op in _ORDERING and not has_order(agreed, op.value, scope)):
        return poison(span)
    if op in (ir.Op.EQ, ir.Op.NE) and any(_is_approximate(operand) for operand in agreed):
        scope.diags.add(lints.approximate_equality(op.value, span))
    return ir.Call(op, agreed, condition(agreed), span=span)


def condition(operands: Sequence[ir.Expr]) -> Type:
    return Type(Kind.BOOL, nullable=any(operand.type.nullable for operand in operands))


def _is_approximate(operand: ir.Expr) -> bool:
    return operand.type.is_double and operand.type.exactness is Exactness.APPROXIMATE


def same(left: ir.Expr, right: ir.Expr, negated: bool, span: Span, scope: Scope) -> ir.Expr:
    """`is` and `is not`: null is like null."""
    agreed = agree((left, right), scope)
    if agreed is None:
        return poison(span)
    return ir.Call(ir.Op.IS_NOT if negated else ir.Op.IS, agreed, Type(Kind.BOOL), span=span)


def between(operand: ir.Expr, low: ir.Expr, high: ir.Expr, span: Span, scope: Scope) -> ir.Expr:
    above = compare(ir.Op.GE, operand, low, span, scope)
    below = compare(ir.Op.LE, operand, high, span, scope)
    return conjunction((above, below), span, scope)


def one_of(operand: ir.Expr, items: Sequence[ir.Expr], negated: bool, span: Span, scope: Scope) -> ir.Expr:
    agreed = agree((operand, *items), scope)
    if agreed is None:
        return poison(span)
    if operand.type.kind is Kind.NULL:
        scope.diags.add(values.null_comparison("in", span))
        return poison(span)
    found = ir.Call(ir.Op.IN, agreed, condition(agreed), span=span)
    return negation(found, span, scope) if negated else found


def like(operand: ir.Expr, pattern: ir.Expr, escape: ir.Expr | None, span: Span, scope: Scope) -> ir.Expr:
    given = [operand, pattern] if escape is None else [operand, pattern, escape]
    if any(part.type.is_error for part in given):
        return poison(span)
    for part in given:
        if family(part.type) not in ("text", "id", "null", Kind.RAW.value):
            scope.diags.add(values.wrong_argument("like", "text", part.type, part.span))
            return poison(span)
    if escape is None:
        escape = ir.Literal(None, Type(Kind.NULL, nullable=True), span=span)
    elif not isinstance(escape, ir.Literal) or len(str(escape.value)) != 1:
        scope.diags.add(values.wrong_argument("escape", "one constant character", escape.type, escape.span))
        return poison(span)
    return ir.Call(ir.Op.LIKE, (operand, pattern, escape), condition((operand, pattern)), span=span)


# ---------------------------------------------------------------------------- order


def has_order(operands: Sequence[ir.Expr], operator: str, scope: Scope) -> bool:
    """Whether `operator` may ask which is greater; reports why not. Operands agree already."""
    for operand in operands:
        if operand.type.kind is Kind.BOOL:
            scope.diags.add(values.no_order(operand.type, operator, operand.span))
            return False
    enum = next((operand for operand in operands if operand.type.kind is Kind.ENUM), None)
    return enum is None or _enum_order(enum, operands, operator, scope)


def _enum_order(enum: ir.Expr, operands: Sequence[ir.Expr], operator: str, scope: Scope) -> bool:
    named = next((operand for operand in operands if not isinstance(operand, ir.Literal)), enum)
    enumeration = named.type.enumeration or enum.type.enumeration
    assert enumeration is not None, "an enum has words"
    if not enumeration.ranked:
        scope.diags.add(values.unordered_enum(name_of(named), operator, enumeration.words, enum.span))
        return False
    for operand in operands:
        if operand.type.enumeration not in (enumeration, None):
            scope.diags.add(values.type_mismatch(enum.type, enum.span, operand.type, operand.span))
            return False
        if operand.type.kind is Kind.STRING:
            scope.diags.add(values.type_mismatch(enum.type, enum.span, operand.type, operand.span))
            return False
        if isinstance(operand, ir.Literal) and operand.value not in (*enumeration.ranked, None):
            word = str(operand.value)
            scope.diags.add(
                values.unranked_word(word, name_of(named), operator, enumeration.ranked, operand.span)
            )
            return False
    return True


# ---------------------------------------------------------------------------- logic


def as_condition(expr: ir.Expr, scope: Scope) -> bool:
    """Whether it is true, false or null; reports it if not. What is in error has been reported."""
    if expr.type.is_error or expr.type.kind in (Kind.BOOL, Kind.NULL, Kind.RAW):
        return not expr.type.is_error
    scope.diags.add(values.not_a_condition(expr.type, expr.span))
    return False


def conjunction(operands: Sequence[ir.Expr], span: Span, scope: Scope) -> ir.Expr:
    return _logic(ir.Op.AND, operands, span, scope)


def disjunction(operands: Sequence[ir.Expr], span: Span, scope: Scope) -> ir.Expr:
    return _logic(ir.Op.OR, operands, span, scope)


def _logic(op: ir.Op, operands: Sequence[ir.Expr], span: Span, scope: Scope) -> ir.Expr:
    fine = [as_condition(operand, scope) for operand in operands]  # each is reported
    if not all(fine):
        return poison(span)
    flat = tuple(part for operand in operands for part in _parts(op, operand))
    return ir.Call(op, flat, condition(flat), span=span)


def _parts(op: ir.Op, operand: ir.Expr) -> tuple[ir.Expr, ...]:
    return operand.args if isinstance(operand, ir.Call) and operand.op is op else (operand,)


def negation(operand: ir.Expr, span: Span, scope: Scope) -> ir.Expr:
    if not as_condition(operand, scope):
        return poison(span)
    for part in walk(operand):
        if isinstance(part, ir.Call) and part.op is ir.Op.IN:
            for item in part.args[1:]:
                if isinstance(item, ir.Literal) and item.value is None:
                    scope.diags.add(values.null_in_list(item.span))
                    return poison(span)
    return ir.Call(ir.Op.NOT, (operand,), condition((operand,)), span=span)


def both(left: ir.Expr | None, right: ir.Expr | None) -> ir.Expr | None:
    """Two conditions, either of which may be absent, as one."""
    if left is None or right is None:
        return left or right
    flat = (*_parts(ir.Op.AND, left), *_parts(ir.Op.AND, right))
    return ir.Call(ir.Op.AND, flat, condition(flat), span=left.span)
