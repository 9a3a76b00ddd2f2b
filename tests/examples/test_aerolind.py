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

from kpilang import project
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
        """select count(*) filter (ingested_at <= timestamp '2025-10-31 23:00:00') as seen, count(*) as happened
           from email_events
           where occurred_at >= timestamp '2025-09-30 22:00:00' and occurred_at < timestamp '2025-10-31 23:00:00'""",
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

NEVER = {
    "a person clicks before the mail was opened": """
        from email_events c where event_type = 'click' and not is_machine and not exists (
          from email_events o where o.message_id = c.message_id and o.event_type = 'open' and not o.is_machine
            and o.occurred_at < c.occurred_at)""",
    "an event comes before its mail": """
        from email_events e join email_events s using (message_id)
        where s.event_type = 'sent' and e.occurred_at < s.occurred_at""",
    "a message without a mail": """
        from (select message_id from email_events group by 1 having count(*) filter (event_type = 'sent') <> 1)""",
    "a mail to somebody who has left the list": """
        from email_events join list_members using (contact_id, list_id)
        where event_type = 'sent' and occurred_at > left_at""",
    "a stage before the one it follows": """
        from lifecycle_events a join lifecycle_events b using (contact_id)
        where a.occurred_at > b.occurred_at and (a.to_stage, b.to_stage) in
          (('lead', 'mql'), ('mql', 'sql'), ('sql', 'opportunity'), ('opportunity', 'customer'), ('mql', 'rejected'))""",
    "a visit after the order it led to": """
        from orders join web_sessions using (session_id) where started_at > ordered_at""",
    "an order before the customer": "from orders join customers using (customer_id) where ordered_at < acquired_at",
    "a refund that is not negative": "from order_lines where kind = 'refund' and (amount > 0 or quantity >= 0)",
    "a refund before the order": "from order_lines join orders using (order_id) where booked_at < ordered_at",
    "an invoice outside the subscription": """
        from invoices join subscriptions using (subscription_id)
        where issued_on < cast(started_at as date) or issued_on > ended_at""",
    "two versions of a tier at once": """
        from customer_tiers a join customer_tiers b using (customer_id)
        where a.valid_from < b.valid_from and (a.valid_to is null or a.valid_to > b.valid_from)""",
    "an order without a price": """
        from order_lines l where not exists (from prices p where p.product_id = l.product_id
          and valid_from <= booked_at and (valid_to is null or valid_to > booked_at))""",
    "an event after the two years": "from email_events where occurred_at >= timestamp '2026-01-01'",
}
TRAPS = {
    "soft bounces": "from email_events where bounce_class = 'soft'",
    "events that come a day late or later": "from email_events where ingested_at > occurred_at + interval 1 day",
    "events of people who are forgotten": "from email_events anti join contacts using (contact_id)",
    "orders of customers who are forgotten": "from orders anti join customers using (customer_id)",
    "rows that the feed repeats": "from (select opportunity_id from opportunities group by all having count(*) > 1)",
    "visits from nobody knows where": "from web_sessions where channel is null",
    "contacts without a country": "from contacts where country is null",
    "orders in the night in which summer begins": """
        from orders where ordered_at between timestamp '2024-03-31 00:00:00' and timestamp '2024-03-31 03:00:00'""",
    "orders in the night in which it ends": """
        from orders where ordered_at between timestamp '2024-10-26 22:00:00' and timestamp '2024-10-27 02:00:00'""",
    "customers who come back": """
        from (select customer_id from subscriptions group by 1 having count(*) > 1 and count(ended_at) > 0)""",
    "orders in francs": "from order_lines where currency = 'CHF'",
    "tiers that rise": "from customer_tiers where valid_to is not null",
    "deals somebody recommended": "from opportunities where referrer_id is not null",
    "surveys without an answer": "from survey_responses where score is null",
}
EMPTY_MONTH = """
    from (select channel, started_at from web_sessions where channel = 'paid_social'
          union all select 'paid_social', date_start from meta_ads)
    where started_at >= timestamp '2025-02-01' and started_at < timestamp '2025-03-01'"""


def found(rows: str) -> int:
    (row,) = by_hand(f"select count(*) as n {rows}", **TABLES)
    count = row["n"]
    assert isinstance(count, int)
    return count


@pytest.mark.parametrize("what", NEVER)
def test_the_data_hang_together(what: str) -> None:
    assert found(NEVER[what]) == 0


@pytest.mark.parametrize("what", TRAPS)
def test_the_data_have_what_real_data_have(what: str) -> None:
    assert found(TRAPS[what]) > 0


def test_a_channel_has_an_empty_month() -> None:
    assert found(EMPTY_MONTH) == 0
    assert found(EMPTY_MONTH.replace("2025-02", "2025-01").replace("2025-03", "2025-02")) > 0


# ---------------------------------------------------------------------------- the language

ELSEWHERE = {
    "Target: url": "needs a server",
    "Target: database": "needs a server",
    "Target: schema": "needs a server",
    "kpilang.yml: imports": "the standard library",
}
"""Keys that the example cannot use, and why."""


@pytest.fixture(scope="module")
def used() -> features.Uses:
    return features.uses(FOLDER)


def test_every_construct_of_the_grammar_is_used(used: features.Uses) -> None:
    assert features.constructs() - set(used.constructs) == set()


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


def sources(prepared: PreparedQuery) -> Iterator[tuple[str, str, int]]:
    """Entities with their tables, and how often `explain` says that each is read."""
    explained = explain(prepared.plan())
    tables = {"ad_stats": ("google_ads", "meta_ads"), "messages": ("email_events",)}
    for entity, times in explained.times_read().items():
        names = tables.get(entity, (entity,))
        yield from ((entity, name, times // len(names)) for name in names)


def test_explain_counts_what_duckdb_scans() -> None:
    prepared = scorecard()
    said: Counter[str] = Counter()
    for _, table, times in sources(prepared):
        said[table] += times
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
    prepared = scorecard()
    explained = explain(prepared.plan())
    lines = ["| entity | scans | for what |", "|:---|---:|:---|"]
    for entity, times in explained.times_read().items():
        reasons = [read.why.removeprefix(f"{entity}, ") for read in explained.reads if read.entity == entity]
        lines.append(f"| `{entity}` | {times} | {'; '.join(reasons)} |")
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
