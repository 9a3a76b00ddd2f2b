"""Whether an expression means a set of members: the boolean operators serve sets and conditions alike.

Decided by names alone, before anything is resolved: a segment in it, at a place where a set may stand. A call
of a function means one where its formula does, which hangs on which of its arguments do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kpilang.diagnostics import Diagnostics
from kpilang.semantics.scope import Scope
from kpilang.semantics.world import World
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
        case ast.Call(function=function, arguments=arguments):
            if function.dotted not in scope.world.names.functions:
                return None
            sets = [set_in(argument, scope) is not None for argument in arguments]
            return function if _gives_set(function.dotted, sets, scope.world) else None
        case _:
            return None


def _gives_set(function: str, arguments: Sequence[bool], world: World) -> bool:
    """Whether a function means a set when these of its arguments do. Each is worked out once."""
    key = (function, tuple(arguments))
    if key not in world.set_functions:
        world.set_functions[key] = False  # in a circle nothing is a set
        ignored = Diagnostics()
        decl = world.names.functions[function]
        body, signature = world.expression(decl.formula, ignored), world.tree(decl.signature, ignored)
        if body is not None and isinstance(signature, ast.Signature):
            names = [parameter.text for parameter in signature.parameters]
            given, home = dict(zip(names, arguments, strict=False)), world.at(decl.formula.span)
            world.set_functions[key] = _means_set(body, given, home)
    return world.set_functions[key]


def _means_set(tree: ast.Expr, parameters: Mapping[str, bool], world: World) -> bool:
    match tree:
        case ast.Path(names=(name,)):
            return parameters.get(name.text, name.text in world.names.segments)
        case ast.And(operands=operands) | ast.Or(operands=operands):
            return any(_means_set(part, parameters, world) for part in operands)
        case ast.Not(operand=operand) | ast.Select(operand=operand):
            return _means_set(operand, parameters, world)
        case ast.Call(function=function, arguments=arguments) if function.dotted in world.names.functions:
            sets = [_means_set(argument, parameters, world) for argument in arguments]
            return _gives_set(function.dotted, sets, world)
        case _:
            return False
