"""A CSV is read as its columns are declared: exactly, and not at all where it is something else."""

from __future__ import annotations

import gzip
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from kpilang import ir
from tests.unit.engines.models import codes, column, engine, entity, reading, refusal, run

ROWS = ir.Table(("rows",))


def written(folder: Path, text: str | bytes, name: str = "rows.csv") -> Path:
    (folder / name).write_bytes(text.encode() if isinstance(text, str) else text)
    return folder


def values(folder: Path, type_: str, text: str, **more: Any) -> list[object]:
    """The values of the column `x` read as `type_`, in the order of the file."""
    rows = entity("rows", ROWS, column("x", type_, **more))
    target = engine(written(folder, text), "*.csv")
    return [value for (value,) in run(target, reading(rows, x="rows.x"), 'select "x" from "rows"')]


@pytest.mark.parametrize(
    ("type_", "texts", "wanted"),
    [
        ("id", ("007", "7", "", '""'), ["007", "7", None, None]),
        ("string", ("007", " a ", "", '""', '"a,b"'), ["007", " a ", None, "", "a,b"]),
        ("integer", ("1", "-2", " 3 ", "4.0", "", "+5"), [1, -2, 3, 4, None, 5]),
        ("bool", ("true", "F", "1", "no", " yes", ""), [True, False, True, False, True, None]),
        ("date", ("2024-01-31", "20240229", "2024-01-31 00:00:00", "", "2024-01-31T00:00:00Z"),
         [date(2024, 1, 31), date(2024, 2, 29), date(2024, 1, 31), None, date(2024, 1, 31)]),
        ("float", ("0.1", "1e3", ""), [0.1, 1000.0, None]),
    ],
)  # fmt: skip
def test_texts_are_read_as_declared(
    tmp_path: Path, type_: str, texts: tuple[str, ...], wanted: list[object]
) -> None:
    text = "y,x\n" + "".join(f"0,{text}\n" for text in texts)
    assert values(tmp_path, type_, text) == wanted


def test_decimals_never_pass_through_a_double(tmp_path: Path) -> None:
    texts = (
        "0.1",
        "12345678901234567890123456789012.1234565",
        "-0.0000005",
        "0.0000004999999999999999999999999",
        "1e-3",
    )
    wanted = ["0.1", "12345678901234567890123456789012.123457", "-0.000001", "0", "0.001"]
    assert values(tmp_path, "money", "x\n" + "\n".join(texts) + "\n") == [Decimal(text) for text in wanted]


def test_a_timestamp_is_the_instant_it_names(tmp_path: Path) -> None:
    """A cast to TIMESTAMP would drop the offset."""
    text = "x\n2024-03-01T10:00:00+02:00\n2024-03-01 10:00:00 UTC\n2024-03-01 10:00\n2024-03-01\n"
    hours = [datetime(2024, 3, 1, hour, tzinfo=UTC) for hour in (8, 10, 10, 0)]
    assert values(tmp_path, "timestamp", text) == hours


def test_a_declared_zone_and_an_offset_contradict_each_other(tmp_path: Path) -> None:
    assert values(tmp_path, "timestamp", "x\n2024-03-01 10:00:00\n2024-03-05\n", zone="Europe/Paris") == [
        datetime(2024, 3, 1, 10, tzinfo=UTC),
        datetime(2024, 3, 5, tzinfo=UTC),
    ]  # as it is stored: the compiled SQL knows the zone
    rows = entity("rows", ROWS, column("x", "timestamp", zone="Europe/Paris"))
    target = engine(written(tmp_path, "x\n2024-03-01T10:00:00+02:00\n"), "*.csv")
    found = refusal(target, reading(rows, x="rows.x"), 'select "x" from "rows"')
    assert codes(found) == ["KPI609"]
    assert "2024-03-01T10:00:00+02:00" in found[0].message


@pytest.mark.parametrize(
    ("type_", "text"),
    [
        ("integer", "1.5"),
        ("integer", "abc"),
        ("integer", "99999999999999999999"),
        ("money", "1,5"),
        ("money", "12 EUR"),
        ("money", "999999999999999999999999999999999999999"),
        ("date", "01/02/2024"),
        ("date", "2024-01-31 10:00"),
        ("date", "2024-02-30"),
        ("date", "20240230"),
        ("timestamp", "1501570800"),
        ("timestamp", "yesterday"),
        ("bool", "maybe"),
        ("float", "much"),
    ],
)
def test_what_is_something_else_stops_the_query_and_is_told(tmp_path: Path, type_: str, text: str) -> None:
    rows = entity("rows", ROWS, column("x", type_))
    target = engine(written(tmp_path, f'x\n"{text}"\n'), "*.csv")
    found = refusal(target, reading(rows, x="rows.x"), 'select "x" from "rows"')
    assert codes(found) == ["KPI609"]
    assert f"`{text}`" in found[0].message and "`x`" in found[0].message


def test_a_column_that_is_not_used_may_hold_anything(tmp_path: Path) -> None:
    rows = entity("rows", ROWS, column("x", "integer"), column("y", "date"))
    target = engine(written(tmp_path, "x,y\n1,nonsense\n"), "*.csv")
    assert run(target, reading(rows, x="rows.x"), 'select sum("x") from "rows"') == ((1,),)


def test_a_bad_value_is_found_also_in_a_row_that_only_counts(tmp_path: Path) -> None:
    rows = entity("rows", ROWS, column("x", "integer"))
    target = engine(written(tmp_path, "x\n1\nabc\n"), "*.csv")
    assert codes(refusal(target, reading(rows, x="rows.x"), 'select count("x") from "rows"')) == ["KPI609"]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("\ufeffx;y\n1;2\n", [1]),
        ("y\tx\n2\t1\n", [1]),
        ("y|x\r\n2|1\r\n", [1]),
        ('"x","y, z"\n1,2\n', [1]),
        ("x\n", []),
        ("x,y\n1,2\n\n3,4\n", [1, 3]),
    ],
)
def test_dialects_of_csv(tmp_path: Path, text: str, wanted: list[object]) -> None:
    assert values(tmp_path, "integer", text) == wanted


@pytest.mark.parametrize("text", ["x,y\n1,2\n3,4,5\n", "x,y\n1,2\n3\n", 'x,y\n1,"2\n', b"x,y\n1,caf\xe9\n"])
def test_a_ragged_file_is_refused_not_cut(tmp_path: Path, text: str | bytes) -> None:
    """DuckDB's sniffer would take the first two lines of the first file for a preamble."""
    rows = entity("rows", ROWS, column("x", "integer"), column("y", "string"))
    target = engine(written(tmp_path, text), "*.csv")
    found = refusal(target, reading(rows, x="rows.x", y="rows.y"), 'select sum("x"), max("y") from "rows"')
    assert codes(found) == ["KPI608"]


def test_files_of_one_table_may_order_their_columns_differently(tmp_path: Path) -> None:
    folder = tmp_path / "rows.csv"
    folder.mkdir()
    written(folder, "x,y\n1,a\n", "one.csv")
    written(folder, "y,x\nb,2\n", "two.csv")
    rows = entity("rows", ROWS, column("x", "integer"), column("y", "string"))
    got = run(
        engine(tmp_path, "."), reading(rows, x="rows.x", y="rows.y"), 'select x, y from "rows" order by x'
    )
    assert got == ((1, "a"), (2, "b"))


def test_ids_become_numbers_where_the_key_is_one(tmp_path: Path) -> None:
    duckdb.sql("select 7::bigint as customer_id").write_parquet(str(tmp_path / "customers.parquet"))
    written(tmp_path, "order_id,customer\n1,7\n2,\n", "orders.csv")
    customers = entity("customers", ir.Table(("customers",)), column("customer_id", "id"), key="customer_id")
    link = ir.Reference(("customer",), "customers")
    orders = entity(
        "orders", ir.Table(("orders",)), column("order_id", "id"), column("customer", "id", reference=link)
    )
    name = ir.Field("orders", ("customer",), "customers", "customer_id", customers.columns[0].type)
    first = ir.Aggregate(ir.AggregateOp.MIN, "orders", name, name.type, name)
    query = ir.Query(ir.Model((orders, customers)), (ir.Output("first", first),))
    sql = 'select "customer" from "orders" order by "order_id"'
    target = engine(tmp_path, "*.csv", "*.parquet")
    assert [value for (value,) in run(target, query, sql)] == [7, None]
    written(tmp_path, "order_id,customer\n1,007\n", "orders.csv")
    assert codes(refusal(target, query, sql)) == ["KPI609"]


def test_columns_nobody_declares_are_typed_by_all_their_values(tmp_path: Path) -> None:
    lines = (
        "whole,zeros,price,day,at,flag,mixed",
        "1,007,1.5,2024-01-31,2024-01-31T10:00:00Z,true,1",
        "-20,8,2,2024-02-01,2024-02-01,false,x",
    )
    written(tmp_path, "\n".join(lines) + "\n", "typed.csv")
    names = lines[0].split(",")
    facts = ", ".join(f'typeof("{name}") as "{name}"' for name in names)
    text = f"select {facts} from typed limit 1"
    rows = entity("rows", ir.SqlText((("", text),)), *(column(name, "string") for name in names))
    query = reading(rows, **{name: f"rows.{name}" for name in names})
    (types,) = run(engine(tmp_path, "*.csv"), query, text)
    assert types == ("BIGINT", "VARCHAR", "DECIMAL(38,1)", "DATE", "TIMESTAMP", "BOOLEAN", "VARCHAR")


def test_gzip(tmp_path: Path) -> None:
    written(tmp_path, gzip.compress(b"x\n1\n2\n"), "rows.csv.gz")
    rows = entity("rows", ROWS, column("x", "integer"))
    assert run(engine(tmp_path, "*.csv.gz"), reading(rows, x="rows.x"), 'select sum("x") from "rows"') == (
        (3,),
    )
    written(tmp_path, b"no gzip", "rows.csv.gz")
    assert codes(refusal(engine(tmp_path, "*.csv.gz"), reading(rows, x="rows.x"))) == ["KPI608"]


def test_the_type_of_an_id_does_not_depend_on_what_else_is_asked(tmp_path: Path) -> None:
    """`customers` is not read, but that its key is a number is known."""
    duckdb.sql("select 7::bigint as customer_id").write_parquet(str(tmp_path / "customers.parquet"))
    written(tmp_path, "customer\n10\n7\n", "orders.csv")
    customers = entity("customers", ir.Table(("customers",)), column("customer_id", "id"), key="customer_id")
    link = ir.Reference(("customer",), "customers")
    orders = entity("orders", ir.Table(("orders",)), column("customer", "id", reference=link))
    query, sql = (
        reading(orders, customers, who="orders.customer"),
        'select "customer" from "orders" order by 1',
    )
    assert run(engine(tmp_path, "."), query, sql) == ((7,), (10,))
    (tmp_path / "customers.parquet").unlink()
    assert run(engine(tmp_path, "."), query, sql) == (("10",), ("7",))


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ('"it\'s ""x"" \\"', 'it\'s "x" \\'),
        ("{a}", "{a}"),
        ("名前 😀", "名前 😀"),
        ("ID", "id"),
        ("a,a", "a_1"),
        (",b", "column_1"),
    ],
)
def test_columns_may_have_any_name(tmp_path: Path, header: str, name: str) -> None:
    rows = entity("rows", ROWS, column("x", "integer", physical=name))
    quoted = '"' + name.replace('"', '""') + '"'
    target = engine(written(tmp_path, f"{header}\n1{',1' * header.count(',')}\n"), "*.csv")
    assert run(target, reading(rows, x="rows.x"), f'select {quoted} from "rows"') == ((1,),)


@pytest.mark.parametrize("name", ["o[1]", "o*", "o'x", 'o"x', "名前", "a b"])
def test_files_may_have_any_name(tmp_path: Path, name: str) -> None:
    rows = entity("rows", ir.Table((name,)), column("x", "integer"))
    quoted = '"' + name.replace('"', '""') + '"'
    target = engine(written(tmp_path, "x\n1\n", f"{name}.csv"), ".")
    assert run(target, reading(rows, x="rows.x"), f'select "x" from {quoted}') == ((1,),)


@pytest.mark.parametrize(
    ("name", "content"),
    [("rows.csv", b""), ("rows.csv.gz", b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03garbage")],
)
def test_files_without_a_line_of_names(tmp_path: Path, name: str, content: bytes) -> None:
    rows = entity("rows", ROWS, column("x", "integer"))
    target = engine(written(tmp_path, content, name), ".")
    assert codes(refusal(target, reading(rows, x="rows.x"))) == ["KPI608"]
