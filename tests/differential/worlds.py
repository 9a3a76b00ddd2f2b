"""Worlds: a spec, rows and a query, drawn so that wrong compilers are found.

A world has the form of a conformance case without its answer: text of a spec file, rows per entity, the
words of a query. It goes through the whole pipeline, and what differs can be kept in `tests/soundness` as it
is. What is drawn is biased to what breaks: ties, orphans, nulls, empty tables, days on which the clock
changes, boundaries of periods, zero and negative denominators, text that is not ASCII.

Each world says which constructs it uses (`constructs`), for the coverage table.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import yaml
from hypothesis import strategies as st

from tests.differential.seasons import (
    DAY,
    SEASONS,
    Season,
    first_day,
    instant,
    next_first_day,
    previous_first_day,
)

Draw = Callable[[st.SearchStrategy[Any]], Any]
Rows = dict[str, list[dict[str, Any]]]

CHANNELS = ("mail", "Mail", "web", "", "広告", "é", "mail ")
"""Few values, alike in everything but case, blanks and script."""
STATUSES = ("paid", "open", "refunded")
TIERS = ("bronze", "silver", "gold", "banned")
AMOUNTS = tuple(map(Decimal, ("0", "10", "-10", "0.1", "0.2", "7.25", "100", "-3.333333", "0.000001")))
STORED_ZONE = "America/New_York"


@dataclass(frozen=True)
class World:
    """One drawn case; `rows` hold Python values by column."""

    season: Season
    spec: dict[str, Any]
    rows: Rows
    query: dict[str, Any]
    constructs: frozenset[str]

    @property
    def spec_text(self) -> str:
        return str(yaml.safe_dump(self.spec, allow_unicode=True, sort_keys=False, width=1000))


@dataclass
class Fact:
    """What formulas over one entity may say: names of columns by what they hold."""

    name: str
    anchor: str
    is_timestamp: bool
    numbers: tuple[str, ...] = ()
    money: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    anchors: tuple[str, ...] = ()
    keyed: bool = True
    dimensions: tuple[str, ...] = ()


@dataclass
class Builder:
    """Draws a world piece by piece and remembers which constructs it has used."""

    draw: Draw
    season: Season
    constructs: set[str] = field(default_factory=set)

    def one_of(self, items: Sequence[Any]) -> Any:
        return self.draw(st.sampled_from(items))

    def chance(self, one_in: int) -> bool:
        return bool(self.draw(st.integers(0, one_in - 1)) == one_in - 1)

    def use(self, construct: str, text: str) -> str:
        self.constructs.add(construct)
        return text

    def pick(self, *options: tuple[str, str]) -> str:
        """One of (construct, text)."""
        return self.use(*self.one_of(options))


# ---------------------------------------------------------------------------- the model


def timed(build: Builder) -> str:
    return str(build.one_of(("date", "timestamp")))


def draw_model(build: Builder) -> tuple[dict[str, Any], dict[str, Fact]]:
    """Customers in regions, orders of customers, costs; each with what its drawn columns allow."""
    kinds = {name: timed(build) for name in ("customers", "orders")}
    zone = f"timestamp({STORED_ZONE})" if build.chance(6) else None
    entities = {
        "regions": {"key": "code", "columns": {"code": "id", "area": "string?"}},
        "customers": customers(build, kinds["customers"], kinds["orders"]),
        "orders": orders(build, kinds["orders"], kinds["customers"], zone),
        "costs": costs(build),
    }
    if zone and kinds["orders"] == "timestamp":
        build.constructs.add("zoned column")
    spec: dict[str, Any] = {"entities": entities}
    spec["dimensions"] = {
        "tier": {"orders": "customer.tier", "customers": "tier"},
        "area": {"orders": "customer.region.area", "customers": "region.area"},
        "medium": {"orders": "channel", "costs": "channel"},
    }
    spec["params"] = {"threshold": "10 EUR", "least": 2}
    return spec, facts(entities)


def customers(build: Builder, kind: str, order_kind: str) -> dict[str, Any]:
    entity: dict[str, Any] = {
        "key": "customer_id",
        "time": "created",
        "columns": {
            "customer_id": "id",
            "created": f"{kind}{build.one_of(('', '?'))}",
            "region": "-> regions?",
            "tier": "enum(bronze < silver < gold, banned)?",
            "score": "integer?",
        },
    }
    options = [
        ("child count", "orders_ever", "count(orders[ever])"),
        ("child min", "first_order", "min(orders.ordered)"),
        ("child first", "first_channel", "first(orders.channel)"),
        ("child exists", "big_buyer", "exists(orders[ever] where amount > 5)"),
        ("child sum", "spent_ever", "sum(orders.amount[ever] where is_paid)"),
        ("child unique", "channels_ever", "unique(orders.channel[ever])"),
    ]
    if kind == order_kind:
        options += [
            ("child bounded", "early_value", "sum(orders.amount where ordered < this.created + 30 days)"),
            ("child bounded", "early_orders", "count(orders where ordered < this.created + 7 days)"),
            ("child max", "early_best", "max(orders.amount where ordered <= this.created)"),
        ]
    chosen = build.draw(st.lists(st.sampled_from(options), max_size=3, unique=True))
    for construct, name, formula in chosen:
        entity.setdefault("attributes", {})[name] = build.use(construct, formula)
    if build.chance(6):
        entity["where"] = build.use("entity where", "not tier = 'banned'")
    return entity


def orders(build: Builder, kind: str, customer_kind: str, zone: str | None) -> dict[str, Any]:
    time_type = zone if zone and kind == "timestamp" else kind
    entity: dict[str, Any] = {
        "key": "order_id",
        "time": "ordered",
        "columns": {
            "order_id": "id",
            "ordered": f"{time_type}{build.one_of(('', '?'))}",
            "customer": "-> customers?",
            "amount": "money(EUR)?",
            "fee": "money(EUR)",
            "quantity": "integer",
            "channel": "string?",
            "status": "enum(refunded, paid, open)",
            "is_paid": "bool?",
            "paid_on": "date?",
        },
    }
    options = [
        ("attribute", "net", "amount - fee"),
        ("attribute", "is_big", "amount > 5"),
        ("rank", "nth", "rank(per customer by ordered)"),
        ("rank", "place", "rank(by amount desc)"),
        ("attribute of a parent", "is_home", "customer.tier = 'gold'"),
    ]
    if kind == customer_kind:
        options.append(("attribute of a parent", "age", "ordered - customer.created"))
    for construct, name, formula in build.draw(st.lists(st.sampled_from(options), max_size=3, unique=True)):
        entity.setdefault("attributes", {})[name] = build.use(construct, formula)
    if build.chance(8):
        entity["where"] = build.use("entity where", "status <> 'open'")
    if build.chance(8):
        start = build.season.day - build.one_of((0, 20, 60)) * DAY
        entity["covers"] = build.use("covers", f"from {start.isoformat()}")
    return entity


def costs(build: Builder) -> dict[str, Any]:
    entity: dict[str, Any] = {
        "time": "cost_on",
        "columns": {
            "cost_on": "date",
            "channel": "string?",
            "amount": "money(EUR)?",
            "clicks": "integer?",
        },
    }
    if build.chance(2):
        entity["key"] = ["cost_on", "channel"]
        entity["columns"]["channel"] = "string"
    else:
        build.constructs.add("no key")
    return entity


def facts(entities: dict[str, Any]) -> dict[str, Fact]:
    attributes = {name: set(entity.get("attributes", {})) for name, entity in entities.items()}
    of_orders, of_customers = attributes["orders"], attributes["customers"]
    order_time, customer_time = (
        entities[n]["columns"][c] for n, c in (("orders", "ordered"), ("customers", "created"))
    )
    return {
        "orders": Fact(
            "orders",
            "ordered",
            order_time.startswith("timestamp"),
            numbers=("quantity", *(of_orders & {"nth", "place"})),
            money=("amount", "fee", *(of_orders & {"net"})),
            texts=("channel", "status", "customer", "customer.region.area", "customer.tier"),
            conditions=(
                "is_paid",
                *sorted(of_orders & {"is_big", "is_home"}),
                *(["nth = 1"] if "nth" in of_orders else []),
                *(["age <= 3 days"] if "age" in of_orders else []),
                "customer.tier >= 'silver'",
                "customer.region.area = 'é'",
                *(["customer.orders_ever >= 2"] if "orders_ever" in of_customers else []),
                *(["customer.big_buyer"] if "big_buyer" in of_customers else []),
                "status = 'paid'",
                "status <> 'open'",
                "channel in ('mail', 'web')",
                "not channel in ('mail', 'web')",
                "channel is null",
                "channel is not 'mail'",
                "channel like 'm%'",
                "amount > threshold",
                "amount between 0 and 20",
                "quantity >= least",
                "paid_on is not null",
                "amount / quantity > 3",
            ),
            anchors=("paid_on",),
            dimensions=("channel", "status", "customer", "tier", "area", "medium", "is_paid"),
        ),
        "customers": Fact(
            "customers",
            "created",
            customer_time.startswith("timestamp"),
            numbers=("score", *sorted(of_customers & {"orders_ever", "channels_ever", "early_orders"})),
            money=tuple(sorted(of_customers & {"spent_ever", "early_value", "early_best"})),
            texts=("tier", "region", *sorted(of_customers & {"first_channel"})),
            conditions=(
                "tier = 'gold'",
                "tier < 'gold'",
                "score > 1",
                "region.area is null",
                *sorted(of_customers & {"big_buyer"}),
            ),
            anchors=tuple(sorted(of_customers & {"first_order"})),
            dimensions=("tier", "area", "region"),
        ),
        "costs": Fact(
            "costs",
            "cost_on",
            False,
            numbers=("clicks",),
            money=("amount",),
            texts=("channel",),
            conditions=("channel = 'mail'", "amount > 0", "clicks is not null", "not clicks > 1"),
            keyed="key" in entities["costs"],
            dimensions=("channel", "medium"),
        ),
    }


# ---------------------------------------------------------------------------- rows


def draw_days(build: Builder, periods: Sequence[date]) -> st.SearchStrategy[date]:
    """Days on, just before and just after boundaries, on the season's day, a month, a year before; few others."""
    edges = [*periods, *(day - DAY for day in periods)]
    year_before = [day.replace(year=day.year - 1) for day in periods if (day.month, day.day) != (2, 29)]
    special = build.season.day
    near = [special, special, special - DAY, special + DAY, special - 28 * DAY, special - 7 * DAY]
    return st.sampled_from([*edges, *near, *year_before[:1], special - 366 * DAY])


def draw_instants(build: Builder, periods: Sequence[date]) -> st.SearchStrategy[datetime]:
    """Instants at and one second beside local midnights, and inside the hours in which clocks change."""
    clocks = st.sampled_from(
        [time(), time(), time(0, 30), time(1, 30), time(2), time(2, 30), time(12), time(23, 59, 59)]
    )
    shift = st.sampled_from([timedelta(), timedelta(), timedelta(seconds=-1), timedelta(hours=1)])
    return st.builds(
        lambda day, clock, by: instant(day, build.season, clock) + by,
        draw_days(build, periods),
        clocks,
        shift,
    )


def draw_rows(build: Builder, spec: dict[str, Any], periods: Sequence[date]) -> Rows:
    sizes = st.sampled_from([0, 1, 2, 3, 4, 5, 6, 8, 12])
    days, instants = draw_days(build, periods), draw_instants(build, periods)
    rows: Rows = {}
    for name, entity in spec["entities"].items():
        columns = entity["columns"]
        dead = build.one_of([*columns, *[None] * 12])
        count = build.draw(sizes)
        rows[name] = [
            {
                column: None
                if column == dead and declared.endswith("?")
                else value(build, name, column, declared, i, days, instants)
                for column, declared in columns.items()
            }
            for i in range(count)
        ]
    unique_key(rows["costs"], spec["entities"]["costs"].get("key", ()))
    return rows


def value(
    build: Builder,
    entity: str,
    column: str,
    declared: str,
    index: int,
    days: st.SearchStrategy[date],
    instants: st.SearchStrategy[datetime],
) -> Any:
    kind = declared.removesuffix("?")
    if kind == "id":
        return chr(97 + index) if entity == "regions" else index + 1
    if declared.endswith("?") and build.chance(5):
        return None
    if kind == "-> customers":
        return build.draw(st.integers(1, 4))  # may not exist: an orphan
    if kind == "-> regions":
        return build.one_of("abcz")
    if kind == "timestamp":
        return build.draw(instants)
    if kind.startswith("timestamp"):  # stored as clock time without offset
        return build.draw(instants).astimezone(ZoneInfo(STORED_ZONE)).replace(tzinfo=None)
    strategies: dict[str, st.SearchStrategy[Any]] = {
        "date": days,
        "integer": st.integers(-1, 3),
        "bool": st.booleans(),
        "string": st.sampled_from(CHANNELS),
        "money(EUR)": st.sampled_from(AMOUNTS),
    }
    if kind.startswith("enum"):
        return build.one_of(TIERS if column == "tier" else STATUSES)
    return build.draw(strategies[kind])


def unique_key(rows: list[dict[str, Any]], key: Sequence[str]) -> None:
    """Keys are an assumption of the laws (law 0): rows that break it are left out."""
    seen: set[tuple[Any, ...]] = set()
    for row in list(rows):
        value_of = tuple(row[column] for column in key)
        if key and value_of in seen:
            rows.remove(row)
        seen.add(value_of)


# ---------------------------------------------------------------------------- formulas


def condition(build: Builder, fact: Fact) -> str:
    first = build.one_of(fact.conditions)
    form = build.one_of(("plain", "plain", "plain", "not", "and", "or"))
    if form == "plain":
        return str(first)
    if form == "not":
        return build.use("not", f"not ({first})")
    return build.use(form, f"({first}) {form} ({build.one_of(fact.conditions)})")


def modifiers(build: Builder, fact: Fact) -> str:
    text = ""
    if fact.anchors and build.chance(4):
        text += build.use("dated", f" dated {build.one_of(fact.anchors)}")
    if build.chance(2):
        text += build.use("where", f" where {condition(build, fact)}")
    return text


def amount(build: Builder, fact: Fact) -> str:
    """A row expression in EUR, qualified by its first name."""
    column = build.one_of(fact.money)
    name = f"{fact.name}.{column}"
    return build.pick(
        ("column", name),
        ("column", name),
        ("row arithmetic", f"{name} * 2"),
        ("row arithmetic", f"{name} - coalesce({column}, 1 EUR)"),
        ("row case", f"case when {fact.name}.{column} > 5 then {column} else 0 EUR end"),
    )


def aggregate(build: Builder, fact: Fact) -> tuple[str, str]:
    """(text, unit): unit is `EUR`, `count`, `number` (plain), `approximate`, or `value` (text, date)."""
    tail = modifiers(build, fact)
    options: list[tuple[str, str, str]] = [
        ("count", f"count({fact.name}{tail})", "count"),
        ("count", f"count({fact.name}{tail})", "count"),
        ("unique", f"unique({fact.name}.{build.one_of(fact.texts)}{tail})", "unique"),
        ("min", f"min({fact.name}.{fact.anchor}{tail})", "value"),
        ("share", f"avg({fact.name}.{build.one_of(fact.numbers)} > 1{tail})", "number"),
        ("min", f"min({fact.name}.{build.one_of(fact.numbers)}{tail})", "number"),
        ("sum", f"sum({fact.name}.{build.one_of(fact.numbers)}{tail})", "number"),
        ("max", f"max({fact.name}.{build.one_of(fact.texts)}{tail})", "value"),
    ]
    if fact.money:
        term = amount(build, fact)
        options += [
            ("sum", f"sum({term}{tail})", "EUR"),
            ("sum", f"sum({term}{tail})", "EUR"),
            ("avg", f"avg({term}{tail})", "EUR"),
            ("max", f"max({term}{tail})", "EUR"),
            ("median", f"median({term}{tail})", "approximate"),
            ("stddev", f"stddev({term}{tail})", "approximate"),
            ("percentile", f"percentile({term}, {build.one_of((0, 10, 90, 100))}%{tail})", "approximate"),
        ]
    if fact.keyed:
        column = build.one_of((*fact.texts, *fact.numbers))
        options += [
            ("first", f"first({fact.name}.{column}{tail})", "value"),
            ("last", f"last({fact.name}.{column}{tail})", "value"),
        ]
    construct, text, unit = build.one_of(options)
    return build.use(construct, text), unit


SHIFTS = ("prior", "1 month ago", "1 year ago", "7 days ago", "1 week ago", "1 quarter ago")
RANGES = (
    "last 28 days",
    "last 2 months",
    "last 1 week",
    "next 7 days",
    "month to date",
    "year to date",
    "week to date",
    "fiscal_year to date",
    "all time",
    "before",
)


def window(build: Builder, hourly: bool) -> str:
    """No bracket, one, or two that may stand together; the right-most acts first."""
    form = build.draw(st.integers(0, 5))
    if form < 3:
        return ""
    if form == 3:
        shift = build.one_of(SHIFTS)
        return build.use(construct_of(shift), f"[{shift}]")
    if form == 4:
        if hourly and build.chance(3):
            return build.use("last", "[last 24 hours]")
        if build.chance(6):
            start = build.season.day - 10 * DAY
            return build.use("from to", f"[from {start.isoformat()} to {build.season.day.isoformat()}]")
        chosen = build.one_of(RANGES)
        return build.use(construct_of(chosen), f"[{chosen}]")
    shift, chosen = build.one_of(SHIFTS), build.one_of(RANGES)
    build.constructs.update((construct_of(shift), construct_of(chosen), "composition"))
    return f"[{chosen}][{shift}]"


def construct_of(selector: str) -> str:
    words = selector.split()
    if words[-1] == "ago":
        return "ago"
    return (
        selector
        if selector in ("prior", "all time", "before")
        else words[0]
        if words[0] in ("last", "next")
        else "to date"
    )


def atom(build: Builder, fact: Fact) -> tuple[str, str]:
    text, unit = aggregate(build, fact)
    text += window(build, fact.is_timestamp and "dated" not in text)
    if fact.dimensions and build.chance(8):
        text += build.use("condition selector", f"[{condition(build, fact)}]")
    return text, unit


def formula(build: Builder, all_facts: Sequence[Fact]) -> tuple[str, set[str]]:
    """(text, entities it aggregates)."""
    fact = build.one_of(all_facts)
    text, unit = atom(build, fact)
    form = build.one_of(
        ("atom", "atom", "atom", "ratio", "ratio", "change", "guarded", "cases", "share", "rounded")
    )
    if form == "atom" or unit in ("value", "approximate"):
        return text, {fact.name}
    if form == "ratio":
        other = build.one_of(all_facts)
        below, below_unit = atom(build, other)
        if below_unit in ("value", "approximate"):
            return text, {fact.name}
        return build.use("ratio", f"{text} / {below}"), {fact.name, other.name}
    if form == "change":
        return build.use("change", f"({text}) / ({text})[prior] - 1"), {fact.name}
    if form == "guarded":
        return build.use("coalesce", f"coalesce({text} / count({fact.name}), 0)"), {fact.name}
    if form == "cases":
        guard = f"count({fact.name}) > 1"
        return build.use("case", f"case when {guard} then {text} end"), {fact.name}
    if form == "rounded":
        return build.use("round", f"round({text}, 1)"), {fact.name}
    dimension = build.one_of((*fact.dimensions, "*"))
    return build.use("across", f"({text}) / ({text})[across {dimension}]"), {fact.name}


# ---------------------------------------------------------------------------- the query


GRAINS = ("day", "day", "week", "week", "month", "month", "quarter", "year", "fiscal_quarter", "fiscal_year")


def draw_periods(build: Builder, hourly: bool) -> tuple[str | None, list[Any]]:
    """A grain and the first days (or hours) of its periods and their end, about the season's day."""
    grain = build.one_of((*GRAINS, None, None, "hour" if hourly else None))
    cut = grain if grain not in (None, "hour") else build.one_of(("day", "week", "month", "quarter"))
    start = first_day(build.season.day, cut, build.season)
    for _ in range(build.draw(st.integers(0, 2))):
        start = previous_first_day(start, cut, build.season)
    days = [start]
    for _ in range(build.draw(st.integers(1, 4))):
        days.append(next_first_day(days[-1], cut))
    return grain, days


def draw_query(
    build: Builder, kpis: dict[str, set[str]], all_facts: dict[str, Fact], grain: str | None, days: list[date]
) -> dict[str, Any]:
    names = list(kpis)
    entities = set().union(*kpis.values())
    seen = set.intersection(*(set(all_facts[name].dimensions) for name in entities))
    by = build.draw(st.lists(st.sampled_from(sorted(seen)), max_size=2, unique=True)) if seen else []
    query: dict[str, Any] = {"kpis": names, "by": by}
    if by:
        build.constructs.add("by")
    start, end = days[0], days[-1]
    if grain == "hour":
        build.constructs.add("grain hour")
        query |= {
            "grain": "hour",
            "from": f"{build.season.day}T00:00:00",
            "to": f"{build.season.day}T05:00:00",
        }
    elif grain:
        build.constructs.add(f"grain {grain}")
        query |= {"grain": grain, "from": start.isoformat(), "to": end.isoformat()}
    else:
        build.constructs.add("no grain")
        query |= {"from": start.isoformat(), "to": end.isoformat()}
    if build.chance(5):
        hour = build.one_of(("00:00:00", "12:00:00", "02:30:00"))
        query["as_of"] = f"{build.season.day.isoformat()}T{hour}"
        build.constructs.add("as of")
    if grain and by and build.chance(4):
        query["fill"] = True
        build.constructs.add("fill")
    wheres = [f"{name} = 'mail'" for name in ("channel", "medium") if name in seen]
    wheres += [f"{name} >= 'silver'" for name in ("tier",) if name in seen]
    if wheres and build.chance(5):
        query["where"] = build.use("query where", build.one_of(wheres))
    return query


@st.composite
def worlds(draw: Draw) -> World:
    build = Builder(draw, draw(st.sampled_from(SEASONS)))
    spec, all_facts = draw_model(build)
    chosen = build.one_of(
        (("orders",), ("orders",), ("orders", "costs"), ("customers",), ("orders", "customers"), ("costs",))
    )
    usable = [all_facts[name] for name in chosen]
    hourly = all(fact.is_timestamp for fact in usable)
    grain, days = draw_periods(build, hourly)
    kpis: dict[str, set[str]] = {}
    spec["kpis"] = {}
    for number in range(draw(st.integers(1, 3))):
        name = f"k{number}"
        if kpis and build.chance(5):
            other = build.one_of(sorted(kpis))
            text, used = build.use("kpi reference", f"{other}{window(build, False)}"), kpis[other]
        else:
            text, used = formula(build, usable)
        spec["kpis"][name], kpis[name] = text, used
    rows = draw_rows(build, spec, days)
    query = draw_query(build, kpis, all_facts, grain, days)
    build.constructs.add(f"season {build.season.feature}")
    return World(build.season, spec, rows, query, frozenset(build.constructs))


NOW = datetime(2026, 1, 1, tzinfo=UTC)
"""The instant of the run of every world: after every row."""
