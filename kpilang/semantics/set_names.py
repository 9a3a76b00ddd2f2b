"""Whether an expression means a set of members: the boolean operators serve sets and conditions alike.

Decided by names alone, before anything is resolved: a segment in it, at a place where a set may stand.
"""

from __future__ import annotations

from kpilang.semantics.scope import Scope
from kpilang.syntax import ast


def set_in(tree: ast.Expr, scope: Scope) -> ast.Path | None:
    """The first name of a set where the algebra of sets reaches; None if there is none."""
    match tree:
        case ast.Path(names=(name,)):
            local = scope.locals.get(name.text)
            if local is not None:
                if local.is_open or set_in(local.tree, local.scope) is None:
                    return None
                return tree
            return tree if name.text in scope.world.names.segments else None
        case ast.And(operands=operands) | ast.Or(operands=operands):
            return next((found for part in operands if (found := set_in(part, scope)) is not None), None)
        case ast.Not(operand=operand) | ast.Select(operand=operand):
            return set_in(operand, scope)
        case _:
            return None
