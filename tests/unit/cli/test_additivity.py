"""What may be added up, by the shape of a formula."""

from __future__ import annotations

import dataclasses

import pytest

from kpilang import ir
from kpilang.cli.additivity import Additivity, additivity
from kpilang.types import INTEGER
from tests.unit.cli.test_trees import AMOUNT, COUNT, EUR, ORDERED, REVENUE

SUM = dataclasses.replace(REVENUE, window=())
TWO = ir.Literal(2, INTEGER)
UNIQUE = ir.Aggregate(ir.AggregateOp.UNIQUE, "orders", ORDERED, INTEGER, AMOUNT)


def call(op: ir.Op, *args: ir.Expr) -> ir.Expr:
    return ir.Call(op, args, EUR)


@pytest.mark.parametrize(
    ("expr", "wanted"),
    [
        (SUM, Additivity.FULLY),
        (COUNT, Additivity.FULLY),
        (REVENUE, Additivity.OVER_GROUPS),
        (UNIQUE, Additivity.NOT),
        (dataclasses.replace(SUM, across=("channel",)), Additivity.NOT),
        (call(ir.Op.ADD, SUM, SUM), Additivity.FULLY),
        (call(ir.Op.SUB, SUM, REVENUE), Additivity.OVER_GROUPS),
        (call(ir.Op.ADD, SUM, TWO), Additivity.NOT),
        (call(ir.Op.MUL, TWO, SUM), Additivity.FULLY),
        (call(ir.Op.MUL, SUM, TWO), Additivity.FULLY),
        (call(ir.Op.MUL, SUM, SUM), Additivity.NOT),
        (call(ir.Op.DIV, SUM, TWO), Additivity.FULLY),
        (call(ir.Op.DIV, SUM, COUNT), Additivity.NOT),
        (TWO, Additivity.NOT),
    ],
)
def test_additivity(expr: ir.Expr, wanted: Additivity) -> None:
    assert additivity(expr) is wanted
