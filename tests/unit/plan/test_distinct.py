"""Distinct counts by who comes and who leaves are those of looking at every period by itself."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from kpilang import plan
from kpilang.plan.draft import Distinct, Spread
from tests.unit.plan.asking import NOW, Rows, ask, run

WITHOUT = tuple(name for name in plan.ALL if name != "distinct")
BERLIN = "timezone: Europe/Berlin\n"
WINDOWS = (
    "last 5 days",
    "last 28 days",
    "all time",
    "before",
    "year to date",
    "month to date",
    "next 10 days",
)


def crowd(seed: int) -> Rows:
    """A hundred orders of a dozen customers in half a year: gaps, repeats, nobody, no channel."""
    dice = random.Random(seed)

    def order(number: int) -> dict[str, Any]:
        at = datetime(2023, 11, 1) + timedelta(hours=dice.randrange(24 * 180))
        customer = dice.choice([None, *range(12)])
        channel = dice.choice(["ads", "mail", None])
        rest = {"amount": Decimal(1), "pieces": 1, "is_paid": dice.random() < 0.5, "weight": 1.0}
        return {"order_id": number, "ordered_at": at, "customer": customer, "channel": channel, **rest}

    return {"orders": [order(number) for number in range(100)]}


@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize("by", [(), ("channel",)], ids=["overall", "by channel"])
def test_as_each_period_by_itself(window: str, by: tuple[str, ...]) -> None:
    kpis = (f"buyers[{window}]", f"unique(orders.customer where is_paid)[{window}]", "revenue")
    asked = ask(*kpis, grain="day", start="2023-12-20", end="2024-03-10", by=by, project=BERLIN)
    rows = crowd(seed=len(window) + len(by))
    assert run(asked, rows=rows) == run(asked, WITHOUT, rows)


def test_across_a_dimension() -> None:
    asked = ask(
        "buyers[last 28 days][across channel]",
        grain="week",
        start="2023-12-18",
        end="2024-03-11",
        by=("channel",),
    )
    assert run(asked, rows=crowd(7)) == run(asked, (), crowd(7))


def test_names_of_dimensions_do_not_meet_those_of_columns() -> None:
    asked = ask("buyers[all time]", grain="week", start="2023-12-18", end="2024-03-11", by=("channel",))
    for name in ("member", "first", "rows", "period_2"):
        renamed = tuple(type(d)(name, d.type, d.paths) for d in asked.dimensions)
        query = type(asked)(**{**{f: getattr(asked, f) for f in asked.__slots__}, "dimensions": renamed})
        assert run(query, rows=crowd(3)) == run(asked, (), crowd(3))


@pytest.mark.parametrize(
    ("window", "grain", "start", "timing"),
    [
        ("last 28 days", "day", "2024-01-01", Distinct),
        ("last 3 days", "day", "2024-01-01", Spread),  # cheap as it is
        ("all time", "month", "2024-01-01", Spread),  # three periods
        ("all time", "month", "2023-01-01", Distinct),
        ("last 28 days", "month", "2023-01-01", Spread),  # no whole months
    ],
)
def test_where_it_is_worth_it(window: str, grain: str, start: str, timing: type) -> None:
    asked = ask(f"buyers[{window}]", grain=grain, start=start, end="2024-04-01")
    (block,) = plan.build(asked, NOW).draft.blocks
    assert isinstance(block.timing, timing)
