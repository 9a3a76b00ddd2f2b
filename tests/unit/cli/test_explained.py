"""The page of a KPI: every part with its unit, the laws that decide, what is read, what later rows change."""

from __future__ import annotations

import pytest

from kpilang.cli.explained import explained, lines
from kpilang.cli.words import unit_of
from kpilang.project import Project, load
from kpilang.terminal import width

SPEC = """
entities:
  orders:
    table: orders
    key: order_id
    time: ordered_at
    unit: order
    covers: from 2023-01-01
    columns:
      order_id: id
      customer: -> customers
      ordered_at: timestamp
      shipped_on: date?
      amount: money(EUR)
      weight: number
      pieces: integer
      channel: string
    attributes:
      is_heavy: weight > 10
      is_dear: is_heavy and amount > 100
  customers:
    table: customers
    key: customer_id
    time: joined_on
    columns:
      customer_id: id
      joined_on: timestamp
      left_on: timestamp?
      tier: enum(bronze < gold)
    attributes:
      orders_ever: count(orders[ever])
      early: sum(orders.amount where ordered_at < this.joined_on + 30 days)
  events:
    key: event_id
    table: events
    time: happened_at
    columns:
      event_id: id
      message: id
      happened_at: timestamp
      kind: enum(sent, open)
  messages:
    each: events.message
    time: sent_at
    attributes:
      sent_at: min(events.happened_at)
      opened: exists(events where kind = 'open')
  costs:
    time: day
    columns:
      day: date
      amount: money(EUR)
dimensions:
  tier:
    orders: customer.tier
kpis:
  revenue:
    formula: sum(orders.amount)
    variants:
      heavy: revenue / weight
  growth:
    label: 成長率
    about: How much more than in the period before.
    formula: revenue / revenue[prior] - 1
    better: higher
    target: at least 5%
    alert: below 0%
  gold: sum(orders.amount where customer.tier = 'gold')
  shipped: count(orders dated shipped_on)
  loyal: count(customers where orders_ever > 3)
  early: avg(customers.early)
  soon: sum(orders.amount)[next 7 days]
  weight: sum(orders.weight)
  pieces: sum(orders.pieces)
  share: count(orders where channel = 'email') / count(orders)
  pace: count(orders) / period
  last_day: max(orders.shipped_on)
  what: last(orders.channel)
  half:
    formula: count(orders where channel = 'email') / count(orders)
    unit: percent
  mix: (revenue[across tier] + revenue) / 2
  net_rate:
    let:
      gain: revenue - 1
    formula: gain / gain[prior]
  retention: keep(buyers) / count(buyers[prior])
  lifted: count(buyers[across channel][prior])
functions:
  keep(s): count(s[prior] and s)
  change(x, n): x - x[n ago]
params:
  span: 2 months
segments:
  buyers: customers with orders where amount > 0
  gone: customers dated left_on
  stays: customers while joined_on to left_on
bindings:
  costs:
    - table: ads
      values:
        day: day
        amount: spend as money(EUR)
    - table: partners
      values:
        day: booked_on
        amount: fee as money(EUR)
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    folder = tmp_path_factory.mktemp("explained")
    (folder / "spec.yml").write_text(SPEC, "utf-8")
    return load(folder)


def page(project: Project, name: str, cells: int | None = None) -> dict[str, list[str]]:
    """The sections by their titles; the tree is `formula`."""
    sections: dict[str, list[str]] = {}
    for block in "\n".join(lines(explained(name, project), cells)).split("\n\n"):
        title, *content = block.split("\n")
        key = title if not title.startswith("formula") else "formula"
        sections[key if key in TITLES else ""] = content if key in TITLES else [title, *content]
    return sections


TITLES = ("formula", "definitions", "certain", "laws", "reads", "later rows", "cut by")


def test_what_it_is(project: Project) -> None:
    head = page(project, "growth")[""]
    assert head[:2] == ["growth · 成長率", "How much more than in the period before."]
    assert head[3:] == [
        "  revenue / revenue[prior] - 1",
        "  better higher · target at least 5% · alert below 0%",
    ]


def test_the_tree_has_unit_exactness_and_additivity(project: Project) -> None:
    shown = [line.split("  ") for line in page(project, "growth")["formula"]]
    facts = [[part.strip() for part in line if part.strip()] for line in shown]
    assert facts[0] == ["-", "%", "approximate", "no"]
    assert ["├─ /", "ratio", "rounded", "no"] in facts
    assert ["│", "├─ sum of orders.amount (revenue)", "€", "exact", "yes"] in facts
    assert ["│", "└─ sum of orders.amount (revenue)", "€", "exact", "by groups"] in facts


@pytest.mark.parametrize(
    ("kpi", "law"),
    [
        ("revenue", " 1  days begin at midnight in UTC; nothing at or after as-of counts"),
        ("growth", " 1  `prior` is the period before on the calendar, empty or not"),
        ("shipped", " 2  rows without shipped_on are in no period"),
        ("revenue", " 3  sum of nothing is 0"),
        ("revenue", " 3  a period that orders do not wholly cover is null, not 0"),
        ("early", " 3  avg of nothing is null"),
        ("growth", " 4  a division by zero is null, never infinite"),
        ("gold", " 5  a row is kept only if its condition is true; unknown is not true"),
        ("gold", " 6  a row whose customer is missing stays, with nulls"),
        ("revenue", " 7  exact to the last digit, on every engine"),
        ("early", " 9  avg is the exact sum over the count, divided once"),
        ("what", " 9  first and last go by the date, ties by the key, nulls skipped"),
        ("mix", "12  `across` keeps the groups and lifts the dimension"),
    ],
)
def test_the_laws_that_decide(project: Project, kpi: str, law: str) -> None:
    assert f"  {law}" in page(project, kpi)["laws"]


def test_laws_that_do_not_matter_are_left_out(project: Project) -> None:
    numbers = {line.split()[0] for line in page(project, "revenue")["laws"]}
    assert numbers == {"1", "3", "7"}


def test_what_is_read_and_how_often(project: Project) -> None:
    reads = page(project, "gold")["reads"]
    assert reads[0].startswith("  orders once: ")
    assert "  along orders.customer → customers" in reads
    assert "  along orders.customer → customers" in page(project, "loyal")["reads"]


@pytest.mark.parametrize(
    ("kpi", "said"),
    [
        ("revenue", "change no past value"),
        ("loyal", "keep changing past values: customers.orders_ever looks at rows of all times"),
        ("early", "change past values only until the bounds of its attributes have passed"),
        ("soon", "change past values until the end of `next …` has passed"),
    ],
)
def test_what_later_rows_change(project: Project, kpi: str, said: str) -> None:
    assert page(project, kpi)["later rows"] == [f"  {said}"]


@pytest.mark.parametrize(
    ("asked", "lines"),
    [
        ("loyal", ["customers.orders_ever = count(orders[ever])"]),
        ("net_rate", ["gain = revenue - 1", "revenue = sum(orders.amount)"]),
        (
            "change(revenue, span)",
            ["change(x, n) = x - x[n ago]", "revenue = sum(orders.amount)", "span = 2 months"],
        ),
        ("retention", ["keep(s) = count(s[prior] and s)", "buyers = customers with orders where amount > 0"]),
        ("sum(orders.amount where customer in buyers)", ["buyers = customers with orders where amount > 0"]),
        ("sum(orders.weight where weight > 1)", []),
        ("revenue.heavy", ["revenue = sum(orders.amount)", "weight = sum(orders.weight)"]),
    ],
)
def test_definitions_as_the_spec_has_them(project: Project, asked: str, lines: list[str]) -> None:
    """A column that is called like a KPI is none."""
    assert page(project, asked).get("definitions", []) == [f"  {line}" for line in lines]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("count(buyers and gone) / count(buyers)", "between 0 and 1, or null"),
        ("count(buyers[prior] and not buyers) / count(buyers[prior])", "between 0 and 1, or null"),
        ("1 - count(buyers and gone) / count(buyers or gone)", "between 0 and 1, or null"),
        (
            "count(orders where is_dear and weight > 1) / count(orders where is_heavy)",
            "between 0 and 1, or null",
        ),
        ("avg(orders.weight > 1)", "between 0 and 1, or null"),
        ("avg(count(orders) per day)", "never below 0"),
        ("-count(orders)", "never above 0"),
        ("count(buyers) / count(buyers[prior])", "never below 0"),
        ("count(orders where weight > 1) / count(orders where is_heavy)", "never below 0"),
        ("count(gone) / count(buyers)", "never below 0"),
        ("revenue", ""),
        ("count(orders) - count(orders)[prior]", ""),
    ],
)
def test_what_is_certain(project: Project, asked: str, said: str) -> None:
    assert page(project, asked).get("certain", []) == ([f"  {said}"] if said else [])


@pytest.mark.parametrize(
    ("asked", "line"),
    [
        ("retention", "│     buyers[prior] and buyers"),
        ("count(buyers and not (gone or buyers[before]))", "   buyers and not (gone or buyers[before])"),
        (
            "count(buyers[weight > 1])",
            "   customers with orders via customer dated ordered_at where amount > 0 EUR and weight > 1",
        ),
        ("lifted", "   buyers[prior][across channel]"),
        (
            "avg(count(orders) per day)[last 2 months]",
            "│  each day of the period, empty ones too · in last 2 months",
        ),
        ("avg(revenue per customer)", "│  each value that has a row; nulls are skipped"),
        (
            "sum(orders.amount where customer in buyers[before])",
            "   where customer in buyers[before] · dated ordered_at",
        ),
    ],
)
def test_sets_and_nested_aggregates_in_the_tree(project: Project, asked: str, line: str) -> None:
    assert line in [
        shown.split("    ")[0] if "  exact" in shown else shown for shown in page(project, asked)["formula"]
    ]


MONEY = """
entities:
  rates:
    table: rates
    key: currency
    columns:
      currency: string
      rate: number
  sales:
    table: sales
    key: sale_id
    time: sold_on
    columns:
      sale_id: id
      customer: id
      sold_on: date
      amount: money(by currency)
      currency: string
    attributes:
      nth: rank(per customer by sold_on)
params:
  step:
    values: 1..3
kpis:
  sold: sum(sales.amount)
  nth_sold: count(sales where nth = step)
"""


@pytest.fixture(scope="module")
def foreign(tmp_path_factory: pytest.TempPathFactory) -> Project:
    folder = tmp_path_factory.mktemp("foreign")
    (folder / "kpilang.yml").write_text("kpilang: 1\ncurrency: EUR\nexchange: rates.rate\n", "utf-8")
    (folder / "spec.yml").write_text(MONEY, "utf-8")
    return load(folder)


def test_converted_money_is_one_line_of_the_tree(foreign: Project) -> None:
    head, detail = page(foreign, "sold")["formula"]
    assert head.split("  ")[0] == "sum of sales.amount in EUR" and "€" in head
    assert detail == "   dated sold_on · null where an amount has no rate"


def test_a_param_to_group_by_has_its_first_value(foreign: Project) -> None:
    assert page(foreign, "nth_sold")["formula"][1] == "   where nth = 1 · dated sold_on"
    assert page(foreign, "nth_sold")["definitions"][0] == "  step = 1..3"


def test_a_sum_over_members_of_a_period_does_not_add_up_over_periods(project: Project) -> None:
    assert page(project, "sum(orders.amount where customer in buyers)")["formula"][0].endswith("by groups")
    assert page(project, "sum(buyers.orders_ever)")["formula"][0].endswith("by groups")


@pytest.mark.parametrize(
    ("asked", "law"),
    [
        ("count(stays)", " 1  `while` is who is in at the end: came before it, and did not leave before it"),
        ("count(buyers[prior])", " 1  `prior` is the period before on the calendar, empty or not"),
        ("max(revenue per day)", " 3  sub-periods without rows count like the others"),
        ("count(buyers)", " 3  a set without members counts 0"),
        ("count(buyers)", " 6  a key that rows hold counts, also where its own row is missing"),
        ("count(buyers)", "11  who is a member is decided within each group of the query; each counts once"),
        ("avg(revenue per customer)", "12  null is a value of `per` like the others"),
    ],
)
def test_laws_of_sets_and_nested_aggregates(project: Project, asked: str, law: str) -> None:
    assert f"  {law}" in page(project, asked)["laws"]


def test_derived_and_bound_entities_are_read_at_their_sources(project: Project) -> None:
    reads = page(project, "count(messages where opened)")["reads"]
    assert any(line.startswith("  events ") for line in reads)
    assert "  along events.message → messages" in reads
    assert [line.split(":")[0] for line in page(project, "sum(costs.amount)")["reads"]] == [
        "  costs (table ads) once",
        "  costs (table partners) once",
    ]
    assert page(project, "count(messages where opened)")["later rows"] == [
        "  keep changing past values: messages.opened looks at rows of all times"
    ]


def test_what_it_can_be_cut_by(project: Project) -> None:
    assert page(project, "revenue")["cut by"] == ["  tier"]
    assert "cut by" not in page(project, "revenue / 2")


@pytest.mark.parametrize("cells", [60, 80, 120])
def test_a_page_fits(project: Project, cells: int) -> None:
    for kpi in project.kpis:
        assert max(map(width, lines(explained(kpi.name.value, project), cells))) <= cells


@pytest.mark.parametrize(
    ("kpi", "unit"),
    [
        ("revenue", "€"), ("growth", "%"), ("shipped", "order"), ("weight", "number"), ("pieces", "number"),
        ("share", "ratio"), ("pace", "order/day"), ("last_day", "date"), ("what", "text"), ("half", "%"),
    ],
)  # fmt: skip
def test_units_in_the_words_of_people(project: Project, kpi: str, unit: str) -> None:
    declared = next(decl for decl in project.kpis if decl.name.value == kpi)
    assert unit_of(declared.name.value, declared, project) == unit
