"""A shop, questions to it, and what DuckDB answers: from the words of a spec to rows."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from kpilang import ir, plan, sql
from kpilang.diagnostics import Diagnostics, KpilangError
from kpilang.semantics.catalog import Catalog
from kpilang.semantics.request import Request
from kpilang.source import Source
from kpilang.syntax.reader import read_project, read_spec
from kpilang.testing import tables

NOW = datetime(2026, 1, 1, tzinfo=UTC)
Rows = Mapping[str, Sequence[Mapping[str, Any]]]

SHOP = """
entities:
  orders:
    table: orders
    key: order_id
    time: ordered_at
    columns:
      order_id: id
      ordered_at: timestamp
      customer: -> customers?
      channel: string?
      amount: money(EUR)
      pieces: integer
      is_paid: bool
      weight: float?
  customers:
    table: customers
    key: customer_id
    time: joined_at
    columns:
      customer_id: id
      joined_at: timestamp
      region: string?
    attributes:
      orders_ever: count(orders[ever])
      spent: sum(orders.amount where is_paid)[from this.joined_at to this.joined_at + 30 days]
  costs:
    table: costs
    key: cost_id
    time: cost_on
    columns:
      cost_id: id
      cost_on: date
      channel: string?
      amount: money(EUR)
dimensions:
  channel:
    orders: channel
    costs: channel
  region:
    orders: customer.region
    customers: region
kpis:
  revenue: sum(orders.amount)
  paid: sum(orders.amount where is_paid)
  order_count: count(orders)
  buyers: unique(orders.customer)
  spend: sum(costs.amount)
  cost_per_order: spend / order_count
  new_customers: count(customers)
"""

ROWS: Rows = {
    "customers": [
        {"customer_id": 1, "joined_at": datetime(2023, 12, 20), "region": "EU"},
        {"customer_id": 2, "joined_at": datetime(2024, 2, 1), "region": None},
    ],
    "orders": [
        {
            "order_id": 1,
            "at": "2023-12-31T23:30",
            "customer": 1,
            "channel": "ads",
            "amount": 1,
            "is_paid": True,
        },
        {
            "order_id": 2,
            "at": "2024-01-05T10:00",
            "customer": 1,
            "channel": "ads",
            "amount": 2,
            "is_paid": False,
        },
        {
            "order_id": 3,
            "at": "2024-02-10T10:00",
            "customer": 2,
            "channel": None,
            "amount": 4,
            "is_paid": True,
        },
        {
            "order_id": 4,
            "at": "2024-02-29T23:15",
            "customer": 9,
            "channel": "mail",
            "amount": 8,
            "is_paid": True,
        },
        {
            "order_id": 5,
            "at": "2024-03-31T23:00",
            "customer": None,
            "channel": "ads",
            "amount": 16,
            "is_paid": True,
        },
    ],
    "costs": [
        {"cost_id": 1, "cost_on": date(2024, 1, 15), "channel": "ads", "amount": Decimal("3.5")},
        {"cost_id": 2, "cost_on": date(2024, 2, 15), "channel": "tv", "amount": Decimal(10)},
    ],
}
"""Amounts are powers of two: a sum names the orders in it."""


def shop_rows() -> Rows:
    orders = [
        {
            "order_id": row["order_id"],
            "ordered_at": datetime.fromisoformat(row["at"]),
            "customer": row["customer"],
            "channel": row["channel"],
            "amount": Decimal(row["amount"]),
            "pieces": row["amount"],
            "is_paid": row["is_paid"],
            "weight": row["amount"] / 2,
        }
        for row in ROWS["orders"]
    ]
    return {**ROWS, "orders": orders}


def ask(*kpis: str, spec: str = SHOP, project: str = "", **words: Any) -> ir.Query:
    """The typed query for words as of `semantics.request.Request`; `KpilangError` if it is refused."""
    diags = Diagnostics()
    declared = read_project(Source("kpilang.yml", f"kpilang: 1\n{project}"), diags)
    file = read_spec(Source("spec.yml", spec), diags)
    query = Catalog.build(declared, (file,), diags).query(Request(kpis, **words), diags)
    if query is None or diags.has_errors:
        raise KpilangError(*diags)
    return query


def quarter(*kpis: str, project: str = "", spec: str = SHOP, **words: Any) -> ir.Query:
    """January to March 2024, by month unless another grain is given."""
    words = {"grain": "month", "start": "2024-01-01", "end": "2024-04-01", **words}
    return ask(*kpis, project=project, spec=spec, **words)


def run(
    query: ir.Query, rewrites: Collection[str] = plan.ALL, rows: Rows | None = None, now: datetime = NOW
) -> list[tuple[Any, ...]]:
    """What DuckDB answers."""
    return execute(sql.compile(plan.build(query, now, rewrites)), query, rows)


def execute(compiled: sql.Compiled, query: ir.Query, rows: Rows | None = None) -> list[tuple[Any, ...]]:
    with tables.connect() as connection:
        tables.load(connection, query.model, shop_rows() if rows is None else rows)
        return connection.execute(compiled.text, list(compiled.parameters)).fetchall()


def on_one_entity(columns: str, kpis: str, key: str = "row_id", time: str = "seen_on") -> str:
    """A spec with one entity `items` and some KPIs, each given as lines of YAML."""
    lines = [f"      {line}" for line in columns.strip().splitlines()]
    formulas = [f"  {line}" for line in kpis.strip().splitlines()]
    head = [
        "entities:",
        "  items:",
        "    table: items",
        f"    key: {key}",
        f"    time: {time}",
        "    columns:",
    ]
    return "\n".join([*head, *lines, "kpis:", *formulas, ""])
