"""The fast decorator does what the standard one does."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
from collections.abc import Callable
from dataclasses import FrozenInstanceError, field
from typing import Any

import pytest

from kpilang import frozen

BOTH = pytest.mark.parametrize(
    "dataclass", [dataclasses.dataclass, frozen.dataclass], ids=["standard", "ours"]
)


@frozen.dataclass(frozen=True, slots=True)
class Pickled:
    a: int
    b: tuple[int, ...] = ()


def classes(dataclass: Callable[..., Any]) -> tuple[Any, Any, Any]:
    @dataclass(frozen=True, slots=True)
    class Base:
        """A base."""

        place: int = field(default=0, kw_only=True, compare=False, repr=False)

    @dataclass(frozen=True, slots=True)
    class Point(Base):
        x: int
        y: int = 2
        tags: list[str] = field(default_factory=list, hash=False, compare=False)

        def __post_init__(self) -> None:
            assert self.x >= 0

        @property
        def total(self) -> int:
            return self.x + self.y

    @dataclass(frozen=True, slots=True)
    class Empty(Base):
        def __str__(self) -> str:
            return "nothing"

    return Base, Point, Empty


@BOTH
def test_values(dataclass: Callable[..., Any]) -> None:
    _, point, empty = classes(dataclass)
    assert (point(1).x, point(1).y, point(1).tags, point(1).place, point(1).total) == (1, 2, [], 0, 3)
    assert point(1).tags is not point(1).tags
    assert point(y=5, x=1, place=7).place == 7 and str(empty()) == "nothing"
    for wrong in ((), (1, 2, [], 4)):
        with pytest.raises(TypeError):
            point(*wrong)
    with pytest.raises(TypeError):
        point(1, z=2)
    with pytest.raises(AssertionError):
        point(-1)


@BOTH
def test_equality_is_by_value_and_class(dataclass: Callable[..., Any]) -> None:
    base, point, empty = classes(dataclass)
    assert point(1, place=1) == point(1, place=2) and hash(point(1, place=1)) == hash(point(1))
    assert point(1) != point(2) and point(1) != 1 and empty() == empty() and empty() != base()
    assert {point(1), point(1), point(1, 3)} == {point(1), point(1, 3)}


@BOTH
def test_the_rest_of_a_dataclass(dataclass: Callable[..., Any]) -> None:
    _, point, empty = classes(dataclass)
    assert repr(point(1)).endswith("Point(x=1, y=2, tags=[])") and repr(empty()).endswith("Empty()")
    assert [f.name for f in dataclasses.fields(point)] == ["place", "x", "y", "tags"]
    assert point.__match_args__ == ("x", "y", "tags")
    assert dataclasses.replace(point(1, place=3), y=9) == point(1, 9)
    assert dataclasses.replace(point(1, place=3), y=9).place == 3
    assert dataclasses.is_dataclass(point) and not hasattr(point(1), "__dict__")
    assert copy.deepcopy(point(1, tags=["a"])).tags == ["a"] and copy.copy(point(1)) == point(1)
    parameters = inspect.signature(point).parameters
    assert list(parameters) == ["x", "y", "tags", "place"]
    assert parameters["place"].kind is inspect.Parameter.KEYWORD_ONLY


@BOTH
def test_nothing_can_be_changed(dataclass: Callable[..., Any]) -> None:
    _, point, _ = classes(dataclass)
    made = point(1)
    for name in ("x", "z"):
        with pytest.raises((FrozenInstanceError, TypeError)):
            setattr(made, name, 2)
    with pytest.raises(FrozenInstanceError):
        del made.x


def test_pickles() -> None:
    assert pickle.loads(pickle.dumps(Pickled(1, (2,)))) == Pickled(1, (2,))
