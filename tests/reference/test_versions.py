"""Rows that are there at an instant: recorded, latest of a key, versions in force (rulings 7, 18, 19)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import permutations
from typing import Any

import pytest

from kpilang import ir
from kpilang.ir import AggregateOp, Op
from kpilang.reference import LawError
from kpilang.types import TimeUnit
from tests.reference.build import (
    ID,
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

A = AggregateOp
MONTH = TimeUnit.MONTH
JANUARY, FEBRUARY = date(2024, 1, 1), date(2024, 2, 1)


def day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


# ---------------------------------------------------------------------------- recorded

LOADED = entity(
    "orders", "id", "day", column("id", "id"), column("day", "date"), column("amount", "money"),
    column("loaded_at", "timestamp"), column("status", "text", recorded="status_at"),
    column("status_at", "timestamp"),
    column("deleted", "bool"), recorded="loaded_at",
)  # fmt: skip


def loaded(number: int, on: str, amount: int, at: str | None, **more: Any) -> dict[str, Any]:
    row = {"status": None, "status_at": None, "deleted": False}
    seen = None if at is None else utc(at)
    return {**row, "id": number, "day": day(on), "amount": amount, "loaded_at": seen, **more}


def revenue(of: ir.Entity, **more: Any) -> ir.Query:
    return query(
        [of], total(of, "amount"), count(of), start="2024-01-01", end="2024-03-01", grain=MONTH, **more
    )


def test_rows_recorded_after_as_of_do_not_exist() -> None:
    rows = [
        loaded(1, "2024-01-02", 10, "2024-01-03T00:00"),
        loaded(2, "2024-01-05", 20, "2024-02-20T00:00"),
        loaded(3, "2024-02-02", 40, "2024-02-10T11:00"),  # at that very instant
        loaded(4, "2024-02-03", 80, "2024-02-10T11:00:01"),
        loaded(5, "2024-02-20", 160, "2024-01-01T00:00"),  # recorded early, but later in time
        loaded(6, "2024-01-20", 320, None),  # nobody knows when
    ]
    assert run(revenue(LOADED, as_of=utc("2024-02-10T11:00")), orders=rows) == [
        (JANUARY, 10, 1),
        (FEBRUARY, 40, 1),
    ]
    assert run(revenue(LOADED), orders=rows) == [(JANUARY, 30, 2), (FEBRUARY, 280, 3)]


def test_a_column_recorded_later_is_null() -> None:
    paid = call(Op.EQ, field(LOADED, "status"), "paid")
    unknown = call(Op.IS, field(LOADED, "status"), lit(None, field(LOADED, "status").type))
    asked = query(
        [LOADED],
        count(LOADED), count(LOADED, where=paid),
        count(LOADED, where=call(Op.NOT, paid)), count(LOADED, where=unknown),
        start="2024-01-01", end="2024-02-01", as_of=utc("2024-01-20T00:00"),
    )  # fmt: skip
    states = [
        ("paid", "2024-01-05T00:00"),
        ("paid", "2024-01-25T00:00"),
        ("refunded", "2024-01-20T00:00"),
        ("paid", None),
    ]
    rows = [
        loaded(
            n, "2024-01-02", 1, "2024-01-02T00:00", status=status, status_at=None if at is None else utc(at)
        )
        for n, (status, at) in enumerate(states)
    ]
    assert run(asked, orders=rows) == [(4, 2, 1, 1)]
    assert run(replace(asked, as_of=None), orders=rows) == [(4, 3, 1, 0)]


def test_a_reference_recorded_later_leads_nowhere() -> None:
    owners = entity("owners", "id", None, column("id", "id"), column("team", "text"))
    deals = entity(
        "deals", "id", "day", column("id", "id"), column("day", "date"),
        column("owner", "id", "owners", recorded="assigned_at"), column("assigned_at", "timestamp"),
    )  # fmt: skip
    team = dimension("team", (deals, field(deals, "team", "owner", owner=owners)))
    asked = query(
        [owners, deals],
        count(deals),
        start="2024-01-01",
        end="2024-02-01",
        dimensions=(team,),
        as_of=utc("2024-01-20T00:00"),
    )
    rows = [
        {"id": n, "day": day("2024-01-05"), "owner": 1, "assigned_at": utc(at)}
        for n, at in enumerate(("2024-01-06T00:00", "2024-01-21T00:00"))
    ]
    assert run(asked, owners=[{"id": 1, "team": "north"}], deals=rows) == [("north", 1), (None, 1)]


# ---------------------------------------------------------------------------- duplicates


def test_the_latest_of_each_key_whatever_the_order() -> None:
    latest = replace(LOADED, recorded=None, duplicates=ir.Duplicates(True, ("loaded_at",)))
    rows = [
        loaded(1, "2024-02-01", 25, "2024-02-03T00:00"),  # moved to February
        loaded(1, "2024-01-02", 10, "2024-01-03T00:00"),
        loaded(1, "2024-01-02", 20, "2024-01-04T00:00"),
        loaded(1, "2024-01-02", 80, None),  # never before one with a time
        loaded(2, "2024-01-05", 5, "2024-01-06T00:00"),
    ]
    earliest = replace(latest, duplicates=ir.Duplicates(False, ("loaded_at",)))
    for ordered in permutations(rows):
        assert run(revenue(latest), orders=ordered) == [(JANUARY, 5, 1), (FEBRUARY, 25, 1)]
        assert run(revenue(earliest), orders=ordered) == [(JANUARY, 15, 2), (FEBRUARY, 0, 0)]


def test_the_latest_that_was_recorded() -> None:
    seen = replace(LOADED, duplicates=ir.Duplicates(True, ("loaded_at",)))
    rows = [loaded(1, "2024-01-02", 10, "2024-01-03T00:00"), loaded(1, "2024-01-02", 20, "2024-01-09T00:00")]
    assert run(revenue(seen, as_of=utc("2024-01-05T00:00")), orders=rows)[0] == (JANUARY, 10, 1)
    assert run(revenue(seen), orders=rows)[0] == (JANUARY, 20, 1)


def test_conditions_come_after_the_latest() -> None:
    alive = replace(
        LOADED, duplicates=ir.Duplicates(True, ("loaded_at",)), where=call(Op.NOT, field(LOADED, "deleted"))
    )
    rows = [
        loaded(1, "2024-01-05", 10, "2024-01-06T00:00"),
        loaded(1, "2024-01-05", 10, "2024-01-09T00:00", deleted=True),
        loaded(2, "2024-01-06", 4, "2024-01-07T00:00"),
    ]
    assert run(revenue(alive), orders=rows)[0] == (JANUARY, 4, 1)


def test_ties_with_different_contents_are_refused() -> None:
    latest = replace(LOADED, recorded=None, duplicates=ir.Duplicates(True, ("loaded_at", "status")))
    first = loaded(1, "2024-01-05", 10, "2024-01-06T00:00")
    assert run(revenue(latest), orders=[first, {**first, "batch": 1}, {**first, "batch": 2}])[0] == (
        JANUARY,
        10,
        1,
    )
    with pytest.raises(LawError, match="two rows of `orders` with id 1 differ and tie in loaded_at, status"):
        run(revenue(latest), orders=[first, {**first, "amount": 20}])
    older = [loaded(1, "2024-01-05", amount, "2024-01-01T00:00") for amount in (1, 2)]
    assert run(revenue(latest), orders=[*older, first])[0] == (JANUARY, 10, 1), "older ones may tie"
    by_status = [{**first, "status": "a"}, {**first, "amount": 20, "status": "b"}]
    assert run(revenue(latest), orders=by_status)[0] == (JANUARY, 20, 1)


# ---------------------------------------------------------------------------- versions

TIERS = entity(
    "tiers", "id", None,
    column("id", "id"), column("from_", "timestamp"), column("to", "timestamp"), column("level", "text"),
    valid=ir.Validity("from_", "to"),
)  # fmt: skip
SALES = entity(
    "sales", "id", "at", column("id", "id"), column("at", "timestamp"), column("amount", "money"),
    ir.Column("tier", ID, "tier", reference=ir.Reference(("tier",), "tiers", as_of="at")),
)  # fmt: skip
LEVEL = dimension("level", (SALES, field(SALES, "level", "tier", owner=TIERS)))


def tier(start: str | None, end: str | None, level: str, of: str = "t1") -> dict[str, Any]:
    return {"id": of, "from_": start and utc(start), "to": end and utc(end), "level": level}


def sale(number: int, at: str | None, of: str | None = "t1") -> dict[str, Any]:
    return {"id": number, "at": at and utc(at), "tier": of, "amount": number}


def test_versions_are_in_force_from_their_start_until_their_end() -> None:
    asked = query(
        [TIERS, SALES], total(SALES, "amount"), start="2024-01-01", end="2024-03-01", dimensions=(LEVEL,)
    )
    versions = [
        tier("2024-02-10T12:00", None, "gold"),
        tier("2024-01-01T00:00", "2024-02-01T00:00", "silver"),
        tier(None, "2024-01-20T00:00", "never"),
    ]
    sales = [
        sale(1, "2024-01-01T00:00"),  # the first instant
        sale(2, "2024-01-31T23:59:59"),
        sale(4, "2024-02-01T00:00"),  # in the gap
        sale(8, "2024-02-10T11:59:59"),
        sale(16, "2024-02-10T12:00"),
        sale(32, "2024-02-11T00:00", "t9"),  # of no version at all
        sale(64, "2024-02-11T00:00", None),
    ]
    for ordered in permutations(versions):
        assert run(asked, tiers=ordered, sales=sales) == [("gold", 16), ("silver", 3), (None, 108)]
    by_tier = replace(asked, dimensions=(dimension("tier", (SALES, field(SALES, "tier"))),))
    assert run(by_tier, tiers=versions, sales=sales) == [("t1", 31), ("t9", 32), (None, 64)], (
        "its own value stays"
    )


def test_dates_of_versions_are_local_days() -> None:
    dated = replace(
        TIERS,
        columns=(column("id", "id"), column("from_", "date"), column("to", "date"), column("level", "text")),
    )
    level = dimension("level", (SALES, field(SALES, "level", "tier", owner=dated)))
    berlin = ir.Calendar("Europe/Berlin")
    asked = query(
        [dated, SALES],
        total(SALES, "amount"),
        start="2024-01-01",
        end="2024-03-01",
        dimensions=(level,),
        calendar=berlin,
    )
    versions = [
        {"id": "t1", "from_": day("2024-01-01"), "to": day("2024-02-01"), "level": "silver"},
        {"id": "t1", "from_": day("2024-02-01"), "to": None, "level": "gold"},
    ]
    sales = [sale(1, "2024-01-31T22:59:59"), sale(2, "2024-01-31T23:00")]
    assert run(asked, tiers=versions, sales=sales) == [("gold", 2), ("silver", 1)]


def test_children_belong_to_the_version_in_force() -> None:
    sold = ir.Child(
        A.SUM,
        "sales",
        ("tier",),
        field(SALES, "amount").type,
        field(SALES, "amount"),
        anchor=field(SALES, "at"),
        ever=True,
    )
    tiers = replace(TIERS, attributes=(ir.Attribute("sold", sold.type, sold),))
    worth = ir.Aggregate(A.MAX, "tiers", None, sold.type, field(tiers, "sold"))
    by = dimension("level", (tiers, field(tiers, "level")))
    asked = query([tiers, SALES], worth, start="2024-01-01", end="2024-03-01", dimensions=(by,))
    versions = [
        tier("2024-01-01T00:00", "2024-02-01T00:00", "silver"),
        tier("2024-02-01T00:00", None, "gold"),
    ]
    sales = [
        sale(1, "2024-01-05T00:00"),
        sale(2, "2024-01-06T00:00"),
        sale(4, "2024-02-01T00:00"),
        sale(8, "2023-01-01T00:00"),
    ]
    assert run(asked, tiers=versions, sales=sales) == [("gold", 4), ("silver", 3)]


def test_a_version_is_asked_for_at_a_time() -> None:
    at_no_time = ir.Column("tier", ID, "tier", reference=ir.Reference(("tier",), "tiers"))
    sales = replace(SALES, columns=(*SALES.columns[:-1], at_no_time))
    asked = query(
        [TIERS, sales], total(sales, "amount"), start="2024-01-01", end="2024-03-01", dimensions=(LEVEL,)
    )
    with pytest.raises(LawError, match="`sales` does not say at what time it refers to `tiers`"):
        run(asked, tiers=[tier("2024-01-01T00:00", None, "silver")], sales=[sale(1, "2024-01-05T00:00")])
