"""What DuckDB answers to a plan, against what was worked out by hand; with all rewrites and with none."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from kpilang import plan
from tests.unit.plan.asking import SHOP, ask, quarter, run

JAN, FEB, MAR = date(2024, 1, 1), date(2024, 2, 1), date(2024, 3, 1)
BERLIN = "timezone: Europe/Berlin\n"


@pytest.fixture(params=[plan.ALL, ()], ids=["rewritten", "naive"])
def rewrites(request: pytest.FixtureRequest) -> Collection[str]:
    chosen: Collection[str] = request.param
    return chosen


def test_every_month_has_a_row(rewrites: Collection[str]) -> None:
    """April is empty: 0, not absent."""
    asked = ask("revenue", grain="month", start="2024-02-01", end="2024-05-01")
    assert run(asked, rewrites) == [(FEB, 12), (MAR, 16), (date(2024, 4, 1), 0)]


def test_months_of_berlin(rewrites: Collection[str]) -> None:
    """Order 1 lies in January there, 4 in March, 5 in April: 1 + 2, 4, 8."""
    assert run(quarter("revenue", project=BERLIN), rewrites) == [(JAN, 3), (FEB, 4), (MAR, 8)]


def test_many_months_of_berlin_by_offsets(rewrites: Collection[str]) -> None:
    asked = ask("revenue", project=BERLIN, grain="month", start="2023-01-01", end="2025-01-01")
    found = {period: value for period, value in run(asked, rewrites) if value}
    assert found == {JAN: 3, FEB: 4, MAR: 8, date(2024, 4, 1): 16}


def test_groups_that_only_prior_reaches(rewrites: Collection[str]) -> None:
    """By channel: mail in March is reached by prior alone; the null channel comes last."""
    assert run(quarter("revenue", "revenue[prior]", by=("channel",)), rewrites) == [
        ("ads", JAN, 2, 1),
        ("ads", FEB, 0, 2),
        ("ads", MAR, 16, 0),
        ("mail", FEB, 8, 0),
        ("mail", MAR, 0, 8),
        (None, FEB, 4, 0),
        (None, MAR, 0, 4),
    ]


def test_a_row_of_either_table_makes_the_group(rewrites: Collection[str]) -> None:
    """tv has costs only: no order, 10 / 0 is null. ads in January: 3.5 / 1."""
    assert run(quarter("spend", "cost_per_order", by=("channel",)), rewrites) == [
        ("ads", JAN, Decimal("3.5"), 3.5),
        ("ads", MAR, 0, 0.0),
        ("mail", FEB, 0, 0.0),
        ("tv", FEB, 10, None),
        (None, FEB, 0, 0.0),
    ]


def test_an_orphan_stays_with_null_in_its_dimensions(rewrites: Collection[str]) -> None:
    """Order 4 has a customer who is not there, order 3 one without a region, order 5 none: 4 + 8 + 16."""
    asked = ask("revenue", by=("region",), start="2023-01-01", end="2025-01-01")
    assert run(asked, rewrites) == [("EU", 3), (None, 28)]


def test_one_scan_for_a_range_and_the_one_before(rewrites: Collection[str]) -> None:
    asked = quarter("paid", "order_count", "revenue[prior]", grain=None)
    assert run(asked, rewrites) == [(28, 4, 1)]


def test_conditions_of_its_own_make_rows(rewrites: Collection[str]) -> None:
    """January has an unpaid order only: no row for ads then."""
    assert run(quarter("paid", by=("channel",)), rewrites) == [
        ("ads", MAR, 16),
        ("mail", FEB, 8),
        (None, FEB, 4),
    ]


def test_conditions_of_two_windows_make_rows_each_for_itself(rewrites: Collection[str]) -> None:
    """ads: the paid order of December is seen by prior in January; the unpaid one of January by nothing."""
    asked = quarter("paid", "sum(orders.amount where not is_paid)[prior]", by=("channel",))
    assert run(asked, rewrites) == [
        ("ads", FEB, 0, 2),
        ("ads", MAR, 16, 0),
        ("mail", FEB, 8, 0),
        (None, FEB, 4, 0),
    ]


def test_windows_of_many_months(rewrites: Collection[str]) -> None:
    kpis = (
        "revenue[all time]",
        "revenue[year to date]",
        "max(orders.amount)[all time]",
        "avg(orders.amount)[before]",
    )
    assert run(quarter(*kpis), rewrites) == [
        (JAN, 3, 2, 2, 1.0),
        (FEB, 15, 14, 8, 1.5),
        (MAR, 31, 30, 16, 3.75),
    ]


def test_windows_that_cut_months(rewrites: Collection[str]) -> None:
    """Last 20 days: of January from 01-12, of February from 02-10, of March from 03-12."""
    kpis = ("revenue[last 20 days]", "buyers[last 20 days]", "revenue[next 5 days]")
    assert run(quarter(*kpis), rewrites) == [(JAN, 0, 0, 2), (FEB, 12, 2, 0), (MAR, 16, 0, 0)]


def test_the_same_interval_in_every_period(rewrites: Collection[str]) -> None:
    base = "revenue[from 2024-01-01 to 2024-02-01]"
    assert run(quarter("revenue", base), rewrites) == [(JAN, 2, 2), (FEB, 12, 2), (MAR, 16, 2)]
    by_channel = run(quarter(base, by=("channel",)), rewrites)
    assert by_channel == [("ads", JAN, 2), ("ads", FEB, 2), ("ads", MAR, 2)]


def test_shares_of_a_coarser_total(rewrites: Collection[str]) -> None:
    asked = quarter("revenue / revenue[across channel]", by=("channel",))
    assert run(asked, rewrites) == [
        ("ads", JAN, 1.0),
        ("ads", MAR, 1.0),
        ("mail", FEB, 8 / 12),
        (None, FEB, 4 / 12),
    ]


def test_an_across_aggregate_alone_has_the_groups_before_it(rewrites: Collection[str]) -> None:
    asked = quarter("paid[across *]", by=("channel",), grain=None)
    assert run(asked, rewrites) == [("ads", 28), ("mail", 28), (None, 28)]


def test_fill_gives_every_group_all_periods(rewrites: Collection[str]) -> None:
    found = run(quarter("order_count", by=("channel",), fill=True), rewrites)
    assert [row[:2] for row in found] == [(c, p) for c in ("ads", "mail", None) for p in (JAN, FEB, MAR)]
    assert [row[2] for row in found] == [1, 0, 1, 0, 1, 0, 0, 1, 0]


def test_order_and_limit(rewrites: Collection[str]) -> None:
    asked = ask(
        "revenue", by=("channel",), start="2023-01-01", end="2025-01-01", order=("-revenue",), limit=2
    )
    assert run(asked, rewrites) == [("ads", 19), ("mail", 8)]


def test_a_period_after_as_of_is_unknown(rewrites: Collection[str]) -> None:
    asked = quarter("revenue", "order_count", as_of="2024-02-15T00:00:00")
    assert run(asked, rewrites) == [(JAN, 2, 1), (FEB, 4, 1), (MAR, None, None)]


def test_nothing_known_at_all(rewrites: Collection[str]) -> None:
    asked = quarter("revenue", by=("channel",), as_of="2020-01-01T00:00:00")
    assert run(asked, rewrites) == []
    assert run(quarter("revenue", as_of="2020-01-01T00:00:00", grain=None), rewrites) == [(None,)]


def test_weeks_begin_on_the_projects_day(rewrites: Collection[str]) -> None:
    """Sunday 2024-01-07 begins a week; order 2 (Friday 01-05) lies in that of 2023-12-31, with order 1."""
    asked = ask(
        "revenue", project="week_starts: sunday\n", grain="week", start="2023-12-31", end="2024-01-14"
    )
    assert run(asked, rewrites) == [(date(2023, 12, 31), 3), (date(2024, 1, 7), 0)]


def test_fiscal_quarters(rewrites: Collection[str]) -> None:
    asked = ask(
        "revenue",
        project="fiscal_year_starts: february\n",
        grain="fiscal_quarter",
        start="2023-11-01",
        end="2024-05-01",
    )
    assert run(asked, rewrites) == [(date(2023, 11, 1), 3), (date(2024, 2, 1), 28)]


def test_hours_bear_their_offset(rewrites: Collection[str]) -> None:
    asked = ask(
        "revenue", project=BERLIN, grain="hour", start="2024-01-05T11:00:00", end="2024-01-05T13:00:00"
    )
    assert run(asked, rewrites) == [("2024-01-05T11:00:00+01:00", 2), ("2024-01-05T12:00:00+01:00", 0)]


def test_rates_by_the_length_of_the_period(rewrites: Collection[str]) -> None:
    assert run(quarter("revenue / period"), rewrites) == [(JAN, 2 / 31), (FEB, 12 / 29), (MAR, 16 / 31)]


def test_attributes_over_children(rewrites: Collection[str]) -> None:
    """Customer 1 has two orders and paid 1 within 30 days of 2023-12-20; customer 2 one, of 4."""
    asked = ask("sum(customers.orders_ever)", "sum(customers.spent)", start="2023-01-01", end="2025-01-01")
    assert run(asked, rewrites) == [(3, 5)]


def test_a_childless_customer_counts_zero_and_an_orphan_null(rewrites: Collection[str]) -> None:
    kpis = (
        "count(orders where customer.orders_ever = 2)",
        "count(orders where customer.orders_ever is null)",
    )
    asked = ask(*kpis, start="2023-01-01", end="2025-01-01")
    assert run(asked, rewrites) == [(2, 2)]


def test_first_and_last_go_by_time_then_key(rewrites: Collection[str]) -> None:
    asked = ask("first(orders.amount)", "last(orders.channel)", start="2023-01-01", end="2025-01-01")
    assert run(asked, rewrites) == [(1, "ads")]


def test_no_infinity_comes_out(rewrites: Collection[str]) -> None:
    kpis = (
        "exp(1000 * max(orders.amount))",
        "ln(max(orders.amount) - max(orders.amount))",
        "sqrt(-max(orders.amount))",
    )
    spec = SHOP.replace("amount: money(EUR)\n      pieces", "amount: number\n      pieces")
    asked = ask(*kpis, spec=spec, start="2023-01-01", end="2025-01-01")
    assert run(asked, rewrites) == [(None, None, None)]


def test_now_is_the_instant_of_the_run() -> None:
    asked = quarter("revenue")
    assert run(asked, now=datetime(2024, 2, 15, tzinfo=UTC)) == [(JAN, 2), (FEB, 4), (MAR, None)]


def test_the_answer_does_not_depend_on_what_else_is_asked() -> None:
    alone = run(quarter("buyers", by=("channel",)))
    together = run(quarter("buyers", "revenue[all time]", "spend", "paid[prior]", by=("channel",)))
    values = {row[:2]: row[2] for row in together}
    assert all(values[group, period] == count for group, period, count in alone)


def test_rows_between_cells_far_apart_are_in_neither(rewrites: Collection[str]) -> None:
    """All time up to the end of January, and April: the orders of February and March are in no cell."""
    asked = ask(
        "revenue[all time][3 months ago]", "order_count", grain="month", start="2024-04-01", end="2024-05-01"
    )
    assert run(asked, rewrites) == [(date(2024, 4, 1), 3, 0)]


def test_all_of_the_past_is_more_than_the_cells_of_other_windows(rewrites: Collection[str]) -> None:
    """Half a year ago has a cell, the months between have none: 1 + 2 + 4 + 8 + 16 all the same."""
    kpis = ("revenue[before]", "order_count[6 months ago]")
    asked = ask(*kpis, grain="month", start="2024-04-01", end="2024-06-01")
    assert run(asked, rewrites) == [(date(2024, 4, 1), 31, 0), (date(2024, 5, 1), 31, 0)]


def test_arithmetic_on_what_is_unknown(rewrites: Collection[str]) -> None:
    kpis = (
        "min(orders.ordered_at) + 2 hours",
        "date(min(orders.ordered_at)) + 1 month",
        "-count(orders) / 2",
    )
    asked = quarter(*kpis, as_of="2020-01-01T00:00:00")
    assert run(asked, rewrites) == [(period, None, None, None) for period in (JAN, FEB, MAR)]


def test_the_ends_of_a_period(rewrites: Collection[str]) -> None:
    """A beginning is not cut at as-of, an end is; after it there is no end and no length to speak of."""
    spec = SHOP + "  begins: period.start\n  ends: period.end\n"
    asked = quarter("begins", "ends", "revenue / period", spec=spec, as_of="2024-02-15T12:00:00")
    assert run(asked, rewrites) == [
        (JAN, JAN, FEB, 2 / 31),
        (FEB, FEB, date(2024, 2, 16), 4 / 14.5),
        (MAR, MAR, None, None),
    ]


def test_a_count_across_all_of_nothing_is_zero(rewrites: Collection[str]) -> None:
    """Costs make the group; of orders there is none in May, in no channel."""
    kpis = ("order_count[across *]", "spend[from 2024-01-01 to 2024-02-01]")
    asked = ask(*kpis, by=("channel",), grain="month", start="2024-05-01", end="2024-06-01")
    assert run(asked, rewrites) == [("ads", date(2024, 5, 1), 0, Decimal("3.5"))]
