"""The functions of the standard library: what each gives, by arithmetic in the notes."""

from __future__ import annotations

from typing import Any

import pytest

import kpilang
from kpilang import resources
from tests.cli.harness import run_cli

SPEC = """
entities:
  orders:
    table: orders
    key: order_id
    time: day
    columns:
      order_id: id
      day: date
      customer: -> customers
      channel: string
      variant: string
      amount: money(EUR)
  customers:
    table: customers
    key: customer_id
    columns:
      customer_id: id
segments:
  buyers: customers with orders
kpis:
  revenue: sum(orders.amount)
"""
ORDERS = """order_id,day,customer,channel,variant,amount
1,2023-02-01,a,mail,A,50
2,2024-01-01,a,mail,A,100
3,2024-01-02,b,web,B,100
4,2024-02-01,a,mail,A,40
5,2024-02-02,c,web,B,120
"""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> kpilang.Project:
    folder = tmp_path_factory.mktemp("shop")
    (folder / "data").mkdir()
    (folder / "kpilang.yml").write_text("imports:\n  - std\n", "utf-8")
    (folder / "spec.yml").write_text(SPEC, "utf-8")
    (folder / "data" / "orders.csv").write_text(ORDERS, "utf-8")
    (folder / "data" / "customers.csv").write_text("customer_id\na\nb\nc\n", "utf-8")
    return kpilang.load(folder)


def february(shop: kpilang.Project, formula: str, by: str | None = None) -> list[Any]:
    query = shop.query(formula, by=by or (), from_="2024-02-01", to="2024-03-01")
    return [tuple(row) if by else row[0] for row in query.run().rows]


def test_growth_is_against_the_period_before(shop: kpilang.Project) -> None:
    assert february(shop, "growth(revenue)") == [pytest.approx(160 / 200 - 1)]


def test_growth_is_unknown_where_there_was_nothing(shop: kpilang.Project) -> None:
    query = shop.query("growth(revenue)", from_="2024-01-01", to="2024-02-01")
    assert query.run().rows[0][0] is None  # December 2023 is 0


def test_change_is_against_an_age_ago(shop: kpilang.Project) -> None:
    assert february(shop, "change(revenue, 1 year)") == [pytest.approx(160 / 50 - 1)]
    assert february(shop, "std.change(revenue, 1 month)") == [pytest.approx(160 / 200 - 1)]


def test_shares_add_up_to_one(shop: kpilang.Project) -> None:
    assert february(shop, "share(revenue, channel)", "channel") == [("mail", 0.25), ("web", 0.75)]


def test_retention_is_of_those_before(shop: kpilang.Project) -> None:
    """Before February there were a and b; of them a is there again."""
    assert february(shop, "retention(buyers)") == [0.5]


def test_lift_is_b_against_a(shop: kpilang.Project) -> None:
    assert february(shop, "lift(revenue)") == [pytest.approx(120 / 40 - 1)]


def test_the_library_is_without_findings() -> None:
    assert not list(kpilang.load(resources.folder("specs")).check())


def test_the_functions_are_found_by_what_they_do(shop: kpilang.Project) -> None:
    outcome = run_cli(["search", "growth"], shop.folder)
    assert outcome.stdout.splitlines()[2].split() == ["growth", "function", "std:functions.yml:3"]
