"""The LALR machine: text and a table in, calls of a builder out.

A hand-written driver for the table of `grammar`: a contextual lexer (which token it is depends on what the
state expects) and a loop over three parallel stacks. It never recurses, so no input can exhaust Python's
stack, and it knows the exact extent of every node, parentheses included. It does not know what any rule
means, nor how to explain a failure: it raises `Refused` with what it saw and what it would have taken.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from kpilang.syntax.grammar import END, Tables, tables

MAX_DEPTH = 100
"""Levels of nesting of one expression; the passes behind may recurse that deep without a thought."""
MAX_TERMS = 3000
"""Operators of one chain of `+ - * /`, which leans to the left as deep as it is long."""
_MAX_STACK = 16 * MAX_DEPTH
"""No construct puts more than 16 symbols on the stack for one level of nesting."""

UNKNOWN = "?"
"""The terminal of a character that begins no token."""


@dataclass(frozen=True, slots=True)
class Token:
    """`terminal` is a name of the grammar, `END` at the end, or `UNKNOWN`."""

    terminal: str
    text: str
    start: int
    end: int


class Refused(Exception):
    """The text is not in the language: `token` is the first that does not fit."""

    def __init__(self, token: Token, previous: Token | None) -> None:
        super().__init__(token.text)
        self.token = token
        self.previous = previous


class TooDeep(Exception):
    """Nested deeper than `MAX_DEPTH`; `start` and `end` tell where."""

    def __init__(self, start: int, end: int) -> None:
        super().__init__()
        self.start = start
        self.end = end


class TooLong(TooDeep):
    """A chain of more than `MAX_TERMS` operators."""


Build = Callable[[str, int, int, list[Any]], Any]
"""Makes a node: name of the production, first and last character, children."""


class _Splice(list[Any]):
    """Children of a repetition, on their way into the parent's."""


def run(start: str, text: str, build: Build) -> Any:
    """What `build` made of the whole text; `Refused` or `TooDeep` when there is no such thing."""
    return _Run(tables(), start, text, build).result()


def expected(start: str, text: str, refused: Refused) -> frozenset[str]:
    """The terminals that would have been taken instead.

    A state reduces on tokens that its stack does not allow, so the stack at the failure says too little: the
    text is read again, up to the token.
    """
    return _Run(tables(), start, text, lambda *_: None).expected_at(refused.token.start)


class _Run:
    """One parse. `states` has one entry more than the stacks of values, extents and depths."""

    def __init__(self, table: Tables, start: str, text: str, build: Build) -> None:
        self.table = table
        self.text = text
        self.build = build
        self.end = table.ends[start]
        self.states = [table.starts[start]]
        self.values: list[Any] = []
        self.extents: list[tuple[int, int]] = []
        self.depths: list[int] = []
        self.previous: Token | None = None

    def result(self) -> Any:
        """The value of the start symbol."""
        position = 0
        while True:
            token = _next_token(self.table, self.states[-1], self.text, position)
            if self._feed(token):
                return self.values[-1]
            self.previous = token
            position = token.end

    def expected_at(self, offset: int) -> frozenset[str]:
        """What would have been taken instead of the token at `offset`: all before it is known to fit."""
        position = 0
        while True:
            token = _next_token(self.table, self.states[-1], self.text, position)
            if token.start >= offset:
                return self._expected()
            self._feed(token)
            position = token.end

    def _feed(self, token: Token) -> bool:
        """All reductions that the token asks for, then its shift; true when the text is accepted."""
        actions = self.table.actions
        while True:
            action = actions[self.states[-1]].get(token.terminal)
            if action is None:
                raise Refused(token, self.previous)
            if action >= 0:
                self._shift(action, token)
                return False
            self._reduce(-1 - action)
            if token.terminal == END and self.states[-1] == self.end:
                return True

    def _shift(self, state: int, token: Token) -> None:
        if len(self.states) > _MAX_STACK:
            raise TooDeep(token.start, token.end)
        self.states.append(state)
        self.values.append(token)
        self.extents.append((token.start, token.end))
        self.depths.append(0)

    def _reduce(self, number: int) -> None:
        production = self.table.productions[number]
        size = production.size
        values, depths = self.values[-size:], self.depths[-size:]
        start, end = self.extents[-size][0], self.extents[-1][1]
        del self.states[-size:], self.values[-size:], self.extents[-size:], self.depths[-size:]
        kept = [values[index] for index in production.kept]
        if not production.build:
            value, depth = kept[0], max(depths)
        elif production.symbol.startswith("_"):
            value, depth = _spliced(kept), max(depths)
        else:
            value = self.build(production.build, start, end, _flat(kept))
            depth = _depth(production.build, depths, start, end)
        self.states.append(self.table.actions[self.states[-1]][production.symbol])
        self.values.append(value)
        self.extents.append((start, end))
        self.depths.append(depth)

    def _expected(self) -> frozenset[str]:
        """Of the terminals that the state lists those that the stack allows as well."""
        listed = self.table.actions[self.states[-1]]
        return frozenset(name for name in listed if _is_terminal(name) and self._takes(name))

    def _takes(self, terminal: str) -> bool:
        states = list(self.states)
        while True:
            action = self.table.actions[states[-1]].get(terminal)
            if action is None:
                return False
            if action >= 0:
                return True
            production = self.table.productions[-1 - action]
            del states[-production.size :]
            states.append(self.table.actions[states[-1]][production.symbol])
            if terminal == END and states[-1] == self.end:
                return True


def _is_terminal(symbol: str) -> bool:
    return symbol == END or symbol.isupper()


def _spliced(values: list[Any]) -> _Splice:
    """Repetitions lean to the left: the list so far comes first and is made longer in place."""
    if values and isinstance(values[0], _Splice):
        values[0].extend(_flat(values[1:]))
        return values[0]
    return _Splice(_flat(values))


def _flat(values: list[Any]) -> list[Any]:
    if not any(isinstance(value, _Splice) for value in values):
        return values
    flat: list[Any] = []
    for value in values:
        if isinstance(value, _Splice):
            flat.extend(value)
        else:
            flat.append(value)
    return flat


_CHAIN = MAX_DEPTH + 1
"""Depths are kept as `operators in the chain * _CHAIN + levels of nesting`."""


def _depth(build: str, depths: list[int], start: int, end: int) -> int:
    """Levels below a new node; the left operand of a chain counts as an operator, not as a level."""
    if build == "binary":
        chain, level = divmod(depths[0], _CHAIN)
        level = max(level, max(depths[1:]) % _CHAIN + 1)
        chain += 1
    else:
        chain, level = 0, max(depth % _CHAIN for depth in depths) + 1
    if level > MAX_DEPTH:
        raise TooDeep(start, end)
    if chain > MAX_TERMS:
        raise TooLong(start, end)
    return chain * _CHAIN + level


# ---------------------------------------------------------------------------- tokens


@cache
def _scanner() -> re.Pattern[str]:
    return re.compile("|".join(f"(?P<{name}>{text})" for name, text in tables().patterns))


_BLANKS = re.compile(r"\s+")


def _next_token(table: Tables, state: int, text: str, position: int) -> Token:
    blanks = _BLANKS.match(text, position)
    start = blanks.end() if blanks else position
    if start == len(text):
        return Token(END, "", start, start)
    found = _scanner().match(text, start)
    if found is None:
        return Token(UNKNOWN, text[start], start, start + 1)
    word, kind = found[0], found.lastgroup or ""
    if kind == "FIELD":
        kind = _word_kind(table, state, word)
    return Token(kind, word, start, found.end())


def _word_kind(table: Tables, state: int, word: str) -> str:
    """A word of the grammar where the state has a place for it, else a field, else a name."""
    actions = table.actions[state]
    keyword = table.words.get(word)
    if keyword is not None and keyword in actions:
        return keyword
    if "FIELD" in actions:
        return "FIELD"
    return keyword if keyword is not None and word in table.reserved else "NAME"
