"""Tables, files, databases and queries of a target; what is missing or of another type is found first."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from kpilang import ir
from kpilang.diagnostics import KpilangError
from kpilang.engines import Target, choose, connect
from kpilang.source import NOWHERE
from tests.unit.engines.models import Sql, codes, column, engine, entity, reading, refusal, run


def parquet(path: Path, sql: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    duckdb.sql(sql).write_parquet(str(path))


def database(path: Path, *statements: str) -> None:
    with duckdb.connect(str(path)) as connection:
        for statement in statements:
            connection.execute(statement)


ORDERS = entity("orders", ir.Table(("shop", "orders")), column("amount", "money"))
TOTAL = reading(ORDERS, total="orders.amount")
SUM = 'select sum("amount") from "shop"."orders"'


def test_folders_are_schemas(tmp_path: Path) -> None:
    parquet(tmp_path / "data/shop/orders.parquet", "select 1.25 as amount")
    assert run(engine(tmp_path, "data"), TOTAL, SUM) == ((Decimal("1.25"),),)


def schema_target(folder: Path, schema: str) -> Target:
    database(folder / "w.duckdb", "create schema shop", "create table shop.orders as select 1.25 as amount")
    return Target("dev", "duckdb", folder, (), ("w.duckdb", NOWHERE), (schema, NOWHERE))


def test_tables_are_looked_up_in_the_schema_of_the_target(tmp_path: Path) -> None:
    orders = entity("orders", ir.Table(("orders",)), column("amount", "money"))
    found = connect(schema_target(tmp_path, "Shop"))
    sql = 'select sum("amount") from "orders"'
    assert run(found, reading(orders, total="orders.amount"), sql) == ((Decimal("1.25"),),)


def test_a_schema_that_is_not_there(tmp_path: Path) -> None:
    (found,) = refusal(connect(schema_target(tmp_path, "shops")), TOTAL)
    assert found.code.number == "KPI620" and "`shop`" in found.help[0]


def test_the_environment_fills_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    database(tmp_path / "w.duckdb", "create schema shop", "create table shop.orders as select 1.25 as amount")
    target = Target(
        "dev", "duckdb", tmp_path, (), ("env(SHOP_FILE)", NOWHERE), ("env( SHOP_SCHEMA )", NOWHERE)
    )
    monkeypatch.setenv("SHOP_FILE", "w.duckdb")
    monkeypatch.setenv("SHOP_SCHEMA", "")
    with pytest.raises(KpilangError, match=r"KPI622.*SHOP_SCHEMA"):
        connect(target)
    monkeypatch.setenv("SHOP_SCHEMA", "shop")
    assert run(connect(target), TOTAL, SUM) == ((Decimal("1.25"),),)


def test_three_names(tmp_path: Path) -> None:
    parquet(tmp_path / "data/lake/shop/orders.parquet", "select 1.25 as amount")
    orders = entity("orders", ir.Table(("lake", "shop", "orders")), column("amount", "money"))
    sql = 'select sum("amount") from "lake"."shop"."orders"'
    assert run(engine(tmp_path, "data"), reading(orders, total="orders.amount"), sql) == ((Decimal("1.25"),),)


def test_names_may_be_anything(tmp_path: Path) -> None:
    name = 'o"; drop table x; -- 名前'
    parquet(tmp_path / f"data/{name}.parquet", 'select 7 as "select"')
    orders = entity("orders", ir.Table((name,)), column("select", "integer"))
    sql = 'select sum("select") from "' + name.replace('"', '""') + '"'
    assert run(engine(tmp_path, "data"), reading(orders, total="orders.select"), sql) == ((7,),)


def test_partitioned_folders(tmp_path: Path) -> None:
    parquet(tmp_path / "data/events/day=2024-01-01/a.parquet", "select 1 as n")
    parquet(tmp_path / "data/events/day=2024-01-02/a.parquet", "select 2 as n")
    events = entity("events", ir.Table(("events",)), column("n", "integer"), column("day", "date"))
    sql = 'select "day", sum("n") from "events" group by 1 order by 1'
    query = reading(events, day="events.day", n="events.n")
    assert run(engine(tmp_path, "data"), query, sql) == ((date(2024, 1, 1), 1), (date(2024, 1, 2), 2))


def test_a_file_of_an_entity(tmp_path: Path) -> None:
    (tmp_path / "my orders.csv").write_text("amount\n0.1\n0.2\n")
    orders = entity("orders", ir.File("my orders.csv"), column("amount", "money"))
    sql = 'select sum("amount") from "my orders.csv"'
    assert run(engine(tmp_path), reading(orders, total="orders.amount"), sql) == ((Decimal("0.3"),),)
    misspelt = entity("orders", ir.File("my order.csv"), column("amount", "money"))
    (found,) = refusal(engine(tmp_path), reading(misspelt, total="orders.amount"))
    assert found.code.number == "KPI604" and "`my orders.csv`" in found.help[0]


def test_json(tmp_path: Path) -> None:
    (tmp_path / "rows.jsonl").write_text(
        '{"id": 1,"amount": 0.1, "at": "2024-01-01T00:30+02:00", "day": "2024-01-01", "who": {"name": "a"}}\n'
        '{"id": 2, "amount": 12345.6789, "at": null, "day": null, "who": null}\n'
    )
    name = ir.Column("name", column("x", "string").type, value=ir.Raw(("who", "name")))
    columns = (
        column("id", "id"),
        column("amount", "money"),
        column("at", "timestamp"),
        column("day", "date"),
        name,
    )
    rows = entity("rows", ir.Table(("rows",)), *columns)
    query = reading(rows, id="rows.id", amount="rows.amount", at="rows.at", day="rows.day", name="rows.name")
    assert run(
        engine(tmp_path, "*.jsonl"), query, 'select "id", "amount", "at", "day", "who"."name" from "rows"'
    ) == (
        (1, Decimal("0.1"), datetime(2023, 12, 31, 22, 30, tzinfo=UTC), date(2024, 1, 1), "a"),
        (2, Decimal("12345.6789"), None, None, None),
    )


# ---------------------------------------------------------------------------- databases


def test_a_database_is_read_and_not_written(tmp_path: Path) -> None:
    file = tmp_path / "lake.duckdb"
    database(file, "create schema shop", "create table shop.orders as select 1.5 as amount")
    before = file.read_bytes()
    target = engine(tmp_path, database="lake.duckdb")
    assert run(target, TOTAL, SUM) == ((Decimal("1.5"),),)
    full = entity("orders", ir.Table(("lake", "shop", "orders")), column("amount", "money"))
    sql = 'select sum("amount") from "lake"."shop"."orders"'
    assert run(target, reading(full, total="orders.amount"), sql) == ((Decimal("1.5"),),)
    assert file.read_bytes() == before and not list(tmp_path.glob("*.wal"))


def test_the_schema_of_a_target_is_the_default_one(tmp_path: Path) -> None:
    database(
        tmp_path / "x.duckdb",
        "create schema marts",
        "create view marts.orders as select 2 as amount",
        "create table orders as select 3 as amount",
    )
    orders = entity("orders", ir.Table(("orders",)), column("amount", "money"))
    query, sql = reading(orders, total="orders.amount"), 'select sum("amount") from "orders"'
    assert run(engine(tmp_path, database="x.duckdb", schema="marts"), query, sql) == ((2,),)
    assert run(engine(tmp_path, database="x.duckdb"), query, sql) == ((3,),)


def test_data_and_database_together(tmp_path: Path) -> None:
    database(tmp_path / "x.duckdb", "create schema shop", "create table shop.items as select 3 as n")
    parquet(tmp_path / "data/shop/orders.parquet", "select 1.25 as amount")
    items = entity("items", ir.Table(("shop", "items")), column("n", "integer"))
    query = reading(ORDERS, items, total="orders.amount", n="items.n")
    sql = 'select (select sum("amount") from "shop"."orders"), (select sum("n") from "shop"."items")'
    assert run(engine(tmp_path, "data", database="x.duckdb"), query, sql) == ((Decimal("1.25"), 3),)


def test_enums_of_duckdb_are_texts(tmp_path: Path) -> None:
    database(
        tmp_path / "x.duckdb",
        "create type t as enum ('b', 'a')",
        "create table e as select unnest(['b', 'a'])::t as x",
    )
    rows = entity("e", ir.Table(("e",)), column("x", "string"))
    got = run(engine(tmp_path, database="x.duckdb"), reading(rows, x="e.x"), 'select "x" from "e" order by 1')
    assert got == (("a",), ("b",))


def test_databases_that_cannot_be_opened(tmp_path: Path) -> None:
    (tmp_path / "text.duckdb").write_text("no database")
    assert codes(refusal(engine(tmp_path, database="text.duckdb"), TOTAL)) == ["KPI608"]
    assert codes(refusal(engine(tmp_path, database="none.duckdb"), TOTAL)) == ["KPI604"]


def test_a_database_that_another_program_writes_to(tmp_path: Path) -> None:
    program = (
        "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('open', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path / "x.duckdb")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as other:
        assert other.stdout is not None and other.stdout.readline() == b"open\n"
        (found,) = refusal(engine(tmp_path, database="x.duckdb"), TOTAL)
        other.communicate()
    assert found.code.number == "KPI608" and "in use" in found.message


# ---------------------------------------------------------------------------- queries of entities


def test_a_query_reads_tables_of_the_target(tmp_path: Path) -> None:
    (tmp_path / "raw_orders.csv").write_text("amount,kind\n1.5,a\n2,b\n")
    text = "with kept as (select * from raw_orders where kind = 'a') select amount as total from kept"
    orders = entity("orders", ir.SqlText((("duckdb", text),)), column("total", "money"))
    query = reading(orders, total="orders.total")
    assert run(engine(tmp_path, "*.csv"), query, f"select sum(total) from ({text})") == ((Decimal("1.5"),),)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("select amount from nowhere", "KPI603"),
        ("select nonsense from orders", "KPI615"),
        ("select from where", "KPI615"),
        ("select amount from orders cross join read_text('/etc/hostname')", "KPI615"),
    ],
)
def test_a_query_that_does_not_run(tmp_path: Path, text: str, code: str) -> None:
    (tmp_path / "orders.csv").write_text("amount\n1.5\n")
    orders = entity("o", ir.SqlText((("duckdb", text),)), column("amount", "money"))
    (found,) = refusal(engine(tmp_path, "*.csv"), reading(orders, total="o.amount"))
    assert found.code.number == code and found.span.file == "spec.yml"


# ---------------------------------------------------------------------------- what is wrong


def test_all_that_is_missing_is_told_at_once(tmp_path: Path) -> None:
    parquet(tmp_path / "data/order.parquet", "select 1 as amount")
    orders = entity("orders", ir.Table(("orders",)), column("amount", "money"))
    items = entity("items", ir.File("items.csv"), column("n", "integer"))
    query = reading(orders, items, a="orders.amount", b="items.n")
    found = refusal(engine(tmp_path, "data"), query)
    assert sorted(codes(found)) == ["KPI603", "KPI604"]
    assert any("did you mean `order`?" in line for finding in found for line in finding.help)


def test_missing_columns_and_wrong_types_have_their_places(tmp_path: Path) -> None:
    parquet(tmp_path / "o.parquet", "select 'x' as day, 1.5::double as amount, 1 as amuont, {'a': 1} as s")
    columns = (
        column("day", "date", 10),
        column("total", "money", 20, physical="amount_"),
        column("amount", "integer", 30),
    )
    raw = ir.Column("b", column("b", "integer").type, value=ir.Raw(("s", "b"), span=NOWHERE))
    orders = entity("o", ir.Table(("o",)), *columns, raw)
    query = reading(orders, a="o.day", b="o.total", c="o.amount", d="o.b")
    found = refusal(engine(tmp_path, "*.parquet"), query)
    by_place = {diagnostic.span.start: diagnostic for diagnostic in found}
    assert {place: diagnostic.code.number for place, diagnostic in by_place.items()} == {
        0: "KPI606",
        10: "KPI607",
        20: "KPI606",
        30: "KPI607",
    }
    assert "VARCHAR" in by_place[10].message and "`value:`" in by_place[10].help[0]
    assert "did you mean `amount`" in by_place[20].help[0]
    assert "DOUBLE" in by_place[30].message


@pytest.mark.parametrize(
    ("type_", "physical", "fits"),
    [
        ("id", "1::utinyint", True),
        ("id", "'x'", True),
        ("id", "uuid()", True),
        ("id", "1.5::double", False),
        ("id", "1::decimal(38, 0)", True),
        ("id", "1.5::decimal(38, 1)", False),
        ("id", "true", False),
        ("string", "'x'", True),
        ("string", "1", False),
        ("string", "'{}'::json", False),
        ("bool", "true", True),
        ("bool", "1", False),
        ("bool", "'true'", False),
        ("integer", "1::bigint", True),
        ("integer", "1.0::double", False),
        ("integer", "1.0::decimal(3, 1)", False),
        ("money", "1", True),
        ("money", "1.5::double", True),
        ("money", "1.5", True),
        ("money", "'1.5'", False),
        ("float", "1.5::float", True),
        ("date", "date '2024-01-01'", True),
        ("date", "timestamp '2024-01-01'", False),
        ("date", "'2024-01-01'", False),
        ("timestamp", "timestamp '2024-01-01'", True),
        ("timestamp", "timestamptz '2024-01-01'", True),
        ("timestamp", "timestamp_ns '2024-01-01'", True),
        ("timestamp", "date '2024-01-01'", False),
        ("timestamp", "1501570800", False),
        ("date", "time '10:00'", False),
    ],
)
def test_which_physical_types_fit(tmp_path: Path, type_: str, physical: str, fits: bool) -> None:
    parquet(tmp_path / "t.parquet", f"select {physical} as x")
    rows = entity("t", ir.Table(("t",)), column("x", type_))
    target, query = engine(tmp_path, "*.parquet"), reading(rows, x="t.x")
    if fits:
        run(target, query, 'select min("x") from "t"')
    else:
        (found,) = refusal(target, query)
        assert found.code.number == "KPI607" and found.help


def test_a_zone_is_for_local_times_only(tmp_path: Path) -> None:
    parquet(tmp_path / "t.parquet", "select timestamptz '2024-01-01' as x")
    rows = entity("t", ir.Table(("t",)), column("x", "timestamp", zone="Europe/Paris"))
    assert codes(refusal(engine(tmp_path, "*.parquet"), reading(rows, x="t.x"))) == ["KPI607"]


def test_keys_of_other_types_than_their_references(tmp_path: Path) -> None:
    parquet(tmp_path / "orders.parquet", "select '7' as customer, 1 as n")
    parquet(tmp_path / "customers.parquet", "select 7 as customer_id, 'x' as name")
    customers = entity(
        "customers",
        ir.Table(("customers",)),
        column("customer_id", "id"),
        column("name", "string"),
        key="customer_id",
    )
    link = ir.Reference(("customer",), "customers")
    orders = entity("orders", ir.Table(("orders",)), column("customer", "id", 5, reference=link))
    name = ir.Field("orders", ("customer",), "customers", "name", customers.columns[1].type)
    first = ir.Output("first", ir.Aggregate(ir.AggregateOp.MIN, "orders", name, name.type, name))
    (found,) = refusal(engine(tmp_path, "*.parquet"), ir.Query(ir.Model((orders, customers)), (first,)))
    assert found.code.number == "KPI613" and found.span.start == 5


def test_two_places_of_one_table(tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text("amount\n1\n")
    parquet(tmp_path / "orders.parquet", "select 1 as amount")
    orders = entity("orders", ir.Table(("orders",)), column("amount", "money"))
    (found,) = refusal(engine(tmp_path, "*.csv", "*.parquet"), reading(orders, total="orders.amount"))
    assert found.code.number == "KPI605" and found.notes == ("one is `orders.csv`", "one is `orders.parquet`")


def test_data_that_is_not_there_or_no_data(tmp_path: Path) -> None:
    assert "KPI602" in codes(refusal(engine(tmp_path, "data/*.csv"), TOTAL))
    (tmp_path / "book.xlsx").write_text("")
    book = entity("book", ir.File("book.xlsx"), column("n", "integer"))
    assert codes(refusal(engine(tmp_path), reading(book, n="book.n"))) == ["KPI616"]
    (tmp_path / "broken.parquet").write_text("PAR1 it is not")
    broken = entity("b", ir.File("broken.parquet"), column("n", "integer"))
    assert codes(refusal(engine(tmp_path), reading(broken, n="b.n"))) == ["KPI608"]


def test_targets_are_chosen_by_name() -> None:
    folder = Path("nowhere")
    targets = [Target(name, "duckdb", folder) for name in ("prod", "dev")]
    assert choose(targets, None, folder).name == "dev"
    assert choose(targets[:1], None, folder).name == "prod"
    assert choose(targets, "prod", folder).name == "prod"
    assert choose([], None, folder).engine == "duckdb"
    with pytest.raises(KpilangError) as unknown:
        choose(targets, "pord", folder)
    assert codes(list(unknown.value.diagnostics)) == ["KPI600"]
    with pytest.raises(KpilangError) as engineless:
        connect(Target("prod", "duckbd", folder))
    assert codes(list(engineless.value.diagnostics)) == ["KPI601"]


def test_an_engine_closes_quietly(tmp_path: Path) -> None:
    parquet(tmp_path / "shop/orders.parquet", "select 1.25 as amount")
    with engine(tmp_path, ".") as opened:
        assert opened.extent(Sql(SUM), TOTAL) == (Decimal("1.25"),)
