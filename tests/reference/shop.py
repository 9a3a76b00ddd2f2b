"""Customers and their orders, and sets of them: the model of the cases of sets."""

from __future__ import annotations

from datetime import date
from typing import Any

from kpilang import ir
from kpilang.ir import Op
from kpilang.types import TimeUnit
from tests.reference.build import call, column, dimension, entity, field, having_rows, query, run, state

MONTH = TimeUnit.MONTH

CUSTOMERS = entity(
    "customers", "id", "since", column("id", "id"), column("since", "date"), column("until", "date"),
    column("tier", "text"), column("channel", "text"), column("value", "money"),
)  # fmt: skip
ORDERS = entity(
    "orders", "id", "day", column("id", "id"), column("day", "date"), column("paid_on", "date"),
    column("customer", "id", "customers"), column("amount", "money"), column("channel", "text"),
    column("paid", "bool"),
)  # fmt: skip
CHANNEL = dimension("channel", (ORDERS, field(ORDERS, "channel")))

BUYERS = having_rows(CUSTOMERS, ORDERS, "customer")
PAID = field(ORDERS, "paid")
LIVE = state(CUSTOMERS, "since", "until")
GOLD = ir.Always("customers", call(Op.EQ, field(CUSTOMERS, "tier"), "gold"))


def day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def customer(
    number: int | None, since: str | None = None, until: str | None = None, **more: Any
) -> dict[str, Any]:
    row = dict.fromkeys(("tier", "channel", "value"))
    return {**row, "id": number, "since": day(since), "until": day(until), **more}


def order(number: int, customer: int | None, on: str | None, amount: int = 0, **more: Any) -> dict[str, Any]:
    row = {"paid_on": None, "channel": None, "paid": True}
    return {**row, "id": number, "customer": customer, "day": day(on), "amount": amount or number, **more}


def months(
    start: str, end: str, *outputs: ir.Expr, by: tuple[ir.Dimension, ...] = (), **more: Any
) -> ir.Query:
    return query([CUSTOMERS, ORDERS], *outputs, start=start, end=end, grain=MONTH, dimensions=by, **more)


def values(asked: ir.Query, **rows: Any) -> list[Any]:
    """Without the dimensions and the period."""
    start = len(asked.dimensions) + (asked.grain is not None)
    found = [row[start:] for row in run(asked, **{"customers": [], "orders": [], **rows})]
    return [row[0] if len(row) == 1 else row for row in found]
