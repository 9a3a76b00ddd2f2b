"""Generates a small stand-in for the tables that a connector loads from Mailchimp: invented, same shape.

    python examples/mailchimp/generate.py

It writes `data/*.csv`, which are committed: three campaigns (one deleted, one without a single open), a
sequence of two automated e-mails, people who open often, one who is in two lists, one who has left.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

SEED = 20191127
DATA = Path(__file__).parent / "data"
LISTS = ("a1f0c2d3e4", "b2e1d3c4f5")
CAMPAIGNS = (
    ("c0ffee0001", "false", "Spring lamps", datetime(2020, 3, 4, 9)),
    ("c0ffee0002", "false", "Nobody home", datetime(2020, 3, 18, 9)),
    ("c0ffee0003", "true", "Deleted draft", datetime(2020, 3, 20, 9)),
)
AUTOMATION = "aabbcc0001"
EMAILS = (
    ("d0d0ca0001", "Welcome", 1, datetime(2020, 4, 1, 12, 5)),
    ("d0d0ca0002", "How to hang it", 2, datetime(2020, 4, 5, 12, 5)),
)

HEADERS = {
    "campaign": ("id", "_fivetran_deleted", "title", "send_time", "list_id", "status"),
    "campaign_recipient": ("campaign_id", "member_id", "combination_id", "list_id"),
    "campaign_recipient_activity": (
        "action",
        "campaign_id",
        "member_id",
        "timestamp",
        "bounce_type",
        "list_id",
        "url",
    ),
    "automation_email": (
        "id",
        "_fivetran_deleted",
        "automation_id",
        "title",
        "position",
        "send_time",
        "status",
    ),
    "automation_recipient": ("automation_email_id", "member_id", "list_id"),
    "automation_recipient_activity": (
        "action",
        "automation_email_id",
        "member_id",
        "timestamp",
        "bounce_type",
        "list_id",
        "url",
    ),
    "unsubscribe": ("campaign_id", "member_id", "list_id", "reason", "timestamp"),
}

Row = Sequence[object]
Tables = dict[str, list[Row]]


def generate(seed: int = SEED) -> Tables:
    chance = random.Random(seed)
    tables: Tables = {name: [] for name in HEADERS}
    members = [f"{chance.getrandbits(124):031x}f" for _ in range(40)]
    for number, (campaign, deleted, title, sent) in enumerate(CAMPAIGNS):
        tables["campaign"].append((campaign, deleted, title, sent, LISTS[0], "sent"))
        for member in members[: 30 - 8 * number]:
            tables["campaign_recipient"].append((campaign, member, "", LISTS[0]))
            if number == 0:
                tables["campaign_recipient_activity"] += activity(chance, campaign, member, sent)
    for email, title, position, last_sent in EMAILS:
        tables["automation_email"].append((email, "false", AUTOMATION, title, position, last_sent, "sending"))
        for member in members[20 + 5 * position :]:
            tables["automation_recipient"].append((email, member, LISTS[0]))
            sent = last_sent - timedelta(hours=chance.randint(0, 200))
            tables["automation_recipient_activity"] += activity(chance, email, member, sent)
    tables["automation_recipient"].append((EMAILS[0][0], members[-1], LISTS[1]))
    tables["unsubscribe"] += [
        (CAMPAIGNS[0][0], members[2], LISTS[0], "", CAMPAIGNS[0][3] + timedelta(hours=3)),
        (EMAILS[0][0], members[-1], LISTS[1], "Too many", EMAILS[0][3] + timedelta(hours=1)),
    ]
    return tables


def activity(chance: random.Random, mail: str, member: str, sent: datetime) -> list[Row]:
    """What one recipient did: nothing, opens, opens and clicks; or the mail came back."""
    if chance.random() < 0.06:
        return [("bounce", mail, member, sent + timedelta(seconds=30), "hard", LISTS[0], "")]
    rows: list[Row] = []
    at = sent
    for _ in range(chance.choice((0, 0, 1, 1, 2, 4))):
        at += timedelta(minutes=chance.randint(2, 900))
        rows.append(("open", mail, member, at, "", LISTS[0], ""))
        if chance.random() < 0.3:
            at += timedelta(seconds=chance.randint(3, 90))
            rows.append(("click", mail, member, at, "", LISTS[0], "https://shop.example/lamps"))
    return rows


def write(folder: Path, tables: Tables) -> None:
    folder.mkdir(exist_ok=True)
    for name, rows in tables.items():
        with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(HEADERS[name])
            writer.writerows(rows)


if __name__ == "__main__":
    write(DATA, generate())
