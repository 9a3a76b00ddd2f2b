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
  customers:
    table: customers
    key: customer_id
    time: joined_on
    columns:
      customer_id: id
      joined_on: timestamp
      tier: enum(bronze < gold)
    attributes:
      orders_ever: count(orders[ever])
      early: sum(orders.amount where ordered_at < this.joined_on + 30 days)
dimensions:
  tier:
    orders: customer.tier
kpis:
  revenue: sum(orders.amount)
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


TITLES = ("formula", "attributes", "laws", "reads", "later rows", "cut by")


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
        ("loyal", "keep changing past values: customers.orders_ever says `[ever]`"),
        ("early", "change past values only until the bounds of its attributes have passed"),
        ("soon", "change past values until the end of `next …` has passed"),
    ],
)
def test_what_later_rows_change(project: Project, kpi: str, said: str) -> None:
    assert page(project, kpi)["later rows"] == [f"  {said}"]


def test_attributes_as_the_spec_has_them(project: Project) -> None:
    assert page(project, "loyal")["attributes"] == ["  customers.orders_ever = count(orders[ever])"]
    assert "attributes" not in page(project, "revenue")


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
