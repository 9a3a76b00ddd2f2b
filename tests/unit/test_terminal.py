"""Widths, and characters that must not reach a terminal."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpilang.terminal import is_unsafe, narrowed, pad, shortened, visible, wants_colour, width, wrapped

ANY_TEXT = st.text(st.characters(exclude_categories=()))


@pytest.mark.parametrize(
    ("text", "cells"),
    [("abc", 3), ("名前", 4), ("cafe\u0301", 4), ("ｆｕｌｌ", 8), ("", 0), ("אב", 2), ("한", 2),
     ("\u1112\u1161\u11ab", 2),
     ("👍", 2), ("a\u200db", 2), ("€", 1), ("สวัสดี", 4)],
)  # fmt: skip
def test_widths(text: str, cells: int) -> None:
    assert width(text) == cells


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("a\tb\n", "a␉b␊"),
        ("\x1b[31m", "␛[31m"),
        ("\x7f", "␡"),
        ("\x9b31m", "<U+009B>31m"),
        ("\u202eabc\u202c", "<U+202E>abc<U+202C>"),
        ("\u2066x\u2069", "<U+2066>x<U+2069>"),
        ("\u2028", "<U+2028>"),
        ("\ud800", "<U+D800>"),
        ("\ufeff", "<U+FEFF>"),
        ("می\u200cخواهم 👩\u200d💻", "می\u200cخواهم 👩\u200d💻"),
    ],
)
def test_signs_stand_for_what_acts(text: str, shown: str) -> None:
    assert visible(text) == shown


@given(ANY_TEXT)
def test_what_is_visible_is_safe_and_stays_as_it_is(text: str) -> None:
    shown = visible(text)
    assert not any(map(is_unsafe, shown))
    assert visible(shown) == shown
    shown.encode("utf-8")


@given(ANY_TEXT.map(visible), st.integers(1, 40))
def test_padded_and_shortened_texts_fit(text: str, cells: int) -> None:
    assert width(shortened(text, cells)) <= cells
    assert width(pad(shortened(text, cells), cells)) == cells
    assert pad(text, cells, right=True).endswith(text) and pad(text, cells).startswith(text)


@given(ANY_TEXT.map(visible), st.integers(2, 40))
def test_wrapped_texts_fit_and_lose_nothing(text: str, cells: int) -> None:
    lines = wrapped(text, cells)
    assert lines and max(map(width, lines)) <= cells
    assert "".join("".join(lines).split()) == "".join(text.split())


def test_words_are_parted_at_blanks_then_at_joining_signs() -> None:
    assert wrapped("a long title of a KPI", 8) == ["a long", "title of", "a KPI"]
    assert wrapped("customer_acquisition_cost", 12) == ["customer_", "acquisition_", "cost"]
    assert wrapped("開封率と開封数", 6) == ["開封率", "と開封", "数"]
    assert wrapped("", 5) == [""]


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=1), st.integers(0, 200))
def test_narrowed_widths_fit_if_they_can(sizes: list[tuple[int, int]], cells: int) -> None:
    widths, least = [max(pair) for pair in sizes], [min(pair) for pair in sizes]
    made = narrowed(widths, least, cells)
    assert all(low <= one <= high for low, one, high in zip(least, made, widths, strict=True))
    assert sum(made) == min(sum(widths), max(cells, sum(least)))
    assert narrowed(widths, least, None) == widths


def test_colour_is_for_terminals_without_no_color() -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    assert wants_colour(Terminal(), {"TERM": "xterm"})
    assert not wants_colour(Terminal(), {"NO_COLOR": "1"})
    assert wants_colour(Terminal(), {"NO_COLOR": ""})
    assert not wants_colour(Terminal(), {"TERM": "dumb"})
    assert not wants_colour(io.StringIO(), {})
