"""Whether values of a KPI add up: over groups, over periods, or not at all.

A cautious answer by the shape of the formula: sums and counts add up, and so does what is made of them by
adding, by turning the sign and by a constant factor. Whatever else, such as a ratio or a count of different
values, must be computed anew for each total.
"""

from __future__ import annotations

from enum import IntEnum

from kpilang import ir
from kpilang.semantics.parts import is_timeless

_ADDING = {ir.AggregateOp.COUNT, ir.AggregateOp.SUM}


class Additivity(IntEnum):
    NOT = 0
    OVER_GROUPS = 1
    FULLY = 2

    def __str__(self) -> str:
        return _WORDS[self]


_WORDS = {
    Additivity.NOT: "not additive",
    Additivity.OVER_GROUPS: "additive over dimensions, not over periods",
    Additivity.FULLY: "additive",
}


def additivity(expr: ir.Expr) -> Additivity:
    """Of a cell expression."""
    match expr:
        case ir.Aggregate() if expr.op in _ADDING and not expr.across:
            return Additivity.FULLY if _is_in_one_period(expr) else Additivity.OVER_GROUPS
        case ir.Call(op=ir.Op.ADD | ir.Op.SUB | ir.Op.NEG):
            return min(additivity(arg) for arg in expr.args)
        case ir.Call(op=ir.Op.MUL, args=(ir.Literal(), factor) | (factor, ir.Literal())):
            return additivity(factor)
        case ir.Call(op=ir.Op.DIV, args=(part, ir.Literal())):
            return additivity(part)
        case _:
            return Additivity.NOT


def _is_in_one_period(expr: ir.Aggregate) -> bool:
    """Whether each row counts in its own period only, and by what is known without the period."""
    has_own = expr.anchor is not None and not expr.window
    return has_own and (expr.where is None or is_timeless(expr.where))
