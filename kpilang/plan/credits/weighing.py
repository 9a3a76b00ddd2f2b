"""How a conversion's value is shared, by model: which pairs are credits, and what their touches weigh.

Exact weights are whole numbers, for only their proportions matter. The running sums of equal touches have a
closed form; those of weights that may be zero are left to `weights`. Everything is found when it is asked
for: a count of credits needs no shares.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import assert_never

from kpilang import ir
from kpilang.frozen import dataclass
from kpilang.ir import Op
from kpilang.plan import scalars
from kpilang.plan.credits.pairs import Pairs
from kpilang.plan.credits.steps import Below
from kpilang.plan.credits.weights import Milestones, Positions, Sums, Weights
from kpilang.plan.relations import Relations
from kpilang.plan.scalars import ONE, ZERO, Apply, Scalar, compare
from kpilang.types import INTEGER


@dataclass(frozen=True, slots=True)
class InParts:
    """The weights before a touch, up to it, and of all touches of the conversion."""

    before: Scalar
    so_far: Scalar
    whole: Scalar


class Weighing(ABC):
    """One model over pairs."""

    may_be_void = False
    """Whether a pair with a touch may stand for a conversion without a credit."""

    def __init__(self, pairs: Pairs) -> None:
        self._pairs = pairs

    @property
    def rows(self) -> Below:
        """The relation that knows it all."""
        return self._pairs

    def kept(self) -> tuple[Scalar, ...]:
        """Which pairs are credits, or stand for a conversion without one."""
        return ()

    def is_attributed(self) -> Scalar:
        return scalars.is_not_null(self.rows.through(self._pairs.touch_key()))

    @abstractmethod
    def parts(self) -> InParts | None:
        """The weights; None where a credit has the whole value."""


def weighing(pairs: Pairs, origin: ir.Credits, relations: Relations, of: str) -> Weighing:
    """How the touches of each conversion share its value; `of` names the attribution."""
    match origin.shares:
        case ir.FirstTouch() | ir.LastTouch():
            return _ToOne(pairs, origin.shares)
        case ir.InFull():
            return _InFull(pairs)
        case ir.Evenly():
            return _Even(pairs)
        case ir.ByPosition():
            return _Weighted(pairs, Positions(relations, pairs, origin.shares, of))
        case ir.ByDecay() | ir.ByWeight():
            return _Weighted(pairs, Sums(relations, pairs, origin.shares, of))
        case ir.ByMilestones():
            return _Weighted(pairs, Milestones(relations, pairs, origin.shares, of))
        case _:
            assert_never(origin.shares)


class _ToOne(Weighing):
    """All to the first touch, or to the last."""

    def __init__(self, pairs: Pairs, shares: ir.FirstTouch | ir.LastTouch) -> None:
        super().__init__(pairs)
        match shares:
            case ir.FirstTouch():
                self._place = pairs.position()
            case ir.LastTouch(direct):
                self._place = pairs.from_last(direct)

    def kept(self) -> tuple[Scalar, ...]:
        return (compare(Op.EQ, self._place, ONE),)

    def parts(self) -> None:
        return None


class _InFull(Weighing):
    """The whole to each touch."""

    def parts(self) -> None:
        return None


class _Even(Weighing):
    """The same to each touch."""

    def parts(self) -> InParts:
        position = self._pairs.position()
        return InParts(Apply(Op.SUB, (position, ONE), INTEGER), position, self._pairs.touches())


class _Weighted(Weighing):
    """By weights, of which some may be zero."""

    def __init__(self, pairs: Pairs, weights: Weights) -> None:
        super().__init__(pairs)
        self._weights = weights
        self.may_be_void = weights.may_be_zero

    @property
    def rows(self) -> Below:
        return self._weights.rows

    def kept(self) -> tuple[Scalar, ...]:
        """Without any weight the first pair stands for the conversion."""
        if not self.may_be_void:
            return ()
        position = self.rows.through(self._pairs.position())
        alone = (compare(Op.EQ, self._weights.whole(), ZERO), compare(Op.EQ, position, ONE))
        return (scalars.any_of((compare(Op.GT, self._weights.weight(), ZERO), scalars.all_of(alone))),)

    def is_attributed(self) -> Scalar:
        return compare(Op.GT, self._weights.whole(), ZERO) if self.may_be_void else super().is_attributed()

    def parts(self) -> InParts:
        return InParts(self._weights.before(), self._weights.so_far(), self._weights.whole())
