"""Generates the data of this example: two years of Aerolind, a company that does not exist.

Aerolind sells sensors for the air in rooms, in a shop and through people, and subscriptions that watch them.
Everything follows from the seed, so a second run gives the same rows, on any machine:

    python examples/aerolind/generate.py                              # the committed files
    python examples/aerolind/generate.py --scale 260 --to /tmp/large  # 20 million e-mail events

One thing leads to the next: people come by a channel and leave an address; some become leads, some of these
get as far as a contract; others buy in the shop, in a visit that went before; subscribers pay by the month
until they leave, and some come back. Mails go to those who are on the list at that hour; an open has its
mail, a click its open, a visit its click. On purpose the data has what real data has: addresses that
bounce, machines that open and click, events that arrive days late, a feed that repeats itself, people who
asked to be forgotten, a month without advertising on one channel, visits of nobody knows where, orders in
the hours in which clocks change, three currencies, prices and tiers that change, money that goes back.

`generate.sql` has a statement for each table. Chance is a digest of what is decided for whom, so no row
depends on the order of others, and no function is used whose last digit differs between machines.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import duckdb

SEED = 20240101
DATA = Path(__file__).parent / "data"
STATEMENTS = Path(__file__).with_suffix(".sql")
PEOPLE = 1600
"""Contacts at scale 1; 78,000 e-mail events come of them."""
VISITS = 12_000
"""Visits of people without an address, at scale 1."""

TABLES = {
    "campaigns": ("campaign_id", "name", "channel", "kind", "launched_at"),
    "contacts": ("*",),
    "lifecycle_events": ("*",),
    "email_events": ("*",),
    "list_members": ("*",),
    "web_sessions": ("*",),
    "google_ads": ("*",),
    "meta_ads": ("*",),
    "customers": ("customer_id", "acquired_at", "churned_at", "source_channel", "country", "segment"),
    "customer_tiers": ("*",),
    "products": ("*",),
    "prices": ("*",),
    "fx_rates": ("*",),
    "orders": ("*",),
    "order_lines": ("*",),
    "subscriptions": (
        "subscription_id",
        "customer_id",
        "plan",
        "started_at",
        "ended_at",
        "monthly_price",
        "currency",
    ),
    "invoices": ("invoice_id", "subscription_id", "issued_on", "amount", "currency", "status"),
    "seat_counts": ("*",),
    "opportunities": ("*",),
    "survey_responses": ("*",),
    "tickets": ("*",),
    "touchpoints": ("*",),
    "overheads": ("*",),
}
"""What is written, with its columns."""

CSV = ("overheads",)
"""Kept by hand in a sheet, so to say."""


def generate(scale: int = 1, seed: int = SEED, database: str = ":memory:") -> duckdb.DuckDBPyConnection:
    """All tables, in memory or in a file."""
    world = duckdb.connect(database, config={"threads": 2, "memory_limit": "4GB"})
    world.execute("set TimeZone = 'UTC'")
    for name, value in (
        ("seed", seed),
        ("scale", scale),
        ("people", PEOPLE * scale),
        ("visits", VISITS * scale),
    ):
        world.execute(f"set variable {name} = {value}")
    world.execute(STATEMENTS.read_text(encoding="utf-8"))
    return world


def write(folder: Path, world: duckdb.DuckDBPyConnection) -> None:
    """One file for each table."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, columns in TABLES.items():
        kind, options = ("csv", "header") if name in CSV else ("parquet", "format parquet, compression zstd")
        rows = f"select {', '.join(columns)} from {name}"
        world.execute(f"copy ({rows}) to '{folder / name}.{kind}' ({options})")


def main() -> None:
    words = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    words.add_argument("--scale", type=int, default=1, help="how many times as many people")
    words.add_argument("--to", type=Path, default=DATA, help="the folder to write to")
    said = words.parse_args()
    with (
        tempfile.TemporaryDirectory() as scratch,
        generate(said.scale, database=str(Path(scratch, "aerolind.duckdb"))) as world,
    ):
        write(said.to, world)


if __name__ == "__main__":
    main()
