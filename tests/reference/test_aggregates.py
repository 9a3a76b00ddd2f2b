"""Aggregates of nothing, of nulls and of values (laws 3, 5, 7, 9)."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from kpilang.ir import AggregateOp
from kpilang.reference import LawError
from kpilang.reference.aggregates import Item, aggregate
from kpilang.types import BOOL, DATE, INTEGER, STRING, Type
from tests.reference.build import DOUBLE, MONEY, RATIO, enum

A = AggregateOp


def of(op: A, *values: Any, argument: Type = MONEY, type: Type = MONEY, share: str = "0.9") -> Any:
    items = [Item(value, None) for value in values]
    return aggregate(op, items, argument, Fraction(share), type)


@pytest.mark.parametrize("values", [(), (None, None)])
@pytest.mark.parametrize(
    ("op", "type", "answer"),
    [
        (A.UNIQUE, INTEGER, 0),
        (A.SUM, MONEY, 0),
        (A.AVG, RATIO, None),
        (A.MIN, MONEY, None),
        (A.MAX, MONEY, None),
        (A.MEDIAN, DOUBLE, None),
        (A.PERCENTILE, DOUBLE, None),
        (A.STDDEV, DOUBLE, None),
        (A.FIRST, MONEY, None),
        (A.LAST, MONEY, None),
    ],
)
def test_of_nothing(op: A, type: Type, answer: Any, values: tuple[Any, ...]) -> None:
    assert of(op, *values, type=type) == answer


def test_count_counts_rows_and_exists_is_never_null() -> None:
    assert of(A.COUNT, None, None, type=INTEGER) == 2
    assert of(A.COUNT, type=INTEGER) == 0
    assert of(A.EXISTS, None, type=BOOL) is True
    assert of(A.EXISTS, type=BOOL) is False


def test_sums_are_exact() -> None:
    assert of(A.SUM, *[Fraction(1, 10)] * 10) == 1
    assert of(A.SUM, 2**53, 1, type=INTEGER) == 2**53 + 1
    assert of(A.SUM, 0.1, 0.2, None, argument=DOUBLE, type=DOUBLE) == float(Fraction(0.1) + Fraction(0.2))
    assert of(A.SUM, 1e308, 1e308, argument=DOUBLE, type=DOUBLE) is None


def test_a_sum_beyond_38_digits_is_refused() -> None:
    with pytest.raises(LawError, match="38 digits"):
        of(A.SUM, *[Fraction(6 * 10**31)] * 2)


def test_avg_divides_the_exact_sum_once_by_the_values_there_are() -> None:
    assert of(A.AVG, 6, None, 3, type=RATIO) == 4.5
    assert of(A.AVG, 10, 10, 10.0, type=DOUBLE) == 10.0
    assert of(A.AVG, 10**20, 1, 1, type=RATIO) == float(Fraction(10**20 + 2, 3))
    assert of(A.AVG, 1e308, 1e308, type=DOUBLE) == 1e308, "the sum is no double, the mean is"


def test_avg_of_a_condition_is_its_share() -> None:
    assert of(A.AVG, True, False, None, None, argument=BOOL, type=RATIO) == 0.5
    assert of(A.AVG, True, False, True, argument=BOOL, type=RATIO) == 2 / 3


def test_extremes_follow_the_type() -> None:
    assert of(A.MAX, -3, -7) == -3
    cities = ("b", "B", "a", "Ä", "b", None)
    assert of(A.MIN, *cities, argument=STRING, type=STRING) == "B"
    assert of(A.MAX, *cities, argument=STRING, type=STRING) == "Ä"
    assert of(A.UNIQUE, *cities, argument=STRING, type=INTEGER) == 4
    stages = enum("lead", "sql", "customer", "rejected", ranked=("lead", "sql", "customer"))
    asked = ("customer", "rejected", "lead", None)
    assert of(A.MIN, *asked, argument=stages, type=stages) == "lead"
    assert of(A.MAX, *asked, argument=stages, type=stages) == "customer"
    assert of(A.MAX, "rejected", argument=stages, type=stages) is None


def test_unique_tells_values_apart_by_what_they_are() -> None:
    assert of(A.UNIQUE, Fraction(1), 1, Decimal(1), type=INTEGER) == 1
    assert of(A.UNIQUE, "1", "1 ", "\u00e9", "e\u0301", argument=STRING, type=INTEGER) == 4


@pytest.mark.parametrize(
    ("values", "share", "answer"),
    [
        ((10, 20), "0.5", 15.0),
        ((10, 20), "0.9", 19.0),
        ((4, 1, 3, 2), "0.5", 2.5),
        ((4, 1, 3, 2), "0", 1.0),
        ((4, 1, 3, 2), "1", 4.0),
        ((4, 1, 3, 2), "0.25", 1.75),
        ((7,), "0.3", 7.0),
        ((0, 0, 0, 0, 0, 3, 4), "0.5", 0.0),
    ],
)
def test_percentiles_are_linear_between_neighbours(
    values: tuple[int, ...], share: str, answer: float
) -> None:
    assert of(A.PERCENTILE, *values, None, type=DOUBLE, share=share) == answer


def test_stddev_is_the_samples() -> None:
    assert of(A.STDDEV, 2, 4, 4, 6, type=DOUBLE) == math.sqrt(8 / 3)
    assert of(A.STDDEV, 5, 5, type=DOUBLE) == 0.0
    assert of(A.STDDEV, 3, None, type=DOUBLE) is None
    near = [Fraction(10**12 + step) for step in (1, 2, 3)]
    assert of(A.STDDEV, *near, type=DOUBLE) == 1.0, "nothing cancels"
    assert of(A.STDDEV, 1e200, 3e200, type=DOUBLE) == pytest.approx(math.sqrt(2) * 1e200, rel=1e-12)


def test_first_and_last_skip_nulls_and_what_has_no_place() -> None:
    items = [
        Item(20, (5, 2)),
        Item(10, (5, 1)),
        Item(None, (1, 9)),
        Item(60, (9, 6)),
        Item(40, (9, 4)),
        Item(99, None),
    ]
    assert aggregate(A.FIRST, items, MONEY, None, MONEY) == 10
    assert aggregate(A.LAST, items, MONEY, None, MONEY) == 60
    assert aggregate(A.LAST, items[-1:], DATE, None, DATE) is None
