"""The Mailchimp example: against SQL by hand, and on the real fixture against what others computed of it."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from .asking import EXAMPLES, Record, ask, by_hand, real, report, same

STAND_IN = EXAMPLES / "mailchimp" / "data"
NAMES = ("sends_count", "opens", "unique_opens", "clicks", "unique_clicks", "unsubscribes")

BY_HAND = """
    with sends as (select {id} as id, count(*) as n from {kind}_recipient group by 1),
    events as (
        select {id} as id,
            count(*) filter (action = 'open') as opens,
            count(distinct member_id) filter (action = 'open') as unique_opens,
            count(*) filter (action = 'click') as clicks,
            count(distinct member_id) filter (action = 'click') as unique_clicks
        from {kind}_recipient_activity group by 1
    ),
    gone as (select campaign_id as id, count(*) as n from unsubscribe group by 1)
    select k.id as {column}, s.n as {kind}_sends_count,
        coalesce(e.opens, 0) as {kind}_opens, coalesce(e.unique_opens, 0) as {kind}_unique_opens,
        coalesce(e.clicks, 0) as {kind}_clicks, coalesce(e.unique_clicks, 0) as {kind}_unique_clicks,
        coalesce(g.n, 0) as {kind}_unsubscribes
    from {table} as k join sends as s on s.id = k.id
    left join events as e on e.id = k.id left join gone as g on g.id = k.id
    where not coalesce(k._fivetran_deleted, false)
    order by k.id
"""
WORDS = {
    "campaign": {"id": "campaign_id", "table": "campaign", "column": "campaign"},
    "automation": {"id": "automation_email_id", "table": "automation_email", "column": "automation_email"},
}


@pytest.fixture(params=["dev", "real"])
def target(request: pytest.FixtureRequest) -> tuple[str, Path]:
    return request.param, STAND_IN if request.param == "dev" else real("fivetran/mailchimp")


@pytest.mark.parametrize("kind", ["campaign", "automation"])
def test_against_sql(target: tuple[str, Path], kind: str) -> None:
    name, folder = target
    tables = {path.stem: path for path in folder.glob("*.csv")}
    theirs = by_hand(BY_HAND.format(kind=kind, **WORDS[kind]), **tables)
    same(report("mailchimp", f"{kind}s", name), theirs)


def published(table: str, key: str, kind: str, column: str) -> list[Record]:
    with real(f"reference/mailchimp/{table}.csv").open(encoding="utf-8") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: row[key])
    return [
        {column: row[key], **{f"{kind}_{name}": int(row[name.removesuffix("_count")]) for name in NAMES}}
        for row in rows
    ]


def test_what_others_made_of_campaigns() -> None:
    wanted = published("mailchimp__campaigns", "campaign_id", "campaign", "campaign")
    assert [tuple(row.values()) for row in wanted] == [("c2b4c1c0d9", 10, 12, 7, 5, 2, 0)]
    same(report("mailchimp", "campaigns", "real"), wanted)


def test_what_others_made_of_automation_emails() -> None:
    wanted = published(
        "mailchimp__automation_emails", "automation_email_id", "automation", "automation_email"
    )
    same(report("mailchimp", "automations", "real"), wanted)


def test_what_others_made_of_automations() -> None:
    wanted = published("mailchimp__automations", "automation_id", "automation", "automation")
    kpis = [f"automation_{name}" for name in NAMES]
    same(ask("mailchimp", kpis, "real", by=["automation"]), wanted)
