"""Numbers in DuckDB as the types promise them: exact, rounded once, never infinite."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import duckdb
import pytest

from tests.unit.plan.asking import ask, on_one_entity, run

COLUMNS = """
row_id: id
seen_on: date
k: integer?
x: number?
pct: percent?
f: float?
s: string?
stage: enum(lead < mql < customer, rejected)?
"""


def values(rows: Sequence[dict[str, Any]], **kpis: str) -> tuple[Any, ...]:
    """The only row of an answer over `items`."""
    lines = "\n".join(f"{name}: {formula}" for name, formula in kpis.items())
    asked = ask(*kpis, spec=on_one_entity(COLUMNS, lines), start="2024-01-01", end="2024-02-01")
    blank = {"k": None, "x": None, "pct": None, "f": None, "s": None, "stage": None}
    whole = [
        {"row_id": i, "seen_on": date(2024, 1, 2), **blank, **row} for i, row in enumerate(rows, start=1)
    ]
    (row,) = run(asked, rows={"items": whole})
    assert row == run(asked, rewrites=(), rows={"items": whole})[0]
    return row


def value(rows: Sequence[dict[str, Any]], formula: str) -> Any:
    return values(rows, it=formula)[0]


def test_decimals_are_rounded_when_read() -> None:
    rows = [{"x": Decimal("0.0000005")}, {"x": Decimal("0.0000005")}, {"x": Decimal("0.0000004")}]
    assert value(rows, "sum(items.x)") == Decimal("0.000002")
    assert value([{"x": Decimal("-0.0000005")}], "sum(items.x)") == Decimal("-0.000001")


def test_a_decimal_of_39_digits_is_an_error() -> None:
    with pytest.raises(duckdb.Error):
        value([{"x": Decimal(10) ** 32}], "sum(items.x)")


@pytest.mark.parametrize(
    ("above", "below"),
    [("0.3", "0.1"), ("1", "3"), ("2.01", "2"), ("-7", "0.7"), ("1234567.891", "0.000001")],
)
def test_a_quotient_is_rounded_once(above: str, below: str) -> None:
    found = value([{"x": Decimal(above), "pct": Decimal(below)}], "sum(items.x) / sum(items.pct)")
    assert found == float(Fraction(above) / Fraction(below))


def test_division_by_zero_and_of_nothing_is_null() -> None:
    rows = [{"k": 5, "x": Decimal(0)}]
    found = values(
        rows,
        a="sum(items.k) / sum(items.x)",
        b="avg(items.f)",
        c="sum(items.k / (k - 5))",
        d="5 / count(items where k = 9)",
    )
    assert found == (None, None, 0, None)


def test_integers_of_any_width() -> None:
    """2147483647 does not fit twice into the 32 bits of its column; 2^63 not into 64."""
    assert value([{"k": 2**31 - 1}], "sum(items.k * k + k)") == (2**31 - 1) * 2**31
    assert value([{"k": 2**62}] * 4, "sum(items.k) * 2") == 2**65
    assert value([{"k": 2**53}, {"k": 1}], "sum(items.k) - max(items.k)") == 1


def test_a_case_keeps_the_finer_scale() -> None:
    rows = [{"k": 1, "x": Decimal("1.255")}]
    assert value(rows, "sum(case when items.k = 1 then x else round(x, 2) end)") == Decimal("1.255")
    assert value(rows, "coalesce(round(min(items.x), 2), max(items.x))") == Decimal("1.26")


def test_products_add_their_scales() -> None:
    assert value([{"x": Decimal("1.000001")}], "sum(items.x * x)") == Decimal("1.000002000001")


@pytest.mark.parametrize(
    ("formula", "wanted"),
    [
        ("round(max(items.x), 2)", Decimal("1.01")),  # the decimal 1.005
        ("round(-max(items.x), 2)", Decimal("-1.01")),
        ("round(max(items.x) / 1, 2)", 1.0),  # the double 1.00499999999999989…
        ("round(max(items.x) * 1000 / 2, 0)", 503.0),  # 502.5: a tie of doubles
        ("round(max(items.k) / 8, 1)", 0.6),  # 0.625, no tie at one digit
        ("floor(max(items.x) * -1)", -2),
        ("ceil(max(items.x))", 2),
        ("abs(-max(items.x))", Decimal("1.005")),
    ],
)
def test_rounding(formula: str, wanted: object) -> None:
    assert value([{"x": Decimal("1.005"), "k": 5}], formula) == wanted


@pytest.mark.parametrize(
    "formula",
    [
        "max(items.f) * max(items.f)",
        "sum(items.f)",
        "max(items.f) + max(items.f)",
        "exp(max(items.f))",
        "power(max(items.f), 2)",
        "ln(0 * max(items.f))",
        "sqrt(-max(items.f))",
        "max(items.f) / (1 / max(items.f))",
        "stddev(items.f)",
    ],
)
def test_nothing_infinite_comes_out(formula: str) -> None:
    assert (
        value(
            [{"f": 1.7e308}, {"f": -1.7e308}] if "stddev" in formula else [{"f": 1.7e308}, {"f": 1.7e308}],
            formula,
        )
        is None
    )


def test_what_is_not_finite_is_read_as_null() -> None:
    rows = [{"f": float("inf")}, {"f": float("nan")}, {"f": 2.0}]
    assert values(rows, a="sum(items.f)", b="count(items where f is null)") == (2.0, 2)


def test_statistics_over_doubles() -> None:
    rows = [{"x": Decimal("0.01")}, {"x": Decimal("0.02")}, {"x": None}]
    found = values(
        rows, a="median(items.x)", b="percentile(items.x, 90%)", c="stddev(items.x)", d="avg(items.x)"
    )
    assert found == pytest.approx((0.015, 0.019, 0.0070710678118654755, 0.015), rel=1e-12)
    assert value(rows[:1], "stddev(items.x)") is None


def test_averages_of_conditions_are_shares_of_what_is_known() -> None:
    assert value([{"k": 9}, {"k": 3}, {"k": None}, {"k": 7}], "avg(items.k > 5)") == 2 / 3


def test_ranked_words() -> None:
    """Rejected has no rank: min and max skip it, an order with it is unknown."""
    rows = [{"stage": "rejected"}, {"stage": "mql"}, {"stage": "lead"}, {"stage": None}]
    found = values(
        rows,
        a="max(items.stage)",
        b="min(items.stage)",
        c="count(items where stage >= 'lead')",
        d="count(items where stage < 'customer')",
        e="count(items where stage = 'rejected')",
        f="count(items where greatest(stage, 'mql') = 'mql')",
    )
    assert found == ("mql", "lead", 2, 2, 1, 2)


def test_greatest_of_null_is_null() -> None:
    assert values([{"k": 1, "x": None}], a="max(greatest(items.k, x))", b="max(least(items.k, 3, 2))") == (
        None,
        1,
    )


def test_text() -> None:
    rows = [{"s": "e\u0301"}, {"s": "10%"}, {"s": "A"}, {"s": None}]
    found = values(
        rows,
        a="max(length(items.s))",
        b="count(items where s like '10!%' escape '!')",
        c="count(items where s like 'a%')",
        d="count(items where starts_with(s, 'A') or ends_with(s, '%') or contains(s, 'e'))",
        e="count(items where concat(s, s) = 'AA')",
        f="min(items.s)",
    )
    assert found == (3, 1, 0, 3, 1, "10%")


def test_a_long_formula_of_doubles_is_planned_at_once() -> None:
    """Guards within guards made DuckDB copy a polynomial of degree 7 eight times for each degree."""
    polynomial = "sum(items.f)"
    for _ in range(7):
        polynomial = f"({polynomial}) * sum(items.f) + 1"
    assert value([{"f": 1.0}], polynomial) == 8
    assert value([{"f": 1e200}], polynomial) is None
    assert value([{"f": -1e200}], "sum(items.f) * sum(items.f) + sum(items.f) * 9") is None
