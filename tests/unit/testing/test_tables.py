"""Rows of a model become tables with the types that a warehouse would have."""

from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import duckdb
import pytest

from kpilang import ir
from kpilang.testing import tables
from kpilang.types import STRING
from tests.unit.engines.models import column, entity

CUSTOMERS = entity(
    "customers", None, column("customer_id", "id"), column("joined", "timestamp"), key="customer_id"
)
ORDERS = entity(
    "orders",
    ir.Table(("orders",)),
    column("order_id", "id"),
    column("customer", "id", physical="customer_id", reference=ir.Reference(("customer",), "customers")),
    column("amount", "money"),
    column("day", "date"),
    column("n", "integer"),
    column("share", "float"),
    column("is_paid", "bool"),
    column("status", "string"),
    key="order_id",
)
ROW = {
    "order_id": 1,
    "customer_id": 7,
    "amount": Decimal("0.1"),
    "day": date(2024, 1, 1),
    "n": 3,
    "share": 0.1,
    "is_paid": True,
    "status": "it's; drop table orders; --",
}


def loaded(*entities: ir.Entity, **rows: list[dict[str, Any]]) -> duckdb.DuckDBPyConnection:
    connection = tables.connect()
    tables.load(connection, ir.Model(entities), rows)
    return connection


def types(connection: duckdb.DuckDBPyConnection, table: str) -> dict[str, str]:
    relation = connection.table(table)
    return dict(zip(relation.columns, map(str, relation.types), strict=True))


def test_types_are_those_declared() -> None:
    connection = loaded(CUSTOMERS, ORDERS, orders=[ROW], customers=[{"customer_id": 7, "joined": None}])
    assert types(connection, "orders") == {
        "order_id": "BIGINT",
        "customer_id": "BIGINT",
        "amount": "DECIMAL(38,6)",
        "day": "DATE",
        "n": "BIGINT",
        "share": "DOUBLE",
        "is_paid": "BOOLEAN",
        "status": "VARCHAR",
    }
    assert connection.table("orders").fetchall() == [tuple(ROW.values())]


def test_tables_without_rows_are_there() -> None:
    connection = loaded(CUSTOMERS, ORDERS)
    assert connection.table("orders").fetchall() == [] and connection.table("customers").fetchall() == []
    assert types(connection, "orders")["amount"] == "DECIMAL(38,6)"


def test_a_table_is_replaced() -> None:
    connection = loaded(CUSTOMERS, ORDERS, orders=[ROW])
    tables.load(connection, ir.Model((ORDERS,)), {"orders": [ROW, {**ROW, "order_id": "x"}]})
    assert connection.sql("select order_id from orders").fetchall() == [("1",), ("x",)]


@pytest.mark.parametrize(
    ("keys", "references", "wanted"),
    [
        ([1, 2], [1, None], "BIGINT"),
        (["a"], ["a", "orphan"], "VARCHAR"),
        ([], [5], "BIGINT"),
        (["a"], [None], "VARCHAR"),
        ([1], ["orphan"], "VARCHAR"),
        ([], [], "VARCHAR"),
    ],
)
def test_ids_are_alike_on_both_sides(keys: list[object], references: list[object], wanted: str) -> None:
    customers = [{"customer_id": key, "joined": None} for key in keys]
    orders = [{**ROW, "order_id": f"o{n}", "customer_id": key} for n, key in enumerate(references)]
    connection = loaded(CUSTOMERS, ORDERS, orders=orders, customers=customers)
    assert types(connection, "orders")["customer_id"] == wanted
    assert types(connection, "customers")["customer_id"] == wanted


@pytest.mark.parametrize(
    ("amounts", "wanted"),
    [
        (["12345678901234567890123456789012.123456"], "DECIMAL(38,6)"),
        (["0.0000000000001"], "DECIMAL(38,13)"),
        (["-0.5", None, "1E+3"], "DECIMAL(38,6)"),
        (["12345678901234567890123456789012.1234567"], "VARCHAR"),
    ],
)
def test_decimals_are_wide_enough(amounts: list[str | None], wanted: str) -> None:
    values = [Decimal(amount) if amount is not None else None for amount in amounts]
    connection = loaded(ORDERS, orders=[{**ROW, "amount": value} for value in values])
    assert types(connection, "orders")["amount"] == wanted
    read = [value for (value,) in connection.sql("select amount::varchar from orders").fetchall()]
    assert [value and Decimal(value) for value in read] == values


def test_a_double_in_a_decimal_column_stands_for_its_spelling() -> None:
    connection = loaded(ORDERS, orders=[{**ROW, "amount": 0.1}])
    assert connection.sql("select amount from orders").fetchall() == [(Decimal("0.100000"),)]


def test_times_are_stored_in_utc_or_as_they_are() -> None:
    joined = datetime(2024, 1, 1, 12, tzinfo=UTC)
    rows = [{"customer_id": n, "joined": at} for n, at in enumerate((joined, joined.replace(tzinfo=None)))]
    connection = loaded(CUSTOMERS, customers=rows)
    assert connection.sql("select distinct joined from customers").fetchall() == [(datetime(2024, 1, 1, 12),)]


def test_structs_for_paths() -> None:
    name = ir.Column("name", STRING, value=ir.Raw(("who", "name")))
    rows = entity("rows", None, column("id", "id"), name)
    given = [
        {"id": 1, "who": {"name": "a", "age": 3}},
        {"id": 2, "who": None},
        {"id": 3, "who": {"name": None}},
    ]
    connection = loaded(rows, rows=given)
    assert types(connection, "rows")["who"] == 'STRUCT("name" VARCHAR, age BIGINT)'
    assert connection.sql('select who."name", who.age from rows order by id').fetchall() == [
        ("a", 3),
        (None, None),
        (None, None),
    ]


def test_columns_that_nobody_declares_are_typed_by_their_values() -> None:
    row = {
        "i": 2**70,
        "d": Decimal("1.5"),
        "f": 1.5,
        "b": True,
        "t": "x",
        "at": datetime(2024, 1, 1),
        "none": None,
    }
    assert types(loaded(entity("rows", None), rows=[row]), "rows") == {
        "i": "HUGEINT",
        "d": "DECIMAL(38,6)",
        "f": "DOUBLE",
        "b": "BOOLEAN",
        "t": "VARCHAR",
        "at": "TIMESTAMP",
        "none": "VARCHAR",
    }


def test_any_name_will_do() -> None:
    name = 'a"; drop table b; --'
    rows = entity(name, ir.Table(("s; --", name)), column("select", "integer"))
    connection = loaded(rows, **{name: [{"select": 1}]})
    quoted = '"s; --"."' + name.replace('"', '""') + '"'
    assert connection.sql(f'select "select" from {quoted}').fetchall() == [(1,)]


def test_files_and_queries() -> None:
    file = dataclasses.replace(ORDERS, origin=ir.File("data/o.csv"))
    query = dataclasses.replace(CUSTOMERS, origin=ir.SqlText((("", "select 1"),)))
    connection = loaded(file, query, orders=[ROW])
    assert connection.sql('select count(*) from "data/o.csv"').fetchall() == [(1,)]
    assert connection.sql("select count(*) from duckdb_tables()").fetchall() == [(1,)]
