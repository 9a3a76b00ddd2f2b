"""How the touches of a conversion share its value: their weights, and what each gets (law 13, ruling 21).

Weights are exact ratios where they can be. In doubles, for `ir.ByDecay`, inexact weights and inexact values,
the operations are those that `ir.Credits` names. Which touches there are was decided before.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate, pairwise
from typing import NamedTuple, assert_never

from kpilang import ir
from kpilang.reference.access import Row, Rows
from kpilang.reference.calendar import Clock
from kpilang.reference.errors import LawError
from kpilang.reference.numbers import Exact, Number, exact, round_half_away, to_double
from kpilang.reference.values import Leaf, Value, elapsed, evaluate
from kpilang.types import DEFAULT_SCALE


class Touch(NamedTuple):
    row: Row
    touched: Value


@dataclass(frozen=True, slots=True)
class Path:
    """A conversion with its touches, in order of time and key; at least one."""

    conversion: Row
    latest: Value
    touches: Sequence[Touch]
    rows: Rows

    def value(self, expr: ir.Expr, place: int) -> Value:
        """A row expression of one of the touches; `this` is the conversion."""
        touch = self.touches[place]
        parts = {
            ir.TouchPart.POSITION: place + 1,
            ir.TouchPart.TOUCHES: len(self.touches),
            ir.TouchPart.AGE: elapsed(self.latest, touch.touched),
        }
        return evaluate(expr, _TouchScope(self.rows, self.conversion, touch.row, parts))


@dataclass(frozen=True, slots=True)
class _TouchScope:
    """Where a weight is evaluated: for a touch, in its place on the path."""

    rows: Rows
    conversion: Row
    touch: Row
    parts: Mapping[ir.TouchPart, Value]

    @property
    def clock(self) -> Clock:
        return self.rows.clock

    def leaf(self, node: Leaf) -> Value:
        if isinstance(node, ir.TouchValue):
            return self.parts[node.part]
        return self.rows.value(node, self.touch, self.conversion)


# ---------------------------------------------------------------------------- weights


def weights(shares: ir.Shares, path: Path) -> Sequence[Number]:
    """What each touch weighs, none less than nothing."""
    count = len(path.touches)
    match shares:
        case ir.FirstTouch():
            return _all_to(0, count)
        case ir.LastTouch():
            return _all_to(_last(shares, path), count)
        case ir.Evenly() | ir.InFull():
            return [1] * count
        case ir.ByPosition():
            return _by_position(shares, count)
        case ir.ByDecay():
            return list(_by_decay(shares, path))
        case ir.ByMilestones():
            return _by_milestones(shares, path)
        case ir.ByWeight():
            return [_own_weight(shares, path, place) for place in range(count)]
        case _:
            assert_never(shares)


def _all_to(chosen: int, count: int) -> list[Number]:
    return [int(place == chosen) for place in range(count)]


def _last(shares: ir.LastTouch, path: Path) -> int:
    """The last for which `direct` is false or null; if there is none, the last."""
    places = range(len(path.touches))
    if shares.direct is None:
        return places[-1]
    kept = [place for place in places if path.value(shares.direct, place) is not True]
    return max(kept, default=places[-1])


def _by_position(shares: ir.ByPosition, count: int) -> list[Number]:
    """Of two touches none is between; one is the whole path."""
    if count == 1:
        return [1]
    first, between, last = map(Fraction, (shares.first, shares.between, shares.last))
    inner = count - 2
    return [first, *[between / max(inner, 1)] * inner, last]


def _by_decay(shares: ir.ByDecay, path: Path) -> Iterator[Number]:
    """Halved with every half-life before the youngest touch."""
    youngest = max(touch.touched for touch in path.touches)
    for touch in path.touches:
        lives = to_double(Fraction(elapsed(youngest, touch.touched)) / Fraction(shares.half_life))
        yield 0.0 if lives is None else math.pow(2.0, -lives)


def _by_milestones(shares: ir.ByMilestones, path: Path) -> list[Number]:
    """A touch on two milestones carries both; those on none share the rest."""
    places = range(len(path.touches))
    carried: dict[int, Fraction] = {}
    for milestone in shares.milestones:
        reached = (place for place in places if path.value(milestone.where, place) is True)
        first = next(reached, None)
        if first is not None:
            carried[first] = carried.get(first, Fraction()) + Fraction(milestone.share)
    others = len(places) - len(carried)
    return [carried[place] if place in carried else Fraction(shares.others) / others for place in places]


def _own_weight(shares: ir.ByWeight, path: Path, place: int) -> Number:
    """Null is nothing."""
    weight: Number | None = path.value(shares.weight, place)
    if weight is not None and weight < 0:
        touch = path.touches[place].row
        key = ", ".join(str(path.rows.named(touch, name)) for name in touch.entity.key)
        raise LawError(f"the weight {weight} of the touch {key} of `{touch.entity.name}` is negative")
    return weight or 0


# ---------------------------------------------------------------------------- what each gets


def credits(origin: ir.Credits, value: Number, weights: Sequence[Number]) -> Sequence[Number]:
    """The value in the proportion of the weights, of which at least one is more than nothing."""
    if isinstance(origin.shares, ir.InFull):
        return [value] * len(weights)
    if isinstance(value, float):
        return _in_proportion(value, [_double(weight) for weight in weights])
    unit = 10 ** max(origin.value.type.scale or 0, DEFAULT_SCALE)
    size = int(round_half_away(abs(value) * unit, 0))
    ends = _rounded(size, weights)
    sign = -1 if value < 0 else 1
    return [sign * Fraction(end - start, unit) for start, end in pairwise([0, *ends])]


def _rounded(size: int, weights: Sequence[Number]) -> list[int]:
    """Cᵢ, what the first i touches have together, as whole numbers of units."""
    if any(isinstance(weight, float) for weight in weights):
        return _rounded_doubles(size, [_double(weight) for weight in weights])
    sums = list(accumulate(map(exact, weights)))
    return [_share(size, part, sums[-1]) for part in sums]


def _share(size: int, part: Exact, whole: Exact) -> int:
    return (2 * size * part + whole) // (2 * whole)


def _rounded_doubles(size: int, weights: Sequence[float]) -> list[int]:
    """The same in doubles; the last has all that is left."""
    sums = list(accumulate(weights))
    ends = [min(math.floor(_finite(_double(size) * part) / sums[-1] + 0.5), size) for part in sums]
    return [*ends[:-1], size]


def _in_proportion(value: float, weights: Sequence[float]) -> list[Number]:
    """An inexact value has no smallest unit: nothing is rounded."""
    whole = _finite(sum(weights))
    return [_finite(value * weight) / whole for weight in weights]


def _double(number: Number) -> float:
    return _finite(to_double(number))


def _finite(number: float | None) -> float:
    if number is None or not math.isfinite(number):
        raise LawError("a value, or a weight, is too large to be shared in proportion")
    return number
