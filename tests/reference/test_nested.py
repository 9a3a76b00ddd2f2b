"""Aggregates of aggregates: per key, null among them, and per sub-period (laws 3, 9; rulings 8, 12, 17)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from kpilang import ir
from kpilang.ir import AggregateOp, Op
from kpilang.reference import LawError
from kpilang.types import TimeUnit
from tests.reference.build import (
    ALL_TIME,
    PRIOR,
    RATIO,
    aggregate,
    call,
    column,
    count,
    dimension,
    entity,
    field,
    having_rows,
    per_grain,
    per_keys,
    query,
    run,
    size,
    total,
    utc,
)
from tests.reference.shop import CHANNEL, CUSTOMERS, MONTH, ORDERS, day, months, order, values

A = AggregateOp
DAY = TimeUnit.DAY
REVENUE = total(ORDERS, "amount")
VISITS = count(ORDERS)
MEAN = call(Op.DIV, REVENUE, VISITS, type=RATIO)
ACROSS = ("channel",)


def each_customer(op: A, value: ir.Expr = REVENUE, **more: Any) -> ir.Nested:
    return per_keys(op, value, (ORDERS, field(ORDERS, "customer")), **more)


def within(start: str, end: str, *outputs: ir.Expr, **more: Any) -> ir.Query:
    return query([CUSTOMERS, ORDERS], *outputs, start=start, end=end, **more)


# ---------------------------------------------------------------------------- per key


def test_per_key_evaluates_for_the_keys_there_are() -> None:
    rows = [
        order(1, 1, "2024-01-02", 10),
        order(2, 1, "2024-01-09", 20),
        order(3, 2, "2024-01-09", 6),
        order(4, 2, "2024-02-09", 4),
        order(5, 3, "2024-02-09", 2),
    ]
    ops = (A.AVG, A.MAX, A.MIN, A.SUM, A.COUNT, A.MEDIAN)
    asked = months("2024-01-01", "2024-04-01", *(each_customer(op) for op in ops))
    # who has no row in the month is no value, not a zero; of no customer: null, but sums and counts 0
    assert values(asked, orders=rows) == [
        (18.0, 30, 6, 36, 2, 18.0),
        (3.0, 4, 2, 6, 2, 3.0),
        (None, None, None, 0, 0, None),
    ]


def test_null_is_a_key_and_so_is_who_is_missing() -> None:
    rows = [
        order(1, 1, "2024-01-05", 10),
        order(2, 1, "2024-01-06", 20),
        order(3, None, "2024-01-07", 10),
        order(4, 99, "2024-01-07", 2),
    ]
    asked = months("2024-01-01", "2024-02-01", *(each_customer(op) for op in (A.AVG, A.SUM, A.MIN)), REVENUE)
    assert values(asked, orders=rows) == [(14.0, 42, 2, 42)]


def test_null_values_are_skipped() -> None:
    rows = [order(1, 1, "2024-01-05", 10), order(2, 1, "2024-01-06", 20), order(3, 2, "2024-02-07", 10)]
    growth = call(Op.DIV, REVENUE, replace(REVENUE, window=PRIOR), type=RATIO)
    asked = months(
        "2024-01-01",
        "2024-03-01",
        each_customer(A.AVG, growth),
        each_customer(A.SUM, growth),
        each_customer(A.UNIQUE, growth),
    )
    # January: 30 / 0. February: 0 / 30 of customer 1, whom only the prior month has, and 10 / 0
    assert values(asked, orders=rows) == [(None, 0.0, 0), (0.0, 0.0, 1)]


def test_a_stock_is_the_last_of_each_account() -> None:
    """`sum(last(balances.amount)[all time] per account)`."""
    balances = entity(
        "balances",
        "id",
        "day",
        column("id", "id"),
        column("day", "date"),
        column("account", "text"),
        column("amount", "money"),
    )
    last = aggregate(A.LAST, balances, "amount", window=ALL_TIME)
    stock = per_keys(A.SUM, last, (balances, field(balances, "account")))
    asked = query([balances], stock, start="2023-12-01", end="2024-04-01", grain=MONTH)
    readings = [
        ("2024-01-05", "a", 10),
        ("2024-01-31", "a", 15),
        ("2024-01-10", "b", 100),
        ("2024-02-10", "b", 90),
        ("2024-02-20", "b", None),  # skipped
        ("2024-02-01", "c", 7),
        ("2023-12-31", "b", 80),
        (None, "d", 1000),
    ]
    rows = [
        {"id": n, "day": day(on), "account": of, "amount": amount}
        for n, (on, of, amount) in enumerate(readings)
    ]
    assert [row[1] for row in run(asked, balances=rows)] == [80, 115, 112, 112]
    early = [row[1] for row in run(replace(asked, as_of=utc("2024-01-20T00:00")), balances=rows)]
    assert early == [80, 110, None, None]


def test_keys_stand_beside_the_groups() -> None:
    rows = [
        order(1, 1, "2024-01-05", 10, channel="web"),
        order(2, 1, "2024-01-06", 20, channel="mail"),
        order(3, 2, "2024-01-07", 40, channel="web"),
        order(4, 3, "2023-12-07", 80, channel="shop"),
    ]
    everywhere = replace(REVENUE, across=ACROSS)
    outputs = (
        each_customer(A.AVG),
        each_customer(A.AVG, everywhere, across=ACROSS),
        each_customer(A.SUM, call(Op.DIV, REVENUE, everywhere, type=RATIO)),
        each_customer(A.COUNT, everywhere),
    )
    asked = months("2024-01-01", "2024-02-01", *outputs, by=(CHANNEL,))
    # everybody spends 30 and 40; mail has 1, web has 1 and 2, whose shares are 20/30, and 10/30 + 40/40
    assert values(asked, orders=rows) == [(20.0, 35.0, 20 / 30, 1), (25.0, 35.0, 10 / 30 + 1, 2)]
    everything = each_customer(A.MAX, replace(REVENUE, across=ir.ALL_DIMENSIONS), across=ir.ALL_DIMENSIONS)
    asked = replace(
        asked,
        outputs=(
            ir.Output("a", everything),
            ir.Output("b", each_customer(A.MAX, replace(REVENUE, window=PRIOR))),
        ),
    )
    # the keys stay; the shop has a row by the month before
    assert values(asked, orders=rows) == [(40, None), (40, 80), (40, None)]


def test_a_key_may_be_named_like_a_dimension() -> None:
    who = dimension("key", (ORDERS, field(ORDERS, "customer")))
    rows = [order(1, 1, "2024-01-05", 10), order(2, 1, "2024-01-06", 20), order(3, 2, "2024-01-07", 50)]
    lifted = each_customer(A.MAX, replace(REVENUE, across=("key",)), across=("key",))
    asked = months("2024-01-01", "2024-02-01", each_customer(A.MAX), lifted, by=(who,))
    assert values(asked, orders=rows) == [(30, 50), (50, 50)]


def test_several_keys_and_several_tables() -> None:
    costs = entity(
        "costs",
        "id",
        "day",
        column("id", "id"),
        column("day", "date"),
        column("channel", "text"),
        column("amount", "money"),
    )
    profit = call(Op.SUB, REVENUE, total(costs, "amount"), type=REVENUE.type)
    keys = ir.PerKeys(
        ("channel", "day"),
        tuple((of.name, (field(of, "channel"), field(of, "day"))) for of in (ORDERS, costs)),
    )
    best = ir.Nested(A.MAX, profit, keys, REVENUE.type)
    least = ir.Nested(A.MIN, profit, keys, REVENUE.type)
    asked = query([CUSTOMERS, ORDERS, costs], best, least, start="2024-01-01", end="2024-02-01")
    orders = [order(1, 1, "2024-01-05", 10, channel="web"), order(2, 1, "2024-01-06", 20, channel="web")]
    spent = [
        {"id": 1, "day": day("2024-01-06"), "channel": "web", "amount": 15},
        {"id": 2, "day": day("2024-01-06"), "channel": None, "amount": 4},
    ]
    assert values(asked, orders=orders, costs=spent) == [(10, -4)]


def test_sets_per_key() -> None:
    buyers = having_rows(CUSTOMERS, ORDERS, "customer")
    mean = per_keys(A.AVG, size(buyers), (ORDERS, field(ORDERS, "channel")))
    rows = [
        order(1, 1, "2024-01-05", channel="web"),
        order(2, 2, "2024-01-05", channel="web"),
        order(3, 1, "2024-01-05", channel="mail"),
        order(4, None, "2024-01-05", channel="shop"),  # a row, and nobody
    ]
    assert values(months("2024-01-01", "2024-02-01", mean), orders=rows) == [1.0]


def test_nested_in_nested() -> None:
    """The mean over customers of their best day, the best day of the mean over customers."""
    best = per_grain(A.MAX, REVENUE, DAY)
    of_days = per_grain(A.MAX, each_customer(A.AVG), DAY)
    rows = [
        order(1, 1, "2024-01-01", 10),
        order(2, 1, "2024-01-02", 30),
        order(3, 2, "2024-01-02", 6),
        order(4, 2, "2024-01-02", 2),
        order(5, 2, "2024-01-04", 50),
    ]
    asked = within("2024-01-01", "2024-01-04", each_customer(A.AVG, best), of_days)
    assert values(asked, orders=rows) == [((30 + 8) / 2, (30 + 8) / 2)]
    asked = within("2024-01-01", "2024-01-02", each_customer(A.AVG, best), of_days)
    assert values(asked, orders=rows) == [(10.0, 10.0)]


def test_first_and_last_of_keys_are_refused() -> None:
    with pytest.raises(LawError, match="`last` of values that have no order in time"):
        values(within("2024-01-01", "2024-02-01", each_customer(A.LAST)), orders=[])


# ---------------------------------------------------------------------------- per sub-period


def test_empty_days_are_days() -> None:
    rows = [order(n, 1, on) for n, on in enumerate(["2024-01-01"] * 4 + ["2024-01-03"] * 3)]
    ops = (A.AVG, A.MAX, A.MIN, A.MEDIAN, A.SUM, A.COUNT, A.LAST)
    outputs = [per_grain(op, VISITS, DAY) for op in ops]
    asked = within("2024-01-01", "2024-01-15", *outputs, grain=TimeUnit.WEEK)
    assert values(asked, orders=rows) == [(1.0, 4, 0, 0.0, 7, 7, 0), (0.0, 0, 0, 0.0, 0, 7, 0)]


def test_days_without_a_value_are_skipped() -> None:
    rows = [order(1, 1, "2024-01-01", 10), order(2, 1, "2024-01-01", 20), order(3, 1, "2024-01-03", 5)]
    asked = within(
        "2024-01-01",
        "2024-01-04",
        per_grain(A.AVG, MEAN, DAY),
        MEAN,
        per_grain(A.COUNT, MEAN, DAY),
    )
    assert values(asked, orders=rows) == [(10.0, 35 / 3, 2)]


def test_selectors_on_both_sides() -> None:
    rows = [
        order(1, 1, "2024-01-31", 62),
        order(2, 1, "2024-02-01", 18),
        order(3, 1, "2024-02-29", 40),
        order(4, 1, "2024-03-31", 31),
    ]
    yesterday = replace(REVENUE, window=PRIOR)
    outputs = (
        per_grain(A.AVG, REVENUE, DAY),
        per_grain(A.AVG, REVENUE, DAY, window=PRIOR),
        per_grain(A.SUM, yesterday, DAY),
        per_grain(
            A.MAX, REVENUE, TimeUnit.WEEK, window=(ir.FromTo(datetime(2024, 1, 29), datetime(2024, 2, 5)),)
        ),
        per_grain(A.MAX, replace(REVENUE, window=(ir.Last(2, DAY),)), DAY),
    )
    asked = months("2024-02-01", "2024-04-01", *outputs)
    # February has 29 days and January 31; the days before those of February are 31 January to 28 February
    assert values(asked, orders=rows) == [(2.0, 2.0, 80, 80, 80), (1.0, 2.0, 40, 80, 40)]


def test_what_does_not_nest_is_refused() -> None:
    weekly = per_grain(A.AVG, VISITS, TimeUnit.WEEK)
    days = ["2024-01-31"] + ["2024-02-01"] * 3 + ["2024-02-05"] * 4 + ["2024-02-06", "2024-02-12"]
    rows = [order(n, 1, on) for n, on in enumerate(days)]
    with pytest.raises(LawError, match="a week does not nest in the interval"):
        values(months("2024-02-01", "2024-03-01", weekly), orders=rows)
    # nor does it nest in a month that is not over yet
    with pytest.raises(LawError, match="a week does not nest in the interval"):
        values(months("2024-04-01", "2024-05-01", weekly, as_of=utc("2024-04-10T00:00")), orders=rows)
    assert values(within("2024-01-29", "2024-02-12", weekly), orders=rows) == [4.5]
    sundays = ir.Calendar(week_starts=6)
    with pytest.raises(LawError, match="does not nest"):
        values(within("2024-01-29", "2024-02-12", weekly, calendar=sundays), orders=rows)
    with pytest.raises(LawError, match="a day does not nest"):
        values(
            within("2024-01-29T12:00:00", "2024-02-12T12:00:00", per_grain(A.AVG, VISITS, DAY)), orders=rows
        )


def test_an_open_period_has_the_days_that_have_begun() -> None:
    rows = [order(1, 1, "2024-03-01", 6), order(2, 1, "2024-03-04", 9), order(3, 1, "2024-03-20", 100)]
    open_ = months(
        "2024-03-01",
        "2024-05-01",
        per_grain(A.AVG, VISITS, DAY),
        per_grain(A.COUNT, VISITS, DAY),
        as_of=utc("2024-03-04T12:00"),
    )
    # four days, the last of them cut; April is unknown, which is not nothing
    assert values(open_, orders=rows) == [(0.5, 4), (None, None)]
    to_date = per_grain(A.SUM, REVENUE, DAY, window=(ir.ToDate(TimeUnit.YEAR),))
    assert values(replace(open_, outputs=(ir.Output("a", to_date),)), orders=rows) == [15, None]


def test_days_of_a_clock_change_and_hours() -> None:
    hits = entity("hits", "id", "at", column("id", "id"), column("at", "timestamp"))
    berlin = ir.Calendar("Europe/Berlin")
    hours = per_grain(A.COUNT, count(hits), TimeUnit.HOUR)
    days = per_grain(A.COUNT, count(hits), DAY)
    asked = query(
        [hits],
        hours,
        days,
        per_grain(A.MAX, count(hits), DAY),
        start="2024-03-30",
        end="2024-04-01",
        calendar=berlin,
    )
    times = [
        datetime(2024, 3, 30, 23, 30, tzinfo=UTC),
        datetime(2024, 3, 31, 21, 30, tzinfo=UTC),
        datetime(2024, 3, 31, 22, 30, tzinfo=UTC),
    ]
    assert run(asked, hits=[{"id": n, "at": at} for n, at in enumerate(times)]) == [(47, 2, 2)]
    by_hour = per_grain(A.MAX, VISITS, TimeUnit.HOUR)
    with pytest.raises(LawError, match=r"`orders\.day` is a date and has no hours"):
        values(within("2024-01-01", "2024-01-02", by_hour), orders=[])


def test_groups_of_sub_periods() -> None:
    rows = [
        order(1, 1, "2024-01-01", 10, channel="web"),
        order(2, 1, "2024-01-02", 30, channel="mail"),
        order(3, 1, "2024-01-02", 2, channel="web"),
    ]
    share = call(Op.DIV, REVENUE, replace(REVENUE, across=ACROSS), type=RATIO)
    outputs = (
        per_grain(A.MAX, REVENUE, DAY),
        per_grain(A.MAX, share, DAY),
        per_grain(A.MIN, replace(REVENUE, across=ACROSS), DAY, across=ACROSS),
    )
    asked = query([CUSTOMERS, ORDERS], *outputs, start="2024-01-01", end="2024-01-03", dimensions=(CHANNEL,))
    assert values(asked, orders=rows) == [(30, 30 / 32, 10), (10, 1.0, 10)]


# ---------------------------------------------------------------------------- known and unknown


def test_sums_of_what_is_not_known_are_not_nothing() -> None:
    covered = replace(ORDERS, covers=ir.Coverage(date(2024, 1, 16), None))
    outputs = (
        each_customer(A.SUM),
        each_customer(A.SUM, replace(REVENUE, window=PRIOR)),
        per_grain(A.SUM, REVENUE, DAY),
        per_grain(A.SUM, REVENUE, DAY, window=ALL_TIME),
    )
    asked = months("2024-01-01", "2024-04-01", *outputs, as_of=utc("2024-03-01T00:00"))
    asked = replace(asked, model=ir.Model((CUSTOMERS, covered)))
    rows = [order(1, 1, "2024-01-10", 1), order(2, 1, "2024-01-20", 2), order(3, 1, "2024-02-01", 4)]
    # January is not wholly covered; all time begins on the 16th; March has not begun
    assert values(asked, orders=rows) == [(None, None, None, 2), (4, None, 4, 6), (None, 4, None, None)]
    with pytest.raises(LawError, match="`per day` of an interval without a beginning"):
        values(months("2024-01-01", "2024-02-01", outputs[3]), orders=rows)
