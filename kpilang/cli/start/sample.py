"""A project of ours to begin with: orders of a small shop, three KPIs, and rows to compute them of."""

from __future__ import annotations

from kpilang.cli.start.write import scalar

DATA = "data/*.csv"


def project(name: str) -> str:
    return f"""\
kpilang: 1
name: {scalar(name)}
timezone: UTC  # the time zone in which days begin
week_starts: monday
currency: EUR
targets:
  dev:
    engine: duckdb
    data: {DATA}  # each file is a table: data/orders.csv is `orders`
"""


ORDERS = """\
entities:
  orders:
    about: One row per order.
    table: orders
    key: order_id
    time: ordered_at
    unit: order
    columns:
      order_id: id
      customer_id: id
      ordered_at: timestamp
      channel: string
      status: enum(paid, refunded)
      amount: money

dimensions:
  channel:
    orders: channel

kpis:
  orders_placed:
    label: Orders
    formula: count(orders)
    better: higher
  revenue:
    label: Revenue
    about: What was paid and not sent back.
    formula: sum(orders.amount where status = 'paid')
    better: higher
    target: at least 400 EUR
  refund_rate:
    label: Refund rate
    formula: count(orders where status = 'refunded') / count(orders)
    unit: percent
    better: lower
    target: at most 10%

reports:
  scorecard:
    kpis:
      - orders_placed
      - revenue
      - refund_rate
"""

ROWS = """\
order_id,customer_id,ordered_at,channel,status,amount
1001,1,2024-01-04T09:12:00Z,email,paid,39.90
1002,2,2024-01-09T17:40:00Z,search,paid,120.00
1003,3,2024-01-21T11:05:00Z,social,refunded,24.50
1004,1,2024-02-02T20:31:00Z,email,paid,59.00
1005,4,2024-02-14T08:00:00Z,search,paid,89.95
1006,5,2024-02-27T13:22:00Z,direct,paid,15.00
1007,2,2024-03-03T19:48:00Z,search,paid,75.50
1008,6,2024-03-12T10:10:00Z,social,paid,34.00
1009,4,2024-03-25T21:17:00Z,email,paid,42.25
1010,1,2024-03-30T07:55:00Z,email,refunded,18.00
1011,7,2024-03-31T23:05:00Z,direct,paid,64.80
"""


def files(name: str, with_rows: bool) -> dict[str, bytes]:
    texts = {"kpilang.yml": project(name), "orders.yml": ORDERS}
    if with_rows:
        texts["data/orders.csv"] = ROWS
    return {path: text.encode() for path, text in texts.items()}
