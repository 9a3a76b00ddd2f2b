"""Children of an attribute without a link that are found by equal values, such as the rate of a day.

Where the outer row appears in equalities only, the children can be grouped by their side of them and joined,
as over a reference; else each different outer value has to meet the children first.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

from kpilang import ir
from kpilang.frozen import dataclass
from kpilang.ir import Op
from kpilang.nodes import Node, children, walk
from kpilang.types import BOOL

Pair = tuple[ir.Expr, ir.Expr]
"""An expression of the children, and the one over the outer row that it equals."""


@dataclass(frozen=True, slots=True)
class Matching:
    """The equalities, and the aggregate without them."""

    pairs: tuple[Pair, ...]
    rest: ir.Child

    def named(self) -> Iterator[tuple[str, Pair]]:
        """Each pair with a name for the children's side."""
        for pair in self.pairs:
            yield (pair[0].name if isinstance(pair[0], ir.Field) else "key"), pair


def matching(child: ir.Child) -> Matching | None:
    """None where the outer row decides by anything else than equal values."""
    pairs: list[Pair] = []
    rest: list[ir.Expr] = []
    for condition in _conjuncts(child.where):
        pair = _pair(condition)
        if pair is not None:
            pairs.append(pair)
        else:
            rest.append(condition)
    inner = dataclasses.replace(child, where=_all_of(rest))
    return None if not pairs or _looks_outside(inner) else Matching(tuple(pairs), inner)


def _pair(condition: ir.Expr) -> Pair | None:
    if not isinstance(condition, ir.Call) or condition.op is not Op.EQ:
        return None
    one, other = condition.args
    if not _looks_outside(one) and _is_outer(other):
        return one, other
    if not _looks_outside(other) and _is_outer(one):
        return other, one
    return None


def _is_outer(expr: ir.Expr) -> bool:
    """Whether an expression is made of the outer row alone, by its own columns and those of its parents."""
    strange = (ir.Field, ir.Child, ir.Rank, ir.Member, ir.Raw, ir.PeriodValue)
    return _looks_outside(expr) and not any(isinstance(part, strange) for part in _around_outer(expr))


def _around_outer(node: Node) -> Iterator[Node]:
    """All nodes but what stands in `this.`."""
    yield node
    if not isinstance(node, ir.Outer):
        for child in children(node):
            yield from _around_outer(child)


def _looks_outside(expr: ir.Expr) -> bool:
    return any(isinstance(part, ir.Outer) for part in walk(expr))


def _conjuncts(condition: ir.Expr | None) -> Iterator[ir.Expr]:
    if isinstance(condition, ir.Call) and condition.op is Op.AND:
        for part in condition.args:
            yield from _conjuncts(part)
    elif condition is not None:
        yield condition


def _all_of(conditions: list[ir.Expr]) -> ir.Expr | None:
    if len(conditions) < 2:
        return conditions[0] if conditions else None
    return ir.Call(Op.AND, tuple(conditions), BOOL)
