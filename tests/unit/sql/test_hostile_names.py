"""Names and texts that look like SQL stay names and texts."""

from __future__ import annotations

import dataclasses
from datetime import date, datetime
from decimal import Decimal

import pytest
import sqlglot

from kpilang import ir, plan, sql
from kpilang.nodes import map_children
from kpilang.testing import tables
from tests.unit.plan.asking import NOW, quarter

NAMES = [
    '"; drop table x; --',
    "select",
    "名前",
    "a*/ b /*",
    "line\nbreak",
    "'",
    "$1",
    "periods",
    "groups",
    "x" * 80,
]
TEXTS = ["'; drop table x; --", "it''s", "\\", "a\nb", "--", "/*", "%_", "\u0000nul", "😀"]
ROW = {
    "order_id": 1,
    "ordered_at": datetime(2024, 1, 5),
    "customer": 1,
    "pieces": 1,
    "is_paid": True,
    "weight": 1.0,
}


def renamed(query: ir.Query, name: str) -> ir.Query:
    """The query with its entity's table, one of its columns, the dimension and the KPI called like that."""
    orders = query.model.entity("orders")
    columns = tuple(
        dataclasses.replace(c, physical=name) if c.name == "amount" else c for c in orders.columns
    )
    changed = dataclasses.replace(orders, origin=ir.Table((name,)), columns=columns)
    entities = tuple(changed if e.name == "orders" else e for e in query.model.entities)
    dimensions = tuple(dataclasses.replace(d, name=name) for d in query.dimensions)
    outputs = tuple(dataclasses.replace(o, name=f"{name} {i}") for i, o in enumerate(query.outputs))
    model = dataclasses.replace(query.model, entities=entities)
    return dataclasses.replace(query, model=model, dimensions=dimensions, outputs=outputs)


@pytest.mark.parametrize("name", NAMES)
def test_names_are_names(name: str) -> None:
    query = renamed(quarter("revenue", "revenue[prior]", "revenue[all time]", by=("channel",)), name)
    compiled = sql.compile(plan.build(query, NOW))
    assert len(sqlglot.parse(compiled.text, dialect="duckdb")) == 1
    assert all(line.startswith("-- ") for line in compiled.text.splitlines()[:2])
    row = {"order_id": 1, "ordered_at": date(2024, 1, 5), "customer": 1, "channel": "it's", name: Decimal(7)}
    with tables.connect() as connection:
        tables.load(
            connection, query.model, {"orders": [{**row, "pieces": 1, "is_paid": True, "weight": 1.0}]}
        )
        found = connection.execute(compiled.text).fetchall()
    assert found[0] == ("it's", date(2024, 1, 1), 7, 0, 7)


@pytest.mark.parametrize(
    "text", ["'; drop table x; --", "it''s", "\\", "a\nb", "--", "/*", "%_", "\u0000nul", "😀"]
)
def test_texts_are_texts(text: str) -> None:
    asked = quarter("count(orders where channel = 'needle')", grain=None)

    def replaced(node: ir.Expr) -> ir.Expr:
        if isinstance(node, ir.Literal) and node.value == "needle":
            return dataclasses.replace(node, value=text)
        return ir_mapped(node)

    def ir_mapped(node: ir.Expr) -> ir.Expr:

        return map_children(node, replaced)

    query = dataclasses.replace(asked, outputs=tuple(ir_mapped(output) for output in asked.outputs))
    row = {"order_id": 1, "ordered_at": date(2024, 1, 5), "customer": 1, "amount": 1, "pieces": 1}
    with tables.connect() as connection:
        tables.load(
            connection, query.model, {"orders": [{**row, "channel": text, "is_paid": True, "weight": 1.0}]}
        )
        assert connection.execute(sql.compile(plan.build(query, NOW)).text).fetchall() == [(1,)]


def test_a_relation_never_takes_the_name_of_a_table() -> None:
    """A CTE called like a table would be read in its place."""
    query = quarter("revenue")
    orders = dataclasses.replace(query.model.entity("orders"), origin=ir.Table(("Orders_by_Month",)))
    model = dataclasses.replace(query.model, entities=(orders, *query.model.entities[1:]))
    planned = plan.build(dataclasses.replace(query, model=model), NOW)
    assert "orders_by_month" not in {relation.name.casefold() for relation in planned.relations}
