"""Params that group the result: every value side by side, chosen by the combination at hand."""

from __future__ import annotations

import dataclasses
from decimal import Decimal
from typing import Any

import pytest

from kpilang import ir, plan, sql
from kpilang.plan import explain
from kpilang.types import INTEGER, STRING
from tests.unit.plan.asking import NOW, execute, quarter, run

LENGTHS = ir.Axis("length", INTEGER, tuple(ir.Literal(number, INTEGER) for number in (1, 2, 3)))
CHANNELS = ir.Axis("kind", STRING, tuple(ir.Literal(text, STRING) for text in ("mail", "ads")))
EVERY, NONE, SOLO = plan.ALL, (), [(name,) for name in plan.ALL]


def trailing(**words: Any) -> ir.Query:
    """Revenue of the last 1, 2, 3 months, beside that of the month itself."""
    kpis = ("revenue", *(f"revenue[last {n} months]" for n in (1, 2, 3)))
    asked = quarter(*kpis, **words)
    month, *last = asked.outputs
    along = ir.Output("trailing", last[0].value, along=tuple(output.value for output in last))
    return dataclasses.replace(asked, outputs=(along, month), axes=(LENGTHS,))


@pytest.mark.parametrize("rewrites", [EVERY, NONE, *SOLO], ids=lambda names: "+".join(names) or "none")
def test_each_row_stands_once_for_each_value(rewrites: tuple[str, ...]) -> None:
    """By UTC months: January 2, February 12, March 16; order 1 (31 December) is in January's last 2."""
    found = [tuple(map(str, row)) for row in run(trailing(), rewrites)]
    assert found == [
        ("1", "2024-01-01", "2.000000", "2.000000"),
        ("1", "2024-02-01", "12.000000", "12.000000"),
        ("1", "2024-03-01", "16.000000", "16.000000"),
        ("2", "2024-01-01", "3.000000", "2.000000"),
        ("2", "2024-02-01", "14.000000", "12.000000"),
        ("2", "2024-03-01", "28.000000", "16.000000"),
        ("3", "2024-01-01", "3.000000", "2.000000"),
        ("3", "2024-02-01", "15.000000", "12.000000"),
        ("3", "2024-03-01", "30.000000", "16.000000"),
    ]


def test_columns_are_those_of_the_query() -> None:
    query = trailing(by=("channel",))
    compiled = sql.compile(plan.build(query, NOW))
    assert tuple(name for name, _ in compiled.columns) == query.columns
    assert query.columns == ("channel", "length", "period", "trailing", "revenue")


def test_a_group_has_a_row_for_every_value_where_it_has_one_for_any() -> None:
    """Ads have an order of December: seen in February with three months, so in all three of February."""
    query = trailing(by=("channel",))
    found = [row for row in run(query) if row[0] == "ads" and str(row[2]) == "2024-02-01"]
    assert [(row[1], row[3]) for row in found] == [(1, 0), (2, Decimal(2)), (3, Decimal(3))]


def test_the_order_is_dimensions_axes_period() -> None:
    found = [row[:3] for row in run(trailing(by=("channel",)))]
    ranks = {"ads": 0, "mail": 1, None: 2}
    assert found == sorted(found, key=lambda row: (ranks[row[0]], row[1], row[2]))


def test_values_keep_the_order_in_which_they_are_declared() -> None:
    """Two axes, the last one fastest; `mail` before `ads`, as declared."""
    asked = quarter("revenue", "sum(orders.amount where channel = 'ads')", grain=None)
    everything, ads = (output.value for output in asked.outputs)
    mail = quarter("sum(orders.amount where channel = 'mail')", grain=None).outputs[0].value
    along = (mail, ads, everything, everything, mail, mail)
    output = ir.Output("found", along[0], along=along)
    query = dataclasses.replace(asked, outputs=(output,), axes=(LENGTHS, CHANNELS))
    assert [(row[0], row[1], int(row[2])) for row in run(query)] == [
        (1, "mail", 8),
        (1, "ads", 18),
        (2, "mail", 30),
        (2, "ads", 30),
        (3, "mail", 8),
        (3, "ads", 8),
    ]


def test_order_and_limit_come_last() -> None:
    query = dataclasses.replace(trailing(), order=(ir.Order("trailing", descending=True),), limit=2)
    assert [(row[0], int(row[2])) for row in run(query)] == [(3, 30), (2, 28)]


def test_all_values_take_one_look_at_the_table() -> None:
    assert explain(plan.build(trailing(), NOW)).times_read() == {"orders": 1}


def test_bounds_may_be_parameters() -> None:
    query = trailing()
    bound = sql.compile(plan.build(query, NOW), period="bind")
    assert execute(bound, query) == run(query)
