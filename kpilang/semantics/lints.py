"""What is legal and doubtful: negations over null, means of ratios, members before within groups."""

from __future__ import annotations

from kpilang import ir
from kpilang.diagnostics import Diagnostics
from kpilang.semantics.agreement import path_text
from kpilang.semantics.errors import lints
from kpilang.semantics.parts import parts
from kpilang.semantics.scope import Scope
from kpilang.syntax import ast
from kpilang.syntax.unparse import unparse


def remark_negation(found: ir.Expr, scope: Scope) -> None:
    """Law 5: a negation or `<>` that is null where its operand is keeps those rows out, which few expect."""
    match found:
        case ir.Call(op=ir.Op.NE, args=(left, right)):
            _remark_unequal(found, left, right, scope)
        case ir.Call(op=ir.Op.NOT, args=(inner,)) if inner.type.nullable and not inner.type.is_error:
            _remark_not(found, inner, scope)


def _remark_unequal(found: ir.Expr, left: ir.Expr, right: ir.Expr, scope: Scope) -> None:
    for operand in (left, right):
        if operand.type.nullable and isinstance(operand, ir.Field | ir.Outer):
            scope.diags.add(lints.negated_null("`<>`", "`is not`", found.span))
            return


def _remark_not(found: ir.Expr, inner: ir.Expr, scope: Scope) -> None:
    match inner:
        case ir.Field():
            scope.diags.add(lints.negated_null("`not`", f"`{path_text(inner)} is not true`", found.span))
        case ir.Call(op=ir.Op.EQ, args=(ir.Field() | ir.Outer(), _)):
            scope.diags.add(lints.negated_null("`not … =`", "`is not`", found.span))
        case ir.Call(op=ir.Op.IN | ir.Op.LIKE, args=(ir.Field() as operand, *_)) if operand.type.nullable:
            instead = f"`or {path_text(operand)} is null`"
            scope.diags.add(lints.negated_null(f"`not {inner.op.value}`", instead, found.span))


def remark_mean(value: ir.Expr, call: ast.Call, scope: Scope) -> None:
    """`avg(a / b per c)`: few mean that a group with one row counts as much as one with a million."""
    if call.function.dotted != "avg" or not isinstance(value, ir.Call) or value.op is not ir.Op.DIV:
        return
    if all(any(parts(side)) for side in value.args):
        scope.diags.add(lints.mean_of_ratios(unparse(call.arguments[0]), call.span))


def remark_before(output: ir.Output, dimension: ir.Dimension, diags: Diagnostics) -> None:
    """Law 11: in a group only its own rows make members, also before."""
    for part in parts(output.value):
        if not isinstance(part, ir.With) or not any(isinstance(step, ir.Before) for step in part.window):
            continue
        lifted = dimension.name in part.across or part.across == ir.ALL_DIMENSIONS
        path = dict(dimension.paths).get(part.rows)
        if not lifted and isinstance(path, ir.Field) and not _is_of_member(path, part.member):
            diags.add(lints.before_within_groups(dimension.name, part.rows, output.name, dimension.span))
            return


def _is_of_member(path: ir.Field, member: ir.Expr) -> bool:
    """Whether the path is the member, or leads over it."""
    held = (*member.steps, member.name) if isinstance(member, ir.Field) else ()
    return bool(held) and (*path.steps, path.name)[: len(held)] == held
