"""Sets of members: states, events, rows, conditions and their algebra (laws 2, 5, 6; rulings 6, 12, 20)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from kpilang import ir
from kpilang.ir import AggregateOp, Op
from kpilang.reference import LawError
from kpilang.types import TimeUnit
from tests.reference.build import (
    ALL_TIME,
    BEFORE,
    PRIOR,
    aggregate,
    call,
    column,
    count,
    dimension,
    entity,
    event,
    field,
    having_rows,
    lit,
    query,
    run,
    size,
    state,
    total,
    utc,
    without,
)
from tests.reference.shop import (
    BUYERS,
    CUSTOMERS,
    GOLD,
    LIVE,
    MONTH,
    ORDERS,
    PAID,
    customer,
    day,
    months,
    order,
    values,
)

# ---------------------------------------------------------------------------- states and events


def test_a_state_is_who_is_in_at_the_end() -> None:
    people = [
        customer(1, "2024-01-10"),
        customer(2, "2024-01-15", "2024-02-10"),
        customer(3, "2024-02-05", "2024-02-20"),  # came and went within February
        customer(4, None),
        customer(5, "2024-03-01", "2024-03-01"),  # in for no time
        customer(6, "2024-02-01", "2024-03-01"),  # from the first instant of February to the last
    ]
    # ends: 1 Feb {1, 2}; 1 Mar {1, 6}; 1 Apr {1}
    assert values(months("2024-01-01", "2024-04-01", size(LIVE)), customers=people) == [2, 2, 1]
    kept = ir.AllOf((replace(LIVE, window=BEFORE), LIVE))
    assert values(months("2024-02-01", "2024-04-01", size(kept)), customers=people) == [1, 1]
    lost = without(replace(LIVE, window=BEFORE), LIVE)
    assert values(months("2024-02-01", "2024-04-01", size(lost)), customers=people) == [1, 1]


def test_a_state_looks_at_the_end_of_its_interval_alone() -> None:
    windows: list[ir.Window] = [
        (),
        (ir.Last(7, TimeUnit.DAY),),
        ALL_TIME,
        PRIOR,
        BEFORE,
        (ir.Ago(1, TimeUnit.YEAR),),
    ]
    people = [
        customer(1, "2023-03-31", "2024-03-01"),
        customer(2, "2023-04-01", "2024-03-15"),
        customer(3, "2024-03-31"),
        customer(4, "2024-02-29"),
    ]
    asked = months("2024-03-01", "2024-04-01", *[size(replace(LIVE, window=window)) for window in windows])
    assert values(asked, customers=people) == [(2, 2, 2, 3, 3, 1)]


def test_a_state_as_of_an_instant() -> None:
    accounts = entity(
        "accounts",
        "id",
        "opened",
        column("id", "id"),
        column("opened", "timestamp"),
        column("closed", "timestamp"),
    )
    live = state(accounts, "opened", "closed")
    asked = query(
        [accounts], size(live), size(replace(live, window=BEFORE)), size(event(accounts, "closed")),
        start="2024-03-01", end="2024-05-01", grain=MONTH, as_of=utc("2024-03-15T12:00"),
    )  # fmt: skip
    times = [
        ("2024-03-10T08:00", None),
        ("2024-03-15T12:00", None),  # at that very instant: not yet
        ("2024-02-01T00:00", "2024-03-20T00:00"),  # will leave
        ("2024-02-01T00:00", "2024-03-15T11:59"),
        ("2024-02-01T00:00", "2024-03-15T12:00"),  # leaves at the instant: still in, and not yet gone
    ]
    rows = [
        {"id": n, "opened": utc(opened), "closed": None if closed is None else utc(closed)}
        for n, (opened, closed) in enumerate(times)
    ]
    # March: in {0, 2, 4}, before it {2, 3, 4}, gone {3}. April is unknown, but for who is in before it.
    assert run(asked, accounts=rows) == [
        (date(2024, 3, 1), 3, 3, 1),
        (date(2024, 4, 1), None, 3, None),
    ]


def test_spells_leave_and_return() -> None:
    spells = entity(
        "spells", "id", "day", column("id", "id"), column("customer", "id", "customers"),
        column("day", "date"), column("until", "date"),
    )  # fmt: skip
    ended = field(spells, "until")

    def on_list(window: ir.Window) -> ir.With:
        end = ir.PeriodValue(ir.PeriodPart.END, ended.type, window)
        still = call(Op.OR, call(Op.IS, ended, lit(None, ended.type)), call(Op.GE, ended, end))
        return having_rows(CUSTOMERS, spells, "customer", where=still, window=window)

    opening, closing = on_list(BEFORE), on_list(ALL_TIME)
    asked = query(
        [CUSTOMERS, spells],
        size(opening), size(closing), size(ir.AllOf((opening, closing))), size(without(closing, opening)),
        start="2024-01-01", end="2024-04-01", grain=MONTH,
    )  # fmt: skip
    times = [
        (1, "2024-01-05", "2024-01-20"),
        (1, "2024-02-10", None),  # returns
        (2, "2024-01-10", None),
        (2, "2024-01-15", "2024-02-05"),  # two spells at once are one member
        (3, "2024-01-02", "2024-02-20"),
        (3, "2024-02-25", None),
    ]
    rows = [
        {"id": n, "customer": who, "day": day(start), "until": day(end)}
        for n, (who, start, end) in enumerate(times)
    ]
    # 1 Jan {}; 1 Feb {2, 3}; 1 Mar {1, 2, 3}; 1 Apr the same
    assert values(asked, spells=rows) == [(0, 2, 0, 2), (2, 3, 2, 1), (3, 3, 3, 0)]
    # the same by a state of the spells: `open: spells while day to until`, `customers with open`
    spell = ir.State("spells", field(spells, "day"), ended)
    with_open = ir.With("customers", "spells", field(spells, "customer"), None, among=spell)
    asked = query([CUSTOMERS, spells], size(with_open), start="2024-01-01", end="2024-04-01", grain=MONTH)
    assert values(asked, spells=rows) == [2, 3, 3]


def test_an_event_is_in_the_period_of_its_date() -> None:
    churned = event(CUSTOMERS, "until")
    people = [
        customer(1, None, "2024-01-20"),
        customer(2, None, "2024-02-01"),
        customer(3, None, None),
        customer(4, None, "2024-01-31", tier="gold"),
    ]
    gold = call(Op.EQ, field(CUSTOMERS, "tier"), "gold")
    sets: list[ir.Set] = [replace(churned, window=window) for window in ((), PRIOR, BEFORE, ALL_TIME)]
    asked = months("2024-01-01", "2024-04-01", *map(size, [*sets, replace(churned, where=gold)]))
    assert values(asked, customers=people) == [(2, 0, 0, 2, 1), (1, 2, 2, 3, 0), (0, 1, 3, 3, 0)]


# ---------------------------------------------------------------------------- members by rows


def test_members_are_keys_of_rows_in_the_period() -> None:
    rows = [
        order(1, 1, "2024-01-05"),
        order(2, 1, "2024-01-20"),  # the same member
        order(3, 2, "2024-01-31", paid=False),
        order(4, 2, "2024-03-01"),
        order(5, None, "2024-01-07"),  # nobody's
        order(6, 9, "2024-03-31"),  # whom the customers lack
        order(7, 3, None),  # in no period, not even of all time
        order(8, 4, "2024-03-10", paid=None),
    ]
    payers = replace(BUYERS, where=PAID)
    asked = months("2024-01-01", "2024-04-01", size(payers), size(replace(payers, window=ALL_TIME)))
    assert values(asked, orders=rows) == [(1, 1), (0, 1), (2, 3)]


def test_windows_move_the_rows() -> None:
    rows = [
        order(1, 1, "2024-01-05"),
        order(2, 2, "2024-02-01"),
        order(3, 3, "2024-02-29"),
        order(4, 1, "2024-03-31"),
    ]
    last = (ir.Last(2, MONTH),)
    sets: list[ir.Set] = [
        replace(BUYERS, window=window)
        for window in ((), PRIOR, BEFORE, last, ALL_TIME, (ir.Last(2, MONTH), ir.Prior()))
    ]
    asked = months("2024-02-01", "2024-05-01", *map(size, sets))
    # the last: two months to the period's end, then the two before
    assert values(asked, orders=rows) == [(2, 1, 1, 3, 3, 0), (1, 2, 3, 3, 3, 1), (0, 1, 3, 1, 3, 3)]
    with pytest.raises(LawError, match="prior of an interval without a beginning"):
        values(months("2024-02-01", "2024-05-01", size(replace(BUYERS, window=(ir.Before(), ir.Prior())))))


def test_new_kept_lost_and_won_back() -> None:
    """January {1, 2, 3}; February {1}; March {1, 2, 4}; April {3}."""
    buys = {"2024-01-03": (1, 2, 3), "2024-02-03": (1,), "2024-03-03": (1, 2, 4), "2024-04-03": (3,)}
    rows = [
        order(n, who, on)
        for n, (on, who) in enumerate((on, who) for on, all_ in buys.items() for who in all_)
    ]
    prior, before = replace(BUYERS, window=PRIOR), replace(BUYERS, window=BEFORE)
    fresh = without(BUYERS, before)
    kept = ir.AllOf((BUYERS, prior))
    back = ir.AllOf((BUYERS, ir.Outside(prior), before))
    gone = ir.AllOf((ir.Outside(BUYERS), prior))
    sets: tuple[ir.Set, ...] = (fresh, kept, back, gone, ir.AnyOf((BUYERS, prior)))
    asked = months("2024-01-01", "2024-05-01", *map(size, sets))
    assert values(asked, orders=rows) == [(3, 0, 0, 0, 3), (0, 1, 0, 2, 3), (1, 1, 1, 0, 3), (0, 0, 1, 3, 4)]


def test_the_algebra_nests() -> None:
    web, mail, shop = (
        replace(BUYERS, where=call(Op.EQ, field(ORDERS, "channel"), channel))
        for channel in ("web", "mail", "shop")
    )
    theirs = {"web": (1, 4, 6), "mail": (2, 5, 6), "shop": (3, 4, 5)}
    rows = [
        order(n, who, "2024-01-05", channel=channel)
        for n, (channel, who) in enumerate((channel, who) for channel, all_ in theirs.items() for who in all_)
    ]
    sets: list[ir.Set] = [
        ir.AnyOf((web, ir.AllOf((mail, shop)))),  # {1, 4, 6} and {5}
        ir.AllOf((ir.AnyOf((web, mail)), shop)),  # {4, 5}
        without(web, ir.AnyOf((mail, shop))),  # {1}
        without(web, mail, shop),  # {1}
        without(web, without(mail, shop)),  # {1, 4, 6} less {2, 6}
        ir.AllOf((ir.AnyOf((web, mail)), ir.Outside(shop))),  # {1, 2, 6}
    ]
    assert values(months("2024-01-01", "2024-02-01", *map(size, sets)), orders=rows) == [(4, 2, 1, 1, 2, 3)]


def test_timeless_members_are_the_same_in_every_period() -> None:
    people = [
        customer(1, "2023-05-01", tier="gold"),
        customer(2, "2024-02-10", tier="gold"),
        customer(3, tier="basic"),
    ]
    rows = [order(1, 1, "2024-01-05"), order(2, 3, "2024-02-05")]
    asked = months(
        "2024-01-01", "2024-03-01", size(GOLD), size(without(GOLD, BUYERS)), size(ir.AllOf((GOLD, LIVE)))
    )
    assert values(asked, customers=people, orders=rows) == [(2, 1, 1), (2, 2, 2)]


def test_a_member_is_told_by_what_its_rows_come_to() -> None:
    counted = count(ORDERS, where=PAID)
    loyal = replace(BUYERS, having=call(Op.GE, counted, 2))
    spent = total(ORDERS, "amount", where=PAID)
    big = replace(BUYERS, having=call(Op.AND, call(Op.GE, spent, 30), call(Op.LT, count(ORDERS), 3)))
    rows = [
        order(1, 1, "2024-01-05", 10),
        order(2, 1, "2024-01-20", 20),
        order(3, 2, "2024-01-31", 40),
        order(4, 2, "2024-02-01", 5),
        order(5, 3, "2024-02-10", 50),
        order(6, 3, "2024-02-11", 60, paid=False),  # an order for the count, not for the sum
        order(7, None, "2024-01-12", 50),
        order(8, None, "2024-01-13", 50),
    ]
    two = (ir.Last(2, MONTH),)
    sets: tuple[ir.Set, ...] = (
        loyal,
        replace(loyal, window=two),
        replace(loyal, window=BEFORE),
        big,
        replace(big, window=PRIOR),
    )
    asked = months("2024-01-01", "2024-03-01", *map(size, sets))
    assert values(asked, orders=rows) == [(1, 1, 0, 2, 0), (0, 2, 1, 1, 2)]


def test_having_goes_by_the_dates_of_the_set() -> None:
    def twice(dated: str, **more: Any) -> ir.With:
        two = call(Op.GE, count(ORDERS, dated=dated), 2)
        return having_rows(CUSTOMERS, ORDERS, "customer", dated, having=two, **more)

    rows = [
        order(1, 1, "2024-01-10", paid_on=day("2024-02-01")),
        order(2, 1, "2024-01-20", paid_on=day("2024-02-29")),
        order(3, 2, "2024-02-01", paid_on=day("2024-02-02")),
        order(4, 2, "2024-02-03", paid_on=None),
    ]
    asked = months("2024-01-01", "2024-03-01", size(twice("paid_on")), size(twice("day")))
    assert values(asked, orders=rows) == [(0, 1), (1, 1)]
    first = call(Op.EQ, aggregate(AggregateOp.FIRST, ORDERS, "channel"), "web")
    channels = replace(BUYERS, having=first, window=ALL_TIME)
    rows = [
        order(1, 1, "2024-01-10", channel="web"),
        order(2, 1, "2024-01-09", channel="mail"),
        order(3, 2, "2024-01-10", channel="web"),
    ]
    assert values(months("2024-01-01", "2024-02-01", size(channels)), orders=rows) == [1]
    mixed = replace(twice("day"), having=call(Op.GE, count(ORDERS, dated="paid_on"), 2))
    with pytest.raises(LawError, match="in one interval, by one date"):
        values(months("2024-01-01", "2024-02-01", size(mixed)))


def test_the_period_in_a_condition_of_a_set() -> None:
    def early(window: ir.Window) -> ir.With:
        start = ir.PeriodValue(ir.PeriodPart.START, field(ORDERS, "day").type, window)
        week = call(Op.ADD_DAYS, start, 7, type=start.type)
        return replace(BUYERS, where=call(Op.LT, field(ORDERS, "day"), week), window=window)

    rows = [
        order(1, 1, "2024-01-07"),
        order(2, 2, "2024-01-08"),
        order(3, 2, "2024-02-01"),
        order(4, 1, "2024-02-08"),
    ]
    asked = months("2024-01-01", "2024-03-01", size(early(())), size(early(PRIOR)))
    assert values(asked, orders=rows) == [(1, 0), (1, 1)]


def test_rows_that_are_members_themselves() -> None:
    """`active: orders with lines where open`, `customers with active`."""
    lines = entity(
        "lines",
        "id",
        "day",
        column("id", "id"),
        column("order", "id", "orders"),
        column("day", "date"),
        column("open", "bool"),
    )
    active = having_rows(ORDERS, lines, "order", where=field(lines, "open"))
    theirs = ir.With("customers", "orders", field(ORDERS, "customer"), None, among=active)
    rows = [
        order(1, 1, "2023-12-05", channel="web"),
        order(2, 1, "2024-01-05", channel="mail"),
        order(3, 2, "2024-01-05", channel="web"),
        order(4, None, "2024-01-05", channel="shop"),
    ]
    parts = [
        (1, "2024-01-20", True),
        (2, "2024-01-20", False),
        (3, "2024-02-01", True),
        (4, "2024-01-01", True),
    ]
    lined = [
        {"id": n, "order": of, "day": day(on), "open": is_open} for n, (of, on, is_open) in enumerate(parts)
    ]
    entities = [CUSTOMERS, ORDERS, lines]
    asked = query(entities, size(theirs), start="2024-01-01", end="2024-03-01", grain=MONTH)
    assert values(asked, orders=rows, lines=lined) == [1, 1]
    seen = dimension(
        "channel", (ORDERS, field(ORDERS, "channel")), (lines, field(lines, "channel", "order", owner=ORDERS))
    )
    asked = replace(asked, dimensions=(seen,))
    # the shop's order is among the rows, but nobody's; the mail's is not among them
    assert run(asked, orders=rows, lines=lined) == [
        ("shop", date(2024, 1, 1), 0),
        ("web", date(2024, 1, 1), 1),
        ("web", date(2024, 2, 1), 1),
    ]
