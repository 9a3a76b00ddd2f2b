"""What happens while a query runs: values as Python's, failures as findings, Ctrl-C at once."""

from __future__ import annotations

import signal
import subprocess
import sys
import textwrap
import threading
import time
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from kpilang import ir
from kpilang.diagnostics import KpilangError
from kpilang.engines import workspace
from kpilang.engines.duckdb import execute
from kpilang.types import DATE, INTEGER, STRING, TIMESTAMP, Exactness, Kind, TimeUnit, Type
from tests.unit.engines.models import (
    BOOL,
    FLOAT,
    ID,
    MONEY,
    NOW,
    Sql,
    codes,
    column,
    engine,
    entity,
    reading,
    refusal,
)

WIDE = "12345678901234567890123456789012.123456"
LONG = "select sum(a.range * b.range % 7) from range(10000000) a, range(1000000) b where a.range <> b.range"


def query(grain: TimeUnit | None = None, **types: Type) -> ir.Query:
    """A query of outputs of these types, over no rows."""
    outputs = tuple(ir.Output(name, ir.Literal(None, type_)) for name, type_ in types.items())
    return ir.Query(ir.Model(()), outputs, grain=grain)


def result(sql: str, asked: ir.Query, *parameters: object) -> tuple[tuple[object, ...], ...]:
    with workspace.connect() as connection:
        return execute(connection, Sql(sql, parameters), asked, NOW).rows


@pytest.mark.parametrize(
    ("sql", "type_", "value"),
    [
        ("sum(x)", INTEGER, 3),
        ("170141183460469231731687303715884105727::hugeint", INTEGER, 2**127 - 1),
        ("-9999999999999999999999999999999999999::decimal(38, 0)", INTEGER, 1 - 10**37),
        (f"{WIDE}::decimal(38, 6)", MONEY, Decimal(WIDE)),
        ("5::bigint", MONEY, Decimal(5)),
        ("0.1::double", FLOAT, 0.1),
        ("0.5::decimal(2, 1)", FLOAT, 0.5),
        ("3::bigint", FLOAT, 3.0),
        ("timestamptz '2024-01-01 10:00:00+02'", TIMESTAMP, datetime(2024, 1, 1, 8, tzinfo=UTC)),
        ("timestamp '2024-01-01 10:00:00.000001'", TIMESTAMP, datetime(2024, 1, 1, 10, 0, 0, 1, UTC)),
        ("date '2024-01-01'", DATE, date(2024, 1, 1)),
        ("timestamp '2024-01-01'", DATE, date(2024, 1, 1)),
        ("true", BOOL, True),
        ("'名前'", STRING, "名前"),
        ("uuid '00000000-0000-0000-0000-000000000001'", ID, "00000000-0000-0000-0000-000000000001"),
        ("2::hugeint", Type(Kind.DURATION), 2),
        ("1.500000::decimal(38, 6)", Type(Kind.DURATION, scale=6), Decimal("1.5")),
        ("null", FLOAT, None),
    ],
)
def test_values_are_pythons(sql: str, type_: Type, value: object) -> None:
    ((got,),) = result(f"select {sql} from range(3) t(x) group by all limit 1", query(x=type_))
    assert got == value and type(got) is type(value)


def test_columns_know_their_types_and_outputs() -> None:
    dimension = ir.Dimension("channel", STRING, ())
    asked = ir.Query(
        ir.Model(()),
        (ir.Output("goal", ir.Literal(1, INTEGER), hidden=True), ir.Output("n", ir.Literal(1, INTEGER))),
        (dimension,),
        TimeUnit.HOUR,
    )
    with workspace.connect() as connection:
        made = execute(connection, Sql("select 'mail', '2024-01-01T00:00:00+00:00', 1, 2"), asked, NOW)
    assert [column.name for column in made.columns] == ["channel", "period", "n", "goal"]
    assert [column.type for column in made.columns] == [STRING, STRING, INTEGER, INTEGER]
    assert made.columns[0].output is None and made.columns[3].output is not None
    assert made.as_of == NOW and made.query is asked


def test_the_order_of_rows_survives_times_with_a_zone() -> None:
    sql = "select timestamptz '2024-01-01' + to_days(x::int) from range(50000) t(x) order by x desc"
    rows = result(sql, query(at=TIMESTAMP))
    assert rows == tuple(sorted(rows, reverse=True)) and len(rows) == 50_000


def test_parameters_are_bound() -> None:
    assert result("select ?", query(a=STRING), "'; drop table x") == (("'; drop table x",),)


def test_variables_of_python_are_no_tables() -> None:
    orders = [1]
    with workspace.connect() as connection, pytest.raises(KpilangError) as error:
        execute(connection, Sql("select * from orders"), query(a=INTEGER), NOW)
    assert orders and codes(list(error.value.diagnostics)) == ["KPI901"]


@pytest.mark.parametrize(
    ("sql", "code", "words"),
    [
        ("select 99999999999999999999999999999999999999::decimal(38, 0) * 10", "KPI610", "38 digits"),
        ("select sum(170141183460469231731687303715884105727::hugeint) from range(2)", "KPI610", "overflow"),
        ("select cast(x as integer) from (select 'abc' x)", "KPI609", "`abc`"),
        ("select cast('2024-13-01' as date)", "KPI609", "`2024-13-01`"),
        ("select * from read_csv('nowhere.csv')", "KPI608", "nowhere.csv"),
        ("select nonsense", "KPI901", "internal error"),
        ("selec 1", "KPI901", "internal error"),
    ],
)
def test_failures_are_findings(sql: str, code: str, words: str) -> None:
    with pytest.raises(KpilangError) as error:
        result(sql, query(a=FLOAT))
    (found,) = error.value.diagnostics
    assert found.code.number == code
    assert words in " ".join((found.message, *found.notes)).lower() or words in found.message
    assert "\n" not in found.message + "".join(found.notes)


@pytest.mark.parametrize("value", ["'nan'::double", "'inf'::double", "'-inf'::float"])
def test_no_result_is_infinite(value: str) -> None:
    """The planner makes null of them; if it forgot one, nobody would get to see it."""
    with pytest.raises(AssertionError, match="finite"):
        result(f"select {value}", query(a=FLOAT))


def test_too_little_memory() -> None:
    with workspace.connect() as connection:
        connection.execute("set memory_limit = '2MB'")
        connection.execute("set temp_directory = ''")
        with pytest.raises(KpilangError) as error:
            execute(
                connection,
                Sql("select count(distinct x::varchar) from range(2000000) t(x)"),
                query(a=INTEGER),
                NOW,
            )
    assert codes(list(error.value.diagnostics)) == ["KPI611"]


def test_a_query_is_stopped_from_another_thread() -> None:
    with workspace.connect() as connection:
        timer = threading.Timer(0.3, connection.interrupt)
        timer.start()
        with pytest.raises(KpilangError) as error:
            execute(connection, Sql(LONG), query(a=INTEGER), NOW)
        timer.join()
    assert codes(list(error.value.diagnostics)) == ["KPI612"]


def test_control_c_stops_a_query_at_once() -> None:
    program = textwrap.dedent(
        """
        import signal
        signal.signal(signal.SIGINT, signal.default_int_handler)
        from tests.unit.engines.test_running import LONG, result, query
        from kpilang.types import INTEGER
        print("running", flush=True)
        try:
            result(LONG, query(a=INTEGER))
        except KeyboardInterrupt:
            print("stopped", flush=True)
        """
    )
    root = Path(__file__).parents[3]
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, cwd=root
    ) as child:
        assert child.stdout is not None and child.stdout.readline() == "running\n"
        time.sleep(0.5)
        child.send_signal(signal.SIGINT)
        started = time.monotonic()
        assert child.stdout.readline() == "stopped\n"
        assert time.monotonic() - started < 5


def test_a_file_that_vanishes_or_changes(tmp_path: Path) -> None:
    rows = entity("rows", ir.Table(("rows",)), column("x", "integer"))
    (tmp_path / "rows.csv").write_text("x\n1\n")
    target, asked = engine(tmp_path, "*.csv"), reading(rows, x="rows.x")
    assert target.run(Sql('select sum("x") from "rows"'), asked, NOW).rows == ((1,),)
    (tmp_path / "rows.csv").write_text("x\n1\n2\n")
    assert target.run(Sql('select sum("x") from "rows"'), asked, NOW).rows == ((3,),)
    (tmp_path / "rows.csv").unlink()
    assert codes(refusal(target, asked)) == ["KPI602"]


def test_nothing_outside_the_target_can_be_read_or_written(tmp_path: Path) -> None:
    rows = entity("rows", ir.Table(("rows",)), column("x", "integer"))
    (tmp_path / "rows.csv").write_text("x\n1\n")
    (tmp_path / "secret.csv").write_text("x\n1\n")
    target, asked = engine(tmp_path, "rows.csv"), reading(rows, x="rows.x")
    for sql in (
        f"select * from read_csv('{tmp_path}/secret.csv')",
        f"copy (select 1) to '{tmp_path}/out.csv'",
        "install httpfs",
        "set threads = 1",
    ):
        assert codes(refusal(target, asked, sql)) in (["KPI608"], ["KPI901"]), sql
    assert not (tmp_path / "out.csv").exists()


def test_exactness_decides_what_a_double_is() -> None:
    share = Type(Kind.PERCENT, exactness=Exactness.ROUNDED)
    assert result("select 1::decimal(2, 1)", query(a=share)) == ((1.0,),)
