"""Plans and SQL as they are, for a person to read; each with the rows it gives on DuckDB.

A case is a folder: `case.yml` (what to `expect`, and the question), `plan.txt`, `sql/duckdb.sql`, `rows.csv`.
`--update-golden` writes them anew; rows that change are accepted only with KPILANG_ACCEPT_ROWS=1 besides,
since a text may change freely and a number may not.
"""

from __future__ import annotations

import csv
import io
import os
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from kpilang import ir, plan, sql
from kpilang.testing import tables
from tests.unit.plan.asking import Rows, ask

FOLDER = Path(__file__).parent
CASES = sorted(path.parent for path in FOLDER.glob("*/case.yml"))
FILES = {"case.yml", "plan.txt", "sql/duckdb.sql", "rows.csv"}
MOST = 13
NOW = datetime(2025, 1, 1, tzinfo=UTC)


def question(case: Path) -> ir.Query:
    asked = yaml.safe_load((case / "case.yml").read_text("utf-8"))
    words = dict(asked["query"])
    kpis = words.pop("kpis")
    words["start"], words["end"] = words.pop("from"), words.pop("to")
    project = "".join(f"{key}: {value}\n" for key, value in asked.get("project", {}).items())
    spec = (FOLDER / "shop.yml").read_text("utf-8")
    return ask(*kpis, spec=spec, project=project, **{**words, "by": tuple(words.get("by", ()))})


def rows() -> Rows:
    """Times from their texts, by the names of their columns."""
    read = yaml.safe_load((FOLDER / "rows.yml").read_text("utf-8"))
    return {
        entity: [{k: _value(k, v) for k, v in row.items()} for row in found] for entity, found in read.items()
    }


def _value(column: str, value: Any) -> Any:
    if column.endswith("_at"):
        return datetime.fromisoformat(value)
    if column.endswith("_on"):
        return date.fromisoformat(value)
    return Decimal(str(value)) if column == "amount" else value


def made(case: Path) -> dict[str, str]:
    """What the case gives now, by file."""
    query = question(case)
    planned = plan.build(query, NOW)
    compiled = sql.compile(planned, with_header=False)
    with tables.connect() as connection:
        tables.load(connection, query.model, rows())
        found = connection.execute(compiled.text).fetchall()
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(query.columns)
    writer.writerows([["null" if cell is None else _shown(cell) for cell in row] for row in found])
    return {
        "plan.txt": f"{plan.explain(planned)}\n",
        "sql/duckdb.sql": compiled.text,
        "rows.csv": table.getvalue(),
    }


def _shown(cell: object) -> str:
    return format(cell.normalize(), "f") if isinstance(cell, Decimal) else str(cell)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case(case: Path, request: pytest.FixtureRequest) -> None:
    found = made(case)
    if request.config.getoption("--update-golden"):
        _write(case, found)
    for name, text in found.items():
        assert (case / name).read_text("utf-8") == text, f"{case.name}/{name}"


def _write(case: Path, found: dict[str, str]) -> None:
    old = case / "rows.csv"
    changed = old.exists() and old.read_text("utf-8") != found["rows.csv"]
    if changed and os.environ.get("KPILANG_ACCEPT_ROWS") != "1":
        pytest.fail(f"{case.name}: rows have changed; look at them, then set KPILANG_ACCEPT_ROWS=1")
    for name, text in found.items():
        (case / name).parent.mkdir(exist_ok=True)
        (case / name).write_text(text, "utf-8")


def test_golden_files_are_few_and_none_is_stale() -> None:
    assert 0 < len(CASES) <= MOST
    for case in CASES:
        here = {path.relative_to(case).as_posix() for path in case.rglob("*") if path.is_file()}
        assert here == FILES, case.name
        assert yaml.safe_load((case / "case.yml").read_text("utf-8"))["expect"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_rewrites_change_no_row(case: Path) -> None:
    query = question(case)
    with tables.connect() as connection:
        tables.load(connection, query.model, rows())
        naive = sql.compile(plan.build(query, NOW, ()))
        best = sql.compile(plan.build(query, NOW))
        assert connection.execute(naive.text).fetchall() == connection.execute(best.text).fetchall()
