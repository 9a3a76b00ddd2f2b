"""Short ways from the text of a spec to what the resolver makes of it."""

from __future__ import annotations

import dataclasses
from typing import Any

from kpilang import ir
from kpilang.diagnostics import Diagnostics, Severity
from kpilang.semantics.catalog import Catalog
from kpilang.semantics.request import Request
from kpilang.source import Source
from kpilang.syntax.reader import read_project, read_spec

SHOP = """\
entities:
  customers:
    key: customer_id
    time: created_at
    unit: customer
    columns:
      customer_id: id
      created_at: timestamp
      churned_at: timestamp?
      region: -> regions?
      tier: enum(bronze < silver < gold, banned)?
      score: integer
    attributes:
      first_order: min(orders.ordered_on)
      orders_ever: count(orders[ever])
  orders:
    key: order_id
    time: ordered_on
    columns:
      order_id: id
      ordered_on: date
      paid_at: timestamp?
      paid_on: date?
      customer: -> customers?
      amount: money(EUR)
      cost: money(EUR)?
      tax: money(USD)
      discount: percent
      rate: number
      weight: float
      quantity: integer
      points:
        type: integer
        unit: point
      status: enum(paid, refunded)
      channel: string?
      is_test: bool?
      local: money(by currency)
      currency: string
    attributes:
      margin: amount - cost
      nth: rank(per customer by ordered_on)
  lines:
    time: sold_on
    columns:
      sold_on: date
      order: -> orders
      net: money(EUR)
  regions:
    key: code
    columns:
      code: id
      area: string
dimensions:
  area:
    customers: region.area
    orders: customer.region.area
params:
  least: 10 EUR
  days_back: 28 days
  goal: 25%
kpis:
  revenue: sum(orders.amount)
  order_count: count(orders)
"""

MEMBERS = SHOP.replace(
    "kpis:\n",
    """\
segments:
  buyers: customers with orders where status = 'paid'
  loyal: customers with count(orders) >= 3
  big: customers with sum(orders.amount where status = 'paid') > 100 EUR
  live: customers while created_at to churned_at
  churned: customers dated churned_at
  gold: customers where tier = 'gold'
  gold_buyers: customers where tier = 'gold' with orders
  large: orders dated ordered_on where amount > 10
  repeated: customers with large
  sellers: regions with orders via customer.region
  recent: customers with count(orders[last 30 days]) >= 2
  early: customers with orders where ordered_on < period.start + 7 days
functions:
  retention(s): count(s[before] and s) / count(s[before])
  growth(x): x / x[prior] - 1
  since(x, back): x - x[back ago]
  part(x, d): x / x[across d]
  only(x, d, v): x[d = v]
  worth(s): sum(s.score) / count(s)
  reached(x): x / target(x)
  broken(x): x + nothing
kpis:
  paid_share:
    formula: count(orders where status = 'paid') / count(orders)
    better: higher
    target: at least 25%
    variants:
      value: sum(orders.amount where status = 'paid') / sum(orders.amount)
  paid_share_again:
    extends: paid_share
    target: at least 30%
  kept_share:
    let:
      kept: live[before] and live
      base: count(live[before])
    formula: count(kept) / base
""",
    1,
)


def catalog_of(text: str, settings: str = "") -> tuple[Catalog, Diagnostics]:
    diags = Diagnostics()
    project = read_project(Source("kpilang.yml", f"kpilang: 1\n{settings}"), diags)
    catalog = Catalog.build(project, (read_spec(Source("spec.yml", text), diags),), diags)
    return catalog, diags


def asked(text: str, *kpis: str, settings: str = "", **words: Any) -> tuple[ir.Query | None, Diagnostics]:
    """The query for `kpis` of the spec `text`; `words` are those of `Request`."""
    catalog, diags = catalog_of(text, settings)
    return catalog.query(dataclasses.replace(Request(kpis), **words), diags), diags


def resolved(text: str, *kpis: str, settings: str = "", **words: Any) -> ir.Query:
    query, diags = asked(text, *kpis, settings=settings, **words)
    assert query is not None, [str(found) for found in diags]
    return query


def value(formula: str, text: str = SHOP, settings: str = "", **words: Any) -> ir.Expr:
    """The cell expression of a formula."""
    return resolved(text, formula, settings=settings, **words).outputs[0].value


def refusals(text: str, *kpis: str, settings: str = "", **words: Any) -> list[str]:
    """The codes with which a query is refused; empty if it is not."""
    query, diags = asked(text, *kpis, settings=settings, **words)
    codes = [str(found.code) for found in diags if found.severity is Severity.ERROR]
    assert (query is None) == bool(codes)
    return codes


def lints(text: str, *kpis: str) -> list[str]:
    _, diags = asked(text, *kpis)
    return [str(found.code) for found in diags if found.severity is Severity.WARNING]
