"""Groups and their rows; across, fill, coverage, as-of, order, limit (laws 3, 6, 12, 14; rulings 7-13)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from random import Random
from typing import Any

import pytest

from kpilang import ir
from kpilang.ir import AggregateOp, Op
from kpilang.reference import LawError
from kpilang.types import DATE, DAY, STRING, Kind, TimeUnit, Type
from tests.reference.build import (
    RATIO,
    aggregate,
    call,
    column,
    count,
    dimension,
    entity,
    enum,
    field,
    query,
    run,
    total,
    utc,
)

MONTH = TimeUnit.MONTH
STATUS = enum("refunded", "paid")
STAGE = enum("rejected", "lead", "mql", "customer", ranked=("lead", "mql", "customer"))

ORDERS = entity(
    "orders", "id", "day",
    column("id", "id"), column("day", "date"), column("channel", "text"), column("region", "text"),
    column("amount", "money"), column("customer", "id"), column("status", STATUS), column("stage", STAGE),
    column("size", "int"),
)  # fmt: skip
COSTS = entity(
    "costs",
    "id",
    "day",
    column("id", "id"),
    column("day", "date"),
    column("channel", "text"),
    column("amount", "money"),
)

CHANNEL = dimension("channel", (ORDERS, field(ORDERS, "channel")), (COSTS, field(COSTS, "channel")))
REVENUE = total(ORDERS, "amount")
PREV = total(ORDERS, "amount", window=(ir.Prior(),))


def order(
    number: int, day: str | None, channel: str | None = None, amount: int | None = 0, **more: Any
) -> dict[str, Any]:
    row = dict.fromkeys(("region", "customer", "status", "stage", "size"))
    on = None if day is None else date.fromisoformat(day)
    return {
        **row,
        "id": number,
        "day": on,
        "channel": channel,
        "amount": number if amount == 0 else amount,
        **more,
    }


def months(
    start: str, end: str, *outputs: ir.Expr, by: tuple[ir.Dimension, ...] = (CHANNEL,), **more: Any
) -> ir.Query:
    return query([ORDERS, COSTS], *outputs, start=start, end=end, grain=MONTH, dimensions=by, **more)


def month(text: str) -> date:
    return date.fromisoformat(f"{text}-01")


# ---------------------------------------------------------------------------- which rows there are

AROUND = [
    order(1, "2024-01-10", "email"),
    order(2, "2024-02-10", "ads"),
    order(4, "2024-02-20", None),
    order(8, "2023-12-31", "social"),
]


def test_rows_that_only_prior_reaches() -> None:
    assert run(months("2024-02-01", "2024-04-01", REVENUE, PREV), orders=AROUND) == [
        ("ads", month("2024-02"), 2, 0),
        ("ads", month("2024-03"), 0, 2),
        ("email", month("2024-02"), 0, 1),
        (None, month("2024-02"), 4, 0),
        (None, month("2024-03"), 0, 4),
    ]


def test_prior_alone_does_not_reach_its_own_period() -> None:
    assert run(months("2024-02-01", "2024-03-01", PREV), orders=AROUND) == [("email", month("2024-02"), 1)]


def test_all_time_keeps_a_group_alive() -> None:
    ever = total(ORDERS, "amount", window=(ir.AllTime(),))
    found = run(months("2024-01-01", "2024-03-01", ever), orders=AROUND)
    assert found == [
        ("ads", month("2024-02"), 2),
        ("email", month("2024-01"), 1),
        ("email", month("2024-02"), 1),
        ("social", month("2024-01"), 8),
        ("social", month("2024-02"), 8),
        (None, month("2024-02"), 4),
    ]


def test_fill_makes_observed_combinations_by_periods() -> None:
    region = dimension("region", (ORDERS, field(ORDERS, "region")))
    asked = months(
        "2024-02-01",
        "2024-04-01",
        count(ORDERS),
        count(ORDERS, window=(ir.Prior(),)),
        by=(region, CHANNEL),
        fill=True,
    )
    rows = [
        order(1, "2024-01-10", "ads", region="EU"),
        order(2, "2024-02-10", None, region="US"),
        order(4, "2023-12-10", "social", region="EU"),
    ]
    assert run(asked, orders=rows) == [
        ("EU", "ads", month("2024-02"), 0, 1),
        ("EU", "ads", month("2024-03"), 0, 0),
        ("US", None, month("2024-02"), 1, 0),
        ("US", None, month("2024-03"), 0, 1),
    ]


def test_the_condition_of_an_aggregate_makes_its_rows() -> None:
    paid = total(ORDERS, "amount", where=call(Op.EQ, field(ORDERS, "status"), "paid"))
    rows = [order(1, "2024-01-10", "ads", status="refunded"), order(2, "2024-01-10", "email", status="paid")]
    assert run(months("2024-01-01", "2024-02-01", paid), orders=rows) == [("email", month("2024-01"), 2)]


def test_a_row_of_either_table_makes_the_group() -> None:
    spend = total(COSTS, "amount")
    ratio = call(Op.DIV, spend, count(ORDERS), type=RATIO)
    asked = months("2024-01-01", "2024-03-01", spend, count(ORDERS), ratio)
    costs = [{"id": 1, "day": date(2024, 1, 5), "channel": "email", "amount": 10}]
    orders = [order(1, "2024-02-05", "ads"), order(2, "2024-02-06", "ads")]
    assert run(asked, orders=orders, costs=costs) == [
        ("ads", month("2024-02"), 0, 2, 0.0),
        ("email", month("2024-01"), 10, 0, None),
    ]


def test_without_dimensions_every_period_has_a_row() -> None:
    asked = months(
        "2024-01-01", "2024-03-01", count(ORDERS), aggregate(AggregateOp.MAX, ORDERS, "amount"), by=()
    )
    assert run(asked, orders=[]) == [(month("2024-01"), 0, None), (month("2024-02"), 0, None)]
    assert run(query([ORDERS], count(ORDERS), start="2024-01-01", end="2024-02-01"), orders=[]) == [(0,)]


def test_with_dimensions_no_row_at_all_is_no_row() -> None:
    assert run(months("2024-01-01", "2024-03-01", count(ORDERS)), orders=[]) == []


def test_null_anchors_are_in_no_period() -> None:
    asked = months("2024-01-01", "2024-02-01", count(ORDERS), count(ORDERS, window=(ir.AllTime(),)), by=())
    assert run(asked, orders=[order(1, None), order(2, "2023-05-05"), order(3, "2024-01-05")]) == [
        (month("2024-01"), 1, 2)
    ]


def test_a_period_that_the_range_cuts_is_a_plain_range() -> None:
    asked = months("2024-01-15", "2024-03-11", REVENUE, PREV, by=())
    rows = [
        order(1, "2023-12-29"),
        order(2, "2024-01-14"),
        order(4, "2024-01-15"),
        order(8, "2024-02-21"),
        order(16, "2024-03-11"),
    ]
    assert run(asked, orders=rows) == [
        (date(2024, 1, 15), 4, 3),  # 17 days, and the 17 before
        (date(2024, 2, 1), 8, 6),  # whole, so the whole of January
        (date(2024, 3, 1), 0, 8),  # 10 days, and the 10 before
    ]


# ---------------------------------------------------------------------------- across


def test_across_lifts_a_grouping_and_keeps_the_period() -> None:
    everything = total(ORDERS, "amount", across=ir.ALL_DIMENSIONS)
    asked = months("2024-01-01", "2024-03-01", call(Op.DIV, REVENUE, everything, type=RATIO), everything)
    rows = [order(30, "2024-01-10", "ads"), order(50, "2024-01-20", "mail"), order(8, "2024-02-20", "ads")]
    assert run(asked, orders=rows) == [
        ("ads", month("2024-01"), 0.375, 80),
        ("ads", month("2024-02"), 1.0, 8),
        ("mail", month("2024-01"), 0.625, 80),
    ]


def test_across_one_of_two_groups_null_with_null() -> None:
    region = dimension("region", (ORDERS, field(ORDERS, "region")))
    by_region = total(ORDERS, "amount", across=("channel",))
    asked = query([ORDERS], by_region, start="2024-01-01", end="2024-02-01", dimensions=(region, CHANNEL))
    rows = [order(n, "2024-01-10", channel, region=region) for n, (region, channel) in
            enumerate([(None, "a"), (None, None), ("EU", "a"), ("EU", "b")], start=1)]  # fmt: skip
    assert run(asked, orders=rows) == [("EU", "a", 7), ("EU", "b", 7), (None, "a", 3), (None, None, 3)]


def test_across_reaches_a_table_without_the_dimension() -> None:
    region = dimension("region", (ORDERS, field(ORDERS, "region")))
    spend = total(COSTS, "amount", across=("region",))
    asked = query(
        [ORDERS, COSTS], count(ORDERS), spend, start="2024-01-01", end="2024-02-01", dimensions=(region,)
    )
    costs = [{"id": 1, "day": date(2024, 1, 5), "channel": "email", "amount": 10}]
    assert run(asked, orders=[order(1, "2024-01-10", region="EU")], costs=costs) == [("EU", 1, 10)]
    assert run(asked, orders=[], costs=costs) == []


# ---------------------------------------------------------------------------- known and unknown


def covering(start: str | None, end: str | None = None) -> ir.Entity:
    days = [None if text is None else date.fromisoformat(text) for text in (start, end)]
    return replace(ORDERS, covers=ir.Coverage(*days))


def test_coverage_under_selectors() -> None:
    windows: list[ir.Window] = [(), (ir.AllTime(),), (ir.Before(),), (ir.Last(2, MONTH),), (ir.Prior(),)]
    asked = months(
        "2024-01-01", "2024-04-01", *[total(ORDERS, "amount", window=window) for window in windows], by=()
    )
    asked = replace(asked, model=ir.Model((covering("2024-02-01"),)))
    rows = [order(1, "2024-01-20"), order(2, "2024-02-01"), order(4, "2024-03-20")]
    assert [row[1:] for row in run(asked, orders=rows)] == [
        (None, None, None, None, None),
        (2, 2, None, None, None),
        (4, 6, 2, 6, 2),
    ]


def test_all_time_begins_where_coverage_does_whatever_dates_the_rows() -> None:
    paid = entity("paid", "id", "day", column("id", "id"), column("day", "date"), column("paid_on", "date"),
                  covers=ir.Coverage(date(2024, 2, 1), None))  # fmt: skip
    ever = count(paid, dated="paid_on", window=(ir.AllTime(),))
    days = [("2024-02-05", "2024-01-31"), ("2024-02-05", "2024-02-01"), ("2024-01-31", "2024-02-01")]
    rows = [
        {"id": n, "day": date.fromisoformat(day), "paid_on": date.fromisoformat(on)}
        for n, (day, on) in enumerate(days)
    ]
    assert run(query([paid], ever, start="2024-02-01", end="2024-03-01"), paid=rows) == [(1,)]


def test_coverage_that_ends() -> None:
    windows: list[ir.Window] = [(), (ir.AllTime(),), (ir.Before(),)]
    asked = months("2024-01-01", "2024-04-01", *[count(ORDERS, window=window) for window in windows], by=())
    asked = replace(asked, model=ir.Model((covering(None, "2024-02-15"),)))
    rows = [order(1, "2024-01-20"), order(2, "2024-02-14"), order(4, "2024-02-15")]
    assert [row[1:] for row in run(asked, orders=rows)] == [(1, 1, 0), (None, None, 1), (None, None, None)]


def test_a_group_of_an_unknown_period_has_its_row_by_what_is_covered() -> None:
    asked = months("2024-02-01", "2024-03-01", count(ORDERS, window=(ir.Last(2, MONTH),)))
    asked = replace(asked, model=ir.Model((covering("2024-02-01"),)))
    rows = [order(1, "2024-01-20", "before"), order(2, "2024-02-14", "inside")]
    assert run(asked, orders=rows) == [("inside", month("2024-02"), None)]


def test_nothing_is_known_after_as_of() -> None:
    asked = months(
        "2024-03-01", "2024-06-01", REVENUE, count(ORDERS), PREV, by=(), as_of=utc("2024-03-15T00:00")
    )
    rows = [order(1, "2024-02-10"), order(8, "2024-03-14"), order(16, "2024-03-15"), order(32, "2024-04-15")]
    assert run(asked, orders=rows) == [
        (month("2024-03"), 8, 1, 1),
        (month("2024-04"), None, None, 8),
        (month("2024-05"), None, None, None),
    ]


def test_as_of_within_a_day_lets_that_day_in() -> None:
    asked = query([ORDERS], count(ORDERS), as_of=utc("2024-03-15T12:00"))
    assert run(asked, orders=[order(1, "2024-03-15"), order(2, "2024-03-16")]) == [(1,)]


# ---------------------------------------------------------------------------- the period as a value

LENGTH = ir.PeriodValue(ir.PeriodPart.LENGTH, Type(Kind.DURATION, unit=DAY, scale=6))


def test_per_day_rates() -> None:
    daily = call(Op.DIV, REVENUE, LENGTH, type=RATIO)
    prior = call(Op.DIV, PREV, replace(LENGTH, window=(ir.Prior(),)), type=RATIO)
    asked = months("2024-01-01", "2024-03-01", daily, prior, by=())
    rows = [
        order(1, "2024-01-05", amount=62),
        order(2, "2024-02-05", amount=58),
        order(3, "2023-12-05", amount=31),
    ]
    assert run(asked, orders=rows) == [(month("2024-01"), 2.0, 1.0), (month("2024-02"), 2.0, 2.0)]
    with pytest.raises(LawError, match="period of an interval without a beginning"):
        run(months("2024-01-01", "2024-02-01", replace(LENGTH, window=(ir.AllTime(),)), by=()), orders=[])


def test_the_start_of_the_period_in_a_condition() -> None:
    week = call(Op.ADD_DAYS, ir.PeriodValue(ir.PeriodPart.START, DATE), 7, type=DATE)
    early = count(ORDERS, where=call(Op.LT, field(ORDERS, "day"), week))
    asked = months("2024-01-01", "2024-03-01", early, by=())
    rows = [order(1, "2024-01-07"), order(2, "2024-01-08"), order(3, "2024-02-01")]
    assert [row[1] for row in run(asked, orders=rows)] == [1, 1]


# ---------------------------------------------------------------------------- order


def counts(
    column_name: str, *values: Any, order_by: tuple[ir.Order, ...] = (), limit: int | None = None
) -> list[Any]:
    by = dimension("d", (ORDERS, field(ORDERS, column_name)))
    asked = query(
        [ORDERS],
        count(ORDERS),
        start="2024-01-01",
        end="2024-02-01",
        dimensions=(by,),
        order=order_by,
        limit=limit,
    )
    rows = [
        order(number, "2024-01-10", **{column_name: value}) for number, value in enumerate(values, start=1)
    ]
    return [row[0] for row in run(asked, orders=rows)]


def test_groups_are_ordered_by_the_type_of_the_data() -> None:
    assert counts("size", 10, None, 2) == [2, 10, None]
    assert counts("channel", "é", None, "zoo", "", "Z", "Ａ", "𝒳", "e\u0301", "Ä") == [
        "", "Z", "e\u0301", "zoo", "Ä", "é", "Ａ", "𝒳", None,
    ]  # fmt: skip
    assert counts("status", "paid", None, "refunded") == ["refunded", "paid", None]
    assert counts("stage", "rejected", "customer", None, "lead", "mql") == [
        "lead",
        "mql",
        "customer",
        "rejected",
        None,
    ]


def test_order_and_limit() -> None:
    values = ("a", "b", "b", "c", "c", None)
    assert counts("channel", *values, order_by=(ir.Order("d", descending=True),)) == ["c", "b", "a", None]
    assert counts("channel", *values, order_by=(ir.Order("a", descending=True),)) == ["b", "c", "a", None]
    assert counts("channel", *values, order_by=(ir.Order("a"), ir.Order("d", descending=True))) == [
        "a",
        None,
        "c",
        "b",
    ]
    assert counts("channel", *values, order_by=(ir.Order("a", descending=True),), limit=1) == ["b"]
    assert counts("channel", *values, limit=0) == []


def test_nulls_are_last_either_way() -> None:
    greatest = aggregate(AggregateOp.MAX, ORDERS, "size")
    rows = [order(1, "2024-01-05", size=None), order(2, "2024-02-05", size=3), order(3, "2024-03-05", size=7)]
    for descending, answer in ((False, [3, 7, None]), (True, [7, 3, None])):
        asked = months("2024-01-01", "2024-04-01", greatest, by=(), order=(ir.Order("a", descending),))
        assert [row[1] for row in run(asked, orders=rows)] == answer
    latest = months("2024-01-01", "2024-04-01", greatest, by=(), order=(ir.Order("period", descending=True),))
    assert [row[0] for row in run(latest, orders=rows)] == [
        month("2024-03"),
        month("2024-02"),
        month("2024-01"),
    ]


def test_hidden_outputs_come_last() -> None:
    asked = query([ORDERS], count(ORDERS), REVENUE, start="2024-01-01", end="2024-02-01")
    hidden = replace(asked.outputs[0], hidden=True)
    asked = replace(asked, outputs=(hidden, asked.outputs[1]))
    assert asked.columns == ("b", "a")
    assert run(asked, orders=[order(5, "2024-01-05")]) == [(5, 1)]


def test_no_number_depends_on_the_order_of_rows() -> None:
    outputs = [aggregate(op, ORDERS, "channel", type=STRING) for op in (AggregateOp.FIRST, AggregateOp.LAST)]
    asked = months("2024-01-01", "2024-03-01", REVENUE, *outputs)
    rows = [order(n, f"2024-0{1 + n % 2}-{1 + n % 5:02}", "abc"[n % 3]) for n in range(1, 40)]
    found = run(asked, orders=rows)
    for seed in range(5):
        shuffled = rows[:]
        Random(seed).shuffle(shuffled)
        assert run(asked, orders=shuffled) == found


# ---------------------------------------------------------------------------- refused


@pytest.mark.parametrize("end", ["2024-01-01", "2024-03-01"])
def test_a_range_that_does_not_go_forward_is_refused(end: str) -> None:
    for grain in (MONTH, None):
        with pytest.raises(LawError, match="ends before it starts"):
            run(query([ORDERS], count(ORDERS), start="2024-03-01", end=end, grain=grain), orders=[])


def test_dates_have_no_hours() -> None:
    with pytest.raises(LawError, match=r"`orders\.day` is a date and has no hours"):
        run(
            query([ORDERS], count(ORDERS), start="2024-01-05", end="2024-01-06", grain=TimeUnit.HOUR),
            orders=[],
        )
    with pytest.raises(LawError, match="has no hours"):
        recent = count(ORDERS, window=(ir.Last(24, TimeUnit.HOUR),))
        run(query([ORDERS], recent, start="2024-01-05", end="2024-01-06"), orders=[])
    with pytest.raises(LawError, match="a grain needs a range"):
        run(query([ORDERS], count(ORDERS), grain=TimeUnit.DAY), orders=[])
