"""How the tests of this folder ask: the examples, their targets, and the real files, if they are there.

The real files are not part of the project (see `examples/README.md`). They are looked for beside it; where
they are missing the tests that need them are skipped and say so.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from kpilang import project
from kpilang.cli import program

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
SHARED = ROOT.parent / "shared" / "data"

Record = dict[str, Any]


def real(path: str) -> Path:
    """A file of the real data. Absent as a whole: a loud skip. Absent in part, or demanded: a failure."""
    found = SHARED / path
    if found.exists():
        return found
    message = f"REAL DATA ABSENT: no {path} beside the project; only the stand-in of our own was tested"
    if SHARED.exists() or os.environ.get("KPILANG_REAL_DATA") == "required":
        pytest.fail(message)
    pytest.skip(message)


def ask(example: str, kpis: Sequence[str], target: str = "dev", **words: Any) -> list[Record]:
    """The rows of a query by way of Python, as mappings from column to value."""
    result = project.load(EXAMPLES / example, target=target).query(list(kpis), **words).run()
    names = [column.name for column in result.columns if column.output is None or not column.output.hidden]
    return [dict(zip(names, row, strict=False)) for row in result.rows]


def report(example: str, name: str, target: str = "dev") -> list[Record]:
    """The rows of a report by way of the command line; decimals and periods come as text."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        command = ["run", name, "--project", str(EXAMPLES / example), "--target", target, "--format", "json"]
        assert program.run(command) == 0
    answer = json.loads(out.getvalue())
    decimals = {column["name"] for column in answer["columns"] if column["values"] == "decimal"}
    return [
        {
            name: Decimal(value) if name in decimals and value is not None else value
            for name, value in row.items()
        }
        for row in answer["rows"]
    ]


def by_hand(sql: str, **tables: Path) -> list[Record]:
    """The rows of SQL written by a person, over files under the names that it uses."""
    with duckdb.connect(config={"threads": 2}) as connection:
        connection.execute("set TimeZone = 'UTC'")
        for name, path in tables.items():
            connection.execute(f"create view {name} as from '{path}'")
        cursor = connection.execute(sql)
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def same(ours: Sequence[Record], theirs: Sequence[Record]) -> None:
    """Equal row by row: exact numbers exactly, doubles to the last few bits, null like null."""
    assert len(ours) == len(theirs)
    for mine, other in zip(ours, theirs, strict=True):
        assert set(mine) == set(other)
        wrong = {name: (mine[name], other[name]) for name in mine if not _equal(mine[name], other[name])}
        assert not wrong, f"{ {k: v for k, v in mine.items() if isinstance(v, str | date)} }: {wrong}"


def _equal(mine: object, other: object) -> bool:
    if isinstance(mine, float) or isinstance(other, float):
        if mine is None or other is None:
            return mine is other
        return float(mine) == pytest.approx(float(other), rel=1e-12, abs=1e-15)
    if isinstance(mine, int | Decimal) and isinstance(other, int | Decimal):
        return Decimal(mine) == Decimal(other)
    return mine == other
