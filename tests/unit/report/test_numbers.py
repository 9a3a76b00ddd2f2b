"""Digits, units and signs of numbers as people read them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from kpilang import ir
from kpilang.report.goals import Status, status
from kpilang.report.numbers import number_format
from kpilang.types import DAY, INTEGER, Exactness, Kind, Type, currency
from tests.unit.report.samples import DOUBLE, EUR, JPY, ORDERS, PERCENT, SECONDS, goal, kpi

EXACT = Type(Kind.NUMBER, scale=6)
DAYS = Type(Kind.DURATION, unit=DAY, scale=0)


@pytest.mark.parametrize(
    ("type", "values", "texts"),
    [
        (EUR, [Decimal("1204.5")], ["1,204.50 €"]),
        (EUR, [Decimal("0.004"), Decimal("0.0012")], ["0.0040 €", "0.0012 €"]),
        (EUR, [Decimal("-0.004"), Decimal("7")], ["0.00 €", "7.00 €"]),
        (EUR, [Decimal("0.005"), Decimal("-0.005"), Decimal("1")], ["0.01 €", "-0.01 €", "1.00 €"]),
        (JPY, [Decimal("1234.5")], ["1,235 JPY"]),
        (Type(Kind.NUMBER, unit=currency("KWD"), scale=6), [Decimal("1")], ["1.000 KWD"]),
        (ORDERS, [1234567], ["1,234,567"]),
        (PERCENT, [0.2344, 1.0, -0.5], ["23.4 %", "100.0 %", "-50.0 %"]),
        (PERCENT, [0.00012], ["0.012 %"]),
        (EXACT, [Decimal("1.500000"), Decimal("2")], ["1.5", "2.0"]),
        (EXACT, [Decimal("3.000000")], ["3"]),
        (DOUBLE, [3.14159], ["3.14"]),
        (DOUBLE, [12345.678], ["12,345.7"]),
        (DOUBLE, [0.012345], ["0.0123"]),
        (DOUBLE, [0.0], ["0.0000"]),
        (DOUBLE, [2.5e-7], ["0.00000025"]),
        (DOUBLE, [1e300], ["1.000000e+300"]),
        (SECONDS, [Decimal("5400")], ["90"]),
        (SECONDS, [Decimal("0.25")], ["0.25"]),
        (SECONDS, [Decimal("864000")], ["10"]),
        (DAYS, [12], ["12"]),
        (INTEGER, [], []),
    ],
)
def test_numbers_are_shown(type: Type, values: list[Decimal], texts: list[str]) -> None:
    form = number_format(kpi("x", type), values)
    assert [form.text(value) for value in values] == texts


def test_a_share_with_a_goal_in_percent_is_shown_in_percent() -> None:
    share = Type(Kind.NUMBER, exactness=Exactness.ROUNDED)
    assert number_format(kpi("x", share, target=goal(">=", "25")), [0.5]).text(0.5) == "50.0 %"
    assert number_format(kpi("x", share), [0.5]).text(0.5) == "0.5000"


TARGET = {"target": goal(">=", "25"), "warn": goal("<", "20"), "alert": goal("<", "15")}


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (0.25, Status.MET),
        (Decimal("0.25"), Status.MET),
        (0.2499, Status.MISSED),
        (0.1999, Status.WARN),
        (0.15, Status.WARN),
        (0.1499, Status.ALERT),
        (0, Status.ALERT),
        (None, None),
    ],
)
def test_the_gravest_goal_wins(value: object, wanted: Status | None) -> None:
    output = kpi("x", PERCENT, **TARGET).output
    assert output is not None
    assert status(output, {"x": value}) is wanted


@pytest.mark.parametrize(
    ("value", "wanted"), [(1, Status.MISSED), (2, Status.MET), (3, Status.MET), (4, Status.MISSED)]
)
def test_bounds_may_be_other_columns(value: int, wanted: Status) -> None:
    output = kpi("x", INTEGER, target=ir.Goal("between", ("low", ir.Literal(3, INTEGER)))).output
    assert output is not None
    assert status(output, {"x": value, "low": 2}) is wanted
    assert status(output, {"x": value, "low": None}) is None
