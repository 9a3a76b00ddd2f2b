"""Generates the data of this example: one and a half years of a small shop for lamps that does not exist.

Everything follows from the seed, so a second run gives the same rows:

    python examples/shop/generate.py

It writes `data/*.parquet`, which are committed, so nobody needs to run it. What the days look like: visits
come by channel and season; a share of the visitors leaves an address and becomes a lead; some leads are
qualified and buy; buyers come back, get a newsletter every second week, and send things back now and then.
On purpose the data has what real data has: visits without a channel, orders of customers who asked to be
forgotten, two weeks without ads, a newsletter that was never sent, orders in the small hours of the days on
which the clocks change.
"""

from __future__ import annotations

import csv
import math
import random
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb

SEED = 20230101
FIRST = date(2023, 1, 1)
LAST = date(2024, 6, 30)
DATA = Path(__file__).parent / "data"

Row = tuple[object, ...]
Customer = tuple[int, datetime, str, str, str, bool, bool]
"""Number, first bought, channel, country, tier, wants the newsletter, has asked to be forgotten."""

CHANNELS = {
    # visits a day, share that leaves an address, cost of a click in cents (0: not paid for)
    "organic": (11.0, 0.055, 0),
    "paid_search": (8.0, 0.085, 190),
    "paid_social": (7.0, 0.050, 120),
    "email": (3.0, 0.020, 0),
    "referral": (2.5, 0.070, 0),
    "direct": (5.0, 0.040, 0),
}
DEVICES = {"desktop": 0.42, "mobile": 0.51, "tablet": 0.07}
COUNTRIES = {"DE": 0.55, "AT": 0.14, "CH": 0.13, "FR": 0.12, "NL": 0.06}
SEASON = (0.95, 0.85, 0.9, 0.9, 0.85, 0.75, 0.7, 0.8, 1.0, 1.15, 1.5, 1.6)
"""How busy each month is, January first: lamps sell in the dark half of the year."""
CAMPAIGNS = {"paid_search": ("brand", "generic"), "paid_social": ("lookalike", "retargeting")}
ADS_PAUSED = (date(2023, 7, 10), date(2023, 7, 23))
NEWSLETTER_SKIPPED = date(2023, 8, 16)


@dataclass
class World:
    """The tables while they grow, and the one source of chance."""

    chance: random.Random
    sessions: list[Row] = field(default_factory=list)
    leads: list[Row] = field(default_factory=list)
    customers: list[Customer] = field(default_factory=list)
    orders: list[Row] = field(default_factory=list)
    messages: list[Row] = field(default_factory=list)
    events: list[Row] = field(default_factory=list)
    costs: list[Row] = field(default_factory=list)

    def pick(self, weights: dict[str, float]) -> str:
        return self.chance.choices(tuple(weights), tuple(weights.values()))[0]

    def times(self, mean: float) -> int:
        """How often something happens that happens `mean` times on average."""
        limit, product, count = 2.718281828459045**-mean, self.chance.random(), 0
        while product > limit:
            product *= self.chance.random()
            count += 1
        return count

    def moment(self, day: date) -> datetime:
        """An instant of the day, in UTC; evenings are busier than mornings."""
        hour = self.chance.triangular(0, 23.99, 19)
        return datetime(day.year, day.month, day.day) + timedelta(seconds=int(hour * 3600))


def days(start: date = FIRST, end: date = LAST, step: int = 1) -> Iterator[date]:
    """Every `step`th day from `start` to `end`, both included."""
    while start <= end:
        yield start
        start += timedelta(days=step)


def growth(day: date) -> float:
    """The shop grows by a third a year, with the seasons on top."""
    return SEASON[day.month - 1] * math.pow(1.33, (day - FIRST).days / 365)


def web_traffic(world: World) -> None:
    for day in days():
        for channel, (visits, _, cents) in CHANNELS.items():
            paused = cents and ADS_PAUSED[0] <= day <= ADS_PAUSED[1]
            for _ in range(0 if paused else world.times(visits * growth(day))):
                visit(world, day, channel)
            if cents and not paused:
                advertise(world, day, channel, cents)


def visit(world: World, day: date, channel: str) -> None:
    started = world.moment(day)
    returns = bool(world.sessions) and world.chance.random() < 0.28
    visitor = world.chance.choice(world.sessions[-4000:])[1] if returns else f"v{len(world.sessions) + 1:06}"
    bounced = world.chance.random() < (0.52 if channel.startswith("paid") else 0.38)
    pages = 1 if bounced else 2 + world.times(2.6)
    seen = channel if world.chance.random() > 0.02 else None
    session = len(world.sessions) + 1
    device, country = world.pick(DEVICES), world.pick(COUNTRIES)
    world.sessions.append((session, visitor, started, seen, device, country, pages))
    if not bounced and world.chance.random() < CHANNELS[channel][1] * 2:
        sign_up(world, started, channel, country)


def advertise(world: World, day: date, channel: str, cents: int) -> None:
    for campaign in CAMPAIGNS[channel]:
        clicks = world.times(CHANNELS[channel][0] * growth(day) / 2)
        impressions = clicks * world.chance.randint(35, 90) + world.chance.randint(0, 60)
        cost = sum(world.chance.randint(cents * 6 // 10, cents * 14 // 10) for _ in range(clicks))
        world.costs.append((day, channel, campaign, money(cost), impressions, clicks))


def sign_up(world: World, seen: datetime, channel: str, country: str) -> None:
    """A visitor leaves an address; qualified by marketing, then by sales, then perhaps a customer."""
    created = seen + timedelta(minutes=world.chance.randint(1, 12))
    score = world.chance.randint(0, 100)
    mql = created + timedelta(hours=world.chance.randint(1, 96)) if score >= 45 else None
    sql = mql + timedelta(hours=world.chance.randint(5, 240)) if mql and score >= 62 else None
    bought = sql + timedelta(hours=world.chance.randint(1, 300)) if sql and score >= 70 else None
    customer = None
    if bought and bought.date() <= LAST:
        customer = len(world.customers) + 1
        buy(world, customer, bought, channel, country)
    lost = score < 12
    stage = "rejected" if lost else "customer" if customer else "sql" if sql else "mql" if mql else "lead"
    world.leads.append((len(world.leads) + 1, created, channel, country, score, stage, mql, sql, customer))


def buy(world: World, customer: int, first: datetime, channel: str, country: str) -> None:
    """A customer: the first order, and those that follow until interest fades."""
    tier = world.pick({"bronze": 0.6, "silver": 0.3, "gold": 0.1})
    opted_in = world.chance.random() < 0.8
    forgotten = world.chance.random() < 0.01
    world.customers.append((customer, first, channel, country, tier, opted_in, forgotten))
    at = first
    while at.date() <= LAST:
        order(world, customer, at, tier)
        if world.chance.random() < 0.52:
            return
        wait = world.chance.expovariate(1 / 60)
        at = world.moment(at.date() + timedelta(days=2 + int(wait)))


def order(world: World, customer: int, at: datetime, tier: str) -> None:
    worth = {"bronze": 62, "silver": 95, "gold": 160}[tier]
    cents = max(990, int(world.chance.lognormvariate(0, 0.55) * worth * 100))
    sent_back = world.chance.random() < 0.07
    refunded_at = at + timedelta(days=world.chance.randint(3, 28)) if sent_back else None
    partly = world.chance.random() < 0.4
    refund = 0 if not sent_back else cents // 2 if partly else cents
    status = "paid" if not sent_back else "refunded"
    coupon = world.chance.choice(("WELCOME10", "LIGHT5", None, None, None))
    number = len(world.orders) + 1
    world.orders.append((number, customer, at, status, money(cents), money(refund), refunded_at, coupon))


def newsletters(world: World) -> None:
    """Every second Wednesday at nine, to everybody who is a customer by then and wants it."""
    left: set[int] = set()
    for day in days(date(2023, 1, 4), step=14):
        if day == NEWSLETTER_SKIPPED:
            continue
        sent = datetime(day.year, day.month, day.day, 8)
        for customer, created, *_, opted_in, _ in world.customers:
            if opted_in and created < sent and customer not in left and world.chance.random() < 0.45:
                message(world, customer, "newsletter", sent, left)
    for customer, created, *_, opted_in, _ in world.customers:
        if opted_in:
            message(world, customer, "welcome", created + timedelta(minutes=5), left)


def message(world: World, customer: int, kind: str, sent: datetime, left: set[int]) -> None:
    number = len(world.messages) + 1
    world.messages.append((number, customer, kind, sent))
    if world.chance.random() < 0.018:
        happen(world, number, "bounce", sent + timedelta(seconds=40))
        return
    for _ in range(world.times(0.62 if kind == "welcome" else 0.34)):
        opened = sent + timedelta(minutes=int(world.chance.expovariate(1 / 900)) + 1)
        happen(world, number, "open", opened)
        if world.chance.random() < 0.16:
            happen(world, number, "click", opened + timedelta(seconds=world.chance.randint(4, 90)))
        if world.chance.random() < 0.008 and customer not in left:
            left.add(customer)
            happen(world, number, "unsubscribe", opened + timedelta(seconds=world.chance.randint(90, 200)))


def happen(world: World, number: int, kind: str, at: datetime) -> None:
    if at.date() <= LAST:
        world.events.append((len(world.events) + 1, number, kind, at))


def small_hours(world: World) -> None:
    """Orders around the changes of the clock: 00:30 UTC is another local hour before and after."""
    for day in (date(2023, 3, 26), date(2023, 10, 29), date(2024, 3, 31)):
        for hour in (0, 1, 23):
            at = datetime(day.year, day.month, day.day, hour, 30)
            known = [customer for customer, since, *_ in world.customers if since < at]
            order(world, world.chance.choice(known), at, "silver")


def money(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02}"


TABLES = {
    "web_sessions": {
        "session_id": "INTEGER",
        "visitor_id": "VARCHAR",
        "started_at": "TIMESTAMP",
        "channel": "VARCHAR",
        "device": "VARCHAR",
        "country": "VARCHAR",
        "page_views": "SMALLINT",
    },
    "ad_costs": {
        "cost_date": "DATE",
        "channel": "VARCHAR",
        "campaign": "VARCHAR",
        "cost": "DECIMAL(10, 2)",
        "impressions": "INTEGER",
        "clicks": "INTEGER",
    },
    "leads": {
        "lead_id": "INTEGER",
        "created_at": "TIMESTAMP",
        "channel": "VARCHAR",
        "country": "VARCHAR",
        "score": "SMALLINT",
        "stage": "VARCHAR",
        "mql_at": "TIMESTAMP",
        "sql_at": "TIMESTAMP",
        "customer_id": "INTEGER",
    },
    "customers": {
        "customer_id": "INTEGER",
        "created_at": "TIMESTAMP",
        "channel": "VARCHAR",
        "country": "VARCHAR",
        "tier": "VARCHAR",
        "newsletter": "BOOLEAN",
    },
    "orders": {
        "order_id": "INTEGER",
        "customer_id": "INTEGER",
        "ordered_at": "TIMESTAMP",
        "status": "VARCHAR",
        "amount": "DECIMAL(10, 2)",
        "refunded_amount": "DECIMAL(10, 2)",
        "refunded_at": "TIMESTAMP",
        "coupon": "VARCHAR",
    },
    "email_messages": {
        "message_id": "INTEGER",
        "customer_id": "INTEGER",
        "kind": "VARCHAR",
        "sent_at": "TIMESTAMP",
    },
    "email_events": {
        "event_id": "INTEGER",
        "message_id": "INTEGER",
        "type": "VARCHAR",
        "occurred_at": "TIMESTAMP",
    },
}


def generate(seed: int = SEED) -> dict[str, Sequence[Row]]:
    """The rows of all tables."""
    world = World(random.Random(seed))
    web_traffic(world)
    small_hours(world)
    newsletters(world)
    return {
        "web_sessions": world.sessions,
        "ad_costs": world.costs,
        "leads": world.leads,
        "customers": [row[:-1] for row in world.customers if not row[-1]],
        "orders": sorted(world.orders, key=lambda row: (str(row[2]), str(row[0]))),
        "email_messages": world.messages,
        "email_events": world.events,
    }


def write(folder: Path, tables: dict[str, Sequence[Row]]) -> None:
    """One Parquet file for each table; by way of CSV, which needs nothing but DuckDB."""
    folder.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch, duckdb.connect() as connection:
        for name, rows in tables.items():
            text = Path(scratch, f"{name}.csv")
            with text.open("w", newline="", encoding="utf-8") as file:
                csv.writer(file).writerows(rows)
            relation = connection.read_csv(str(text), header=False, columns=TABLES[name])
            relation.to_parquet(str(folder / f"{name}.parquet"), compression="zstd")


if __name__ == "__main__":
    write(DATA, generate())
