"""Lines and columns of offsets."""

from __future__ import annotations

import pytest

from kpilang.source import Position, Source, Span

TEXT = "ab\r\nc名d\n\ne"


@pytest.mark.parametrize(
    ("offset", "line", "column"),
    [
        (0, 1, 1),
        (2, 1, 3),
        (3, 1, 4),
        (4, 2, 1),
        (6, 2, 3),
        (8, 3, 1),
        (9, 4, 1),
        (10, 4, 2),
        (99, 4, 2),
        (-1, 1, 1),
    ],
)
def test_positions(offset: int, line: int, column: int) -> None:
    assert Source("a", TEXT).position(offset) == Position(line, column)


@pytest.mark.parametrize(("number", "line"), [(1, "ab"), (2, "c名d"), (3, ""), (4, "e")])
def test_lines(number: int, line: str) -> None:
    assert Source("a", TEXT).line(number) == line


def test_a_byte_order_mark_has_no_column() -> None:
    source = Source("a", "\ufeff" + TEXT)
    assert source.line(1) == "ab" and source.line(2) == "c名d"
    assert source.position(0) == source.position(1) == Position(1, 1)
    assert source.position(2) == Position(1, 2) and source.position(5) == Position(2, 1)
    assert Source("a", "\ufeff").line(1) == "" and Source("a", "").position(0) == Position(1, 1)


def test_spans_join() -> None:
    assert Span("a", 1, 3).to(Span("a", 2, 7)) == Span("a", 1, 7)
