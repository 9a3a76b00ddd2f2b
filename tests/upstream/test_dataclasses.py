"""Pins: what frozen dataclasses do that our nodes are built around."""

from __future__ import annotations

import dataclasses
from decimal import Decimal

from kpilang.nodes import Node
from kpilang.source import Span
from kpilang.syntax import ast


def test_a_span_takes_no_part_in_equality_hash_or_matching() -> None:
    here, there = (ast.String("a", span=Span("f", n, n + 1)) for n in (1, 2))
    assert here == there and hash(here) == hash(there) and repr(here) == repr(there)
    assert ast.String.__match_args__ == ("value",)
    assert dataclasses.replace(here, value="b").span == here.span
    assert not hasattr(Node(), "__dict__")


def test_literals_of_different_kinds_are_never_equal() -> None:
    """`1 == True == 1.0` in Python; a node says what it is."""
    one = Decimal(1)
    assert len({ast.Number(one, True), ast.Number(one, False), ast.Bool(True), ast.Percent(one)}) == 4
