"""Weights of touches, added up in their order: steps over the pairs.

Positions know their sums by themselves; of decay, of a weight of one's own and of milestones, window
functions add up the touches of each conversion.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from decimal import Decimal
from functools import reduce
from math import gcd

from kpilang import ir
from kpilang.ir import AggregateOp, Op
from kpilang.plan import scalars
from kpilang.plan.credits.pairs import Pairs
from kpilang.plan.credits.steps import Below, Step
from kpilang.plan.relations import Relations
from kpilang.plan.scalars import (
    DOUBLE,
    NEGATIVE,
    ONE,
    ZERO,
    Apply,
    Choose,
    Column,
    Constant,
    Function,
    Made,
    Over,
    Scalar,
    Summary,
    Windowed,
    compare,
)
from kpilang.types import INTEGER

_ABOUT = "what the touches of each conversion weigh, one by one and together"


class Weights(ABC):
    """Weights in the relation `rows`, as they are asked for; 0 where there is no touch."""

    may_be_zero = True
    """Whether a touch may weigh nothing."""

    def __init__(self, rows: Step) -> None:
        self.rows = rows

    @abstractmethod
    def weight(self) -> Scalar:
        """Of the touch itself."""

    @abstractmethod
    def so_far(self) -> Scalar:
        """Of the touches up to this one."""

    @abstractmethod
    def whole(self) -> Scalar:
        """Of all touches of the conversion."""

    def before(self) -> Scalar:
        """Of the touches before this one."""
        return Apply(Op.SUB, (self.so_far(), self.weight()), INTEGER)


class Positions(Weights):
    """Shares of the ends and of those between, times as many as these are: whole numbers."""

    def __init__(self, relations: Relations, pairs: Pairs, shares: ir.ByPosition, of: str) -> None:
        super().__init__(Step(relations, pairs, f"weights_of_{of}", _ABOUT))
        self._first, self._between, self._last = _whole_numbers(shares.first, shares.between, shares.last)
        self.may_be_zero = 0 in (self._first, self._between, self._last)
        self._pairs = pairs

    def weight(self) -> Scalar:
        position, touches = self._pairs.position(), self._pairs.touches()
        shares = (
            (self._are(0), ZERO),
            (self._are(1), ONE),
            (compare(Op.EQ, position, ONE), _times(self._first, self._each())),
            (compare(Op.EQ, position, touches), _times(self._last, self._each())),
        )
        return self.rows.add("weight", Choose(shares, Constant(self._between, INTEGER), INTEGER), wide=True)

    def before(self) -> Scalar:
        """The first, and those between up to here."""
        position = self._pairs.position()
        between = _times(self._between, _minus(position, 2))
        first = compare(Op.EQ, position, ONE)
        found = Choose(((first, ZERO),), _plus(_times(self._first, self._each()), between), INTEGER)
        return self.rows.add("weights_before", found, wide=True)

    def so_far(self) -> Scalar:
        return _plus(self.before(), self.weight())

    def whole(self) -> Scalar:
        ends = _times(self._first + self._last, self._each())
        between = _times(self._between, _minus(self._pairs.touches(), 2))
        few = ((self._are(0), ZERO), (self._are(1), ONE))
        return self.rows.add("all_weights", Choose(few, _plus(ends, between), INTEGER), wide=True)

    def _are(self, number: int) -> Scalar:
        return compare(Op.EQ, self._pairs.touches(), Constant(number, INTEGER))

    def _each(self) -> Scalar:
        """How many those between are: an end weighs as many times its share."""
        return Apply(Op.GREATEST, (_minus(self._pairs.touches(), 2), ONE), INTEGER)


class Sums(Weights):
    """Weights by an expression over the touch, or by its age."""

    def __init__(self, relations: Relations, pairs: Pairs, shares: ir.ByDecay | ir.ByWeight, of: str) -> None:
        match shares:
            case ir.ByWeight(own):
                weight = _own_weight(pairs, own)
            case ir.ByDecay(half_life):
                weight = _decayed(pairs, half_life)
        below: Below = pairs
        if pairs.name in scalars.tables(weight):
            below = step = Step(relations, pairs, f"weight_of_{of}", "what each touch weighs")
            self._held = step.add("weight", pairs.lifted(weight))
        else:
            self._held = pairs.hold("weight", weight)
        super().__init__(Step(relations, below, f"weights_of_{of}", _ABOUT))
        self._running = _Running(self.rows, below, pairs, may_overflow=isinstance(shares, ir.ByWeight))

    def weight(self) -> Scalar:
        return self.rows.add("weight", self._held)

    def before(self) -> Scalar:
        """Of doubles added up anew: a difference would not be what the touch before has."""
        if self._held.type.is_double:
            return self._running.before("weights_before", self._held)
        return super().before()

    def so_far(self) -> Scalar:
        return self._running.so_far("weights_so_far", self._held)

    def whole(self) -> Scalar:
        return self._running.all("all_weights", self._held)


class Milestones(Weights):
    """Shares of milestones, and of the others together, times as many as these are: whole numbers."""

    def __init__(self, relations: Relations, pairs: Pairs, shares: ir.ByMilestones, of: str) -> None:
        *own, self._share = _whole_numbers(*(m.share for m in shares.milestones), shares.others)
        marks = [pairs.mark(f"milestone_{n}", m.where) for n, m in enumerate(shares.milestones, 1)]
        below = Step(relations, pairs, f"milestones_of_{of}", "which touches are on milestones")
        reached = [compare(Op.EQ, mark, ONE) for mark in marks]
        carried = [_choose(is_on, share) for is_on, share in zip(reached, own, strict=True)]
        nowhere = (scalars.is_not_null(pairs.touch_key()), *(compare(Op.EQ, mark, ZERO) for mark in marks))
        self._carried = below.add("milestones", reduce(_plus, carried), wide=True)
        self._other = below.add("others", _choose(scalars.all_of(nowhere), 1), wide=True)
        sums = Step(relations, below, f"touches_of_{of}", "shares of milestones and other touches, added up")
        self._running = _Running(sums, below, pairs)
        self._sums = sums
        super().__init__(Step(relations, sums, f"weights_of_{of}", _ABOUT))

    def weight(self) -> Scalar:
        carried, other = (self._sums.add(c.name, c, c.wide) for c in (self._carried, self._other))
        return self._weighed("weight", carried, other)

    def so_far(self) -> Scalar:
        carried = self._running.so_far("milestones_so_far", self._carried)
        others = self._running.so_far("others_so_far", self._other)
        return self._weighed("weights_so_far", carried, others)

    def whole(self) -> Scalar:
        carried = self._running.all("all_milestones", self._carried)
        return self._weighed("all_weights", carried, self._all_others())

    def _weighed(self, wish: str, carried: Scalar, others: Scalar) -> Scalar:
        if self._share == 0:
            return self.rows.add(wish, carried, wide=True)
        each = Apply(Op.GREATEST, (self._all_others(), ONE), INTEGER)
        both = _plus(Apply(Op.MUL, (carried, each), INTEGER), _times(self._share, others))
        return self.rows.add(wish, both, wide=True)

    def _all_others(self) -> Scalar:
        return self._running.all("all_others", self._other)


class _Running:
    """Sums over the touches of a conversion, of columns of the relation below a step.

    `may_overflow`: sums of doubles may leave their range, which is null.
    """

    def __init__(self, step: Step, below: Below, pairs: Pairs, may_overflow: bool = False) -> None:
        self._step = step
        self._may_overflow = may_overflow
        self._one = tuple(below.through(key) for key in pairs.conversion_keys())
        self._order = ((below.through(pairs.position()), False),)

    def so_far(self, wish: str, weight: Column) -> Column:
        return self._sum(wish, self._windowed(Function.SUM_SO_FAR, weight))

    def before(self, wish: str, weight: Column) -> Column:
        before = scalars.or_else(self._windowed(Function.SUM_BEFORE, weight), scalars.zero(weight.type))
        return self._sum(wish, before)

    def all(self, wish: str, weight: Column) -> Column:
        return self._sum(wish, Over(Summary(AggregateOp.SUM, weight, weight.type), self._one))

    def _windowed(self, function: Function, weight: Column) -> Windowed:
        return Windowed(function, weight, self._one, self._order, weight.type)

    def _sum(self, wish: str, value: Scalar) -> Column:
        if self._may_overflow and value.type.is_double:
            value = Apply(Made.FINITE, (value,), value.type.with_null())
        return self._step.add(wish, value, wide=True)


def _own_weight(pairs: Pairs, weight: ir.Expr) -> Scalar:
    """Null counts as 0, as does what is no touch; a weight below 0 stops the query."""
    value = pairs.of_pair(weight)
    known = scalars.or_else(value, scalars.zero(value.type))
    stop = Apply(Made.STOP, (), value.type, words=(f"{NEGATIVE}{pairs.origin.touches}",))
    found = Choose(
        (
            (scalars.is_null(pairs.is_touched.args[0]), scalars.zero(value.type)),
            (compare(Op.LT, value, ZERO), stop),
        ),
        known,
        value.type.with_null(False),
    )
    return found if value.type.is_double or not value.type.scale else Apply(Made.UNITS, (found,), INTEGER)


def _decayed(pairs: Pairs, half_life: Decimal) -> Scalar:
    """Half as much for each half-life that a touch is older than the youngest."""
    behind = Apply(Op.CAST, (pairs.behind_youngest(),), DOUBLE)
    lives = Apply(Op.DIV, (behind, Constant(half_life, INTEGER)), DOUBLE)
    return scalars.or_else(Apply(Made.HALVED, (lives,), DOUBLE), scalars.zero(DOUBLE))


def _whole_numbers(*shares: Decimal) -> tuple[int, ...]:
    """Whole numbers of the same proportions."""
    scale = max(max(-int(share.normalize().as_tuple().exponent), 0) for share in shares)
    numbers = tuple(int(share.scaleb(scale)) for share in shares)
    common = reduce(gcd, numbers) or 1
    return tuple(number // common for number in numbers)


def _choose(condition: Scalar, number: int) -> Scalar:
    return Choose(((condition, Constant(number, INTEGER)),), ZERO, INTEGER)


def _minus(value: Scalar, number: int) -> Scalar:
    return Apply(Op.SUB, (value, Constant(number, INTEGER)), INTEGER)


def _plus(left: Scalar, right: Scalar) -> Scalar:
    if ZERO in (left, right):
        return right if left == ZERO else left
    return Apply(Op.ADD, (left, right), INTEGER)


def _times(number: int, value: Scalar) -> Scalar:
    if number in (0, 1):
        return value if number else ZERO
    return Apply(Op.MUL, (Constant(number, INTEGER), value), INTEGER)
