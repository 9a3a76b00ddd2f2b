"""Trees for eyes: any node as an S-expression, the IR as formulas."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest

from kpilang import ir
from kpilang.cli.dump import WIDEST, dump
from kpilang.cli.formula import tree
from kpilang.cli.wording import Wording, window_text
from kpilang.syntax import ast
from kpilang.types import BOOL, DATE, INTEGER, STRING, Exactness, Kind, TimeUnit, Type, currency, things

ORDERED = ir.Field("orders", (), "orders", "ordered_on", DATE)
PAID = ir.Field("orders", (), "orders", "is_paid", BOOL)
TIER = ir.Field("orders", ("customer",), "customers", "tier", STRING)
EUR = Type(Kind.NUMBER, unit=currency("EUR"), scale=6)
AMOUNT = ir.Field("orders", (), "orders", "amount", EUR)
GOLD = ir.Call(ir.Op.EQ, (TIER, ir.Literal("gold's", STRING)), BOOL)
WHERE = ir.Call(ir.Op.AND, (PAID, GOLD), BOOL)
REVENUE = ir.Aggregate(ir.AggregateOp.SUM, "orders", ORDERED, EUR, AMOUNT, where=WHERE, window=(ir.Prior(),))
COUNT = ir.Aggregate(ir.AggregateOp.COUNT, "orders", ORDERED, Type(Kind.INTEGER, unit=things("orders")))
AVERAGE = Type(Kind.NUMBER, nullable=True, unit=EUR.unit.per(things("orders")), exactness=Exactness.ROUNDED)
RATIO = ir.Call(ir.Op.DIV, (REVENUE, COUNT), AVERAGE)


def test_a_short_tree_is_one_line() -> None:
    assert dump(ast.Binary("+", ast.Number(Decimal("1"), True), ast.String("it's\x1b"))) == (
        "(Binary operator='+' left=(Number value=1 is_integer=true) right=(String value='it''s␛'))"
    )


def test_defaults_and_spans_are_left_out() -> None:
    name = ast.Name("x", span=ast.Name("x").span)
    assert dump(ast.Path((name,))) == "(Path names=[(Name text='x')])"
    assert dump(ast.Null()) == "(Null)"
    assert dump(()) == "[]" and dump({}) == "{}" and dump(None) == "null"


def test_a_long_tree_is_indented() -> None:
    shown = dump(RATIO)
    assert max(map(len, shown.split("\n"))) <= WIDEST
    assert shown.split("\n")[:4] == [
        "(Call",
        "  op=/",
        "  args=[",
        "    (Aggregate",
    ]
    assert shown.count("(") == shown.count(")")
    assert "type=<number (EUR/orders), rounded, nullable>" in shown


def test_the_tree_of_a_formula() -> None:
    assert [(line.first + line.text, line.expr is not None) for line in tree(RATIO, Wording())] == [
        ("/", True),
        ("├─ sum of orders.amount", True),
        ("│     where is_paid and customer.tier = 'gold''s' · dated ordered_on · in prior", False),
        ("└─ count of orders", True),
        ("      dated ordered_on", False),
    ]


ONE, TWO = ir.Literal(1, INTEGER), ir.Literal(Decimal("2.5"), EUR)
CREATED = ir.Field("customers", (), "customers", "created_on", DATE)


@pytest.mark.parametrize(
    ("expr", "shown"),
    [
        (ir.Literal(None, INTEGER), "null"),
        (ir.Literal(True, BOOL), "true"),
        (TWO, "2.5 EUR"),
        (ir.Outer(CREATED), "this.created_on"),
        (ir.Raw(("hits", "page")), "hits.page"),
        (ir.Call(ir.Op.NOT, (PAID,), BOOL), "not orders.is_paid"),
        (ir.Call(ir.Op.NEG, (ONE,), INTEGER), "-1"),
        (ir.Call(ir.Op.IN, (ONE, ONE, TWO), BOOL), "1 in (1, 2.5 EUR)"),
        (ir.Call(ir.Op.LIKE, (TIER, ir.Literal("g%", STRING), ir.Literal(None, STRING)), BOOL),
         "orders.customer.tier like 'g%'"),
        (ir.Call(ir.Op.CAST, (ONE,), EUR), "1 as money (EUR)"),
        (ir.Call(ir.Op.COALESCE, (ONE, TWO), EUR), "coalesce(1, 2.5 EUR)"),
        (ir.Call(ir.Op.MUL, (ir.Call(ir.Op.ADD, (ONE, ONE), INTEGER), ONE), INTEGER), "(1 + 1) * 1"),
        (ir.Case((ir.When(PAID, ONE),), TWO, EUR), "case when orders.is_paid then 1 else 2.5 EUR end"),
        (ir.PeriodValue(ir.PeriodPart.LENGTH, INTEGER), "period"),
        (ir.PeriodValue(ir.PeriodPart.START, DATE, (ir.Prior(),)), "period.start[prior]"),
        (ir.Child(ir.AggregateOp.COUNT, "orders", ("customer",), INTEGER, where=PAID, ever=True),
         "count(orders where is_paid via customer)[ever]"),
        (ir.Rank((TIER,), (ir.SortKey(ORDERED, True),), INTEGER),
         "rank(per orders.customer.tier by orders.ordered_on desc)"),
        (COUNT, "count(orders)"),
        (REVENUE, "sum(orders.amount where is_paid and customer.tier = 'gold''s')[prior]"),
    ],
)  # fmt: skip
def test_expressions_on_one_line(expr: ir.Expr, shown: str) -> None:
    assert Wording().text(expr) == shown


@pytest.mark.parametrize(
    ("steps", "shown"),
    [
        ((ir.Last(28, TimeUnit.DAY),), "last 28 days"),
        ((ir.Next(1, TimeUnit.MONTH),), "next 1 month"),
        ((ir.Ago(1, TimeUnit.YEAR), ir.Prior()), "prior of 1 year ago"),
        ((ir.ToDate(TimeUnit.FISCAL_YEAR),), "fiscal year to date"),
        ((ir.AllTime(),), "all time"),
        ((ir.Before(),), "before"),
        ((ir.FromTo(datetime(2024, 1, 1), datetime(2024, 2, 1, 12)),), "from 2024-01-01 to 2024-02-01 12:00"),
    ],
)
def test_windows(steps: ir.Window, shown: str) -> None:
    assert window_text(steps) == shown
