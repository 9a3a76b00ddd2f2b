"""Pins: what Lark does that our grammar and our machine are built around."""

from __future__ import annotations

import sys

import pytest
from lark import Lark, Transformer
from lark.exceptions import GrammarError, UnexpectedInput, UnexpectedToken

LOGIC = """
start: term ("or" term)*
term: NAME
NAME: /{name}/
%ignore " "
"""


def test_a_keyword_is_a_name_where_it_is_not_expected() -> None:
    """So NAME leaves the reserved words out: the error is then at the second `or`, not behind it."""
    loose = Lark(LOGIC.format(name="[a-z]+"), parser="lalr")
    with pytest.raises(UnexpectedToken) as caught:
        loose.parse("x or or y")
    assert caught.value.pos_in_stream == 8
    strict = Lark(LOGIC.format(name=r"(?!or\b)[a-z]+"), parser="lalr")
    with pytest.raises(UnexpectedInput) as caught_strict:
        strict.parse("x or or y")
    assert caught_strict.value.pos_in_stream == 5


@pytest.mark.parametrize(("text", "place"), [("a + ", 2), ("", 0)])
def test_an_unexpected_end_is_reported_at_the_last_token(text: str, place: int) -> None:
    """Our machine says where the text ends."""
    lark = Lark('start: NAME ("+" NAME)*\nNAME: /[a-z]+/\n%ignore " "', parser="lalr")
    with pytest.raises(UnexpectedToken) as caught:
        lark.parse(text)
    assert caught.value.token.type == "$END"
    assert (caught.value.pos_in_stream or 0) == place


def test_a_transformer_recurses_while_the_parser_does_not() -> None:
    """So nodes are built while the text is read."""
    lark = Lark('start: e\n?e: NAME | e "+" NAME -> add\nNAME: /[a-z]+/', parser="lalr")
    tree = lark.parse("+".join(["a"] * (3 * sys.getrecursionlimit())))
    with pytest.raises(RecursionError):
        Transformer().transform(tree)


def test_conflicts_are_silent_unless_strict() -> None:
    """So a test builds the grammar strictly."""
    dangling = 'start: "a" start | "a" start "b" start | "c"'
    Lark(dangling, parser="lalr")
    with pytest.raises(GrammarError):
        Lark(dangling, parser="lalr", strict=True)


def test_plain_keywords_split_words() -> None:
    """So every keyword is a pattern that ends at the end of a word."""
    lark = Lark('start: STRING "and" NAME\nSTRING: /\'[^\']*\'/\nNAME: /[a-z]+/\n%ignore " "', parser="lalr")
    assert lark.parse("'a' andrew").children[1] == "rew"


def test_the_parse_table_lies_where_we_take_it_from() -> None:
    """`kpilang.syntax.grammar` reads these; they are not part of Lark's documented interface."""
    lark = Lark('start: A ["b"] -> x\nA: "a"', parser="lalr", maybe_placeholders=False)
    table = lark.parser.parser._parse_table
    assert set(table.start_states) == set(table.end_states) == {"start"}
    rules = {arg for row in table.states.values() for action, arg in row.values() if action.name == "Reduce"}
    (shorter, longer) = sorted(rules, key=lambda rule: len(rule.expansion))
    assert (longer.origin.name, longer.alias, longer.options.expand1) == ("start", "x", False)
    assert [(symbol.is_term, symbol.filter_out) for symbol in longer.expansion] == [
        (True, False),
        (True, True),
    ]
    assert len(shorter.expansion) == 1
    assert {terminal.name for terminal in lark.terminals} == {"A", "B"}
