"""From when to when conversions are looked at: a month of credits reads a month of conversions.

Who reads credits bounds the time of the conversion by constants. The pairs keep the conversions within the
bounds of all who read them; where the window is a fixed time before the conversion, touches have bounds too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from kpilang.frozen import dataclass
from kpilang.ir import Op
from kpilang.plan import scalars
from kpilang.plan.scalars import Apply, Constant, Scalar


@dataclass(frozen=True, slots=True)
class Times:
    """From `start` (included) to `end` (excluded); None is open."""

    start: Constant | None = None
    end: Constant | None = None

    def conditions(self, anchor: Scalar) -> tuple[Scalar, ...]:
        pairs = ((Op.GE, self.start), (Op.LT, self.end))
        return tuple(scalars.compare(op, anchor, bound) for op, bound in pairs if bound is not None)


def times_of(conditions: Sequence[Scalar], anchor: Scalar) -> Times:
    """The bounds that conditions set to an anchor."""
    starts, ends = (
        tuple(
            c.args[1]
            for c in conditions
            if isinstance(c, Apply) and c.op is op and c.args[0] == anchor and isinstance(c.args[1], Constant)
        )
        for op in (Op.GE, Op.LT)
    )
    return Times(_most(max, starts), _most(min, ends))


def around(times: Sequence[Times | None]) -> Times:
    """The narrowest bounds that leave room for all; None stands for who looks at all times."""
    known = [each for each in times if each is not None]
    if not known or len(known) < len(times):
        return Times()
    starts = [each.start for each in known if each.start is not None]
    ends = [each.end for each in known if each.end is not None]
    return Times(
        _most(min, starts) if len(starts) == len(known) else None,
        _most(max, ends) if len(ends) == len(known) else None,
    )


def times_of_touches(
    times: Times, touched: Scalar, anchor: Scalar, earliest: Scalar | None, latest: Scalar
) -> tuple[Scalar, ...]:
    """What follows for touches up to the conversion itself, or from a fixed time before it."""
    found: list[Scalar] = []
    if times.start is not None and _is_moved(earliest, anchor):
        assert isinstance(earliest, Apply), "moved by an operation"
        first = Apply(earliest.op, (times.start, *earliest.args[1:]), earliest.type)
        found.append(scalars.compare(Op.GE, touched, first))
    if times.end is not None and latest == anchor:
        found.append(scalars.compare(Op.LT, touched, times.end))
    return tuple(found)


def _is_moved(bound: Scalar | None, anchor: Scalar) -> bool:
    """Whether a bound is the anchor moved by a constant."""
    if not isinstance(bound, Apply) or bound.op not in (Op.ADD_DAYS, Op.ADD_SECONDS):
        return False
    return bound.args[0] == anchor and isinstance(bound.args[1], Constant)


def _most(choose: Callable[..., Constant], bounds: Sequence[Constant]) -> Constant | None:
    return choose(bounds, key=lambda bound: bound.value) if bounds else None
