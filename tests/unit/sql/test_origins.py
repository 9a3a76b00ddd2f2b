"""Where rows lie: tables of any depth, files, and queries of the user's own."""

from __future__ import annotations

import dataclasses

import pytest

from kpilang import ir, plan, sql
from kpilang.diagnostics import KpilangError
from kpilang.testing import tables
from tests.unit.plan.asking import NOW, quarter, shop_rows


def over(origin: ir.Origin) -> ir.Query:
    query = quarter("revenue", "revenue[prior]", by=("channel",))
    orders = dataclasses.replace(query.model.entity("orders"), origin=origin)
    rest = tuple(entity for entity in query.model.entities if entity.name != "orders")
    return dataclasses.replace(query, model=dataclasses.replace(query.model, entities=(orders, *rest)))


def text(origin: ir.Origin) -> str:
    return sql.compile(plan.build(over(origin), NOW)).text


@pytest.mark.parametrize(
    ("origin", "wanted"),
    [
        (ir.Table(("orders",)), 'FROM "orders"\n'),
        (ir.Table(("shop", "sales")), 'FROM "shop"."sales" AS "orders"\n'),
        (ir.Table(("lake", "shop", "orders")), 'FROM "lake"."shop"."orders"\n'),
        (ir.File("data/orders-*.parquet"), 'FROM "data/orders-*.parquet" AS "orders"\n'),
    ],
)
def test_tables_and_files(origin: ir.Origin, wanted: str) -> None:
    assert wanted in text(origin)


def test_a_query_stands_in_place_of_the_table() -> None:
    own = 'with paid as (select * from "orders") select * from paid where amount < 10 -- small ones'
    query = over(ir.SqlText((("", own),)))
    assert "orders_by_month" in {node.name for node in plan.build(query, NOW).relations}
    with tables.connect() as connection:
        tables.load(connection, quarter("revenue").model, shop_rows())
        found = connection.execute(sql.compile(plan.build(query, NOW)).text).fetchall()
    assert sum(row[2] for row in found) == 14


def test_no_relation_is_called_like_a_table_of_the_query() -> None:
    """`orders_by_month` is a table of theirs: a CTE of that name would be read in its place."""
    query = over(ir.SqlText((("", "select * from Orders_By_Month"),)))
    assert "orders_by_month" not in {node.name for node in plan.build(query, NOW).relations}


def test_the_text_for_the_dialect_is_taken() -> None:
    texts = (("", "select * from anywhere"), ("duckdb", "select * from here"))
    assert "here" in text(ir.SqlText(texts)) and "anywhere" not in text(ir.SqlText(texts))


@pytest.mark.parametrize("own", ["selec 1", "select 1; drop table x", "drop table x", "", "select (1"])
def test_what_is_no_query_is_refused(own: str) -> None:
    with pytest.raises(KpilangError, match="KPI553"):
        text(ir.SqlText((("", own),)))


def test_a_query_for_others_is_refused() -> None:
    with pytest.raises(KpilangError, match="KPI554"):
        text(ir.SqlText((("snowflake", "select 1"),)))


def test_an_abstract_entity_is_refused() -> None:
    query = over(ir.Table(("orders",)))
    entities = tuple(dataclasses.replace(entity, origin=None) for entity in query.model.entities)
    abstract = dataclasses.replace(query.model, entities=entities)
    with pytest.raises(KpilangError, match="KPI502"):
        plan.build(dataclasses.replace(query, model=abstract), NOW)
