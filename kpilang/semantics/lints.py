"""What is legal and doubtful: negations over null."""

from __future__ import annotations

from kpilang import ir
from kpilang.semantics.agreement import path_text
from kpilang.semantics.errors import lints
from kpilang.semantics.scope import Scope


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
