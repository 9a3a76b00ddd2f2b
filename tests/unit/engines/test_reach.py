"""Which columns a query reads."""

from __future__ import annotations

import dataclasses
from typing import Any

from kpilang import ir
from kpilang.engines.needs import id_links
from kpilang.engines.reach import Reach
from kpilang.types import INTEGER
from tests.unit.engines.models import column, entity, read
from tests.unit.semantics.asking import resolved

COUNTRIES = entity(
    "countries", ir.Table(("countries",)), column("code", "id"), column("name", "string"), key="code"
)
CUSTOMERS = entity(
    "customers",
    ir.Table(("customers",)),
    column("customer_id", "id"),
    column("country", "id", reference=ir.Reference(("country",), "countries")),
    column("joined", "date"),
    column("unused", "string"),
    key="customer_id",
)
ORDERS = entity(
    "orders",
    ir.Table(("orders",)),
    column("order_id", "id"),
    column("customer", "id", reference=ir.Reference(("customer",), "customers")),
    column("day", "date"),
    column("amount", "money"),
    column("is_test", "bool"),
    key="order_id",
    time="day",
)


def reached(
    *entities: ir.Entity, aggregate: ir.Aggregate, by: tuple[ir.Dimension, ...] = ()
) -> dict[str, set[str]]:
    return Reach.of(ir.Query(ir.Model(entities), (ir.Output("x", aggregate),), by)).columns


def total(**more: Any) -> ir.Aggregate:
    amount = read(ORDERS, "amount")
    return ir.Aggregate(ir.AggregateOp.SUM, "orders", read(ORDERS, "day"), amount.type, amount, **more)


def test_argument_and_anchor() -> None:
    assert reached(ORDERS, aggregate=total()) == {"orders": {"amount", "day"}}


def test_references_need_both_sides() -> None:
    name = ir.Field("orders", ("customer", "country"), "countries", "name", COUNTRIES.columns[1].type)
    by = ir.Dimension("country", name.type, (("orders", name), ("leads", read(ORDERS, "is_test"))))
    assert reached(ORDERS, CUSTOMERS, COUNTRIES, aggregate=total(), by=(by,)) == {
        "orders": {"amount", "day", "customer"},
        "customers": {"customer_id", "country"},
        "countries": {"code", "name"},
    }


def test_the_condition_of_the_entity_and_of_the_aggregate() -> None:
    kept = dataclasses.replace(ORDERS, where=read(ORDERS, "is_test"))
    assert reached(kept, aggregate=total())["orders"] == {"amount", "day", "is_test"}
    assert reached(ORDERS, aggregate=total(where=read(ORDERS, "is_test")))["orders"] == {
        "amount",
        "day",
        "is_test",
    }


def test_first_needs_the_key() -> None:
    amount = read(ORDERS, "amount")
    first = ir.Aggregate(ir.AggregateOp.FIRST, "orders", read(ORDERS, "day"), amount.type, amount)
    assert reached(ORDERS, aggregate=first)["orders"] == {"amount", "day", "order_id"}


def test_attributes_are_followed_into_children() -> None:
    inner = ir.Child(
        ir.AggregateOp.MIN, "orders", ("customer",), read(ORDERS, "day").type, read(ORDERS, "day")
    )
    owner = dataclasses.replace(CUSTOMERS, attributes=(ir.Attribute("first_order", inner.type, inner),))
    attribute = ir.Field("customers", (), "customers", "first_order", inner.type)
    count = ir.Aggregate(ir.AggregateOp.COUNT, "customers", attribute, INTEGER)
    assert reached(owner, ORDERS, aggregate=count) == {
        "customers": {"customer_id"},
        "orders": {"customer", "day"},
    }


def test_a_rank_needs_the_key_and_a_circle_of_attributes_ends() -> None:
    rank = ir.Rank((read(ORDERS, "customer"),), (ir.SortKey(read(ORDERS, "day")),), INTEGER)
    nth = ir.Field("orders", (), "orders", "nth", INTEGER)
    twice = ir.Call(ir.Op.ADD, (nth, nth), INTEGER)
    owner = dataclasses.replace(
        ORDERS, attributes=(ir.Attribute("nth", INTEGER, rank), ir.Attribute("twice", INTEGER, twice))
    )
    again = ir.Field("orders", (), "orders", "twice", INTEGER)
    maximum = ir.Aggregate(ir.AggregateOp.MAX, "orders", read(ORDERS, "day"), INTEGER, again)
    assert reached(owner, CUSTOMERS, aggregate=maximum)["orders"] == {"order_id", "customer", "day"}


SALES = """\
entities:
  visits:
    table: visits
    key: visit_id
    time: visited_at
    columns:
      visit_id: id
      person: id
      visited_at: timestamp
      channel: string
      score: integer
      unused: string
  orders:
    table: orders
    key: order_id
    time: ordered_at
    columns:
      order_id: id
      person: id
      ordered_at: timestamp
      paid_at: timestamp
      amount: money(EUR)
      is_won: bool
      region: string
attributions:
  credit:
    convert: orders.amount
    where: is_won
    dated: paid_at
    touches: visits where channel <> 'call'
    via: person
    window: 30 days
    weight: score
"""


def test_credits_read_what_they_are_made_of() -> None:
    reach = Reach.of(resolved(SALES, "count(credit)", by=("region",)))
    assert reach.columns["orders"] == {"order_id", "person", "paid_at", "amount", "is_won", "region"}
    assert reach.columns["visits"] == {"visit_id", "person", "visited_at", "channel", "score"}
    assert [place.name for place in reach.entities()] == ["orders", "visits"]


def test_what_both_sides_share_has_to_meet() -> None:
    reach = Reach.of(resolved(SALES, "count(credit)"))
    links = {(one[0], one[1].name, other[0], other[1].name) for one, other in id_links(reach)}
    assert ("orders", "person", "visits", "person") in links
