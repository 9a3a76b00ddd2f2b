"""Aerolind: its figures against SQL written by hand, its data, and that it uses all of the language."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
import yaml

from kpilang import ir, project
from kpilang.cli.reads import reads
from kpilang.plan import explain
from kpilang.project import PreparedQuery

from . import features
from .asking import EXAMPLES, ask, by_hand, report, same

HERE = Path(__file__).parent
FOLDER = EXAMPLES / "aerolind"
README = FOLDER / "README.md"
TABLES = {path.stem: path for path in sorted((FOLDER / "data").iterdir())}


def sql(name: str) -> str:
    return (HERE / f"{name}.sql").read_text(encoding="utf-8")


# ---------------------------------------------------------------------------- the numbers


def test_every_figure_of_the_scorecard() -> None:
    ours = report("aerolind", "scorecard")
    assert len(ours[0]) > 25 and len(ours) == 2
    same(ours, by_hand(sql("aerolind"), **TABLES))


def test_what_channels_brought() -> None:
    theirs = by_hand(sql("aerolind_channels"), **TABLES)
    ours = ask(
        "aerolind",
        [name for name in theirs[0] if name != "channel"],
        by=["channel"],
        start="2025-01-01",
        end="2026-01-01",
    )
    same(ours, theirs)


def test_models_share_out_the_same_value() -> None:
    theirs = {row["touch_channel"]: row for row in by_hand(sql("aerolind_models"), **TABLES)}
    ours = {row["touch_channel"]: row for row in report("aerolind", "models")}
    won = sum(row["credited"] for row in theirs.values())
    models = [name for name in next(iter(ours.values())) if name.startswith("credited")]
    assert len(models) == 7
    for model in models[:-1]:
        assert sum(row[model] for row in ours.values()) == pytest.approx(won, abs=0.000001), model
    for channel, row in theirs.items():
        assert float(ours[channel]["credited"]) == pytest.approx(float(row["credited"]), abs=0.005)
        assert Decimal(ours[channel]["credited.to_first"]) == row["to_first"]
        assert Decimal(ours[channel]["credited.influenced"]) == row["influenced"]


def test_events_that_came_late_are_unknown_before() -> None:
    """As of the end of October, what was ingested later has not been seen, though it happened in October."""
    october = {"start": "2025-10-01", "end": "2025-11-01"}
    (then,) = ask("aerolind", ["count(email_events)"], **october, as_of="2025-11-01")
    (now,) = ask("aerolind", ["count(email_events)"], **october)
    (theirs,) = by_hand(
        """
        select count(*) filter (ingested_at <= timestamp '2025-10-31 23:00:00') as seen, count(*) as happened
        from email_events where occurred_at >= timestamp '2025-09-30 22:00:00'
          and occurred_at < timestamp '2025-10-31 23:00:00'
        """,
        **TABLES,
    )
    assert (*then.values(), *now.values()) == (theirs["seen"], theirs["happened"])
    assert theirs["seen"] < theirs["happened"]


@pytest.mark.parametrize("name", [item.name.value for item in project.load(FOLDER).reports])
def test_every_report_has_rows(name: str) -> None:
    assert report("aerolind", name)


def test_there_are_no_findings() -> None:
    assert not list(project.load(FOLDER).check())


# ---------------------------------------------------------------------------- the data

RULES = yaml.safe_load((HERE / "aerolind_data.yml").read_text(encoding="utf-8"))
EMPTY_MONTH = """
    from (select channel, started_at from web_sessions where channel = 'paid_social'
          union all select 'paid_social', date_start from meta_ads)
    where started_at >= timestamp '2025-02-01' and started_at < timestamp '2025-03-01'"""


def found(rows: str) -> int:
    (row,) = by_hand(f"select count(*) as n {rows}", **TABLES)
    count = row["n"]
    assert isinstance(count, int)
    return count


@pytest.mark.parametrize("what", RULES["never"])
def test_the_data_hang_together(what: str) -> None:
    assert found(RULES["never"][what]) == 0


@pytest.mark.parametrize("what", RULES["on_purpose"])
def test_the_data_have_what_real_data_have(what: str) -> None:
    assert found(RULES["on_purpose"][what]) > 0


def test_a_channel_has_an_empty_month() -> None:
    assert found(EMPTY_MONTH) == 0
    assert found(EMPTY_MONTH.replace("2025-02", "2025-01").replace("2025-03", "2025-02")) > 0


# ---------------------------------------------------------------------------- the language

ELSEWHERE = {
    "Target: url": "needs a server",
    "Target: database": "needs a server",
    "Target: schema": "needs a server",
}
"""Keys that the example cannot use, and why."""


@pytest.fixture(scope="module")
def used() -> features.Uses:
    return features.uses(FOLDER)


def test_every_construct_of_the_grammar_is_used(used: features.Uses) -> None:
    assert features.constructs() - set(used.constructs) == {"ASC"}, "which the canonical form leaves out"


def test_every_key_is_used(used: features.Uses) -> None:
    assert features.all_keys() - set(used.keys) == set(ELSEWHERE)


def test_the_readme_says_where(used: features.Uses, request: pytest.FixtureRequest) -> None:
    _fresh("features", features.table(used), request)


# ---------------------------------------------------------------------------- how often tables are read


def scorecard() -> PreparedQuery:
    loaded = project.load(FOLDER)
    asked = next(item.query for item in loaded.reports if item.name.value == "scorecard")
    return loaded.query(
        [formula.text for formula in asked.kpis], grain="month", start="2025-11-01", end="2026-01-01"
    )


def table_of(origin: ir.Origin) -> str:
    match origin:
        case ir.Table():
            return origin.parts[-1]
        case ir.File():
            return Path(origin.pattern).stem
        case _:
            raise AssertionError(origin)


def test_explain_counts_what_duckdb_scans() -> None:
    prepared = scorecard()
    said = Counter(table_of(read.origin) for read in explain(prepared.plan()).reads)
    with duckdb.connect(config={"threads": 2}) as connection:
        for name, path in TABLES.items():
            connection.execute(f"create table {name} as from '{path}'")
        text = prepared.sql().replace('"data/overheads.csv"', "overheads")
        ((_, plan),) = connection.execute(f"explain (format json) {text}").fetchall()
    assert said == Counter(_scanned(json.loads(plan)))


def _scanned(nodes: list[dict[str, object]]) -> Iterator[str]:
    for node in nodes:
        info = node.get("extra_info")
        if isinstance(info, dict) and "Table" in info:
            yield str(info["Table"]).rpartition(".")[2]
        below = node.get("children")
        yield from _scanned(below if isinstance(below, list) else [])


def test_the_readme_says_how_often_and_why(request: pytest.FixtureRequest) -> None:
    lines = ["| entity | from | read | for what |", "|:---|:---|:---|:---|"]
    for read in reads(scorecard()):
        reasons = "; ".join(dict.fromkeys(read.reasons))
        lines.append(f"| `{read.entity}` | {read.origin} | {read.times} | {reasons} |")
    _fresh("scans", "\n".join(lines), request)


def _fresh(name: str, content: str, request: pytest.FixtureRequest) -> None:
    """The part of the README between two comments is what it would be now; `--update-golden` writes it."""
    text = README.read_text(encoding="utf-8")
    pattern = re.compile(rf"(<!-- {name} -->\n).*?(<!-- end -->)", re.DOTALL)
    assert pattern.search(text)
    fresh = pattern.sub(lambda match: f"{match[1]}{content}\n{match[2]}", text)
    if request.config.getoption("--update-golden"):
        README.write_text(fresh, encoding="utf-8")
    assert README.read_text(encoding="utf-8") == fresh
