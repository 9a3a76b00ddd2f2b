"""Ruling 8 for attributes: an aggregate over children whose bounds lie wholly outside coverage is unknown.

The bounds are those of `[from this.a to this.b]` and the comparisons of the children's time with something of
the outer row that every child must satisfy.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from kpilang import ir
from kpilang.frozen import dataclass
from kpilang.ir import Op
from kpilang.nodes import walk
from kpilang.plan import scalars
from kpilang.plan.bounds import compared
from kpilang.plan.moments import Clock, Moment
from kpilang.plan.scalars import Scalar
from kpilang.types import Kind

_TURNED = {Op.LT: Op.GT, Op.LE: Op.GE, Op.GT: Op.LT, Op.GE: Op.LE, Op.EQ: Op.EQ}


@dataclass(frozen=True, slots=True)
class Bound:
    """The children's time stands in the relation `op` to `value`, an expression over the outer row."""

    op: Op
    value: ir.Expr


def time_bounds(child: ir.Child, entity: ir.Entity) -> tuple[Bound, ...]:
    """What is asked of the time of every child that counts."""
    found: list[Bound] = []
    if child.interval is not None and _is_time(child.anchor, entity):
        found += [Bound(Op.GE, child.interval[0]), Bound(Op.LT, child.interval[1])]
    for condition in _conjuncts(child.where):
        found += _bounds_in(condition, entity)
    return tuple(found)


def is_outside(bound: Bound, value: Scalar, covers: ir.Coverage, clock: Clock) -> Scalar:
    """True where the bound (its value computed) leaves nothing within coverage."""
    first = None if covers.start is None else clock.day(covers.start)
    last = None if covers.end is None else clock.day(covers.end)
    match bound.op:
        case Op.LT if first is not None:
            return _compared(Op.LE, value, first, clock)
        case Op.LE | Op.EQ if first is not None and (bound.op is Op.LE or last is None):
            return _compared(Op.LT, value, first, clock)
        case Op.GE if last is not None:
            return _compared(Op.GE, value, last, clock)
        case Op.GT if last is not None:
            return _compared(Op.GE, value, _last_before(last, value, clock), clock)
        case Op.EQ if last is not None:
            late = _compared(Op.GE, value, last, clock)
            return late if first is None else scalars.any_of((_compared(Op.LT, value, first, clock), late))
        case _:
            return scalars.FALSE


def _last_before(end: Moment, value: Scalar, clock: Clock) -> Moment:
    """Behind the last covered day no covered day follows."""
    return clock.at(end.local - timedelta(days=1)) if value.type.kind is Kind.DATE else end


def _compared(op: Op, value: Scalar, moment: Moment, clock: Clock) -> Scalar:
    return scalars.compare(op, *compared(value, moment, clock))


def _bounds_in(condition: ir.Expr, entity: ir.Entity) -> Iterator[Bound]:
    if not isinstance(condition, ir.Call) or condition.op not in _TURNED:
        return
    left, right = condition.args
    if _is_time(left, entity) and _is_of_outer_row(right):
        yield Bound(condition.op, right)
    elif _is_time(right, entity) and _is_of_outer_row(left):
        yield Bound(_TURNED[condition.op], left)


def _is_time(expr: ir.Expr | None, entity: ir.Entity) -> bool:
    return isinstance(expr, ir.Field) and not expr.steps and expr.name == entity.time


def _is_of_outer_row(expr: ir.Expr) -> bool:
    inside = [part for part in walk(expr) if isinstance(part, ir.Outer)]
    fields = {outer.field for outer in inside}
    rest = (part for part in walk(expr) if isinstance(part, ir.Field) and part not in fields)
    return bool(inside) and not any(rest)


def _conjuncts(condition: ir.Expr | None) -> Iterator[ir.Expr]:
    if isinstance(condition, ir.Call) and condition.op is Op.AND:
        for part in condition.args:
            yield from _conjuncts(part)
    elif condition is not None:
        yield condition
