"""Sets in groups, membership of rows, and what is known of sets (laws 3, 11, 12; rulings 7, 8, 11, 14)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from random import Random
from typing import Any

import pytest

from kpilang import ir
from kpilang.ir import AggregateOp, Op
from kpilang.reference import LawError
from kpilang.types import BOOL, INTEGER, TIMESTAMP, TimeUnit
from tests.reference.build import (
    ALL_TIME,
    BEFORE,
    PRIOR,
    RATIO,
    call,
    column,
    count,
    dimension,
    entity,
    event,
    field,
    having_rows,
    member,
    query,
    run,
    size,
    total,
    utc,
    without,
)
from tests.reference.shop import (
    BUYERS,
    CHANNEL,
    CUSTOMERS,
    GOLD,
    LIVE,
    ORDERS,
    PAID,
    customer,
    day,
    months,
    order,
    values,
)

# ---------------------------------------------------------------------------- groups

LAW_11 = [
    order(1, 1, "2024-01-05", 10, channel="web"),
    order(2, 1, "2024-01-06", 20, channel="mail"),
    order(3, 2, "2024-01-07", 40, channel="web"),
    order(4, 2, "2024-01-08", 80, channel="web"),
    order(5, 3, "2024-01-09", 160, channel="mail"),
]
ORDERED = event(ORDERS, "day")
LOYAL = replace(BUYERS, having=call(Op.GE, count(ORDERS), 2))
LOYAL_AMOUNT = total(ORDERS, "amount", where=member(field(ORDERS, "customer"), LOYAL))


def test_a_count_decides_within_each_group_and_membership_over_everybody() -> None:
    asked = months("2024-01-01", "2024-02-01", size(BUYERS), size(LOYAL), LOYAL_AMOUNT, by=(CHANNEL,))
    january = date(2024, 1, 1)
    assert run(asked, customers=[], orders=LAW_11) == [
        ("mail", january, 2, 0, 20),
        ("web", january, 2, 1, 130),
    ]
    assert values(replace(asked, dimensions=()), orders=LAW_11) == [(3, 2, 150)]


def test_a_group_is_what_a_condition_on_it_leaves() -> None:
    """By channel, or with `channel = …` in every part: the same numbers (law 11)."""
    seed = Random(11)
    rows = [
        order(n, seed.randrange(8), f"2024-0{seed.randint(1, 3)}-05", channel=seed.choice("abc"))
        for n in range(1, 60)
    ]
    thrice = replace(BUYERS, having=call(Op.GE, count(ORDERS), 3))

    def counted(channel: str | None) -> list[ir.Expr]:
        only = None if channel is None else call(Op.EQ, field(ORDERS, "channel"), channel)
        now, before = replace(BUYERS, where=only), replace(BUYERS, where=only, window=BEFORE)
        two = (ir.Last(2, TimeUnit.MONTH),)
        among = ir.With("customers", "orders", field(ORDERS, "customer"), None, only, among=ORDERED)
        sets = (now, without(now, before), replace(thrice, where=only, window=two), among)
        return [size(part) for part in sets]

    asked = months("2024-01-01", "2024-04-01", *counted(None), by=(CHANNEL,), fill=True)
    grouped = values(asked, orders=rows)
    alone = [values(months("2024-01-01", "2024-04-01", *counted(channel)), orders=rows) for channel in "abc"]
    assert grouped == [line for lines in alone for line in lines]


def test_across_lifts_the_grouping_of_a_count_or_of_a_part() -> None:
    everywhere = replace(BUYERS, across=("channel",))
    outputs = (
        size(BUYERS),
        size(BUYERS, across=ir.ALL_DIMENSIONS),
        size(LOYAL, across=("channel",)),
        size(without(BUYERS, replace(everywhere, window=BEFORE))),
        size(without(BUYERS, replace(BUYERS, window=BEFORE))),
    )
    rows = [
        order(1, 1, "2024-01-05", channel="web"),
        order(2, 3, "2024-01-07", channel="web"),
        order(3, 1, "2024-02-05", channel="mail"),
        order(4, 2, "2024-02-06", channel="mail"),
        order(5, 3, "2024-02-08", channel="web"),
    ]
    # mail {1, 2}: 1 bought before, on the web; web {3}, who bought there before
    assert values(months("2024-02-01", "2024-03-01", *outputs, by=(CHANNEL,)), orders=rows) == [
        (2, 3, 0, 1, 2),
        (1, 3, 0, 0, 0),
    ]


def test_groups_that_only_the_prior_period_has() -> None:
    rows = [
        order(1, 1, "2024-01-05", channel="web"),
        order(2, 2, "2024-01-06", channel="mail"),
        order(3, 1, "2024-02-05", channel="web"),
        order(4, None, "2024-02-05", channel="shop"),  # a row, though nobody's
    ]
    gone = without(replace(BUYERS, window=PRIOR), BUYERS)
    asked = months("2024-01-01", "2024-04-01", size(BUYERS), size(gone), by=(CHANNEL,))
    assert run(asked, customers=[], orders=rows) == [
        ("mail", date(2024, 1, 1), 1, 0),
        ("mail", date(2024, 2, 1), 0, 1),
        ("shop", date(2024, 2, 1), 0, 0),
        ("shop", date(2024, 3, 1), 0, 0),
        ("web", date(2024, 1, 1), 1, 0),
        ("web", date(2024, 2, 1), 1, 0),
        ("web", date(2024, 3, 1), 0, 1),
    ]
    assert [row[2] for row in run(replace(asked, fill=True), customers=[], orders=rows)] == [
        1,
        0,
        0,
        0,
        0,
        0,
        1,
        1,
        0,
    ]


def test_rows_that_no_aggregate_counts_make_no_group() -> None:
    loyal = replace(BUYERS, having=call(Op.GE, count(ORDERS, where=PAID), 2))
    rows = [
        order(1, 1, "2024-01-05", channel="web"),
        order(2, 2, "2024-01-06", channel="mail", paid=False),
        order(3, 3, "2024-01-07", channel="call"),
        order(4, 3, "2024-01-08", channel="call"),
    ]
    asked = months("2024-01-01", "2024-02-01", size(loyal), by=(CHANNEL,))
    assert run(asked, customers=[], orders=rows) == [
        ("call", date(2024, 1, 1), 1),
        ("web", date(2024, 1, 1), 0),
    ]


def test_states_make_groups_of_who_is_in() -> None:
    country = dimension("channel", (CUSTOMERS, field(CUSTOMERS, "channel")))
    people = [
        customer(1, "2023-11-01", channel="DE"),
        customer(2, "2023-12-01", "2024-01-20", channel="DE"),
        customer(3, "2024-02-05", channel="FR"),
        customer(None, "2023-10-01", channel="UK"),  # without a key
    ]
    opening = size(replace(LIVE, window=BEFORE))
    kept = size(ir.AllOf((replace(LIVE, window=BEFORE), LIVE)))
    asked = months(
        "2024-01-01", "2024-03-01", size(LIVE), call(Op.DIV, kept, opening, type=RATIO), by=(country,)
    )
    assert run(asked, customers=people, orders=[]) == [
        ("DE", date(2024, 1, 1), 1, 0.5),
        ("DE", date(2024, 2, 1), 1, 1.0),
        ("FR", date(2024, 2, 1), 1, None),
        ("UK", date(2024, 1, 1), 0, None),
        ("UK", date(2024, 2, 1), 0, None),
    ]


def test_a_part_that_does_not_see_the_dimension_is_refused() -> None:
    with pytest.raises(LawError, match="`customers` does not see `channel`"):
        run(
            months("2024-01-01", "2024-02-01", size(ir.AllOf((BUYERS, GOLD))), by=(CHANNEL,)),
            customers=[],
            orders=[],
        )
    gold = replace(GOLD, across=("channel",))
    asked = months("2024-01-01", "2024-02-01", size(ir.AllOf((BUYERS, gold))), by=(CHANNEL,))
    people = [customer(1, tier="gold"), customer(2, tier="basic"), customer(3, tier="gold")]
    assert values(asked, customers=people, orders=LAW_11) == [2, 1]


# ---------------------------------------------------------------------------- membership of rows


def test_membership_is_never_null() -> None:
    theirs = member(field(ORDERS, "customer"), LOYAL)
    outputs = [total(ORDERS, "amount", where=theirs), total(ORDERS, "amount", where=call(Op.NOT, theirs))]
    rows = [
        order(1, 1, "2024-01-05", 10),
        order(2, 1, "2024-01-06", 20),
        order(3, None, "2024-01-07", 40),
        order(4, None, "2024-02-07", 80),
    ]
    assert values(months("2024-01-01", "2024-03-01", *outputs), orders=rows) == [(30, 40), (0, 80)]


def test_the_windows_of_a_membership_are_its_own() -> None:
    """`revenue of who bought before`, and the same in the month before."""
    before = member(field(ORDERS, "customer"), replace(BUYERS, window=BEFORE))
    moved = member(field(ORDERS, "customer"), replace(BUYERS, window=(ir.Prior(), ir.Before())))
    outputs = [
        total(ORDERS, "amount", where=before),
        total(ORDERS, "amount", where=moved, window=PRIOR),
        total(
            ORDERS, call(Op.MUL, field(ORDERS, "amount"), 2, type=field(ORDERS, "amount").type), where=before
        ),
    ]
    rows = [
        order(1, 1, "2024-01-05", 10),
        order(2, 1, "2024-02-05", 20),
        order(3, 2, "2024-02-06", 40),
        order(4, 2, "2024-03-06", 80),
    ]
    asked = months("2024-02-01", "2024-05-01", *outputs)
    assert values(asked, orders=rows) == [(20, 0, 40), (80, 20, 160), (0, 80, 0)]


def test_sums_over_the_members_whatever_their_dates() -> None:
    """`sum(S.value)`: all rows in every period, of those who are members in it."""

    def worth(members: ir.Set, **more: Any) -> ir.Aggregate:
        key = field(CUSTOMERS, "id")
        return ir.Aggregate(
            AggregateOp.SUM, "customers", None, field(CUSTOMERS, "value").type, field(CUSTOMERS, "value"),
            where=member(key, members), **more,
        )  # fmt: skip

    people = [
        customer(1, "2020-01-01", value=1),
        customer(2, "2030-01-01", value=2),  # bought before it was created, by the data
        customer(3, None, value=4),
        customer(None, "2020-01-01", value=8),
    ]
    rows = [
        order(1, 1, "2024-01-05"),
        order(2, 2, "2024-01-06"),
        order(3, 3, "2024-02-06"),
        order(4, None, "2024-02-06"),
    ]
    asked = months("2024-01-01", "2024-04-01", worth(BUYERS), worth(replace(BUYERS, window=PRIOR)))
    assert values(asked, customers=people, orders=rows) == [(3, 0), (4, 3), (0, 4)]
    by = dimension("tier", (CUSTOMERS, field(CUSTOMERS, "tier")))
    asked = replace(asked, dimensions=(by,), outputs=asked.outputs[:1])
    # a group has a row where there is a member: none in March
    assert run(asked, customers=people, orders=rows) == [
        (None, date(2024, 1, 1), 3),
        (None, date(2024, 2, 1), 4),
    ]


def test_a_timeless_membership_in_an_attribute() -> None:
    is_gold = ir.Attribute("is_gold", BOOL, member(field(ORDERS, "customer"), GOLD))
    orders = replace(ORDERS, attributes=(is_gold,))
    asked = query(
        [CUSTOMERS, orders],
        count(orders, where=field(orders, "is_gold")),
        start="2024-01-01",
        end="2024-02-01",
    )
    people = [customer(1, tier="gold"), customer(2, tier="basic")]
    assert values(asked, customers=people, orders=LAW_11) == [2]
    bought = ir.Attribute("is_gold", BOOL, member(field(ORDERS, "customer"), BUYERS))
    moving = replace(asked, model=ir.Model((CUSTOMERS, replace(ORDERS, attributes=(bought,)))))
    with pytest.raises(LawError, match="where no period is seen"):
        values(moving, customers=people, orders=LAW_11)


def test_composite_keys_are_members() -> None:
    places = entity(
        "places", ("shop", "shelf"), None, column("shop", "id"), column("shelf", "id"), column("big", "bool")
    )
    stock = entity(
        "stock", "id", "day",
        column("id", "id"), column("day", "date"), column("shop", "id"), column("shelf", "id"),
        ir.Column("place", column("id", "id").type, reference=ir.Reference(("shop", "shelf"), "places")),
    )  # fmt: skip
    filled = having_rows(places, stock, "place")
    big = ir.Always("places", field(places, "big"))
    inside = member(field(stock, "place"), big)
    asked = query(
        [places, stock], size(filled), size(without(big, filled)), count(stock, where=inside),
        start="2024-01-01", end="2024-02-01",
    )  # fmt: skip
    shelves = [(1, 1, True), (1, 2, True), (2, 1, False)]
    kept = [(1, 1), (1, 1), (2, 1), (2, None), (3, 3)]
    assert run(
        asked,
        places=[{"shop": shop, "shelf": shelf, "big": is_big} for shop, shelf, is_big in shelves],
        stock=[{"id": n, "day": day("2024-01-05"), "shop": s, "shelf": t} for n, (s, t) in enumerate(kept)],
    ) == [(3, 1, 2)]


# ---------------------------------------------------------------------------- known and unknown


def test_what_is_not_covered_is_unknown() -> None:
    covered = replace(ORDERS, covers=ir.Coverage(date(2024, 2, 1), None))
    sets: list[ir.Set] = [replace(BUYERS, window=window) for window in ((), PRIOR, BEFORE, ALL_TIME)]
    outputs: list[ir.Expr] = [*map(size, sets), size(ir.AnyOf((GOLD, BUYERS))), size(GOLD), LOYAL_AMOUNT]
    asked = months("2024-01-01", "2024-04-01", *outputs)
    asked = replace(asked, model=ir.Model((CUSTOMERS, covered)))
    people = [customer(9, tier="gold")]
    rows = [order(1, 1, "2024-01-05"), order(2, 2, "2024-02-05"), order(3, 3, "2024-03-05")]
    assert values(asked, customers=people, orders=rows) == [
        (None, None, None, None, None, 1, None),
        (1, None, None, 1, 2, 1, 0),
        (1, 1, 1, 2, 2, 1, 0),
    ]


def test_a_set_that_is_not_known_decides_nothing() -> None:
    """The orders are covered from February, the customers always: who is loyal in January is not known."""
    covered = replace(ORDERS, covers=ir.Coverage(date(2024, 2, 1), None))
    bought = member(field(CUSTOMERS, "id"), BUYERS)
    asked = months(
        "2024-01-01",
        "2024-03-01",
        count(CUSTOMERS, where=bought),
        size(event(CUSTOMERS, "since", where=bought)),
    )
    asked = replace(asked, model=ir.Model((CUSTOMERS, covered)))
    people = [customer(1, "2024-01-05"), customer(2, "2024-02-05")]
    rows = [order(1, 1, "2024-01-06"), order(2, 2, "2024-02-06")]
    assert values(asked, customers=people, orders=rows) == [(None, None), (1, 1)]


def test_sets_as_of_an_instant() -> None:
    rows = [
        order(1, 1, "2024-03-01"),
        order(2, 2, "2024-03-14"),
        order(3, 3, "2024-03-15"),
        order(4, 4, "2024-02-05"),
    ]
    sets: list[ir.Set] = [
        replace(BUYERS, window=window)
        for window in ((), PRIOR, BEFORE, ALL_TIME, (ir.Last(14, TimeUnit.DAY),))
    ]
    asked = months("2024-03-01", "2024-06-01", *map(size, sets), as_of=utc("2024-03-15T00:00"))
    # `last 14 days` sees the cut end: from 1 March
    assert values(asked, orders=rows) == [
        (2, 1, 1, 3, 2),
        (None, 2, 3, None, None),
        (None, None, 3, None, None),
    ]


def test_states_have_no_hours_on_dates() -> None:
    asked = query([CUSTOMERS], size(LIVE), start="2024-01-05", end="2024-01-06", grain=TimeUnit.HOUR)
    with pytest.raises(LawError, match=r"`customers\.since` is a date and has no hours"):
        run(asked, customers=[])
    hits = entity(
        "hits", "id", "at", column("id", "id"), column("at", TIMESTAMP), column("customer", "id", "customers")
    )
    recent = having_rows(CUSTOMERS, hits, "customer", window=(ir.Last(2, TimeUnit.HOUR),))
    asked = query(
        [CUSTOMERS, hits], size(recent), start="2024-01-05", end="2024-01-05T03:00:00", grain=TimeUnit.HOUR
    )
    times = [datetime(2024, 1, 4, 23, 59), datetime(2024, 1, 5, 0, 30), datetime(2024, 1, 5, 2, 0)]
    rows = [{"id": n, "at": at, "customer": n} for n, at in enumerate(times)]
    assert [row[1] for row in run(asked, customers=[], hits=rows)] == [2, 1, 1]


def test_no_count_depends_on_the_order_of_rows() -> None:
    sets: list[ir.Set] = [BUYERS, LOYAL, without(LOYAL, replace(BUYERS, window=PRIOR))]
    rows = [order(n, n % 7, f"2024-0{1 + n % 3}-{1 + n % 5:02}", channel="abc"[n % 3]) for n in range(1, 40)]
    asked = months("2024-01-01", "2024-04-01", *map(size, sets), LOYAL_AMOUNT, by=(CHANNEL,))
    found = run(asked, customers=[], orders=rows)
    for seed in range(3):
        shuffled = rows[:]
        Random(seed).shuffle(shuffled)
        assert run(asked, customers=[], orders=shuffled) == found
    assert {type(row[2]) for row in found} == {int}
    assert size(BUYERS).type == INTEGER
