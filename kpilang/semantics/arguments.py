"""Local names: parameters of functions with their arguments, and the names of `let`.

Each is resolved where it was written, once, as what its use asks for. Sets are resolved by `sets`.
"""

from __future__ import annotations

from kpilang import ir
from kpilang.semantics.errors import naming, sets
from kpilang.semantics.expressions import resolve
from kpilang.semantics.scope import Local, Scope, poison
from kpilang.semantics.set_names import set_in
from kpilang.source import Span
from kpilang.syntax import ast
from kpilang.syntax.unparse import unparse


def local_named(path: ast.Path, scope: Scope) -> Local | None:
    return scope.locals.get(path.names[0].text) if len(path.names) == 1 else None


def value_of(local: Local, asked: Span, scope: Scope) -> ir.Expr:
    """The value of a local name."""
    if local.is_open:
        scope.diags.add(naming.cycle([(local.name, local.place)], asked))
        return poison(asked)
    if not local.values:
        local.is_open = True
        try:
            local.values.append(_resolved(local))
        finally:
            local.is_open = False
    return local.values[0]


def _resolved(local: Local) -> ir.Expr:
    if set_in(local.tree, local.scope) is not None:
        what = unparse(local.tree)
        local.scope.diags.add(sets.set_as_value(what, local.scope.wants, local.tree.span, local.place))
        return poison(local.tree.span)
    return resolve(local.tree, local.scope)


def word_of(path: ast.Path, scope: Scope) -> str:
    """The name that a path stands for: itself, or the name that was handed to a parameter."""
    local = local_named(path, scope)
    if local is None or not isinstance(local.tree, ast.Path):
        return path.dotted
    return word_of(local.tree, local.scope)


def dimension_of(local: Local) -> str | None:
    """The dimension or column that a local name stands for; None if it stands for something else."""
    if not isinstance(local.tree, ast.Path):
        return None
    further = local_named(local.tree, local.scope)
    if further is not None:
        return dimension_of(further)
    word = local.tree.dotted
    if len(local.tree.names) > 1 or local.scope.world.names.kind_of(word) is not None:
        return None
    return word
