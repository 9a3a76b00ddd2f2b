"""Parentheses: as many as are needed, and no more."""

from __future__ import annotations

import pytest
from sqlglot import exp

from kpilang.sql.precedence import binary, chain, minus, negation

A, B, C = (lambda name=name: exp.column(name) for name in "abc")


@pytest.mark.parametrize(
    ("tree", "wanted"),
    [
        (binary(exp.Mul, binary(exp.Add, A(), B()), C()), "(a + b) * c"),
        (binary(exp.Add, binary(exp.Mul, A(), B()), C()), "a * b + c"),
        (binary(exp.Sub, A(), binary(exp.Sub, B(), C())), "a - (b - c)"),
        (binary(exp.Sub, binary(exp.Sub, A(), B()), C()), "a - b - c"),
        (binary(exp.Div, A(), binary(exp.Mul, B(), C())), "a / (b * c)"),
        (binary(exp.EQ, binary(exp.Add, A(), B()), C()), "a + b = c"),
        (binary(exp.EQ, binary(exp.GT, A(), B()), C()), "(a > b) = c"),
        (chain(exp.And, [chain(exp.Or, [A(), B()]), C()]), "(a OR b) AND c"),
        (chain(exp.Or, [chain(exp.And, [A(), B()]), C()]), "a AND b OR c"),
        (negation(chain(exp.And, [A(), B()])), "NOT (a AND b)"),
        (negation(binary(exp.Is, A(), exp.Null())), "NOT a IS NULL"),
        (binary(exp.Is, negation(A()), exp.Null()), "(NOT a) IS NULL"),
        (minus(minus(A())), "-(-a)"),
        (binary(exp.Sub, A(), minus(B())), "a - -b"),
        (minus(binary(exp.Mul, A(), B())), "-(a * b)"),
        (binary(exp.DPipe, A(), binary(exp.Add, B(), C())), "a || b + c"),
        (binary(exp.Mul, exp.Case(ifs=[exp.If(this=A(), true=B())]), C()), "CASE WHEN a THEN b END * c"),
    ],
)
def test_parentheses(tree: exp.Expr, wanted: str) -> None:
    assert tree.sql("duckdb") == wanted
