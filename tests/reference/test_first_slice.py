"""Count and sum by month: the smallest question, through the whole evaluator."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from kpilang.types import TimeUnit
from tests.reference.build import column, count, entity, query, run, total

ORDERS = entity(
    "orders",
    "order_id",
    "ordered_on",
    column("order_id", "id"),
    column("ordered_on", "date"),
    column("amount", "money"),
)


def order(number: int, day: str, amount: int | None) -> dict[str, object]:
    return {"order_id": number, "ordered_on": date.fromisoformat(day), "amount": amount}


def test_count_and_sum_by_month() -> None:
    asked = query(
        [ORDERS],
        count(ORDERS),
        total(ORDERS, "amount"),
        start="2024-01-01",
        end="2024-04-01",
        grain=TimeUnit.MONTH,
    )
    rows = [
        order(1, "2023-12-31", 1),
        order(2, "2024-01-01", 2),
        order(3, "2024-01-31", 4),
        order(4, "2024-03-31", None),
        order(5, "2024-04-01", 16),
    ]
    assert run(asked, orders=rows) == [
        (date(2024, 1, 1), 2, Decimal(6)),
        (date(2024, 2, 1), 0, Decimal(0)),
        (date(2024, 3, 1), 1, Decimal(0)),
    ]


def test_without_a_range_everything_up_to_as_of() -> None:
    asked = query([ORDERS], count(ORDERS))
    assert run(
        asked, orders=[order(1, "1970-01-01", 1), order(2, "2025-12-31", 1), order(3, "2026-01-01", 1)]
    ) == [(2,)]
