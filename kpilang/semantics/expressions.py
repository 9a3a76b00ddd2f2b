"""Expressions: from the syntax tree to typed IR, for every place an expression may stand in.

Operators, literals and scalar functions are the same everywhere and are dealt with here; names, aggregates
and selectors are asked of the `Scope`. A part in error becomes `poison`, which is never reported again.
"""

from __future__ import annotations

import dataclasses
from typing import assert_never

from kpilang import ir
from kpilang.functions import SCALARS
from kpilang.semantics import arithmetic, calls, comparison
from kpilang.semantics.agreement import agree, common
from kpilang.semantics.errors import naming, sets, values
from kpilang.semantics.lints import remark_negation
from kpilang.semantics.literals import constant
from kpilang.semantics.scope import Scope, poison
from kpilang.semantics.set_names import set_in
from kpilang.semantics.units import unit_of_tree
from kpilang.syntax import ast
from kpilang.syntax.unparse import unparse
from kpilang.types import Exactness, Kind, Type

_SET_FORMS = (ast.And, ast.Or, ast.Not, ast.Select, ast.Call)


def resolve(tree: ast.Expr, scope: Scope) -> ir.Expr:
    if isinstance(tree, _SET_FORMS) and set_in(tree, scope) is not None:
        return _no_set(tree, scope)
    match tree:
        case ast.Path():
            return scope.path(tree)
        case (
            ast.Number()
            | ast.Quantity()
            | ast.Percent()
            | ast.DateLiteral()
            | ast.TimestampLiteral()
            | ast.String()
            | ast.Bool()
            | ast.Null()
        ):
            return constant(tree, scope)
        case ast.AllRows():
            scope.diags.add(naming.entity_as_value(tree.entity.dotted, tree.span))
            return poison(tree.span)
        case ast.Call():
            return _call(tree, scope)
        case ast.Case():
            return _case(tree, scope)
        case ast.Select():
            return scope.select(tree)
        case ast.As():
            return _as(tree, scope)
        case ast.Negative(operand=operand):
            return arithmetic.negative(resolve(operand, scope), tree.span, scope)
        case ast.Binary(operator=operator, left=left, right=right):
            return arithmetic.binary(operator, resolve(left, scope), resolve(right, scope), tree.span, scope)
        case (
            ast.Compare()
            | ast.Is()
            | ast.Between()
            | ast.In()
            | ast.Like()
            | ast.Not()
            | ast.And()
            | ast.Or()
        ):
            return _condition(tree, scope)
        case _:
            assert_never(tree)


def _no_set(tree: ast.And | ast.Or | ast.Not | ast.Select | ast.Call, scope: Scope) -> ir.Expr:
    """The algebra of sets where a value is needed, or sets and conditions mixed."""
    name = set_in(tree, scope)
    if name is not None and name.names[0].text in scope.locals:
        return resolve(name, scope)  # said where the set was handed in
    if isinstance(tree, ast.And | ast.Or):
        found = next((part for part in tree.operands if set_in(part, scope) is not None), tree)
        if any(set_in(part, scope) is None for part in tree.operands):
            scope.diags.add(sets.set_as_value(unparse(found), scope.wants, found.span))
            return poison(tree.span)
    scope.diags.add(sets.set_as_value(unparse(tree), scope.wants, tree.span))
    return poison(tree.span)


def resolve_condition(tree: ast.Expr, scope: Scope) -> ir.Expr | None:
    """A condition; None after an error."""
    found = resolve(tree, scope)
    return found if comparison.as_condition(found, scope) else None


Logical = ast.Compare | ast.Is | ast.Between | ast.In | ast.Like | ast.Not | ast.And | ast.Or


def _condition(tree: Logical, scope: Scope) -> ir.Expr:
    match tree:
        case ast.And(operands=operands):
            return comparison.conjunction([resolve(part, scope) for part in operands], tree.span, scope)
        case ast.Or(operands=operands):
            return comparison.disjunction([resolve(part, scope) for part in operands], tree.span, scope)
        case ast.Not(operand=operand):
            found = comparison.negation(resolve(operand, scope), tree.span, scope)
        case ast.Compare(operator=operator, left=left, right=right):
            op = ir.Op(operator)
            found = comparison.compare(op, resolve(left, scope), resolve(right, scope), tree.span, scope)
        case ast.Is(left=left, right=right, negated=negated):
            return comparison.same(resolve(left, scope), resolve(right, scope), negated, tree.span, scope)
        case ast.Between(operand=operand, low=low, high=high, negated=negated):
            parts = (resolve(operand, scope), resolve(low, scope), resolve(high, scope))
            found = comparison.between(*parts, tree.span, scope)
            if negated:
                found = comparison.negation(found, tree.span, scope)
        case ast.In():
            found = _in(tree, scope)
        case ast.Like(operand=operand, pattern=pattern, escape=escape, negated=negated):
            letter = resolve(escape, scope) if escape is not None else None
            found = comparison.like(
                resolve(operand, scope), resolve(pattern, scope), letter, tree.span, scope
            )
            if negated:
                found = comparison.negation(found, tree.span, scope)
        case _:
            assert_never(tree)
    remark_negation(found, scope)
    return found


def _in(tree: ast.In, scope: Scope) -> ir.Expr:
    operand = resolve(tree.operand, scope)
    for item in tree.items:
        if set_in(item, scope) is not None:
            if len(tree.items) > 1:
                scope.diags.add(sets.set_as_value(unparse(item), scope.wants, item.span))
                return poison(tree.span)
            found = scope.membership(operand, tree)
            return comparison.negation(found, tree.span, scope) if tree.negated else found
    items = [resolve(item, scope) for item in tree.items]
    return comparison.one_of(operand, items, tree.negated, tree.span, scope)


def _call(tree: ast.Call, scope: Scope) -> ir.Expr:
    name = tree.function.dotted
    if scope.is_special(name):
        return scope.aggregate(tree)
    if name in scope.world.names.functions:
        return scope.call(tree)
    if name not in SCALARS:
        return scope.unknown_function(tree.function)
    for modifier, given in (("where", tree.where), ("dated", tree.dated), ("via", tree.via)):
        if given is not None:
            scope.diags.add(values.misplaced_modifier(name, modifier, given.span))
            return poison(tree.span)
    if tree.per or tree.by:
        scope.diags.add(values.misplaced_modifier(name, "per" if tree.per else "by", tree.span))
        return poison(tree.span)
    return calls.scalar(SCALARS[name], [resolve(part, scope) for part in tree.arguments], tree.span, scope)


def _case(tree: ast.Case, scope: Scope) -> ir.Expr:
    conditions = [resolve_condition(when.condition, scope) for when in tree.whens]
    results = [resolve(when.value, scope) for when in tree.whens]
    if tree.otherwise is not None:
        results.append(resolve(tree.otherwise, scope))
    agreed = agree(tuple(results), scope, choice=True)
    if agreed is None or None in conditions:
        return poison(tree.span)
    whens = tuple(
        ir.When(condition, value, span=when.span)
        for condition, value, when in zip(conditions, agreed, tree.whens, strict=False)
        if condition is not None
    )
    otherwise = agreed[-1] if tree.otherwise is not None else None
    type_ = common(agreed)
    return ir.Case(whens, otherwise, type_.with_null(type_.nullable or otherwise is None), span=tree.span)


# ---------------------------------------------------------------------------- as


def _as(tree: ast.As, scope: Scope) -> ir.Expr:
    """The same number in another unit."""
    operand = resolve(tree.operand, scope)
    meant = unit_of_tree(tree.unit, scope.diags)
    if meant is None or operand.type.is_error:
        return poison(tree.span)
    if operand.type.kind is Kind.RAW:
        return operand
    if not (operand.type.is_numeric or operand.type.kind is Kind.DURATION):
        scope.diags.add(values.wrong_argument("as", "a number", operand.type, operand.span))
        return poison(tree.span)
    type_ = dataclasses.replace(
        operand.type, unit=meant.unit, kind=_kind(operand.type, meant.kind), money_by=None
    )
    if type_.kind is not Kind.INTEGER and type_.exactness is Exactness.EXACT and type_.scale is None:
        type_ = dataclasses.replace(type_, scale=0)
    return with_type(operand, type_)


def _kind(before: Type, wanted: Kind) -> Kind:
    """A whole number stays one unless it becomes a percentage or a duration."""
    if wanted is Kind.NUMBER and before.kind is Kind.INTEGER:
        return Kind.INTEGER
    return wanted


def with_type(expr: ir.Expr, type_: Type) -> ir.Expr:
    """The same value under another unit: only where the way it is stored changes, something is done to it."""
    if _stored(expr.type) == _stored(type_) and isinstance(
        expr, ir.Literal | ir.Call | ir.Case | ir.Aggregate | ir.CountOf | ir.Nested
    ):
        return dataclasses.replace(expr, type=type_)
    return ir.Call(ir.Op.CAST, (expr,), type_, span=expr.span)


def _stored(type_: Type) -> tuple[bool, int | None, Exactness]:
    return type_.kind is Kind.INTEGER, type_.scale, type_.exactness
