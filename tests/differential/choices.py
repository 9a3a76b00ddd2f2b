"""Where a world's choices come from: a seeded generator for long searches, Hypothesis for the test.

Both give whole numbers between two bounds; everything else is made of those, so that one generator of worlds
serves both. Small numbers stand for the simple, which is what Hypothesis shrinks towards.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from random import Random
from typing import Any, TypeVar

from hypothesis import strategies as st

T = TypeVar("T")


class Choices(ABC):
    @abstractmethod
    def integer(self, low: int, high: int) -> int:
        """A whole number from `low` to `high`, both included."""

    def one_of(self, items: Sequence[T]) -> T:
        return items[self.integer(0, len(items) - 1)]

    def chance(self, one_in: int) -> bool:
        return self.integer(1, one_in) == one_in

    def some(self, items: Sequence[T], at_most: int) -> list[T]:
        """Up to so many different ones, in the order of `items`."""
        left = list(range(len(items)))
        chosen = []
        for _ in range(self.integer(0, min(at_most, len(items)))):
            chosen.append(left.pop(self.integer(0, len(left) - 1)))
        return [items[index] for index in sorted(chosen)]

    def shuffled(self, items: Sequence[T]) -> list[T]:
        """In any order; as they are half the time."""
        left = list(items)
        if not self.chance(2):
            return left
        return [left.pop(self.integer(0, len(left) - 1)) for _ in items]


class Seeded(Choices):
    """World `number` of a seed: each can be had again without those before it."""

    def __init__(self, seed: int, number: int) -> None:
        self._random = Random(f"{seed}:{number}")

    def integer(self, low: int, high: int) -> int:
        return self._random.randint(low, high)


class Drawn(Choices):
    """By Hypothesis, which shrinks what fails."""

    def __init__(self, draw: Callable[[st.SearchStrategy[Any]], Any]) -> None:
        self._draw = draw

    def integer(self, low: int, high: int) -> int:
        return int(self._draw(st.integers(low, high)))
