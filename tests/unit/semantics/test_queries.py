"""From the words of a request to `ir.Query`: outputs, dimensions, periods, conditions, order."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from kpilang import ir
from kpilang.diagnostics import Diagnostics
from kpilang.nodes import walk
from kpilang.semantics.request import Request
from kpilang.types import Kind, TimeUnit

from .asking import SHOP, catalog_of, refusals, resolved

RANGE = {"start": "2024-01-01", "end": "2024-03-01"}
GOALS = (
    SHOP
    + """\
  judged:
    label:
      de: Umsatz
      en: Revenue
    formula: revenue
    better: higher
    target: at least 1000 EUR
    warn: below revenue[prior]
    alert: between 5 EUR and revenue[prior] / 2
    matures: 2 weeks
  doubled: judged * 2
"""
)


def test_the_smallest_query() -> None:
    query = resolved(SHOP, "revenue", **RANGE)
    assert query.columns == ("revenue",)
    assert query.range == ir.Range(datetime(2024, 1, 1), datetime(2024, 3, 1))
    assert query.grain is None and query.as_of is None and query.order == ()


def test_a_kpi_asked_twice_is_one_column() -> None:
    assert resolved(SHOP, "revenue", "revenue", **RANGE).columns == ("revenue",)


def test_formulas_are_named_by_their_text() -> None:
    assert resolved(SHOP, " revenue / 2 ", **RANGE).columns == ("revenue / 2",)


def test_columns_stand_in_the_order_of_the_question() -> None:
    query = resolved(SHOP, "order_count", "revenue", by=("area", "status"), grain="month", **RANGE)
    assert query.columns == ("area", "status", "period", "order_count", "revenue")


# ---------------------------------------------------------------------------- what a KPI brings along


def test_goals_are_literals_or_hidden_columns() -> None:
    query = resolved(GOALS, "judged", **RANGE)
    judged = query.outputs[0]
    assert judged.label == "Revenue" and judged.better is ir.Better.HIGHER and judged.matures == 14
    assert judged.target is not None and isinstance(judged.target.bounds[0], ir.Literal)
    assert judged.target.bounds[0].value == 1000 and str(judged.target.bounds[0].type.unit) == "EUR"
    assert judged.warn == ir.Goal("<", ("judged.warn",))
    assert judged.alert is not None and judged.alert.bounds[1] == "judged.alert.2"
    assert query.columns == ("judged", "judged.warn", "judged.alert.2")
    assert [output.hidden for output in query.outputs] == [False, True, True]


def test_time_to_mature_spreads_and_goals_do_not() -> None:
    output = resolved(GOALS, "doubled", **RANGE).outputs[0]
    assert output.matures == 14 and output.target is None


def test_the_condition_reaches_goals_too() -> None:
    query = resolved(GOALS, "judged", where="channel = 'a'", **RANGE)
    found = [
        node for output in query.outputs for node in walk(output.value) if isinstance(node, ir.Aggregate)
    ]
    assert len(found) == 3 and all(aggregate.where is not None for aggregate in found)


def test_a_kpi_that_requires_a_dimension() -> None:
    text = (
        SHOP
        + "  by_currency:\n    formula: revenue\n    requires:\n      - currency\n  double: 2 * by_currency\n"
    )
    assert refusals(text, "double", **RANGE) == ["KPI417"]
    assert refusals(text, "double", by=("currency",), **RANGE) == []


# ---------------------------------------------------------------------------- periods


def test_a_grain_without_a_range_waits_for_the_data() -> None:
    query = resolved(SHOP, "revenue", grain="month")
    assert query.grain is TimeUnit.MONTH and query.range is None


@pytest.mark.parametrize(
    ("grain", "start", "end"),
    [
        ("week", "2024-01-01", "2024-01-15"),
        ("quarter", "2024-04-01", "2024-07-01"),
        ("fiscal_quarter", "2024-02-01", "2024-05-01"),
        ("fiscal_year", "2024-02-01", "2025-02-01"),
        ("year", "2024-01-01", "2025-01-01"),
        ("day", "2024-01-05", "2024-01-06"),
    ],
)
def test_ranges_on_the_grid(grain: str, start: str, end: str) -> None:
    settings = "fiscal_year_starts: february\n"
    assert refusals(SHOP, "revenue", settings=settings, grain=grain, start=start, end=end) == []
    late = f"{end[:-1]}{int(end[-1]) + 1}"
    wanted = [] if grain == "day" else ["KPI410"]
    assert refusals(SHOP, "revenue", settings=settings, grain=grain, start=start, end=late) == wanted


def test_parts_of_periods_on_purpose() -> None:
    query = resolved(SHOP, "revenue", grain="month", start="2024-01-15", end="2024-03-01", partial=True)
    assert query.range == ir.Range(datetime(2024, 1, 15), datetime(2024, 3, 1))


def test_hours_count_from_the_first_instant_of_the_day() -> None:
    """In Lord Howe's autumn clocks go back by half an hour, so the hours of that day end at half past."""
    zone = "timezone: Australia/Lord_Howe\n"
    words = {"grain": "hour", "end": "2024-04-08T00:00:00"}
    assert refusals(SHOP, "count(customers)", settings=zone, start="2024-04-07T22:30:00", **words) == []
    assert refusals(SHOP, "count(customers)", settings=zone, start="2024-04-07T22:00:00", **words) == [
        "KPI410"
    ]


@pytest.mark.parametrize(
    ("zone", "local", "utc"),
    [
        ("Europe/Berlin", "2024-03-31T02:30:00", datetime(2024, 3, 31, 1)),  # missing: the end of the gap
        ("Europe/Berlin", "2024-10-27T02:30:00", datetime(2024, 10, 27, 0, 30)),  # twice: the first
        ("Asia/Beirut", "2024-03-31", datetime(2024, 3, 30, 22)),
        ("America/Havana", "2024-11-03", datetime(2024, 11, 3, 4)),
        ("Pacific/Apia", "2011-12-30", datetime(2011, 12, 30, 10)),
        ("UTC", "2024-03-31", datetime(2024, 3, 31)),
    ],
)
def test_as_of_is_local(zone: str, local: str, utc: datetime) -> None:
    query = resolved(SHOP, "revenue", settings=f"timezone: {zone}\n", as_of=local)
    assert query.as_of == utc.replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("kpi", "codes"),
    [
        ("revenue[prior]", ["KPI408"]),
        ("revenue / period", ["KPI408"]),
        ("revenue[before]", ["KPI408"]),
        ("revenue[last 7 days][prior]", ["KPI408"]),
        ("revenue[prior][last 7 days]", []),
        ("revenue[1 month ago]", []),
        ("max(orders.ordered_on) - period.end", []),
        ("count(orders where ordered_on > period.start)", ["KPI408"]),
    ],
)
def test_without_a_range_there_is_no_beginning(kpi: str, codes: list[str]) -> None:
    assert refusals(SHOP, kpi) == codes


def test_a_date_has_no_hours() -> None:
    words = {"start": "2024-01-05T06:00:00", "end": "2024-01-06T06:00:00"}
    assert refusals(SHOP, "revenue", **words) == ["KPI409"]
    assert refusals(SHOP, "count(customers)", **words) == []
    assert refusals(SHOP, "revenue", grain="hour", start="2024-01-05", end="2024-01-06") == ["KPI409"]


# ---------------------------------------------------------------------------- dimensions


def test_a_path_for_each_entity_that_is_aggregated() -> None:
    query = resolved(SHOP, "revenue", "count(customers)", by=("area",), **RANGE)
    (dimension,) = query.dimensions
    assert [entity for entity, _ in dimension.paths] == ["customers", "orders"]
    path = dimension.path("orders")
    assert isinstance(path, ir.Field) and path.steps == ("customer", "region") and path.owner == "regions"
    assert dimension.type.kind is Kind.STRING and dimension.type.nullable


def test_a_column_needs_no_declaration() -> None:
    assert refusals(SHOP, "revenue", by=("channel", "customer", "is_test", "margin"), **RANGE) == []


def test_all_that_do_not_see_it_are_named() -> None:
    assert refusals(SHOP, "revenue", "count(lines)", by=("area",), **RANGE) == ["KPI403"]
    assert refusals(SHOP, "revenue", by=("aera",), **RANGE) == ["KPI203"]


def test_across_keeps_what_the_query_has_of_it() -> None:
    query = resolved(SHOP, "revenue[across area and channel]", by=("channel",), **RANGE)
    assert isinstance(query.outputs[0].value, ir.Aggregate) and query.outputs[0].value.across == ("channel",)


def test_groups_meet_by_equal_values() -> None:
    text = SHOP + "  pairs: count(lines)\n"
    text = text.replace("dimensions:\n", "dimensions:\n  odd:\n    orders: amount\n    lines: sold_on\n")
    assert refusals(text, "revenue", "pairs", by=("odd",), **RANGE) == ["KPI418"]


def test_a_dimension_and_a_kpi_cannot_share_a_column() -> None:
    assert refusals(SHOP.replace("revenue:", "channel:"), "channel", by=("channel",), **RANGE) == ["KPI208"]
    assert refusals(SHOP, "revenue", by=("area", "area"), **RANGE) == ["KPI208"]


# ---------------------------------------------------------------------------- the rest


def test_conditions_see_dimensions_before_columns() -> None:
    text = SHOP.replace("  area:\n", "  channel:\n    orders: customer.region.area\n  area:\n")
    query = resolved(text, "revenue", where="channel = 'north'", **RANGE)
    aggregate = query.outputs[0].value
    assert isinstance(aggregate, ir.Aggregate) and isinstance(aggregate.where, ir.Call)
    left = aggregate.where.args[0]
    assert isinstance(left, ir.Field) and left.name == "area"


def test_params_are_literals() -> None:
    def bound(**params: str) -> object:
        query = resolved(SHOP, "count(orders where amount > least)", params=params, **RANGE)
        return next(node for node in walk(query.outputs[0].value) if isinstance(node, ir.Literal)).value

    assert bound() == 10
    assert bound(least="20 EUR") == 20
    assert bound(least="20.5") == Decimal("20.5")
    for value in ("20 USD", "3 days", "'ten'", "orders", "1 +"):
        assert refusals(SHOP, "count(orders where amount > least)", params={"least": value}, **RANGE)
    assert refusals(SHOP, "revenue", params={"leest": "1"}, **RANGE) == ["KPI207"]


def test_text_from_outside_needs_no_quotes() -> None:
    text = SHOP.replace("params:\n", "params:\n  wanted: \"'mail'\"\n")
    query = resolved(text, "count(orders where channel = wanted)", params={"wanted": "it's"}, **RANGE)
    assert "it's" in [node.value for node in walk(query.outputs[0].value) if isinstance(node, ir.Literal)]


@pytest.mark.parametrize(
    ("declared", "given", "codes"),
    [
        ("type: money(EUR)\n    default: 5", None, []),
        ("type: money(EUR)\n    default: 5 USD", None, ["KPI318"]),
        ("type: money(EUR)", "5", []),
        ("type: money(EUR)", "5 USD", ["KPI318"]),
        ("type: money(EUR)", None, ["KPI318"]),
        ("type: money(EURO)\n    default: 5", None, ["KPI215"]),
        ("type: duration\n    default: 5", None, ["KPI318"]),
    ],
)
def test_params_of_a_declared_type(declared: str, given: str | None, codes: list[str]) -> None:
    text = SHOP.replace("  least: 10 EUR\n", f"  least:\n    {declared}\n")
    params = {"least": given} if given else {}
    assert refusals(text, "count(orders where amount > least)", params=params, **RANGE) == codes


def test_one_catalog_answers_many_questions() -> None:
    catalog, _ = catalog_of(SHOP)
    for number in range(50):
        query = catalog.query(Request((f"revenue + {number}",), where=f"quantity > {number}"), Diagnostics())
        assert query is not None
        values = [node.value for node in walk(query.outputs[0].value) if isinstance(node, ir.Literal)]
        assert values == [number, number]


def test_order_and_limit() -> None:
    query = resolved(SHOP, "revenue", by=("area",), order=("-revenue", "area"), limit=3, **RANGE)
    assert query.order == (ir.Order("revenue", True), ir.Order("area", False)) and query.limit == 3
    assert refusals(GOALS, "judged", order=("judged.warn",), **RANGE) == ["KPI221"]
    assert refusals(SHOP, "revenue", limit=0, **RANGE) == ["KPI420"]


def test_only_what_is_reached_is_in_the_model() -> None:
    query = resolved(SHOP, "sum(orders.margin)", by=("area",), **RANGE)
    assert [entity.name for entity in query.model.entities] == ["customers", "orders", "regions"]
    orders = query.model.entity("orders")
    assert [column.name for column in orders.columns] == [
        "order_id",
        "ordered_on",
        "customer",
        "amount",
        "cost",
    ]
    assert [attribute.name for attribute in orders.attributes] == ["margin"] and orders.time == "ordered_on"
    assert query.model.entity("customers").time is None


def test_what_is_not_reached_may_be_wrong() -> None:
    broken = SHOP.replace("margin: amount - cost", "margin: amount - nothing").replace(
        "    tier:", "    tear:"
    )
    broken += "  wrong: 1 +\n"
    assert refusals(broken, "revenue", **RANGE) == []
    assert refusals(broken, "sum(orders.margin)", **RANGE) == ["KPI205"]
    assert refusals(broken, "wrong", **RANGE) == ["KPI102"]


def test_trouble_is_told_whenever_it_is_reached() -> None:
    """A definition is resolved once, and whoever asks again hears its findings again."""
    catalog, _ = catalog_of(SHOP + "  wrong: sum(orders.nothing)\n  other: wrong * 2\n")
    for kpi in ("wrong", "other", "wrong"):
        diags = Diagnostics()
        assert catalog.query(Request((kpi,)), diags) is None
        assert [str(found.code) for found in diags] == ["KPI205"]
