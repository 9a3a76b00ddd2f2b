"""Which KPI can be cut by which dimension: what is said is what a query would be answered."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from kpilang.cli import stairs
from kpilang.cli.visibility import Matrix, Sight, columns, declared, matrix
from kpilang.diagnostics import KpilangError
from kpilang.project import Project, load
from kpilang.terminal import width

SPEC = """
entities:
  orders:
    table: orders
    key: order_id
    time: ordered_at
    columns:
      order_id: id
      customer: -> customers?
      ordered_at: timestamp
      channel: string
      amount: money(EUR)
  customers:
    table: customers
    key: customer_id
    time: created_at
    columns:
      customer_id: id
      created_at: timestamp
      tier: enum(gold, silver)
  costs:
    table: costs
    time: day
    columns:
      day: date
      channel: string
      tier: integer
      cost: money(EUR)
dimensions:
  tier:
    orders: customer.tier
kpis:
  revenue: sum(orders.amount)
  roas: revenue / sum(costs.cost)
  growth: revenue / revenue[prior] - 1
  share: revenue / revenue[across tier]
  wrong: sum(orders.nothing)
  pooled:
    formula: sum(costs.cost)
    requires: channel
"""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    (tmp_path / "spec.yml").write_text(SPEC, "utf-8")
    return load(tmp_path)


def asked(project: Project, kpis: Sequence[str], by: Sequence[str]) -> Matrix:
    return matrix(project, kpis, by)


def test_who_is_in_the_way(project: Project) -> None:
    found = asked(project, ["revenue", "roas", "share"], ["channel", "tier", "customer"])
    sights = {row.name: [cell.sight for cell in row.cells] for row in found.kpis}
    assert sights == {
        "revenue": [Sight.SEEN, Sight.SEEN, Sight.SEEN],
        "roas": [Sight.SEEN, Sight.REFUSED, Sight.BLIND],
        "share": [Sight.SEEN, Sight.SEEN, Sight.SEEN],
    }
    assert [row.lacking() for row in found.kpis] == [(), ("costs",), ()]
    assert "tier" in found.kpis[1].cells[1].reason
    assert {row.name for row in found.entities} == {"orders", "costs"}


def test_it_says_what_a_query_is_answered(project: Project) -> None:
    kpis = ["revenue", "roas", "growth", "share"]
    words = [*declared(project), *columns(project)]
    for row in asked(project, kpis, words).kpis:
        for word, cell in zip(words, row.cells, strict=True):
            try:
                project.query([row.name], by=[word], from_="2024-01-01", to="2024-02-01")
                assert cell.sight is Sight.SEEN
            except KpilangError:
                assert cell.sight is not Sight.SEEN


def test_what_a_kpi_requires_is_asked_with_it(project: Project) -> None:
    found = asked(project, ["pooled"], ["tier", "channel"])
    assert [cell.sight for cell in found.kpis[0].cells] == [Sight.SEEN, Sight.SEEN]


def test_a_kpi_in_error_is_no_reason_to_stop(project: Project) -> None:
    row = asked(project, ["wrong"], ["channel"]).kpis[0]
    assert row.cells[0].sight is Sight.REFUSED and "nothing" in row.error


def test_columns_that_make_groups(project: Project) -> None:
    assert columns(project) == ("channel", "customer", "tier")


def test_stairs_fit() -> None:
    """Forty KPIs by twelve dimensions in eighty cells, whatever they are called."""
    headings = ("channel", "国", "قناة التسويق", *(f"dimension_number_{n}" for n in range(9)))
    lines = tuple(
        stairs.Line(f"a_kpi_of_some_length_{n}", ("●",) * 12, "email_events, web_sessions") for n in range(40)
    )
    drawn = list(stairs.drawn(headings, [stairs.Part("KPI", lines)], 80))
    assert max(map(width, drawn)) <= 80
    assert sum(line.startswith("a_kpi_of_some_length_7 ") for line in drawn) == 1
    assert sum(line.count("●") for line in drawn) == 40 * 12


def test_stairs_go_on_below() -> None:
    headings = [f"dimension_{n}" for n in range(30)]
    part = stairs.Part("KPI", (stairs.Line("revenue", ("●",) * 30),))
    drawn = list(stairs.drawn(headings, [part], 60))
    assert max(map(width, drawn)) <= 60
    assert sum(line.count("●") for line in drawn) == 30
    assert "" in drawn
