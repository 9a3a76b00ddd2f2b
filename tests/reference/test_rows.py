"""Which rows exist, what is in them, and what they refer to (laws 5, 6, 16; rulings 8, 12, 16)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from kpilang import ir
from kpilang.ir import AggregateOp, Op
from kpilang.reference import LawError
from kpilang.types import BOOL, INTEGER, STRING, TimeUnit, Type
from tests.reference.build import (
    DOUBLE,
    ID,
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
    local,
    query,
    run,
    total,
)

DAY = date(2024, 1, 5)

COUNTRIES = entity("countries", "code", None, column("code", "id"), column("continent", "text"))
CUSTOMERS = entity(
    "customers",
    "id",
    None,
    column("id", "id"),
    column("country", "id", "countries"),
    column("internal", "bool"),
)
ORDERS = entity(
    "orders", "id", "day", column("id", "id"), column("customer", "id", "customers"), column("day", "date")
)
LINES = entity(
    "lines", "id", "day", column("id", "id"), column("order", "id", "orders"), column("day", "date"),
    column("amount", "money"),
)  # fmt: skip

CONTINENT = field(LINES, "continent", "order", "customer", "country", owner=COUNTRIES)


def line(number: int, order: int | None) -> dict[str, Any]:
    return {"id": number, "order": order, "day": DAY, "amount": number}


def test_a_fact_stays_wherever_the_path_breaks_off() -> None:
    asked = query(
        [COUNTRIES, CUSTOMERS, ORDERS, LINES],
        total(LINES, "amount"),
        count(LINES),
        start="2024-01-01",
        end="2024-02-01",
        dimensions=(dimension("continent", (LINES, CONTINENT)),),
    )
    rows: dict[str, Any] = {
        "countries": [{"code": "DE", "continent": "Europe"}],
        "customers": [
            {"id": 1, "country": "DE", "internal": False},
            {"id": 2, "country": None, "internal": False},
            {"id": 3, "country": "ZZ", "internal": False},
        ],
        "orders": [
            {"id": n, "customer": c, "day": DAY} for n, c in ((1, 1), (2, None), (3, 8), (4, 2), (5, 3))
        ],
        "lines": [line(10, 1), line(1, 99), line(2, None), line(4, 2), line(8, 3), line(16, 4), line(32, 5)],
    }
    assert run(asked, **rows) == [("Europe", 10, 1), (None, 63, 6)]


def test_a_parent_outside_the_where_is_missing() -> None:
    outside = replace(CUSTOMERS, where=call(Op.NOT, field(CUSTOMERS, "internal")))
    asked = query(
        [COUNTRIES, outside, ORDERS],
        count(ORDERS),
        start="2024-01-01",
        end="2024-02-01",
        dimensions=(
            dimension("customer", (ORDERS, field(ORDERS, "customer"))),
            dimension("country", (ORDERS, field(ORDERS, "country", "customer", owner=CUSTOMERS))),
        ),
    )
    customers = [
        {"id": 1, "country": "DE", "internal": False},
        {"id": 2, "country": "DE", "internal": True},
        {"id": 3, "country": "DE", "internal": None},
    ]
    orders = [{"id": n, "customer": n, "day": DAY} for n in (1, 2, 3, 4)] + [
        {"id": 5, "customer": None, "day": DAY}
    ]
    assert run(asked, customers=customers, orders=orders) == [
        (1, "DE", 1),
        (2, None, 1),
        (3, None, 1),
        (4, None, 1),
        (None, None, 1),
    ]


def test_a_composite_reference_needs_all_of_its_parts() -> None:
    members = entity(
        "members",
        ("member", "list"),
        None,
        column("member", "id"),
        column("list", "id"),
        column("plan", "text"),
    )
    opens = entity(
        "opens", "id", "day", column("id", "id"), column("day", "date"), column("member", "id"),
        column("list", "id"),
        ir.Column("membership", ID, reference=ir.Reference(("member", "list"), "members")),
    )  # fmt: skip
    asked = query(
        [members, opens],
        count(opens),
        aggregate(AggregateOp.UNIQUE, opens, "membership", across=ir.ALL_DIMENSIONS),
        start="2024-01-01",
        end="2024-02-01",
        dimensions=(dimension("plan", (opens, field(opens, "plan", "membership", owner=members))),),
    )
    memberships = [
        {"member": 1, "list": 10, "plan": "gold"},
        {"member": 1, "list": 20, "plan": "free"},
        {"member": 2, "list": 10, "plan": "free"},
    ]
    pairs = [(1, 10), (1, 10), (1, 20), (2, 10), (2, 20), (1, None)]
    rows = [{"id": n, "day": DAY, "member": m, "list": of} for n, (m, of) in enumerate(pairs)]
    assert run(asked, members=memberships, opens=rows) == [("free", 2, 4), ("gold", 2, 4), (None, 2, 4)]


# ---------------------------------------------------------------------------- reading


def items(*columns: ir.Column) -> ir.Entity:
    return entity("items", "id", "day", column("id", "id"), column("day", "date"), *columns)


def summed(item: ir.Entity, type: Type, *values: Any) -> Any:
    asked = query([item], total(item, "x", type=type), start="2024-01-01", end="2024-02-01")
    rows = [{"id": n, "day": DAY, "x": value} for n, value in enumerate(values)]
    return run(asked, items=rows)[0][0]


def test_decimals_are_rounded_on_reading_each_by_itself() -> None:
    money = items(column("x", "money"))
    assert summed(money, MONEY, Decimal("0.0000005"), Decimal("0.0000005")) == Decimal("0.000002")
    assert summed(money, MONEY, Decimal("-0.0000005"), Decimal("-0.0000005")) == Decimal("-0.000002")
    assert summed(money, MONEY, Decimal("0.0000004"), None) == 0
    assert summed(money, MONEY, 0.5, 3) == Decimal("3.5")


def test_beyond_38_digits_is_refused_by_the_name_of_the_column() -> None:
    money = items(column("x", "money"))
    assert summed(money, MONEY, 10**32 - 1) == 10**32 - 1
    with pytest.raises(LawError, match="`x`: a value has more than 38 digits"):
        summed(money, MONEY, 10**32)


def test_only_what_is_asked_for_is_read() -> None:
    broken = items(column("x", "money"), column("y", "money"))
    asked = query([broken], total(broken, "x"), start="2024-01-01", end="2024-02-01")
    assert run(asked, items=[{"id": 1, "day": DAY, "x": 1, "y": 10**40}]) == [(1,)]


def test_doubles_that_are_no_numbers_are_null() -> None:
    doubles = items(column("x", "float"))
    assert summed(doubles, DOUBLE, float("inf"), float("nan"), 1.5) == 1.5


def test_a_column_that_the_table_lacks_is_refused() -> None:
    money = items(column("x", "money"))
    asked = query([money], total(money, "x"), start="2024-01-01", end="2024-02-01")
    with pytest.raises(LawError, match="no column `x`"):
        run(asked, items=[{"id": 1, "day": DAY}])


def test_a_value_is_computed_from_the_table_and_then_rounded() -> None:
    micros = call(Op.DIV, ir.Raw(("cost", "micros")), 1_000_000, type=RATIO)
    spend = items(ir.Column("x", MONEY, value=micros))
    asked = query([spend], total(spend, "x"), start="2024-01-01", end="2024-02-01")
    rows = [
        {"id": n, "day": DAY, "cost": cost}
        for n, cost in enumerate([{"micros": 1_500_000}, {"micros": 1}, None])
    ]
    assert run(asked, items=rows) == [(Decimal("1.500001"),)]


def test_timestamps_are_read_in_the_zone_they_are_stored_in() -> None:
    hits = entity("hits", "id", "at", column("id", "id"), column("at", "timestamp", zone="Europe/Paris"))
    asked = query(
        [hits], count(hits), start="2024-07-01T10:00:00", end="2024-07-01T12:00:00", grain=TimeUnit.HOUR
    )
    stored = [
        local("2024-07-01T12:30:00"),
        datetime(2024, 7, 1, 13, tzinfo=timezone(timedelta(hours=2))),
        None,
    ]
    assert [row[1] for row in run(asked, hits=[{"id": n, "at": at} for n, at in enumerate(stored)])] == [1, 1]
    in_utc = replace(hits, columns=(column("id", "id"), column("at", "timestamp")))
    asked = replace(asked, model=ir.Model((in_utc,)))
    assert [row[1] for row in run(asked, hits=[{"id": 1, "at": local("2024-07-01T10:59:59")}])] == [1, 0]


# ---------------------------------------------------------------------------- attributes of the row itself


def test_an_attribute_is_computed_once_from_the_row() -> None:
    sale = items(column("price", "money"), column("cost", "money"))
    margin = call(Op.SUB, field(sale, "price"), field(sale, "cost"), type=MONEY)
    sales = replace(sale, attributes=(ir.Attribute("margin", MONEY, margin),))
    loss = call(Op.LT, field(sales, "margin"), 0)
    asked = query(
        [sales],
        total(sales, "margin"),
        count(sales, where=loss),
        count(sales, where=call(Op.NOT, loss)),
        start="2024-01-01",
        end="2024-02-01",
    )
    pairs = [(10, 6), (5, 6), (None, 1)]
    rows = [{"id": n, "day": DAY, "price": price, "cost": cost} for n, (price, cost) in enumerate(pairs)]
    assert run(asked, items=rows) == [(3, 1, 1)]


def test_circles_are_refused() -> None:
    plain = items(column("x", "int"))
    circle = ir.Field("items", (), "items", "y", INTEGER)
    asked_of = replace(plain, attributes=(ir.Attribute("y", INTEGER, circle),))
    asked = query([asked_of], total(asked_of, circle), start="2024-01-01", end="2024-02-01")
    with pytest.raises(LawError, match=r"`items\.y` depends on itself"):
        run(asked, items=[{"id": 1, "day": DAY, "x": 1}])


# ---------------------------------------------------------------------------- coverage


def test_rows_outside_coverage_do_not_exist_not_even_as_parents() -> None:
    covered = entity(
        "customers", "id", "since", column("id", "id"), column("since", "date"), column("country", "text"),
        covers=ir.Coverage(date(2024, 1, 1), None),
    )  # fmt: skip
    asked = query(
        [covered, ORDERS],
        count(ORDERS),
        start="2024-01-01",
        end="2024-02-01",
        dimensions=(dimension("country", (ORDERS, field(ORDERS, "country", "customer", owner=covered))),),
    )
    customers: list[dict[str, Any]] = [
        {"id": 1, "since": date(2023, 12, 31), "country": "before"},
        {"id": 2, "since": date(2024, 1, 1), "country": "inside"},
        {"id": 3, "since": None, "country": "unknown"},
    ]
    orders = [{"id": n, "customer": n, "day": DAY} for n in (1, 2, 3)]
    assert run(asked, customers=customers, orders=orders) == [("inside", 1), ("unknown", 1), (None, 1)]


def test_conditions_over_parents_and_nulls() -> None:
    internal = field(ORDERS, "internal", "customer", owner=CUSTOMERS)
    asked = query(
        [COUNTRIES, CUSTOMERS, ORDERS],
        count(ORDERS),
        count(ORDERS, where=internal),
        count(ORDERS, where=call(Op.NOT, internal)),
        count(ORDERS, where=call(Op.IS, internal, lit(None, BOOL))),
        count(ORDERS, where=call(Op.EQ, field(ORDERS, "customer"), lit(None, STRING))),
        start="2024-01-01",
        end="2024-02-01",
    )
    customers = [{"id": 1, "country": "DE", "internal": True}, {"id": 2, "country": "DE", "internal": None}]
    orders = [{"id": n, "customer": n, "day": DAY} for n in (1, 2, 3)]
    assert run(asked, customers=customers, orders=orders) == [(3, 1, 0, 2, 0)]
