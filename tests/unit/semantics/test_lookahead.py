"""What `[ever]` does to the past is known of every KPI that leans on it, however indirectly."""

from __future__ import annotations

import pytest

from kpilang.semantics.lookahead import looks_ahead

from .asking import SHOP, resolved

TEXT = SHOP.replace("      nth:", "      of_loyal: customer.loyal\n      nth:").replace(
    "      first_order:", "      loyal: orders_ever > 2\n      first_order:"
)


@pytest.mark.parametrize(
    ("formula", "found"),
    [
        ("count(orders)", ()),
        ("count(customers dated first_order)", ()),
        ("max(customers.orders_ever)", ("customers.orders_ever",)),
        ("count(customers where loyal)", ("customers.orders_ever",)),
        ("sum(orders.amount where of_loyal) / revenue", ("customers.orders_ever",)),
        ("avg(orders.margin where nth = 1)", ()),
    ],
)
def test_attributes_that_later_rows_change(formula: str, found: tuple[str, ...]) -> None:
    query = resolved(TEXT, formula)
    assert looks_ahead(query.model, query.outputs[0].value) == found
