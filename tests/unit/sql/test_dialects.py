"""Dialects are total tables, and the trees made by them are sound."""

from __future__ import annotations

import dataclasses

import pytest
import sqlglot
from sqlglot import exp

from kpilang import ir, plan, sql
from kpilang.diagnostics import KpilangError
from kpilang.ir import AggregateOp, Op
from kpilang.plan.scalars import Made
from kpilang.sql.dialects import DIALECTS, dialect_named
from kpilang.sql.dialects.base import Dialect, Refused
from kpilang.sql.lower_scalars import Spelling
from kpilang.sql.statement import generate, statement
from tests.unit.plan.asking import NOW, quarter

SPELT_OUT = {AggregateOp.AVG, AggregateOp.EXISTS, AggregateOp.MEDIAN}
"""By the planner: sum over count, count above 0, the half of percentile."""

QUERIES = [
    quarter("revenue", "revenue[prior]", "cost_per_order", by=("channel",)),
    quarter("revenue[all time]", "buyers[last 28 days]", "revenue / revenue[across *]", by=("region",)),
    quarter("first(orders.amount)", "median(orders.amount)", "round(avg(orders.amount), 2)", grain=None),
    quarter("sum(customers.spent)", "sum(customers.orders_ever) / period", grain="week", start="2024-01-01"),
    quarter("revenue", project="timezone: Europe/Berlin\n", grain="day", fill=True, by=("channel",)),
]


@pytest.fixture(params=list(DIALECTS.values()), ids=list(DIALECTS))
def dialect(request: pytest.FixtureRequest) -> Dialect:
    chosen: Dialect = request.param
    return chosen


def test_every_operation_has_an_entry(dialect: Dialect) -> None:
    assert set(dialect.operations) == {*Op, *Made}
    assert set(dialect.summaries) == set(AggregateOp) - SPELT_OUT


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.outputs[0].name)
class TestTrees:
    def tree(self, query: ir.Query, dialect: Dialect) -> exp.Expr:
        return statement(plan.build(query, NOW), Spelling(dialect))

    def test_only_listed_functions_are_called_by_name(self, query: ir.Query, dialect: Dialect) -> None:
        tree = self.tree(query, dialect)
        assert {call.name for call in tree.find_all(exp.Anonymous)} <= dialect.functions
        assert not list(tree.find_all(exp.Command))

    def test_every_node_has_its_own_parent(self, query: ir.Query, dialect: Dialect) -> None:
        seen: set[int] = set()
        for node in self.tree(query, dialect).walk():
            assert id(node) not in seen, f"{node!r} stands in two places"
            seen.add(id(node))
            assert all(child.parent is node for child in node.iter_expressions())

    def test_the_text_reads_back_as_the_tree(self, query: ir.Query, dialect: Dialect) -> None:
        """What is printed is what was meant: no parenthesis is missing."""
        text = generate(self.tree(query, dialect), dialect)
        again = sqlglot.parse_one(text, dialect=dialect.grammar)
        assert generate(again, dialect) == text

    def test_every_name_is_quoted(self, query: ir.Query, dialect: Dialect) -> None:
        assert all(name.quoted for name in self.tree(query, dialect).find_all(exp.Identifier))

    def test_conditions_stand_in_the_aggregates(self, query: ir.Query, dialect: Dialect) -> None:
        assert not list(self.tree(query, dialect).find_all(exp.Filter))

    def test_the_text_is_the_same_each_time(self, query: ir.Query, dialect: Dialect) -> None:
        first, second = (sql.compile(plan.build(query, NOW), dialect.name).text for _ in range(2))
        assert first == second


def test_an_unknown_dialect_is_refused() -> None:
    with pytest.raises(KpilangError, match="KPI551"):
        dialect_named("duckbd")


def test_what_a_dialect_refuses_is_said(dialect: Dialect) -> None:
    without = {**dialect.operations, Op.COALESCE: Refused("it has none")}
    poor = dataclasses.replace(dialect, operations=without)
    with pytest.raises(KpilangError, match="KPI552: `coalesce` cannot be said"):
        statement(plan.build(QUERIES[0], NOW), Spelling(poor))
    summaries = {**dialect.summaries, AggregateOp.SUM: Refused("it cannot add")}
    without_sum = dataclasses.replace(dialect, summaries=summaries)
    with pytest.raises(KpilangError, match="KPI552: `sum` cannot be said"):
        statement(plan.build(QUERIES[0], NOW), Spelling(without_sum))
