"""Flow collections as their author meant them: `{key: value, …}` and `[item, …]` that hold expressions.

YAML's rules but for one: brackets, strings and back-quoted names of an expression belong to it, so a comma or
a bracket in them ends nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from kpilang.format.scalars import INDENT, in_quotes, is_plain


class Unreadable(Exception):
    """There is no end, or something that is no value."""


@dataclass
class Part:
    """An entry or an item: `key` is None in a list; comments stand above it and behind it."""

    key: str | None
    value: str | Collection
    above: list[str] = field(default_factory=list)
    behind: str = ""


@dataclass
class Collection:
    """`last` are comments between the last part and the closing bracket."""

    is_mapping: bool
    parts: list[Part] = field(default_factory=list)
    last: list[str] = field(default_factory=list)

    def lines(self, column: int) -> Iterator[str]:
        """The same in block style, from a column on."""
        indent = " " * column
        for part in self.parts:
            yield from (indent + comment for comment in part.above)
            head = f"{part.key}:" if self.is_mapping else "-"
            behind = f"  {part.behind}" if part.behind else ""
            if isinstance(part.value, Collection) and part.value.parts:
                yield f"{indent}{head}{behind}"
                yield from part.value.lines(column + INDENT)
            else:
                yield f"{indent}{head} {_written(part.value)}".rstrip(" ") + behind
        yield from (indent + comment for comment in self.last)


def _written(value: str | Collection) -> str:
    if isinstance(value, Collection):
        return "{}" if value.is_mapping else "[]"
    return value if not value or value[0] in "'\"" or is_plain(value) else in_quotes(value)


def read_collection(text: str, start: int) -> tuple[Collection, int]:
    """The collection whose bracket stands at `start`, and where it ends; raises `Unreadable`."""
    reader = _Reader(text, start)
    found = reader.collection()
    return found, reader.at


_BLANKS = re.compile(r"[ \t\n]*")
_COMMENT = re.compile(r"#[^\n]*")
_YAML_QUOTED = re.compile(r"'(?:[^'\n]|'')*'|\"(?:[^\"\\\n]|\\.)*\"")
_INNER = re.compile(r"(?<!\w)'(?:[^']|'')*'|`[^`\n]*`")
_COLON = re.compile(r":(?=[\s,\]}]|\Z)")


class _Reader:
    """Reads from left to right; `at` is where it stands."""

    def __init__(self, text: str, at: int) -> None:
        self.text = text
        self.at = at

    def collection(self) -> Collection:
        is_mapping = self._here() == "{"
        closing = "}" if is_mapping else "]"
        self.at += 1
        found = Collection(is_mapping)
        above = self._comments(None)
        while self._here() != closing:
            part = self._part(is_mapping)
            part.above = above
            found.parts.append(part)
            above = self._comments(part)
            if self._here() == ",":
                self.at += 1
                above += self._comments(part if not above else None)
            elif self._here() != closing:
                raise Unreadable
        found.last = above
        self.at += 1
        return found

    def _comments(self, before: Part | None) -> list[str]:
        """Comments up to what comes next; one on the line of the part before belongs to that."""
        own: list[str] = []
        while True:
            begin = self.at
            self._blanks()
            comment = _COMMENT.match(self.text, self.at)
            if comment is None:
                return own
            if before and not own and not before.behind and "\n" not in self.text[begin : self.at]:
                before.behind = comment[0].rstrip()
            else:
                own.append(comment[0].rstrip())
            self.at = comment.end()

    def _part(self, is_mapping: bool) -> Part:
        if not is_mapping:
            return Part(None, self._value(is_key=False))
        key = self._value(is_key=True)
        if not isinstance(key, str) or not key:
            raise Unreadable
        self._blanks()
        if self._here() != ":":
            return Part(_written(key), "")
        self.at += 1
        self._blanks()
        return Part(_written(key), self._value(is_key=False))

    def _value(self, is_key: bool) -> str | Collection:
        if self._here() in "{[":
            return self.collection()
        quoted = _YAML_QUOTED.match(self.text, self.at)
        if quoted is not None and re.compile(r"[ \t]*[,:\]}\n#]").match(self.text, quoted.end()):
            self.at = quoted.end()
            return quoted[0]
        return self._plain(is_key)

    def _plain(self, is_key: bool) -> str:
        """An expression or a text up to what ends it outside of its own brackets and strings."""
        begin, depth = self.at, 0
        while True:
            here = self._here()
            inner = _INNER.match(self.text, self.at)
            if inner is not None:
                self.at = inner.end()
                continue
            if depth == 0 and (here in ",}]" or (is_key and _COLON.match(self.text, self.at))):
                break
            if here == "#" and self.text[self.at - 1] in " \t\n":
                break
            depth += (here in "([{") - (here in ")]}")
            self.at += 1
        written = self.text[begin : self.at].rstrip()
        self.at = begin + len(written)
        return " ".join(written.split())

    def _blanks(self) -> None:
        match = _BLANKS.match(self.text, self.at)
        assert match is not None, "the pattern takes nothing, too"
        self.at = match.end()

    def _here(self) -> str:
        """The sign at hand; a text that ends inside a collection has no end."""
        if self.at >= len(self.text):
            raise Unreadable
        return self.text[self.at]
