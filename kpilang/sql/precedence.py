"""Parentheses where SQL needs them and nowhere else.

sqlglot prints a tree as it is: `Mul(Add(a, b), c)` comes out as `a + b * c`. Every operator is built here.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

_LEVELS: tuple[tuple[type[exp.Expr], int], ...] = (
    (exp.Paren, 9),
    (exp.Or, 1),
    (exp.And, 2),
    (exp.Not, 3),
    (exp.Predicate, 4),
    (exp.NullSafeEQ, 4),
    (exp.Escape, 4),
    (exp.DPipe, 5),
    (exp.Add, 6),
    (exp.Sub, 6),
    (exp.Mul, 7),
    (exp.Div, 7),
    (exp.IntDiv, 7),
    (exp.Neg, 8),
)
_FUNCTION = 9


def level(tree: exp.Expr) -> int:
    """How tightly the outermost operator binds."""
    if isinstance(tree, exp.Func) and not isinstance(tree, exp.Connector | exp.Binary):
        return _FUNCTION
    return next((number for kind, number in _LEVELS if isinstance(tree, kind)), _FUNCTION)


def fit(tree: exp.Expr, least: int) -> exp.Expr:
    """The tree, in parentheses if it binds less tightly than `least`."""
    return tree if level(tree) >= least else exp.Paren(this=tree)


def binary(kind: type[exp.Binary], left: exp.Expr, right: exp.Expr) -> exp.Expr:
    """An operator between two operands; equal operators group from the left."""
    own = next((number for base, number in _LEVELS if issubclass(kind, base)), 4)
    return kind(this=fit(left, own + (own == 4)), expression=fit(right, own + 1))


def chain(kind: type[exp.Connector], parts: Sequence[exp.Expr]) -> exp.Expr:
    own = 1 if kind is exp.Or else 2
    tree = fit(parts[0], own)
    for part in parts[1:]:
        tree = kind(this=tree, expression=fit(part, own + 1))
    return tree


def negation(tree: exp.Expr) -> exp.Expr:
    return exp.Not(this=fit(tree, 4))


def minus(tree: exp.Expr) -> exp.Expr:
    return exp.Neg(this=fit(tree, 9))
