"""What a `with` compares: `customers with count(orders where is_paid) >= 3`.

Aggregates over the rows of one entity, in one interval, by one date. A member is known by its rows, so the
condition must be false for who has none (ruling 20); that is decided here, by working it out for no rows.
"""

from __future__ import annotations

import dataclasses
import operator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from kpilang import ir
from kpilang.nodes import walk
from kpilang.semantics.errors import sets
from kpilang.semantics.expressions import resolve_condition
from kpilang.semantics.parts import map_having
from kpilang.semantics.scope import Scope
from kpilang.semantics.world import Info
from kpilang.syntax import ast
from kpilang.syntax.unparse import unparse


@dataclass(frozen=True)
class Having:
    """The aggregates of `condition` have no windows: they are over the rows of the sentence."""

    rows: str
    anchor: ir.Field
    condition: ir.Expr
    window: ir.Window = ()


def having_of(tree: ast.Expr, info: Info, scope: Scope) -> Having | None:
    """The comparison of a sentence; None after an error."""
    found = resolve_condition(tree, scope)
    if found is None:
        return None
    aggregates = [node for node in walk(found) if isinstance(node, ir.Aggregate)]
    if not aggregates:
        scope.diags.add(sets.with_needs_rows(unparse(tree), tree.span))
        return None
    if not _is_of_rows(found, scope) or not _is_of_one_kind(aggregates, scope):
        return None
    first = aggregates[0]
    assert first.anchor is not None, "aggregates over members have been refused"
    if _without_rows(found) not in (False, None):
        scope.diags.add(sets.true_without_rows(unparse(tree), first.entity, info.name, tree.span))
        return None
    bare = map_having(found, lambda aggregate: dataclasses.replace(aggregate, window=()))
    return Having(first.entity, first.anchor, bare, first.window)


def _is_of_rows(found: ir.Expr, scope: Scope) -> bool:
    """Whether nothing but aggregates over rows decides."""
    for node in walk(found):
        match node:
            case ir.CountOf():
                scope.diags.add(sets.not_of_rows("the size of a set", node.span))
            case ir.Nested():
                scope.diags.add(sets.not_of_rows("a nested aggregate", node.span))
            case ir.Aggregate(anchor=None):
                scope.diags.add(sets.not_of_rows("an aggregate over the members of a set", node.span))
            case ir.Aggregate(across=across) if across:
                scope.diags.add(sets.not_of_rows("`[across …]`", node.span))
            case _:
                continue
        return False
    return True


def _is_of_one_kind(aggregates: list[ir.Aggregate], scope: Scope) -> bool:
    first = aggregates[0]
    for other in aggregates[1:]:
        if other.entity != first.entity:
            scope.diags.add(sets.several_rows((first.entity, other.entity), other.span))
            return False
        if other.window != first.window:
            scope.diags.add(sets.several_intervals(other.span))
            return False
        if other.anchor != first.anchor:
            dates = [f"`{a.anchor.name}`" if a.anchor is not None else "" for a in (first, other)]
            scope.diags.add(sets.several_dates(dates, other.span))
            return False
    return True


# ---------------------------------------------------------------------------- without rows

Worth = Fraction | bool | str | None


class _Unknown:
    """What depends on the period."""


_UNKNOWN = _Unknown()
_ZERO = (ir.AggregateOp.COUNT, ir.AggregateOp.UNIQUE, ir.AggregateOp.SUM)
_SUMS = {ir.Op.ADD: operator.add, ir.Op.SUB: operator.sub, ir.Op.MUL: operator.mul}
_COMPARISONS = {
    ir.Op.EQ: operator.eq,
    ir.Op.NE: operator.ne,
    ir.Op.LT: operator.lt,
    ir.Op.LE: operator.le,
    ir.Op.GT: operator.gt,
    ir.Op.GE: operator.ge,
}


def _without_rows(expr: ir.Expr) -> Worth | _Unknown:
    """The value for a member without rows: counts and sums are 0, all else is null (law 3)."""
    match expr:
        case ir.Literal(value=bool() | str() | None as value):
            return value
        case ir.Literal(value=int() | Decimal() as value):
            return Fraction(value)
        case ir.Aggregate(op=op):
            return Fraction(0) if op in _ZERO else None
        case ir.Call(op=op, args=args):
            return _called(op, [_without_rows(arg) for arg in args])
        case ir.Case(whens=whens, otherwise=otherwise):
            return _chosen(whens, otherwise)
        case _:
            return _UNKNOWN


def _chosen(whens: tuple[ir.When, ...], otherwise: ir.Expr | None) -> Worth | _Unknown:
    for when in whens:
        holds = _without_rows(when.condition)
        if isinstance(holds, _Unknown):
            return _UNKNOWN
        if holds is True:
            return _without_rows(when.value)
    return _without_rows(otherwise) if otherwise is not None else None


def _called(op: ir.Op, args: list[Worth | _Unknown]) -> Worth | _Unknown:
    if op in (ir.Op.AND, ir.Op.OR):
        return _logic(op is ir.Op.AND, args)
    if op in (ir.Op.IS, ir.Op.IS_NOT):
        if any(isinstance(arg, _Unknown) for arg in args):
            return _UNKNOWN
        return (args[0] == args[1]) == (op is ir.Op.IS)
    if op is ir.Op.COALESCE:
        return next((arg for arg in args if arg is not None), None)
    if None in args:
        return None if op is not ir.Op.IN else _UNKNOWN
    if any(isinstance(arg, _Unknown) for arg in args):
        return _UNKNOWN
    return _computed(op, [arg for arg in args if isinstance(arg, Fraction | bool | str)])


def _logic(is_and: bool, args: list[Worth | _Unknown]) -> Worth | _Unknown:
    decisive = not is_and
    if any(arg is decisive for arg in args):
        return decisive
    if any(isinstance(arg, _Unknown) for arg in args):
        return _UNKNOWN
    return None if None in args else is_and


def _computed(op: ir.Op, args: list[Fraction | bool | str]) -> Worth | _Unknown:
    match args:
        case [bool() as truth] if op is ir.Op.NOT:
            return not truth
        case [Fraction() as value] if op in (ir.Op.NEG, ir.Op.ABS):
            return -value if op is ir.Op.NEG else abs(value)
        case [Fraction() as left, Fraction() as right] if op in _SUMS:
            result: Fraction = _SUMS[op](left, right)
            return result
        case [Fraction() as left, Fraction() as right] if op is ir.Op.DIV:
            return left / right if right else None
        case [left, right] if op in _COMPARISONS and type(left) is type(right):
            return bool(_COMPARISONS[op](left, right))
        case [first, *others] if op is ir.Op.IN:
            return first in others
        case _:
            return _UNKNOWN
