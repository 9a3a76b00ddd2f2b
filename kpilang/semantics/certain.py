"""Between which numbers a cell expression always lies, whatever the rows are.

Intervals of exact numbers, followed through the formula; and that a part never exceeds its whole, as in
`count(A and B) / count(A)` and `count(E where p and q) / count(E where p)`. Null lies in every interval. The
answer is cautious: no bound where none is seen.
"""

from __future__ import annotations

import dataclasses
from fractions import Fraction

from kpilang import ir
from kpilang.frozen import dataclass
from kpilang.ir import AggregateOp, Op


@dataclass(frozen=True, slots=True)
class Bounds:
    """From `least` to `most`, both included; None for no bound."""

    least: Fraction | None = None
    most: Fraction | None = None


_NONE = Bounds()
_FROM_ZERO = Bounds(Fraction(0))
_SHARE = Bounds(Fraction(0), Fraction(1))
_WITHIN = (
    AggregateOp.AVG,
    AggregateOp.MIN,
    AggregateOp.MAX,
    AggregateOp.MEDIAN,
    AggregateOp.PERCENTILE,
    AggregateOp.FIRST,
    AggregateOp.LAST,
)
"""What these make of values lies among the values."""
_COUNTS = (AggregateOp.COUNT, AggregateOp.UNIQUE)


class Certain:
    """`model` has the attributes that conditions name: `opened` may hold only where `delivered` does."""

    def __init__(self, model: ir.Model) -> None:
        self._model = model

    def bounds(self, expr: ir.Expr) -> Bounds:
        match expr:
            case ir.Literal(value=value) if expr.type.is_numeric and value is not None:
                exact = Fraction(str(value))
                return Bounds(exact, exact)
            case ir.CountOf():
                return _FROM_ZERO
            case ir.Aggregate():
                return _of_aggregate(expr)
            case ir.Nested(op=op):
                inner = self.bounds(expr.value)
                is_sum = op is AggregateOp.SUM and _is_from_zero(inner)
                otherwise = _FROM_ZERO if is_sum or op is AggregateOp.STDDEV else _NONE
                return inner if op in _WITHIN else otherwise
            case ir.Call(op=op, args=args):
                return self._of_call(op, args)
            case _:
                return _NONE

    def _of_call(self, op: Op, args: tuple[ir.Expr, ...]) -> Bounds:
        match op, args:
            case Op.DIV, (part, whole) if self._is_part(part, whole):
                return _SHARE
            case Op.NEG, (value,):
                return _negated(self.bounds(value))
            case Op.ABS, _:
                return _FROM_ZERO
            case Op.ADD, (left, right):
                return _added(self.bounds(left), self.bounds(right))
            case Op.SUB, (left, right):
                return _added(self.bounds(left), _negated(self.bounds(right)))
            case ((Op.MUL | Op.DIV), _) if all(_is_from_zero(self.bounds(arg)) for arg in args):
                return _FROM_ZERO
            case _:
                return _NONE

    # ------------------------------------------------------------------------ parts and wholes

    def _is_part(self, part: ir.Expr, whole: ir.Expr) -> bool:
        """Whether the first counts some of what the second counts."""
        match part, whole:
            case ir.CountOf(), ir.CountOf():
                return part.across == whole.across and self._is_within(part.set, whole.set)
            case ir.Aggregate(), ir.Aggregate() if part.op in _COUNTS:
                return self._is_narrower(part, whole)
            case _:
                return False

    def _is_within(self, part: ir.Set | ir.Outside, whole: ir.Set | ir.Outside) -> bool:
        """Whether every member of the first is one of the second."""
        if part == whole:
            return True
        match part, whole:
            case ir.AnyOf(operands), _:
                return all(self._is_within(operand, whole) for operand in operands)
            case _, ir.AllOf(operands):
                return all(self._is_within(part, operand) for operand in operands)
            case ir.AllOf(operands), _ if any(self._is_within(operand, whole) for operand in operands):
                return True
            case _, ir.AnyOf(operands):
                return any(self._is_within(part, operand) for operand in operands)
            case ir.Outside(inner), ir.Outside(outer):
                return self._is_within(outer, inner)
            case (
                (ir.With() | ir.State() | ir.Event() | ir.Always()),
                (ir.With() | ir.State() | ir.Event() | ir.Always()),
            ):
                return type(part) is type(whole) and self._is_narrower(part, whole)
            case _:
                return False

    def _is_narrower(self, part: _Rows, whole: _Rows) -> bool:
        """Whether both are of the same rows, and all conditions of the second are among those of the first.

        Of a `having` that is the same on both sides fewer rows may make more members true, so none is taken.
        """
        if isinstance(part, ir.With) and part.having is not None:
            return False
        alike = dataclasses.replace(part, where=None) == dataclasses.replace(whole, where=None)
        return alike and self._conditions(whole.where) <= self._conditions(part.where)

    def _conditions(self, where: ir.Expr | None) -> frozenset[ir.Expr]:
        """What holds where the condition does: its parts, and those of attributes that it names."""
        match where:
            case None:
                return frozenset()
            case ir.Call(op=Op.AND, args=args):
                return frozenset().union(*(self._conditions(arg) for arg in args))
            case ir.Field(steps=(), owner=owner, name=name):
                attribute = self._model.entity(owner).attribute(name)
                further = self._conditions(attribute.value) if attribute is not None else frozenset()
                return frozenset({where}) | further
            case _:
                return frozenset({where})


_Rows = ir.Aggregate | ir.With | ir.State | ir.Event | ir.Always


def _of_aggregate(expr: ir.Aggregate) -> Bounds:
    if expr.op in (*_COUNTS, AggregateOp.STDDEV):
        return _FROM_ZERO
    is_share = expr.op is AggregateOp.AVG and expr.argument is not None and not expr.argument.type.is_numeric
    return _SHARE if is_share else _NONE


def _is_from_zero(found: Bounds) -> bool:
    return found.least is not None and found.least >= 0


def _negated(found: Bounds) -> Bounds:
    least = None if found.most is None else -found.most
    return Bounds(least, None if found.least is None else -found.least)


def _added(left: Bounds, right: Bounds) -> Bounds:
    return Bounds(_sum(left.least, right.least), _sum(left.most, right.most))


def _sum(first: Fraction | None, second: Fraction | None) -> Fraction | None:
    return None if first is None or second is None else first + second
