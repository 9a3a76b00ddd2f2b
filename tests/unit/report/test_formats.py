"""Each format of the same sample results: text against goldens, binary forms read back."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from kpilang import ir, report
from kpilang.diagnostics import KpilangError
from kpilang.report import arrow, table
from kpilang.report.columns import shown
from kpilang.report.storage import exact, storage
from kpilang.results import Result
from kpilang.terminal import is_unsafe, width
from kpilang.types import TimeUnit
from tests.unit.report.samples import (
    CHANNEL,
    EUR,
    JPY,
    KINDS,
    MONTHLY,
    OPEN_RATE,
    PERIOD,
    QUARTER,
    SAMPLES,
    kpi,
    result,
)

GOLDEN = Path(__file__).parent / "golden"
TEXTS = [form for form in report.FORMATS if form not in report.BINARY]


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("form", TEXTS)
def test_each_text_equals_its_golden(form: str, name: str, request: pytest.FixtureRequest) -> None:
    golden = GOLDEN / f"{name}.{form}"
    encoded = report.encode(SAMPLES[name], form)
    if request.config.getoption("--update-golden", default=False):
        golden.write_bytes(encoded)
    assert encoded.decode("utf-8") == golden.read_bytes().decode("utf-8")


def test_every_golden_belongs_to_a_sample() -> None:
    wanted = {f"{name}.{form}" for name in SAMPLES for form in TEXTS}
    assert {path.name for path in GOLDEN.iterdir()} == wanted


@pytest.mark.parametrize("form", ["table", "markdown", "json"])
def test_nothing_that_acts_on_a_terminal_gets_through(form: str) -> None:
    for sample in SAMPLES.values():
        text = report.encode(sample, form).decode("utf-8")
        assert not {char for char in text if char != "\n" and is_unsafe(char)}


def test_json_reads_back_exactly() -> None:
    document = json.loads(report.encode(KINDS, "json"))
    first, second, third = document["rows"]
    assert first["big"] == 10**30 and Decimal(second["exact"]) == KINDS.rows[1][3]
    assert second["double"] == 1e300 and third["id"] is None
    assert [column["values"] for column in document["columns"]][:5] == [
        "integer", "boolean", "double", "decimal", "double"]  # fmt: skip


def test_csv_reads_back_exactly_and_tells_null_from_empty() -> None:
    text = report.encode(KINDS, "csv").decode("utf-8")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert Decimal(rows[1]["exact"]) == KINDS.rows[1][3]
    assert rows[0]["a text"] == "a\nb" and float(rows[1]["double"]) == 1e300
    assert text.rstrip("\n").endswith(",") and ',""\n' in text


def expected(sample_name: str) -> list[tuple[object, ...]]:
    sample = SAMPLES[sample_name]
    columns = [(column.index, storage(column)) for column in shown(sample)]
    return [tuple(exact(row[index], how) for index, how in columns) for row in sample.rows]


@pytest.mark.parametrize("name", SAMPLES)
def test_parquet_reads_back_exactly(name: str, tmp_path: Path) -> None:
    file = tmp_path / "r.parquet"
    file.write_bytes(report.encode(SAMPLES[name], "parquet"))
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        relation = connection.read_parquet(str(file))
        assert relation.columns == [column.name for column in shown(SAMPLES[name])]
        # Instants are read as epochs: the driver makes Python values of them only with one more package.
        texts = {n for n, t in zip(relation.columns, relation.types, strict=True) if "TIME ZONE" in str(t)}
        columns = ", ".join(f'epoch("{n}")' if n in texts else f'"{n}"' for n in relation.columns)
        rows = relation.project(columns).fetchall()
    assert rows == [tuple(getattr(v, "timestamp", lambda v=v: v)() for v in row) for row in expected(name)]


@pytest.mark.parametrize("name", SAMPLES)
def test_arrow_reads_back_exactly(name: str) -> None:
    pa = pytest.importorskip("pyarrow")
    with pa.ipc.open_stream(report.encode(SAMPLES[name], "arrow")) as reader:
        table = reader.read_all()
    assert [tuple(row.values()) for row in table.to_pylist()] == expected(name)
    assert table.equals(arrow.table(SAMPLES[name]))


def test_arrow_fields_say_label_and_unit() -> None:
    schema = arrow.table(MONTHLY).schema
    assert schema.field("open_rate").metadata[b"label"] == b"Open rate"
    assert schema.field("aov").metadata[b"unit"] == b"EUR/orders"


def test_arrow_without_its_package_is_a_coded_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(arrow, "import_module", refuse)
    with pytest.raises(KpilangError) as caught:
        report.encode(MONTHLY, "arrow")
    assert [d.code.number for d in caught.value.diagnostics] == ["KPI690"]


# ---------------------------------------------------------------------------- tables that have to fit

WIDE = result(
    [
        CHANNEL,
        PERIOD,
        OPEN_RATE,
        *(
            kpi(f"a_kpi_of_some_length_{n}", EUR, label=label)
            for n, label in enumerate(
                [
                    "Cost per new customer of the period",
                    "新規顧客一人当たりの獲得費用",
                    "تكلفة العميل الجديد",
                    None,
                ]
                * 3
            )
        ),
    ],
    [
        ("email", date(2024, 1, 1), 0.2345, *(Decimal(10**n) for n in range(12))),
        ("メール", date(2024, 3, 1), None, *(None if n % 2 else Decimal(n) for n in range(12))),
    ],
    TimeUnit.MONTH,
    QUARTER,
)
UPRIGHT = result(
    [
        kpi(
            "long",
            EUR,
            label="Cost per new customer who was won by a campaign of the period asked for",
        ),
        kpi("jp", JPY, label="新規顧客一人当たりの獲得費用（税抜き、返品控除後）", better=ir.Better.LOWER),
        OPEN_RATE,
    ],
    [(Decimal("123456789.12"), Decimal("7"), 0.3)],
)


@pytest.mark.parametrize("cells", [40, 80, 120])
@pytest.mark.parametrize("sample", [WIDE, UPRIGHT], ids=["across", "upright"])
def test_a_table_fits_the_terminal_and_keeps_all_values(sample: Result, cells: int) -> None:
    lines = list(table.lines(sample, cells=cells))
    assert max(map(width, lines)) <= cells
    whole = [text for line in table.lines(sample) for text in re.findall(r"[\d.,]*\d\d[\d.,]*", line)]
    shown = [text for line in lines for text in re.findall(r"[\d.,]*\d\d[\d.,]*", line)]
    assert set(whole) <= set(shown)


@pytest.mark.parametrize("cells", [40, 60, 80])
def test_periods_stand_beside_each_other_where_they_fit(cells: int) -> None:
    lines = list(table.lines(SAMPLES["compared"], cells=cells))
    assert max(map(width, lines)) <= cells
    head = next(line for line in lines[3 if cells == 40 else 2 :] if line)
    assert ("2024-01" in head and "2024-02" in head) == (cells > 40)
    numbers = ("70,123", "1,234,568", "31.0", "10.0", "1,000.00")
    assert all(any(number in line for line in lines) for number in numbers)


def test_a_matrix_that_does_not_fit_is_a_list() -> None:
    assert "2024-01  2024-02" in re.sub(r" {2,}", "  ", "\n".join(table.lines(SAMPLES["matrix"], cells=60)))
    assert "period" in "\n".join(table.lines(SAMPLES["matrix"], cells=30))


def test_rows_in_another_order_are_no_matrix() -> None:
    rows = tuple(sorted(SAMPLES["matrix"].rows, key=lambda row: -(row[2] or 0)))
    assert "period" in "\n".join(table.lines(dataclasses.replace(SAMPLES["matrix"], rows=rows)))


def test_every_part_of_a_table_says_which_row_it_is() -> None:
    lines = list(table.lines(WIDE, cells=80))
    parts = "\n".join(lines).split("\n\n")[1:-1]
    assert len(parts) > 1
    assert all("channel" in part and "メール" in part and "2024-03*" in part for part in parts)


def test_nothing_changes_where_there_is_room() -> None:
    assert list(table.lines(WIDE, cells=1_000)) == list(table.lines(WIDE))


def test_numbers_of_a_scorecard_stand_under_each_other() -> None:
    lines = list(table.lines(SAMPLES["scorecard"]))[2:7]
    ends = {width(re.split(r"(?<=\d)(?= |$)", line)[0]) for line in lines}
    assert len(ends) == 1


def test_colour_changes_no_width() -> None:
    for sample in (WIDE, UPRIGHT, SAMPLES["compared"]):
        plain = [re.sub(r"\x1b\[\d*m", "", line) for line in table.lines(sample, colour=True, cells=80)]
        assert [line.rstrip() for line in plain] == list(table.lines(sample, cells=80))
