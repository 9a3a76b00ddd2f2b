"""Whatever can be parsed ends in a typed query or in findings: no exception, no stray poison."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from kpilang.diagnostics import Diagnostics
from kpilang.nodes import walk
from kpilang.semantics.request import Request

from .asking import SHOP, catalog_of

NAMES = (
    "orders", "customers", "lines", "orders.amount", "customers.created_at", "amount", "status", "channel",
    "tier", "customer", "customer.region.area", "customers.tier", "this.created_at", "created_at",
    "ordered_on", "period", "period.start", "period.end", "revenue", "order_count", "least", "days_back",
    "goal", "area", "regions.area", "nth", "margin", "first_order", "customers.orders_ever",
    "lines.order.amount", "is_test", "discount", "weight", "nowhere", "orders.nowhere", "tax", "orders.tax",
    "paid_at", "local", "orders.local", "points", "count", "`end`",
)  # fmt: skip
CONSTANTS = (
    "1", "2.5", "0", "25%", "10 EUR", "3 USD", "30 days", "12 hours", "1 month", "2 orders", "5 attack",
    "2024-01-31", "2024-02-30", "2024-01-31T10:00:00", "2024-01-31T10:00:00Z", "'paid'", "'payd'", "'gold'",
    "'%'", "true", "null", "99999999999999999999999999999999999999", "1000000 weeks",
)  # fmt: skip
UNARY = (
    "-{}", "not {}", "({})", "{} is null", "{} as EUR", "({} as percent)", "abs({})", "round({}, 1)",
    "date({})", "sqrt({})", "length({})", "{}[prior]", "{}[before]", "{}[all time]", "{}[last 7 days]",
    "{}[last days_back]", "{}[1 month ago]", "{}[last 24 hours]", "{}[across area]", "{}[across *]",
    "{}[ever]", "{}[year to date]", "count({})", "sum({})", "avg({})", "min({})", "max({})", "first({})",
    "unique({})", "stddev({})", "exists({})", "percentile({}, 90%)", "rank(per customer by {})",
    "target({})", "nosuch({})", "count(all {})", "sum({} dated paid_at)", "min({} via customer)",
    "avg({} per customer)", "floor({})",
)  # fmt: skip
BINARY = (
    "{} + {}", "{} - {}", "{} * {}", "{} / {}", "{} = {}", "{} <> {}", "{} < {}", "{} >= {}", "{} and {}",
    "{} or {}", "{} is {}", "{} is not {}", "{} like {}", "{} in ({}, null)", "{} not in ({}, 'x')",
    "coalesce({}, {})", "nullif({}, {})", "greatest({}, {})", "concat({}, {})", "power({}, {})",
    "case when {} then {} end", "case when {} then 1 else {} end", "sum({} where {})", "count({} where {})",
    "exists({} where {})", "{}[{}]", "{}[from {} to 2024-03-01]", "min({} where {})[ever]",
    "sum({})[from this.created_at to {}]",
)  # fmt: skip
TERNARY = (
    "{} between {} and {}",
    "case when {} then {} else {} end",
    "{} like {} escape {}",
    "sum({} * {} where {})",
)


def applied(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    def form(templates: tuple[str, ...], count: int) -> st.SearchStrategy[str]:
        filled = st.tuples(st.sampled_from(templates), *[parts] * count)
        return filled.map(lambda drawn: drawn[0].format(*drawn[1:]))

    return st.one_of(form(UNARY, 1), form(BINARY, 2), form(TERNARY, 3))


EXPRESSIONS = st.recursive(st.sampled_from((*NAMES, *CONSTANTS)), applied, max_leaves=8)


@given(EXPRESSIONS, EXPRESSIONS, st.sampled_from((None, "channel = 'a'", "area is null", "period.start")))
def test_any_formula(formula: str, attribute: str, where: str | None) -> None:
    text = SHOP.replace("kpis:\n", f"kpis:\n  drawn: |\n    {formula}\n").replace(
        "      nth:", f"      drawn_too: |\n        {attribute}\n      nth:"
    )
    check(text, "drawn", "max(orders.drawn_too)", "count(orders where drawn_too is null)", where=where)


@given(EXPRESSIONS, EXPRESSIONS)
def test_any_condition_and_goal(condition: str, bound: str) -> None:
    text = SHOP.replace(
        "    time: ordered_on\n", f"    time: ordered_on\n    where: |\n      {condition}\n", 1
    )
    text += f"  judged:\n    formula: revenue\n    target: |\n      at least {bound}\n"
    check(text, "judged")


def check(text: str, *kpis: str, where: str | None = None) -> None:
    catalog, read = catalog_of(text)
    found = Diagnostics()
    catalog.check(found)
    for kpi in kpis:
        diags = Diagnostics()
        query = catalog.query(
            Request((kpi,), by=("area",), where=where, start="2024-01-01", end="2024-02-01"), diags
        )
        assert (query is None) == diags.has_errors
        if query is not None and not read.has_errors:
            nodes = [node for output in query.outputs for node in walk(output.value)]
            types: list[Any] = [getattr(node, "type", None) for node in nodes]
            assert not any(type_ is not None and type_.is_error for type_ in types)
