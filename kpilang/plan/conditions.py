"""Several conditions over the same rows: what all share, what is left to each."""

from __future__ import annotations

from collections.abc import Sequence

from kpilang.frozen import dataclass
from kpilang.plan import scalars
from kpilang.plan.scalars import Scalar


@dataclass(frozen=True, slots=True)
class Factored:
    """`shared` holds in every condition; `rest` is what is left of each, in order."""

    shared: tuple[Scalar, ...]
    rest: tuple[Scalar, ...]

    def given(self, known: Sequence[Scalar]) -> Factored:
        """What is left when all rows satisfy `known` anyway."""
        return Factored(self.shared, tuple(_without(rest, known) for rest in self.rest))

    @property
    def any(self) -> Scalar:
        """True for the rows that at least one condition keeps (given `shared`)."""
        return scalars.any_of(self.rest)


def _without(condition: Scalar, known: Sequence[Scalar]) -> Scalar:
    return scalars.all_of(tuple(part for part in scalars.conjuncts(condition) if part not in known))


def factor(conditions: Sequence[Scalar]) -> Factored:
    """Split conjunctions; a row for which a part is unknown is kept by no condition either way."""
    split = [tuple(part for part in scalars.conjuncts(c) if part != scalars.TRUE) for c in conditions]
    first = split[0] if split else ()
    shared = tuple(part for part in first if all(part in other for other in split))
    rest = tuple(scalars.all_of(tuple(p for p in parts if p not in shared)) for parts in split)
    return Factored(shared, rest)
