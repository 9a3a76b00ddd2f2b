"""Generates a small stand-in for the Google Analytics sample: invented sessions in the same nested shape.

    python examples/google_analytics/generate.py

It writes `data/ga_sample.parquet`, which is committed. Three days around 2017-08-01 in Los Angeles, with
sessions just before and after its midnights, sessions without a page, and a bounce that has two page views.
"""

from __future__ import annotations

import json
import random
import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb

SEED = 20170801
DATA = Path(__file__).parent / "data"
ZONE = ZoneInfo("America/Los_Angeles")
FIRST = datetime(2017, 7, 31, tzinfo=ZONE)

CHANNELS = {
    "Organic Search": ("(none)", 50),
    "Referral": ("referral", 18),
    "Direct": ("(none)", 16),
    "Social": ("referral", 9),
    "Paid Search": ("cpm", 4),
    "Display": ("cpm", 3),
}
CONTINENTS = {"Americas": 57, "Europe": 22, "Asia": 17, "Africa": 2, "Oceania": 2}
DEVICES = {"desktop": 68, "mobile": 28, "tablet": 4}
PAGES = ("/home", "/lamps", "/lamps/desk", "/basket", "/thanks")

SHAPE = {
    "visitId": "BIGINT",
    "visitStartTime": "BIGINT",
    "date": "VARCHAR",
    "totals": "STRUCT(visits BIGINT, hits BIGINT, pageviews BIGINT, bounces BIGINT, transactions BIGINT,"
    " transactionRevenue BIGINT, newVisits BIGINT)",
    "trafficSource": 'STRUCT(campaign VARCHAR, "source" VARCHAR, medium VARCHAR)',
    "device": "STRUCT(browser VARCHAR, isMobile BOOLEAN, deviceCategory VARCHAR)",
    "geoNetwork": "STRUCT(continent VARCHAR, country VARCHAR)",
    "hits": 'STRUCT(hitNumber BIGINT, "type" VARCHAR, page STRUCT(pagePath VARCHAR))[]',
    "fullVisitorId": "VARCHAR",
    "channelGrouping": "VARCHAR",
}


def pick(chance: random.Random, weights: dict[str, int]) -> str:
    return chance.choices(tuple(weights), tuple(weights.values()))[0]


def hits_of(chance: random.Random, bounced: bool) -> list[dict[str, object]]:
    """Pages and now and then an event between them; very few sessions have no page at all."""
    pages = chance.choices((0, 1, 2), (1, 97, 2))[0] if bounced else chance.randint(2, 9)
    kinds = ["PAGE"] * pages
    if not bounced and chance.random() < 0.3:
        kinds.insert(1, "EVENT")
    return [
        {"hitNumber": number, "type": kind, "page": {"pagePath": chance.choice(PAGES)}}
        for number, kind in enumerate(kinds, start=1)
    ]


def session(chance: random.Random, started: datetime, visitor: str) -> dict[str, object]:
    channel = chance.choices(tuple(CHANNELS), [weight for _, weight in CHANNELS.values()])[0]
    bounced = chance.random() < 0.48
    hits = hits_of(chance, bounced)
    bought = 0 if bounced or chance.random() > 0.05 else chance.choice((1, 1, 1, 2))
    device = pick(chance, DEVICES)
    second = int(started.timestamp())
    return {
        "visitId": second,
        "visitStartTime": second,
        "date": started.astimezone(ZONE).strftime("%Y%m%d"),
        "totals": {
            "visits": 1,
            "hits": len(hits),
            "pageviews": sum(hit["type"] == "PAGE" for hit in hits) or None,
            "bounces": 1 if bounced else None,
            "transactions": bought or None,
            "transactionRevenue": bought * chance.randint(700, 24_000) * 10_000 if bought else None,
            "newVisits": chance.choice((1, 1, 1, None)),
        },
        "trafficSource": {"campaign": "(not set)", "source": "example", "medium": CHANNELS[channel][0]},
        "device": {"browser": "Example", "isMobile": device != "desktop", "deviceCategory": device},
        "geoNetwork": {"continent": pick(chance, CONTINENTS), "country": "(not set)"},
        "hits": hits,
        "fullVisitorId": visitor,
        "channelGrouping": channel,
    }


def generate(seed: int = SEED) -> list[dict[str, object]]:
    chance = random.Random(seed)
    starts = [FIRST + timedelta(seconds=chance.randrange(3 * 86_400)) for _ in range(380)]
    for day in range(1, 3):
        starts += [FIRST + timedelta(days=day, seconds=offset) for offset in (-1, 0, 1)]
    visitors = [str(10**18 + chance.randrange(8 * 10**18)) for _ in range(330)]
    return [session(chance, started, chance.choice(visitors)) for started in sorted(starts)]


def write(folder: Path, rows: list[dict[str, object]]) -> None:
    """By way of JSON lines, which need nothing but DuckDB."""
    folder.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch, duckdb.connect() as connection:
        text = Path(scratch, "ga_sample.json")
        text.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
        relation = connection.read_json(str(text), columns=SHAPE, format="newline_delimited")
        relation.to_parquet(str(folder / "ga_sample.parquet"), compression="zstd")


if __name__ == "__main__":
    write(DATA, generate())
