"""The page about SQL in a warehouse of one's own: its lines are those of our engine, its example is true."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb

from kpilang.engines import workspace

PAGE = (Path(__file__).parents[2] / "docs" / "warehouse.md").read_text("utf-8")
LINES = re.findall(r"^```sql\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
EXAMPLE = re.findall(r"^```sql duckdb\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def answer(*before: str) -> list[tuple[object, ...]]:
    with duckdb.connect(":memory:") as connection:
        for text in (*before, *EXAMPLE):
            connection.execute(text)
        return connection.fetchall()


def test_the_lines_to_run_are_what_our_engine_sets() -> None:
    with workspace.connect() as ours, duckdb.connect(":memory:") as theirs:
        for line in LINES:
            theirs.execute(line)
        for setting in ("disabled_optimizers", "TimeZone"):
            asked = f"SELECT current_setting('{setting}')"
            assert theirs.execute(asked).fetchone() == ours.execute(asked).fetchone()


def test_the_example_loses_a_row_and_the_lines_bring_it_back() -> None:
    assert len(LINES) == len(EXAMPLE) == 1
    assert answer() == []
    assert answer(*LINES) == [(1,)]
