"""Pins: what PyYAML does that positions and refusals are built around."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

LOADERS = [yaml.SafeLoader, *([yaml.CSafeLoader] if yaml.__with_libyaml__ else [])]
both = pytest.mark.parametrize("loader", LOADERS)


def scalars(text: str, loader: Any) -> list[tuple[str, str]]:
    """Values with the slice of the text that the marks give."""
    events = yaml.parse(text, Loader=loader)
    found = [event for event in events if isinstance(event, yaml.ScalarEvent)]
    return [(event.value, text[event.start_mark.index : event.end_mark.index]) for event in found]


@both
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_marks_are_offsets_in_characters(loader: Any, end: str) -> None:
    text = f"a: 😀 b{end}c: d{end}  e{end}f: 'g''h'{end}"
    assert scalars(text, loader) == [
        ("a", "a"),
        ("😀 b", "😀 b"),
        ("c", "c"),
        ("d e", f"d{end}  e"),
        ("f", "f"),
        ("g'h", "'g''h'"),
    ]


@both
def test_a_block_begins_at_its_sign_and_ends_behind_its_last_line(loader: Any) -> None:
    assert scalars("a: |\n  b\n  c\nd: e\n", loader)[1] == ("b\nc\n", "|\n  b\n  c\n")


@both
def test_the_raw_slice_of_a_scalar_holds_the_same_words(loader: Any) -> None:
    """This is the whole of embedding: blanks differ, words do not, unless a quoted scalar has an escape."""
    for text in ("a: b\n  + c", "a: |\n  b\n  + c\n", "a: >\n  b\n  + c\n", 'a: "b\n  + c"', "a: 'b\n  + c'"):
        value, slice_ = scalars(text, loader)[1]
        assert slice_.strip("|>\"'").split() == value.split()


def test_a_byte_order_mark_shifts_the_marks_of_one_parser() -> None:
    """So we take it off before PyYAML sees it, and add it again."""
    starts = {loader: scalars("\ufeffa: b", loader)[0][1] for loader in LOADERS}
    assert starts[yaml.SafeLoader] == "a"
    if yaml.__with_libyaml__:
        assert starts[yaml.CSafeLoader] == "\ufeff"


@both
def test_an_alias_is_the_same_node_with_the_place_of_its_anchor(loader: Any) -> None:
    """So aliases are refused, from the events, where they have a place of their own."""
    root = yaml.compose("a: &x b\nc: *x", Loader=loader)
    (_, first), (_, second) = root.value
    assert first is second and first.start_mark.index == 3
    aliases = [e for e in yaml.parse("a: &x b\nc: *x", Loader=loader) if isinstance(e, yaml.AliasEvent)]
    assert [alias.start_mark.index for alias in aliases] == [11]


@both
def test_duplicate_keys_are_silent(loader: Any) -> None:
    assert yaml.load("a: b\na: c", Loader=loader) == {"a": "c"}


@both
def test_flow_style_cuts_expressions(loader: Any) -> None:
    assert yaml.load("{a: enum(b, c)}", Loader=loader) == {"a": "enum(b", "c)": None}
    with pytest.raises(yaml.YAMLError):
        yaml.load("[a[prior]]", Loader=loader)


@both
def test_words_that_are_no_texts(loader: Any) -> None:
    assert yaml.load("[on, No, 010, 12:30, 1_0]", Loader=loader) == [True, False, 8, 750, 10]


@both
@pytest.mark.parametrize(
    "text", ["a: > 1%", "a: `b`", "a: 'b' = c", "a: b: c", "a:\n\tb: c", "a: @b", "a: %b", "a: - 3"]
)
def test_values_that_need_quotes(loader: Any, text: str) -> None:
    with pytest.raises(yaml.YAMLError):
        yaml.load(text, Loader=loader)


@both
def test_values_that_are_cut_or_stripped_without_a_word(loader: Any) -> None:
    assert yaml.load("a: b = 'c # d'", Loader=loader) == {"a": "b = 'c"}
    assert yaml.load("a: 'google'", Loader=loader) == {"a": "google"}
