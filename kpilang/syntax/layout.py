"""Text that knows where it may be broken into lines: pieces, groups, and how they are laid out in a width.

A group is written on one line if it fits there; else each line break that stands in it directly is one, and
the groups in it are asked again. Nothing here knows of expressions.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

INDENT = 2


@dataclass(frozen=True, slots=True)
class Line:
    """Where a line may end; `flat` is what stands there if it does not."""

    flat: str = " "


@dataclass(frozen=True, slots=True)
class Nest:
    """Lines in it begin further right."""

    inner: Doc


@dataclass(frozen=True, slots=True)
class Group:
    """On one line, or broken at each `Line` that is not in a group of its own."""

    inner: Doc


Doc = str | Line | Nest | Group | tuple["Doc", ...]

SPACE = Line()
SOFT = Line("")


def joined(docs: Iterable[Doc], between: Doc) -> Doc:
    """The docs with `between` between them."""
    parts: list[Doc] = []
    for doc in docs:
        parts += [between, doc] if parts else [doc]
    return tuple(parts)


def bracketed(opening: str, inner: Doc, closing: str) -> Doc:
    """In brackets, which stand on lines of their own when what is in them does not fit on one."""
    return Group((opening, Nest((SOFT, inner)), SOFT, closing))


def flat(doc: Doc) -> str:
    """All of it on one line."""
    parts: list[str] = []
    stack = [doc]
    while stack:
        match stack.pop():
            case str() as text:
                parts.append(text)
            case Line(text):
                parts.append(text)
            case Nest(inner) | Group(inner):
                stack.append(inner)
            case tuple() as docs:
                stack.extend(reversed(docs))
    return "".join(parts)


_Waiting = list[tuple[Doc, int, bool]]
"""Docs still to be written, the next one last: with their indentation, and whether their lines are broken."""


def laid_out(doc: Doc, width: int) -> str:
    """In lines of at most `width` characters, as far as there are places to break them."""
    parts: list[str] = []
    column = 0
    waiting: _Waiting = [(Group(doc), 0, False)]
    while waiting:
        here, indent, broken = waiting.pop()
        match here:
            case str() as text:
                parts.append(text)
                column = column + len(text) if "\n" not in text else len(text) - text.rindex("\n") - 1
            case Line(text):
                parts.append("\n" + " " * indent if broken else text)
                column = indent if broken else column + len(text)
            case Nest(inner):
                waiting.append((inner, indent + INDENT, broken))
            case Group(inner):
                waiting.append((inner, indent, not _fits(inner, waiting, width - column)))
            case tuple() as docs:
                waiting.extend((item, indent, broken) for item in reversed(docs))
    return "".join(parts)


def _fits(doc: Doc, waiting: _Waiting, room: int) -> bool:
    """Whether the doc on one line, and what follows up to where a line may end, has room."""
    after = len(waiting)
    stack: list[tuple[Doc, bool]] = [(doc, False)]
    while room >= 0:
        if not stack:
            if after == 0:
                return True
            after -= 1
            stack.append((waiting[after][0], waiting[after][2]))
        here, broken = stack.pop()
        match here:
            case str() as text:
                first, *more = text.split("\n", 1)
                room -= len(first)
                if more:
                    return room >= 0
            case Line(text):
                if broken:
                    return True
                room -= len(text)
            case Nest(inner) | Group(inner):
                stack.append((inner, broken))
            case tuple() as docs:
                stack.extend((item, broken) for item in reversed(docs))
    return False
