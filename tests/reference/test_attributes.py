"""Aggregates over children, `this`, ranks (laws 3, 5, 9; rulings 7, 8, 9, 13, 18)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from kpilang import ir
from kpilang.ir import AggregateOp, Op
from kpilang.reference import LawError
from kpilang.types import BOOL, DATE, INTEGER, STRING, TimeUnit, Type
from tests.reference.build import (
    MONEY,
    RATIO,
    aggregate,
    call,
    column,
    count,
    dimension,
    entity,
    field,
    lit,
    query,
    run,
    total,
    utc,
)

CUSTOMERS = entity("customers", "id", "since", column("id", "id"), column("since", "date"))
ORDERS = entity(
    "orders", "id", "day",
    column("id", "id"), column("customer", "id", "customers"), column("day", "date"),
    column("amount", "money"), column("channel", "text"),
)  # fmt: skip

THEIR_DAY = field(ORDERS, "day")
THIS_SINCE = ir.Outer(field(CUSTOMERS, "since"))


def child(op: AggregateOp, type: Type, argument: ir.Expr | None = None, **more: Any) -> ir.Child:
    return ir.Child(op, "orders", ("customer",), type, argument=argument, **{"anchor": THEIR_DAY, **more})


def with_attribute(name: str, value: ir.Expr, of: ir.Entity = CUSTOMERS) -> ir.Entity:
    return replace(of, attributes=(*of.attributes, ir.Attribute(name, value.type, value)))


def day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def customer(number: int, since: str | None = "2024-01-01") -> dict[str, Any]:
    return {"id": number, "since": day(since)}


def order(
    number: int, customer: int | None, on: str | None, amount: int | None = None, channel: str | None = None
) -> dict[str, Any]:
    amount = number if amount is None else amount
    return {"id": number, "customer": customer, "day": day(on), "amount": amount, "channel": channel}


def each(
    customers: ir.Entity, attribute: str, *rows: dict[str, Any], people: int = 3, **more: Any
) -> dict[Any, Any]:
    """The attribute of each customer: a query by customer, of the greatest value."""
    value = aggregate(AggregateOp.MAX, customers, attribute)
    asked = query(
        [customers, ORDERS],
        value,
        start="2000-01-01",
        end="2026-01-01",
        dimensions=(dimension("id", (customers, field(customers, "id"))),),
        **more,
    )
    found = run(asked, customers=[customer(n) for n in range(1, people + 1)], orders=list(rows))
    return {row[0]: row[1] for row in found}


BEFORE_30_DAYS = call(Op.LT, THEIR_DAY, call(Op.ADD_DAYS, THIS_SINCE, 30, type=DATE))


def test_of_no_child_counts_are_zero_and_the_rest_is_null() -> None:
    rows = (
        order(1, 1, "2024-01-30"),
        order(2, 1, "2024-01-31"),
        order(4, 2, "2024-02-10"),
        order(8, None, "2024-01-02"),
    )
    early = with_attribute("x", child(AggregateOp.SUM, MONEY, field(ORDERS, "amount"), where=BEFORE_30_DAYS))
    assert each(early, "x", *rows) == {1: 1, 2: 0, 3: 0}
    counted = with_attribute("x", child(AggregateOp.COUNT, INTEGER, ever=True))
    assert each(counted, "x", *rows) == {1: 2, 2: 1, 3: 0}
    first = with_attribute("x", child(AggregateOp.MIN, DATE, THEIR_DAY))
    assert each(first, "x", *rows) == {1: day("2024-01-30"), 2: day("2024-02-10"), 3: None}
    exists = with_attribute("x", child(AggregateOp.EXISTS, BOOL, where=BEFORE_30_DAYS))
    assert each(exists, "x", *rows) == {1: True, 2: False, 3: False}
    mean = with_attribute("x", child(AggregateOp.AVG, RATIO, field(ORDERS, "amount"), ever=True))
    assert each(mean, "x", *rows) == {1: 1.5, 2: 4.0, 3: None}


def test_first_goes_by_time_then_key_and_skips_nulls() -> None:
    channel = with_attribute("x", child(AggregateOp.FIRST, STRING, field(ORDERS, "channel")))
    rows = (
        order(3, 1, "2024-01-03", channel="ads"),
        order(2, 1, "2024-01-03", channel="mail"),
        order(1, 1, "2024-01-02", channel=None),
        order(4, 2, None, channel="ads"),
        order(5, 2, "2024-01-09", channel="mail"),
        order(6, 3, None, channel="ads"),
    )
    assert each(channel, "x", *rows) == {1: "mail", 2: "mail", 3: None}


def test_an_interval_of_this_is_half_open_and_reversed_it_is_empty() -> None:
    two_days = ir.Outer(field(CUSTOMERS, "since"))
    later = call(Op.ADD_DAYS, two_days, 2, type=DATE)
    within = with_attribute(
        "x", child(AggregateOp.SUM, MONEY, field(ORDERS, "amount"), interval=(two_days, later))
    )
    rows = [
        order(1, 1, "2023-12-31"),
        order(2, 1, "2024-01-01"),
        order(4, 1, "2024-01-02"),
        order(8, 1, "2024-01-03"),
    ]
    assert each(within, "x", *rows, order(16, 1, None)) == {1: 6, 2: 0, 3: 0}
    reversed_ = with_attribute(
        "x", child(AggregateOp.SUM, MONEY, field(ORDERS, "amount"), interval=(later, two_days))
    )
    assert each(reversed_, "x", *rows) == {1: 0, 2: 0, 3: 0}
    never = with_attribute("x", child(AggregateOp.COUNT, INTEGER, interval=(two_days, lit(None, DATE))))
    assert each(never, "x", *rows) == {1: 0, 2: 0, 3: 0}


def test_without_a_link_all_rows_are_looked_at() -> None:
    node = ir.Child(
        AggregateOp.COUNT, "orders", (), INTEGER, where=call(Op.LT, THEIR_DAY, THIS_SINCE), anchor=THEIR_DAY
    )
    earlier = with_attribute("x", node)
    assert each(
        earlier, "x", order(1, 2, "2023-12-31"), order(2, None, "2023-06-01"), order(3, 1, "2024-01-01")
    ) == {
        1: 2,
        2: 2,
        3: 2,
    }


def test_attributes_of_attributes_through_the_parent() -> None:
    first = child(AggregateOp.MIN, DATE, THEIR_DAY)
    customers = with_attribute("first_order", first)
    parent = ir.Field("orders", ("customer",), "customers", "first_order", DATE)
    age = call(Op.DIFF_DAYS, THEIR_DAY, parent, type=INTEGER)
    orders = with_attribute("age", age, ORDERS)
    asked = query(
        [customers, orders],
        aggregate(AggregateOp.AVG, orders, "age"),
        count(orders, where=call(Op.EQ, field(orders, "age"), 0)),
        count(orders, where=call(Op.IS, field(orders, "age"), lit(None, INTEGER))),
        start="2024-01-01",
        end="2024-02-01",
    )
    rows = [
        order(1, 1, "2023-12-30"),
        order(2, 1, "2024-01-09"),
        order(3, 1, "2024-01-29"),
        order(4, 2, "2024-01-05"),
        order(5, 2, "2024-01-08"),
        order(6, None, "2024-01-07"),
    ]
    assert run(asked, customers=[customer(1), customer(2)], orders=rows) == [(10.75, 1, 1)]


def test_rows_at_or_after_as_of_are_counted_nowhere() -> None:
    counted = with_attribute("x", child(AggregateOp.COUNT, INTEGER, ever=True))
    rows = (
        order(1, 1, "2024-03-14"),
        order(2, 1, "2024-03-15"),
        order(3, 1, "2024-03-16"),
        order(4, 1, None),
    )
    assert each(counted, "x", *rows)[1] == 4
    assert each(counted, "x", *rows, as_of=utc("2024-03-15T00:00"))[1] == 2


# ---------------------------------------------------------------------------- coverage

COVERED = replace(ORDERS, covers=ir.Coverage(date(2024, 1, 11), None))


def early_orders(op: AggregateOp, type: Type, **more: Any) -> dict[Any, Any]:
    """Of customers since the 1st, 9th, 20th and 21st, for ten days; orders are known from the 11th."""
    ten_days = call(Op.ADD_DAYS, THIS_SINCE, 10, type=DATE)
    bound = (
        {"interval": (THIS_SINCE, ten_days)}
        if more.get("interval")
        else {"where": call(Op.LT, THEIR_DAY, ten_days)}
    )
    customers = with_attribute("x", child(op, type, **bound))
    asked = query(
        [customers, COVERED],
        aggregate(AggregateOp.MAX, customers, "x"),
        start="2024-01-01",
        end="2024-02-01",
        dimensions=(dimension("id", (customers, field(customers, "id"))),),
    )
    people = [
        customer(1, "2024-01-01"),
        customer(2, "2024-01-09"),
        customer(3, "2024-01-20"),
        customer(4, "2024-01-21"),
    ]
    orders = [order(n, n, "2024-01-10") for n in (1, 2)] + [order(n + 10, n, "2024-01-12") for n in (1, 2)]
    rows = [*orders, order(23, 3, "2024-01-25")]
    return {row[0]: row[1] for row in run(asked, customers=people, orders=rows)}


@pytest.mark.parametrize("interval", [True, False])
def test_a_bound_before_coverage_leaves_null_one_inside_the_covered_part(interval: bool) -> None:
    assert early_orders(AggregateOp.COUNT, INTEGER, interval=interval) == {1: None, 2: 1, 3: 1, 4: 0}
    assert early_orders(AggregateOp.EXISTS, BOOL, interval=interval) == {1: None, 2: True, 3: True, 4: False}


# ---------------------------------------------------------------------------- ranks


def rank(*by: ir.SortKey) -> ir.Entity:
    keys = by or (ir.SortKey(THEIR_DAY),)
    return with_attribute("nth", ir.Rank((field(ORDERS, "customer"),), keys, INTEGER), ORDERS)


def ranks(orders: ir.Entity, *rows: dict[str, Any]) -> dict[Any, Any]:
    asked = query(
        [CUSTOMERS, orders],
        aggregate(AggregateOp.MAX, orders, "nth"),
        start="2023-01-01",
        end="2025-01-01",
        dimensions=(dimension("id", (orders, field(orders, "id"))),),
    )
    return {row[0]: row[1] for row in run(asked, orders=list(rows))}


def test_rank_by_day_then_key_whatever_the_period() -> None:
    rows = [
        order(4, 1, "2023-12-30"),
        order(3, 1, "2024-01-05"),
        order(2, 1, "2024-01-05"),
        order(1, 1, "2024-02-01"),
    ]
    rows += [order(6, 2, "2024-02-02"), order(5, 2, "2024-02-02")]
    assert ranks(rank(), *rows) == {4: 1, 2: 2, 3: 3, 1: 4, 5: 1, 6: 2}
    january = query([CUSTOMERS, rank()], total(rank(), "amount", where=call(Op.EQ, field(rank(), "nth"), 2)),
                    start="2024-01-01", end="2024-03-01", grain=TimeUnit.MONTH)  # fmt: skip
    assert [row[1] for row in run(january, orders=rows)] == [2, 6]


def test_rank_downwards_still_breaks_ties_by_the_key_upwards() -> None:
    down = rank(ir.SortKey(field(ORDERS, "amount"), descending=True), ir.SortKey(THEIR_DAY))
    rows = [
        order(1, 1, "2024-01-02", 10),
        order(2, 1, "2024-01-01", 10),
        order(3, 1, "2024-01-03", 20),
        order(5, 1, "2024-01-01", 5),
        order(4, 1, "2024-01-01", 5),
    ]
    assert ranks(down, *rows) == {3: 1, 2: 2, 1: 3, 4: 4, 5: 5}


def test_no_rank_without_a_part_or_an_order() -> None:
    rows = [order(1, 1, "2024-01-02"), order(3, None, "2024-01-02"), order(4, None, "2024-01-03")]
    assert ranks(rank(), *rows) == {1: 1, 3: None, 4: None}
    by_amount = rank(ir.SortKey(field(ORDERS, "amount")))
    assert ranks(by_amount, order(1, 1, "2024-01-02", 5), {**order(2, 1, "2024-01-02"), "amount": None}) == {
        1: 1,
        2: None,
    }


def test_later_rows_than_as_of_take_no_rank_from_others() -> None:
    down = rank(ir.SortKey(field(ORDERS, "amount"), descending=True))
    asked = query(
        [CUSTOMERS, down],
        aggregate(AggregateOp.MAX, down, "nth"),
        dimensions=(dimension("id", (down, field(down, "id"))),),
        as_of=utc("2024-03-15T00:00"),
    )
    rows = [order(1, 1, "2024-03-14", 5), order(2, 1, "2024-03-15", 10)]
    assert run(asked, orders=rows) == [(1, 1)]


def test_existence_that_depends_on_itself_is_refused() -> None:
    ranked = rank()
    circle = replace(ranked, where=call(Op.EQ, field(ranked, "nth"), 1))
    asked = query([CUSTOMERS, circle], count(circle), start="2024-01-01", end="2024-02-01")
    with pytest.raises(LawError, match="depends on which exist"):
        run(asked, orders=[order(1, 1, "2024-01-02")])


def test_amounts_are_decimals() -> None:
    early = with_attribute("x", child(AggregateOp.SUM, MONEY, field(ORDERS, "amount"), ever=True))
    assert repr(each(early, "x", order(1, 1, "2024-01-02"))[1]) == repr(Decimal("1.000000"))
