"""What each rewrite is for, seen in how often tables are read; that it changes no number, in test_answers."""

from __future__ import annotations

import pytest

from kpilang import ir, plan
from kpilang.plan.draft import Cells, Fixed, Ranges, Spread
from tests.unit.plan.asking import NOW, ask, quarter, run

MERGED = ["revenue", "order_count", "avg(orders.amount)", "max(orders.amount)[prior]", "paid[all time]"]


def timings(query: ir.Query, *rewrites: str) -> list[type]:
    return [type(block.timing) for block in plan.build(query, NOW, rewrites).draft.blocks]


def reads(query: ir.Query, rewrites: tuple[str, ...] = plan.ALL) -> dict[str, int]:
    return plan.explain(plan.build(query, NOW, rewrites)).times_read()


def test_a_scorecard_reads_each_table_once() -> None:
    kpis = (
        "revenue",
        "revenue[prior]",
        "order_count[1 year ago]",
        "buyers",
        "paid[all time]",
        "spend",
        "cost_per_order",
    )
    several = quarter(
        "revenue", "revenue[prior]", "order_count", "paid", "spend", "cost_per_order", by=("channel",)
    )
    assert reads(several) == {"orders": 1, "costs": 1}
    assert reads(quarter(*kpis), ()) == {"orders": 6, "costs": 1}


def test_distinct_counts_are_not_taken_over_all_of_the_past() -> None:
    assert reads(quarter("buyers", "revenue[all time]")) == {"orders": 2}
    assert reads(quarter("revenue", "revenue[all time]")) == {"orders": 1}


def test_without_a_grain_all_windows_are_one_scan() -> None:
    kpis = ("revenue", "buyers[prior]", "revenue[last 20 days]", "paid[all time]", "revenue[1 year ago]")
    assert reads(quarter(*kpis, grain=None)) == {"orders": 1}


@pytest.mark.parametrize("window", ["prior", "1 month ago", "1 year ago", "last 1 month", "month to date"])
def test_windows_of_one_cell_are_looked_up(window: str) -> None:
    assert timings(quarter(f"buyers[{window}]"), "cells") == [Cells]


@pytest.mark.parametrize(
    "window", ["7 days ago", "last 28 days", "next 3 months", "last 3 months", "all time"]
)
def test_other_windows_are_not(window: str) -> None:
    assert timings(quarter(f"buyers[{window}]"), "cells") == [Spread]


@pytest.mark.parametrize("window", ["last 3 months", "year to date", "all time", "before", "next 2 months"])
def test_sums_over_many_cells_add_cells(window: str) -> None:
    (block,) = plan.build(quarter(f"revenue[{window}]"), NOW).draft.blocks
    assert isinstance(block.timing, Cells) and isinstance(block.timing.lookups[0], Ranges)


@pytest.mark.parametrize(
    "kpi", ["buyers", "median(orders.amount)", "sum(orders.weight)", "last(orders.amount)"]
)
def test_what_cells_do_not_give_is_computed_from_rows(kpi: str) -> None:
    """Sums of doubles depend on how they are put together."""
    assert timings(quarter(f"({kpi})[last 3 months]"), "ranges") == [Spread]


def test_a_fixed_interval_is_added_up_once() -> None:
    assert timings(quarter("buyers[from 2024-01-01 to 2024-02-01]"), "fixed") == [Fixed]


def test_rows_judged_by_the_period_meet_the_calendar() -> None:
    asked = quarter("count(orders where date(ordered_at) < period.start + 10 days)")
    assert timings(asked, *plan.ALL) == [Spread]
    assert [row[1] for row in run(asked)] == [1, 1, 0]


def test_the_only_block_is_the_spine() -> None:
    assert plan.build(quarter("revenue", by=("channel",)), NOW).draft.lone_spine
    assert not plan.build(quarter("revenue[prior]", by=("channel",)), NOW).draft.lone_spine
    assert not plan.build(quarter("revenue", "spend", by=("channel",)), NOW).draft.lone_spine
    assert not plan.build(quarter("revenue", by=("channel",), fill=True), NOW).draft.lone_spine


def test_explain_says_what_is_read_and_why() -> None:
    explained = plan.explain(
        plan.build(ask("revenue", by=("region",), start="2024-01-01", end="2024-02-01"), NOW)
    )
    assert str(explained).splitlines() == [
        "steps",
        "  orders_by_region  orders by region, dated ordered_at: revenue",
        "  answer            region, revenue",
        "tables",
        "  orders  read once: orders_by_region",
        "  customers  read once: orders_by_region",
    ]


def test_explain_gives_the_reason_for_every_read() -> None:
    query = quarter("buyers", "revenue[all time]", by=("region",))
    assert str(plan.explain(plan.build(query, NOW))).splitlines()[-6:] == [
        "  orders  read 2 times",
        "    orders_by_month: orders by region, month of ordered_at",
        "    orders_by_month_of_ordered_at: orders by region, month of ordered_at",
        "  customers  read 2 times",
        "    orders_by_month: looked up for orders by region, month of ordered_at",
        "    orders_by_month_of_ordered_at: looked up for orders by region, month of ordered_at",
    ]


def test_more_periods_than_fit_are_refused() -> None:
    with pytest.raises(Exception, match="KPI501"):
        plan.build(ask("revenue", grain="hour", start="2000-01-01", end="2024-01-01"), NOW)


@pytest.mark.parametrize("kpi", MERGED)
def test_a_total_across_is_added_up_from_its_groups(kpi: str) -> None:
    asked = quarter("revenue", f"({kpi})[across channel]", by=("channel", "region"))
    assert reads(asked)["orders"] == 1
    assert run(asked) == run(asked, ())


@pytest.mark.parametrize("kpi", ["buyers", "median(orders.amount)", "sum(orders.weight)"])
def test_other_totals_are_not(kpi: str) -> None:
    asked = quarter(f"({kpi})[across channel]", by=("channel",))
    assert reads(asked)["orders"] == 2
    assert run(asked) == run(asked, ())
