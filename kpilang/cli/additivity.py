"""Whether values of a KPI add up: over groups, over periods, or not at all, and why not.

A cautious answer by the shape of the formula: sums and counts add up, and so does what is made of them by
adding, by turning the sign and by a constant factor. Whatever else, such as a ratio or a count of different
values, must be computed anew for each total.
"""

from __future__ import annotations

from collections.abc import Iterator
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
        case ir.Case(whens=(when,), otherwise=ir.Aggregate() as total) if _is_unknown(when):
            return additivity(total)
        case _:
            return Additivity.NOT


def _is_in_one_period(expr: ir.Aggregate) -> bool:
    """Whether each row counts in its own period only, and by what is known without the period."""
    has_own = expr.anchor is not None and not expr.window
    return has_own and (expr.where is None or is_timeless(expr.where))


def _is_unknown(when: ir.When) -> bool:
    """Null where some rows are not known, as for amounts without a rate: so is a total with them."""
    match when:
        case ir.When(condition=ir.Call(op=ir.Op.GT, args=(rows, _)), value=ir.Literal(value=None)):
            return isinstance(rows, ir.Aggregate) and rows.op is ir.AggregateOp.COUNT
        case _:
            return False


def reasons(expr: ir.Expr) -> Iterator[str]:
    """Why it does not add up, or not over periods: of each part that is in the way, once."""
    yield from dict.fromkeys(_reasons(expr))


def _reasons(expr: ir.Expr) -> Iterator[str]:
    match expr:
        case ir.Aggregate():
            yield from _of_aggregate(expr)
        case ir.CountOf():
            yield "a member may be in several groups and periods, and counts once in their total"
        case ir.Nested():
            yield f"`per {_per(expr)}` takes each value once for a whole total, not once in each part of it"
        case ir.Call(op=ir.Op.DIV, args=(_, ir.Literal())) | ir.Call(op=ir.Op.ADD | ir.Op.SUB | ir.Op.NEG):
            for arg in expr.args:
                yield from _reasons(arg)
        case ir.Call(op=ir.Op.DIV):
            yield "a quotient of totals is no total of quotients"
        case ir.Call(op=ir.Op.MUL, args=(ir.Literal(), factor) | (factor, ir.Literal())):
            yield from _reasons(factor)
        case ir.Literal():
            yield "a constant is the same in each part and in the total"
        case _ if additivity(expr) is Additivity.NOT:
            yield "what is computed from totals is computed anew for each"
        case _:
            pass


def _of_aggregate(expr: ir.Aggregate) -> Iterator[str]:
    if expr.op is ir.AggregateOp.UNIQUE:
        yield "a value may stand in several groups and periods, and counts once in their total"
    elif expr.op not in _ADDING:
        yield f"`{expr.op.value}` of a total is not made of those of its parts"
    if expr.across:
        yield "`[across …]` is the same in every group"
    if expr.window:
        yield "periods that a selector makes may overlap or leave gaps"


def _per(expr: ir.Nested) -> str:
    return ", ".join(expr.per.names) if isinstance(expr.per, ir.PerKeys) else expr.per.grain.value
