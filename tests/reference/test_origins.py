"""Rows of derived and of bound entities (rulings 12 and 18)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import permutations
from typing import Any

import pytest

from kpilang import ir
from kpilang.ir import AggregateOp, Op
from kpilang.reference import LawError
from kpilang.types import BOOL, DATE, INTEGER, Kind, TimeUnit, Type
from tests.reference.build import (
    ALL_TIME,
    ID,
    RATIO,
    aggregate,
    call,
    column,
    count,
    dimension,
    entity,
    enum,
    event,
    field,
    having_rows,
    lit,
    query,
    run,
    size,
    total,
    utc,
    without,
)

A = AggregateOp
MONTH = TimeUnit.MONTH
JANUARY, FEBRUARY = date(2024, 1, 1), date(2024, 2, 1)


def day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


# ---------------------------------------------------------------------------- derived entities

EVENTS = entity(
    "events", "id", "day", column("id", "id"), column("day", "date"), column("message", "id", "messages"),
    column("campaign", "text"), column("type", enum("sent", "open", "bounce")), column("is_seed", "bool"),
)  # fmt: skip


def child(op: A, type: Type, kind: str | None = None, argument: ir.Expr | None = None) -> ir.Child:
    where = None if kind is None else call(Op.EQ, field(EVENTS, "type"), kind)
    return ir.Child(
        op, "events", ("message",), type, argument, where=where, anchor=field(EVENTS, "day"), ever=True
    )


def messages(of: ir.Entity = EVENTS) -> ir.Entity:
    sent_on = child(A.MIN, DATE.with_null(), "sent", field(of, "day"))
    plain = ir.Entity(
        "messages", ir.Each("events", "message", ("campaign",)), ("message",), "sent_on",
        (ir.Column("message", ID), ir.Column("campaign", column("campaign", "text").type)),
        (
            ir.Attribute("sent_on", DATE.with_null(), sent_on),
            ir.Attribute("opens", INTEGER, child(A.COUNT, INTEGER, "open")),
            ir.Attribute("opened", BOOL, child(A.EXISTS, BOOL, "open")),
        ),
    )  # fmt: skip
    sent = call(Op.IS_NOT, field(plain, "sent_on"), lit(None, DATE))
    delivered = call(Op.AND, sent, call(Op.NOT, child(A.EXISTS, BOOL, "bounce")))
    return replace(plain, attributes=(*plain.attributes, ir.Attribute("delivered", BOOL, delivered)))


MESSAGES = messages()


def happened(
    number: int,
    message: str | None,
    kind: str,
    on: str,
    campaign: str | None = "a",
    seed: bool | None = False,
) -> dict[str, Any]:
    return {
        "id": number,
        "day": day(on),
        "message": message,
        "campaign": campaign,
        "type": kind,
        "is_seed": seed,
    }


LOG = [
    happened(1, "m1", "sent", "2024-01-10"),
    happened(2, "m1", "open", "2024-01-10"),
    happened(3, "m1", "open", "2024-02-03"),
    happened(4, "m2", "sent", "2024-01-11"),
    happened(5, "m2", "bounce", "2024-01-11"),
    happened(6, "m2", "open", "2024-01-11"),
    happened(7, "m3", "sent", "2024-01-12", "b"),
    happened(8, "m4", "open", "2024-01-13", "b"),  # never sent
    happened(9, "m5", "sent", "2024-02-01", "b"),
    happened(10, None, "sent", "2024-01-12", "b"),  # of no message
]


def test_one_row_for_each_value_but_null() -> None:
    opened = call(Op.AND, field(MESSAGES, "delivered"), field(MESSAGES, "opened"))
    delivered = count(MESSAGES, where=field(MESSAGES, "delivered"))
    asked = query(
        [EVENTS, MESSAGES],
        count(MESSAGES), delivered, call(Op.DIV, count(MESSAGES, where=opened), delivered, type=RATIO),
        total(MESSAGES, "opens"),
        start="2024-01-01", end="2024-03-01", grain=MONTH,
        dimensions=(dimension("campaign", (MESSAGES, field(MESSAGES, "campaign"))),),
    )  # fmt: skip
    # opens count in the month in which the message was sent, whenever they happen
    assert run(asked, events=LOG) == [
        ("a", JANUARY, 2, 1, 1.0, 3),
        ("b", JANUARY, 1, 1, 0.0, 0),
        ("b", FEBRUARY, 1, 1, 0.0, 0),
    ]
    timeless = replace(aggregate(A.COUNT, MESSAGES), anchor=None)
    asked = query(
        [EVENTS, MESSAGES], timeless, count(EVENTS, window=ALL_TIME), start="2024-01-01", end="2024-03-01"
    )
    assert run(asked, events=LOG) == [(5, 10)]


def test_only_rows_that_exist_make_one() -> None:
    real = replace(EVENTS, where=call(Op.NOT, field(EVENTS, "is_seed")))
    of_real = messages(real)
    rows = [
        happened(1, "m1", "sent", "2024-01-10"),
        happened(2, "m1", "open", "2024-01-10"),
        happened(3, "m1", "open", "2024-01-11", seed=None),
        happened(4, "m2", "sent", "2024-01-11", seed=True),
        happened(5, "m3", "sent", "2024-01-12"),
    ]
    mean = aggregate(A.AVG, of_real, "opens")
    asked = query(
        [real, of_real], count(of_real), total(of_real, "opens"), mean, start="2024-01-01", end="2024-02-01"
    )
    assert run(asked, events=rows) == [(2, 1, 0.5)]
    never_opened = replace(of_real, where=call(Op.NOT, field(of_real, "opened")))
    asked = replace(asked, model=ir.Model((real, never_opened)))
    assert run(asked, events=rows) == [(1, 0, 0.0)]


def test_later_rows_are_not_seen_by_what_is_derived() -> None:
    asked = query(
        [EVENTS, MESSAGES], count(MESSAGES), total(MESSAGES, "opens"), as_of=utc("2024-01-12T00:00")
    )
    assert run(asked, events=LOG) == [(2, 2)]


def test_the_link_needs_no_reference() -> None:
    """An id column is as good: the link of a derived entity is its column."""
    plain = replace(EVENTS, columns=tuple(replace(column, reference=None) for column in EVENTS.columns))
    derived = messages(plain)
    asked = query([plain, derived], total(derived, "opens"), start="2024-01-01", end="2024-02-01")
    assert run(asked, events=LOG) == [(3,)]


def test_a_derived_entity_over_another_hop() -> None:
    """`each: events.campaign`, with clicks that belong to events."""
    clicks = entity(
        "clicks", "id", "day", column("id", "id"), column("day", "date"), column("event", "id", "events")
    )
    clicked = ir.Child(
        A.COUNT, "clicks", ("event", "campaign"), INTEGER, anchor=field(clicks, "day"), ever=True
    )
    campaigns = ir.Entity(
        "campaigns", ir.Each("events", "campaign"), ("campaign",),
        None, (ir.Column("campaign", column("campaign", "text").type),),
        (ir.Attribute("clicks", INTEGER, clicked),),
    )  # fmt: skip
    best = ir.Aggregate(A.MAX, "campaigns", None, INTEGER, field(campaigns, "clicks"))
    asked = query([EVENTS, clicks, campaigns], best, start="2024-01-01", end="2024-02-01")
    rows = [{"id": n, "day": day("2024-01-20"), "event": of} for n, of in enumerate((1, 2, 7, 99, None))]
    assert run(asked, events=LOG, clicks=rows) == [(2,)]


def test_dimensions_over_a_derived_parent() -> None:
    path = field(EVENTS, "delivered", "message", owner=MESSAGES)
    asked = query(
        [EVENTS, MESSAGES],
        count(EVENTS),
        start="2024-01-01",
        end="2024-02-01",
        dimensions=(dimension("delivered", (EVENTS, path)),),
    )
    # m1 2 and m3 1; m2 3 and m4 1; the event without a message
    assert run(asked, events=LOG) == [(False, 4), (True, 3), (None, 1)]


def test_what_is_carried_does_not_depend_on_the_order_of_rows() -> None:
    rows = [
        happened(1, "m", "sent", "2024-01-10", None),
        happened(2, "m", "sent", "2024-01-10", "b"),
        happened(3, "m", "sent", "2024-01-10", "a"),
    ]
    asked = query(
        [EVENTS, MESSAGES],
        count(MESSAGES),
        start="2024-01-01",
        end="2024-02-01",
        dimensions=(dimension("campaign", (MESSAGES, field(MESSAGES, "campaign"))),),
    )
    for ordered in permutations(rows):
        assert run(asked, events=ordered) == [("a", 1)]


def test_sets_of_a_derived_entity() -> None:
    opening = having_rows(MESSAGES, EVENTS, "message", where=call(Op.EQ, field(EVENTS, "type"), "open"))
    sent = event(MESSAGES, "sent_on")
    asked = query(
        [EVENTS, MESSAGES],
        size(opening), size(sent), size(ir.AllOf((opening, sent))), size(without(opening, sent)),
        start="2024-01-01", end="2024-03-01", grain=MONTH,
    )  # fmt: skip
    # January: {m1, m2, m4} opened, {m1, m2, m3} sent; February: {m1} opened, {m5} sent
    assert run(asked, events=LOG) == [(JANUARY, 3, 3, 2, 1), (FEBRUARY, 1, 1, 0, 1)]


# ---------------------------------------------------------------------------- bound entities


def given(name: str, table: str, where: ir.Expr | None = None, /, **values: ir.Expr) -> ir.BoundSource:
    return ir.BoundSource(name, ir.Table(tuple(table.split("."))), tuple(values.items()), where)


def raw(name: str) -> ir.Raw:
    return ir.Raw((name,))


MICROS = call(Op.DIV, raw("micros"), 1_000_000, type=RATIO)
GOOGLE = given(
    "google", "ads.stats", call(Op.NOT, call(Op.COALESCE, raw("deleted"), False)),
    id=raw("stat_id"), day=raw("stat_date"), amount=MICROS, channel=lit("search"),
)  # fmt: skip
FACEBOOK = given(
    "facebook", "basic_ad", id=raw("ad_id"), day=raw("ad_date"), amount=raw("spend"), channel=raw("placement")
)
COSTS = entity(
    "costs", "id", "day", column("id", "id"), column("day", "date"), column("amount", "money"),
    column("channel", "text"), ir.Column("source", Type(Kind.STRING)), origin=ir.Union((GOOGLE, FACEBOOK)),
)  # fmt: skip
STATS = [
    {"stat_id": 1, "stat_date": day("2024-01-02"), "micros": 3_000_000, "deleted": False},
    {"stat_id": 2, "stat_date": day("2024-01-02"), "micros": 4_500_000, "deleted": None},
    {"stat_id": 3, "stat_date": day("2024-01-02"), "micros": 9_000_000, "deleted": True},
]
ADS = [
    {"ad_id": 1, "ad_date": day("2024-01-02"), "spend": 7, "placement": "feed"},
    {"ad_id": 2, "ad_date": day("2024-01-03"), "spend": 8, "placement": "search"},
]


def spent(*by: str, of: ir.Entity = COSTS, **more: Any) -> ir.Query:
    dimensions = tuple(dimension(name, (of, field(of, name))) for name in by)
    return query(
        [of],
        total(of, "amount"),
        count(of),
        start="2024-01-01",
        end="2024-02-01",
        dimensions=dimensions,
        **more,
    )


def test_sources_one_after_another() -> None:
    rows: dict[str, Any] = {"ads.stats": STATS, "basic_ad": ADS}
    assert run(spent(), **rows) == [(22.5, 4)]
    assert run(spent("source"), **rows) == [("facebook", 15, 2), ("google", 7.5, 2)]
    assert run(spent("channel"), **rows) == [("feed", 7, 1), ("search", 15.5, 3)]
    assert run(spent(), basic_ad=ADS) == [(15, 2)]


def test_a_source_may_be_a_file_or_a_query() -> None:
    sources = (
        replace(GOOGLE, origin=ir.File("google/*.csv")),
        replace(FACEBOOK, origin=ir.SqlText((("", "select 1"),))),
    )
    other = replace(COSTS, origin=ir.Union(sources))
    rows: dict[str, Any] = {"google/*.csv": STATS, "facebook": ADS}
    assert run(spent("source", of=other), **rows) == [("facebook", 15, 2), ("google", 7.5, 2)]


def test_the_condition_of_the_entity_is_over_what_the_sources_give() -> None:
    search = replace(COSTS, where=call(Op.EQ, field(COSTS, "channel"), "search"))
    rows: dict[str, Any] = {"ads.stats": STATS, "basic_ad": ADS}
    assert run(spent("source", of=search), **rows) == [("facebook", 8, 1), ("google", 7.5, 2)]


def test_values_are_read_as_any() -> None:
    tenths = replace(
        GOOGLE,
        values=(
            *GOOGLE.values[:2],
            ("amount", call(Op.DIV, raw("micros"), 3, type=RATIO)),
            *GOOGLE.values[3:],
        ),
    )
    asked = spent(of=replace(COSTS, origin=ir.Union((tenths,))))
    rows: dict[str, Any] = {"ads.stats": [{**STATS[0], "micros": 1}, {**STATS[0], "micros": 1}]}
    assert [float(str(row[0])) for row in run(asked, **rows)] == [0.666666], "each is rounded, then added"
    silent = replace(COSTS, origin=ir.Union((replace(FACEBOOK, values=FACEBOOK.values[:2]),)))
    with pytest.raises(LawError, match=r"`facebook` gives no `costs\.amount`"):
        run(spent(of=silent), basic_ad=ADS)


def test_references_stay_within_the_source() -> None:
    """Both sources have a person 1, who is another (ruling 18)."""
    people = entity(
        "people", "id", None, column("id", "id"), column("name", "text"),
        origin=ir.Union(tuple(given(of, f"{of}.people", id=raw("id"), name=raw("name")) for of in "ab")),
    )  # fmt: skip
    visits = entity(
        "visits", "id", "day", column("id", "id"), column("day", "date"), column("person", "id", "people")
    )
    read = {"id": raw("id"), "day": raw("day"), "person": raw("person")}
    bound = replace(visits, origin=ir.Union(tuple(given(of, f"{of}.visits", **read) for of in "ab")))
    rows: dict[str, Any] = {
        "a.people": [{"id": 1, "name": "ann"}, {"id": 2, "name": "bob"}],
        "b.people": [{"id": 1, "name": "cat"}],
        "a.visits": [{"id": 1, "day": JANUARY, "person": 1}],
        "b.visits": [{"id": 1, "day": JANUARY, "person": 1}, {"id": 2, "day": JANUARY, "person": 2}],
        "visits": [{"id": 1, "day": JANUARY, "person": 2}],
    }

    def by_name(of: ir.Entity) -> ir.Query:
        name = dimension("name", (of, field(of, "name", "person", owner=people)))
        return query([people, of], count(of), start="2024-01-01", end="2024-02-01", dimensions=(name,))

    assert run(by_name(bound), **rows) == [("ann", 1), ("cat", 1), (None, 1)]
    # rows of no source of the people's refer by the key alone, which must be one person's
    assert run(by_name(visits), **rows) == [("bob", 1)]
    with pytest.raises(LawError, match=r"`visits\.person` is the key of rows in two sources"):
        run(by_name(visits), **{**rows, "visits": [{"id": 1, "day": JANUARY, "person": 1}]})
    theirs = ir.Child(A.COUNT, "visits", ("person",), INTEGER, anchor=field(visits, "day"), ever=True)
    counted = replace(people, attributes=(ir.Attribute("visits", INTEGER, theirs),))
    most = ir.Aggregate(A.MAX, "people", None, INTEGER, field(counted, "visits"))
    assert run(query([counted, bound], most, start="2024-01-01", end="2024-02-01"), **rows) == [(1,)]
    with pytest.raises(LawError, match="is the key of rows in two sources"):
        again = {**rows, "visits": [{"id": 1, "day": JANUARY, "person": 1}]}
        run(query([counted, visits], most, start="2024-01-01", end="2024-02-01"), **again)


def test_two_sources_break_ties_by_their_names() -> None:
    latest = aggregate(A.LAST, COSTS, "amount")
    for sources in ((GOOGLE, FACEBOOK), (FACEBOOK, GOOGLE)):
        other = replace(COSTS, origin=ir.Union(sources))
        rows: dict[str, Any] = {"ads.stats": STATS[:1], "basic_ad": ADS[:1]}
        assert run(query([other], latest, start="2024-01-01", end="2024-02-01"), **rows) == [(3,)]


def test_sources_have_keys_of_their_own() -> None:
    stamped = tuple(
        replace(source, values=(*source.values, ("seen", raw("seen"))), where=None)
        for source in (GOOGLE, FACEBOOK)
    )
    seen = replace(
        COSTS, columns=(*COSTS.columns, column("seen", "int")), origin=ir.Union(stamped),
        duplicates=ir.Duplicates(True, ("seen",)),
    )  # fmt: skip
    rows: dict[str, Any] = {
        "ads.stats": [{**STATS[0], "seen": 1}, {**STATS[0], "seen": 2, "micros": 4_000_000}],
        "basic_ad": [{**ADS[0], "seen": 3}],
    }
    assert run(spent("source", of=seen), **rows) == [("facebook", 7, 1), ("google", 4, 1)]
