"""The Python interface: from a folder to SQL and to rows."""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

import kpilang
from kpilang import KpilangError
from kpilang.semantics.request import Request

SPEC = """
entities:
  orders:
    table: orders
    key: order_id
    time: ordered_at
    columns:
      order_id: id
      ordered_at: timestamp
      channel: string?
      amount: money(EUR)
kpis:
  revenue: sum(orders.amount)
  order_count: count(orders)
  large_orders: count(orders where amount >= large)
params:
  large: 10 EUR
dimensions:
  way:
    orders: channel
reports:
  months:
    kpis:
      - revenue
    grain: month
"""
PROJECT = """
kpilang: 1
name: shop
timezone: Europe/Berlin
targets:
  dev:
    engine: duckdb
    data: data
  empty:
    engine: duckdb
    data: empty
"""
ORDERS = """order_id,ordered_at,channel,amount
1,2024-01-31T22:30:00Z,mail,10
2,2024-01-31T23:30:00Z,mail,0.1
3,2024-02-10T10:00:00Z,,0.2
"""


@pytest.fixture
def project(tmp_path: Path) -> kpilang.Project:
    (tmp_path / "data").mkdir()
    (tmp_path / "empty").mkdir()
    (tmp_path / "data/orders.csv").write_text(ORDERS)
    (tmp_path / "empty/orders.csv").write_text("order_id,ordered_at,channel,amount\n")
    (tmp_path / "kpilang.yml").write_text(PROJECT)
    (tmp_path / "orders.yml").write_text(SPEC)
    return kpilang.load(tmp_path)


def codes(error: pytest.ExceptionInfo[KpilangError]) -> list[str]:
    return [diagnostic.code.number for diagnostic in error.value.diagnostics]


def test_what_a_project_has(project: kpilang.Project) -> None:
    assert project.name == "shop" and not project.check()
    assert [kpi.name.value for kpi in project.kpis] == ["revenue", "order_count", "large_orders"]
    assert [entity.name.value for entity in project.entities] == ["orders"]
    assert [param.name.value for param in project.params] == ["large"]
    assert [dimension.name.value for dimension in project.dimensions] == ["way"]
    assert [report.name.value for report in project.reports] == ["months"]
    assert [target.name.value for target in project.targets] == ["dev", "empty"]
    assert {Path(name).name for name in project.sources} == {"kpilang.yml", "orders.yml"}


def test_a_question_is_sql_and_rows(project: kpilang.Project) -> None:
    asked = project.query(["revenue"], by=["way"], grain="month", from_="2024-01-01", to="2024-03-01")
    assert asked.ir.columns == ("way", "period", "revenue") and not asked.warnings
    assert 'FROM "orders"' in asked.sql() and asked.compile().columns[0][0] == "way"
    assert asked.plan() is not None
    assert asked.run().rows == (
        ("mail", date(2024, 1, 1), Decimal("10.000000")),
        ("mail", date(2024, 2, 1), Decimal("0.100000")),
        (None, date(2024, 2, 1), Decimal("0.200000")),
    )


@pytest.mark.parametrize(
    "words",
    [
        {"from_": "2024-01-01", "to": "2024-02-01"},
        {"start": date(2024, 1, 1), "end": date(2024, 2, 1)},
        {"from_": datetime(2024, 1, 1), "to": datetime(2024, 2, 1)},
        {"from_": datetime(2023, 12, 31, 23, tzinfo=UTC), "to": datetime(2024, 1, 31, 23, tzinfo=UTC)},
    ],
)
def test_ranges_are_text_or_dates(project: kpilang.Project, words: dict[str, object]) -> None:
    asked = project.query("order_count", **words)
    assert asked.run().rows == ((1,),)


def test_the_other_words_of_a_question(project: kpilang.Project) -> None:
    asked = project.query(
        ["order_count", "large_orders"],
        by="way",
        where="amount < 20 EUR",
        params={"large": "0.2 EUR"},
        as_of=date(2025, 1, 1),
        order="-order_count",
        limit=1,
    )
    assert asked.run().rows == (("mail", 2, 1),)
    assert asked.run().as_of == datetime(2024, 12, 31, 23, tzinfo=UTC)
    assert project.ask(Request(("revenue",))).run().rows == ((Decimal("10.300000"),),)


def test_a_grain_without_a_range_asks_the_data(project: kpilang.Project) -> None:
    asked = project.query("order_count", grain="month")
    assert asked.run().rows == ((date(2024, 1, 1), 1), (date(2024, 2, 1), 2))
    assert asked.run(target="empty").rows == ()
    with pytest.raises(KpilangError) as error:
        asked.sql()
    assert codes(error) == ["KPI617"]


def test_no_row_before_as_of_no_period(project: kpilang.Project) -> None:
    assert project.query("order_count", grain="day", as_of="2024-02-01").run().rows == (
        (date(2024, 1, 31), 1),
    )
    assert project.query("order_count", grain="month", as_of="2023-01-01").run().rows == ()


def test_arrow_and_frames(project: kpilang.Project, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = project.query(["revenue", "order_count"], by="way")
    table = asked.arrow()
    assert table.column_names == ["way", "revenue", "order_count"]
    assert table.to_pylist()[0] == {"way": "mail", "revenue": Decimal("10.1"), "order_count": 2}
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(KpilangError) as error:
        asked.df()
    assert codes(error) == ["KPI614"]


def test_a_frame_has_a_type_for_each_column(
    project: kpilang.Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Pandas:
        """As much of pandas as is used."""

        @staticmethod
        def Series(values: list[object], dtype: str) -> tuple[str, list[object]]:
            return dtype, values

        @staticmethod
        def DataFrame(columns: dict[str, object]) -> dict[str, object]:
            return columns

    monkeypatch.setitem(sys.modules, "pandas", Pandas)
    frame = project.query(["revenue", "order_count", "revenue / order_count"]).df()
    assert {name: dtype for name, (dtype, _) in frame.items()} == {
        "revenue": "object",
        "order_count": "Int64",
        "revenue / order_count": "float64",
    }


def test_all_that_is_wrong_with_a_question_is_raised(project: kpilang.Project) -> None:
    with pytest.raises(KpilangError) as error:
        project.query(["revenu"], by=["chanel"], from_="2024-02-01", to="2024-01-01")
    assert len(error.value.diagnostics) >= 2
    with pytest.raises(KpilangError) as error:
        project.query("revenue").run(target="prod")
    assert codes(error) == ["KPI600"]


def test_a_spec_that_cannot_be_read_stops_questions_and_shows_in_check(tmp_path: Path) -> None:
    (tmp_path / "orders.yml").write_text(SPEC)
    (tmp_path / "broken.yml").write_bytes(b"kpis: \xff\n")
    project = kpilang.load(tmp_path)
    assert [diagnostic.code.number for diagnostic in project.check()] == ["KPI092"]
    with pytest.raises(KpilangError) as error:
        project.query("revenue")
    assert codes(error) == ["KPI092"]


def test_a_wrong_kpi_does_not_stop_the_others(tmp_path: Path) -> None:
    (tmp_path / "orders.yml").write_text(SPEC + "  wrong:\n    kpis:\n      - nothing\n")
    (tmp_path / "more.yml").write_text("kpis:\n  wrong: sum(orders.nothing)\n")
    project = kpilang.load(tmp_path)
    assert project.check().has_errors
    assert project.query("revenue", from_="2024-01-01", to="2024-02-01").sql()


def test_a_project_without_a_declaration_runs_on_its_data_folder(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data/orders.csv").write_text(ORDERS)
    (tmp_path / "orders.yml").write_text(SPEC)
    assert kpilang.load(tmp_path).query("order_count").run().rows == ((3,),)
    assert kpilang.load(tmp_path / "orders.yml").query("order_count").run().rows == ((3,),)
    assert kpilang.load(tmp_path).name == tmp_path.name


def test_the_package_offers_what_it_says() -> None:
    for name in kpilang.__all__:
        assert getattr(kpilang, name) is not None
    assert set(kpilang.__all__) <= set(dir(kpilang))
    with pytest.raises(AttributeError):
        getattr(kpilang, "nothing" + "")
