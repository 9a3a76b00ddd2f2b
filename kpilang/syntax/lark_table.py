"""The table of the grammar as Lark computes it, made plain: the only module that imports Lark.

Reads the table and the terminals of Lark's LALR parser (`tests/upstream` pins where they lie) and yields
dicts, tuples, strings and numbers. Imported by `grammar` when there is no table in the cache.
"""

from __future__ import annotations

import re
from typing import Any

from lark import Lark
from lark.parsers.lalr_analysis import Shift

from kpilang.syntax.spec import Start


def build_lark(text: str, strict: bool = False) -> Lark:
    """The grammar as Lark's own parser; also what tests compare `machine` with."""
    starts = [start.value for start in Start]
    return Lark(
        text, parser="lalr", lexer="contextual", start=starts, strict=strict, maybe_placeholders=False
    )


def plain_table(text: str) -> dict[str, Any]:
    """The table of the grammar `text`, in the fields of `grammar.Tables`."""
    lark = build_lark(text)
    table = lark.parser.parser._parse_table
    rules: dict[Any, int] = {}
    actions = []
    for state in range(len(table.states)):
        row = {}
        for symbol, (action, argument) in table.states[state].items():
            row[symbol] = argument if action is Shift else -1 - rules.setdefault(argument, len(rules))
        actions.append(row)
    words = _words(lark)
    name = _pattern(lark, "NAME")
    return {
        "actions": tuple(actions),
        "productions": tuple(_production(rule) for rule in rules),
        "starts": {start: table.start_states[start] for start in lark.options.start},
        "ends": {start: table.end_states[start] for start in lark.options.start},
        "words": words,
        "reserved": frozenset(word for word in words if not re.fullmatch(name, word)),
        "patterns": _patterns(lark, words),
    }


def _production(rule: Any) -> tuple[str, str, int, tuple[int, ...]]:
    kept = tuple(
        index
        for index, symbol in enumerate(rule.expansion)
        if not (symbol.is_term and (symbol.filter_out or symbol.name.startswith("_")))
    )
    name = str(rule.origin.name)
    hands_on = rule.options.expand1 and rule.alias is None and len(kept) == 1
    return name, "" if hands_on else rule.alias or name, len(rule.expansion), kept


def _words(lark: Lark) -> dict[str, str]:
    """Words and the terminals they are."""
    matches = ((re.fullmatch(r"([a-z]+)\\b", t.pattern.to_regexp()), t.name) for t in lark.terminals)
    return {match[1]: name for match, name in matches if match}


def _patterns(lark: Lark, words: dict[str, str]) -> tuple[tuple[str, str], ...]:
    """The terminals that are no words, in Lark's order: by priority, then the longer.

    The last is FIELD, which is any word: whether it may be a name, or is a word of the grammar, is asked
    when it has been found.
    """
    others = {"NAME", "FIELD", *lark.ignore_tokens, *words.values()}
    found = [
        (-t.priority, -t.pattern.max_width, -len(t.pattern.to_regexp()), t.name, t.pattern.to_regexp())
        for t in lark.terminals
        if t.name not in others
    ]
    return (*((name, text) for *_, name, text in sorted(found)), ("FIELD", _pattern(lark, "FIELD")))


def _pattern(lark: Lark, name: str) -> str:
    return next(str(t.pattern.to_regexp()) for t in lark.terminals if t.name == name)
