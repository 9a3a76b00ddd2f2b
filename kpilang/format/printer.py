"""A YAML tree as text in block style, with the comments and blank lines of the text it was read from.

Comments are written when the walk reaches the place where they stood: those on lines of their own before the
next key or item, or at the end of the block into which they were indented; those behind a value behind it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import Protocol

from kpilang.format.alignment import value_column
from kpilang.format.comments import Comment, column_of, is_after_blank, starts_line
from kpilang.format.scalars import INDENT, Value, in_flow
from kpilang.syntax.yaml_tree import Entry, Mapping, Scalar, Sequence, Style, Tree


class Writer(Protocol):
    """Writes scalars: a value with the indentation of lines below it, and the column where it begins."""

    def key(self, scalar: Scalar) -> str: ...

    def value(self, scalar: Scalar, indent: int, column: int) -> Value: ...


@dataclass
class Line:
    """A line and the comment behind it."""

    text: str
    comment: Comment | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where something begins in the text: offset and column."""

    offset: int
    column: int


@dataclass
class Printer:
    """Writes one file; `keeps` tells which flow collections stay as they are."""

    text: str
    waiting: list[Comment]
    writer: Writer
    keeps: Callable[[Tree], bool]
    lines: list[Line] = field(default_factory=list)
    head: str = ""
    """The dashes of items of which nothing is written yet."""
    fresh: bool = True
    """Whether nothing stands in the innermost block so far, so that no blank line may."""
    last: int | None = None
    """The line of what was written last, to which a comment behind it belongs."""

    def print(self, tree: Tree | None) -> list[Line]:
        end = Place(len(self.text), -1)
        match tree:
            case Mapping() | Sequence() if _has_parts(tree):
                self._block(tree, 0, end)
            case Mapping() | Sequence():
                self._emit(0, "{}" if isinstance(tree, Mapping) else "[]")
            case Scalar() if tree.value or tree.style is not Style.PLAIN:
                self._lines_of(0, "", self.writer.value(tree, INDENT, 0))
        self._before(end.offset, 0)
        return self.lines

    # ------------------------------------------------------------------ blocks

    def _block(self, tree: Mapping | Sequence, indent: int, following: Place, outer: int = -1) -> None:
        """All of a list or mapping: `following` is what comes behind it in the text, `outer` the column of
        its key, at which a list may begin too."""
        owner, begin = (None if self.head else self.last), len(self.lines)
        if isinstance(tree, Mapping):
            self._mapping(tree, indent, following)
        else:
            self._sequence(tree, indent, following)
        if tree.is_flow:
            self._end_of_flow(tree, indent, begin if owner is None else owner)
        else:
            column = max(column_of(self.text, tree.span.start), outer + 1)
            self._end_of_block(column, indent, following)

    def _mapping(self, tree: Mapping, indent: int, following: Place) -> None:
        column = value_column(self.text, tree, indent, self.writer.key, self.keeps)
        for entry, behind in zip(tree.entries, [*tree.entries[1:], None], strict=True):
            after = self._place(behind.key.span.start) if behind else following
            self._entry(entry, indent, column, after)

    def _entry(self, entry: Entry, indent: int, column: int | None, following: Place) -> None:
        start = entry.key.span.start
        value = entry.value
        alone = isinstance(value, Scalar) and value.span.end > value.span.start
        self._before(start, indent)
        if alone:
            self._above(value.span.start, indent)
        self._blank(start)
        name = f"{self.writer.key(entry.key)}:"
        match value:
            case Mapping() | Sequence() if _has_parts(value) and not self.keeps(value):
                self._emit(indent, name)
                self.fresh = True
                self._block(value, indent + INDENT, following, self._place(start).column)
            case _:
                begin = max(column or 0, indent + len(name) + 1)
                written = self._one(value, indent + INDENT, begin)
                gap = " " * (begin - indent - len(name)) if written.head else ""
                self._lines_of(indent, name + gap, written)

    def _sequence(self, tree: Sequence, indent: int, following: Place) -> None:
        column = column_of(self.text, tree.span.start)
        for item, behind in zip(tree.items, [*tree.items[1:], None], strict=True):
            after = Place(behind.span.start, column) if behind else following
            self._before(item.span.start, indent)
            self._blank(item.span.start)
            self.head = (self.head or " " * indent) + "- "
            match item:
                case Mapping() | Sequence() if _has_parts(item) and not self.keeps(item):
                    self.fresh = True
                    self._block(item, indent + INDENT, after)
                case _:
                    self._lines_of(indent, "", self._one(item, indent + INDENT, len(self.head)))

    def _one(self, value: Tree, indent: int, column: int) -> Value:
        """What is written without a block of its own."""
        match value:
            case Scalar():
                return self.writer.value(value, indent, column)
            case _:
                return Value(one_line(value, self.text))

    # ------------------------------------------------------------------ comments and blank lines

    def _before(self, offset: int, indent: int) -> None:
        """All comments before the offset, each where it belongs."""
        while self.waiting and self.waiting[0].start < offset:
            self._comment(self.waiting.pop(0), indent)

    def _comment(self, comment: Comment, indent: int) -> None:
        """Behind what was written last if it stood behind it, else on a line of its own."""
        behind = not comment.own_line and not self.head and self.last is not None
        if behind and self.last is not None and self.lines[self.last].comment is None:
            self.lines[self.last].comment = comment
        else:
            self._alone(comment, indent)

    def _above(self, offset: int, indent: int) -> None:
        """Comments between a key and its value, which get a place above the key."""
        while self.waiting and self.waiting[0].start < offset:
            self._alone(self.waiting.pop(0), indent)

    def _alone(self, comment: Comment, indent: int) -> None:
        if comment.own_line and comment.after_blank and not self.fresh:
            self.lines.append(Line(""))
        depth = len(self.head) - len(self.head.lstrip()) if self.head else indent
        self.lines.append(Line(" " * depth + comment.text))
        self.fresh = False

    def _end_of_block(self, column: int, indent: int, following: Place) -> None:
        """Comments that are indented into the block, and deeper than what follows it."""
        while self.waiting and self.waiting[0].start < following.offset:
            first = self.waiting[0]
            if first.own_line and not (first.column >= column and first.column > following.column):
                return
            self._comment(self.waiting.pop(0), indent)

    def _end_of_flow(self, tree: Mapping | Sequence, indent: int, owner: int) -> None:
        """Comments inside the brackets; one behind those of a single line belongs to what holds them."""
        self._before(tree.span.end, indent)
        if not self.waiting or "\n" in self.text[tree.span.start : tree.span.end]:
            return
        between = self.text[tree.span.end : self.waiting[0].start]
        if not between.strip(" ") and self.lines[owner].comment is None:
            self.lines[owner].comment = self.waiting.pop(0)

    def _blank(self, offset: int) -> None:
        """An empty line, if one stood above and something stands above it here."""
        if not self.fresh and starts_line(self.text, offset) and is_after_blank(self.text, offset):
            self.lines.append(Line(""))

    # ------------------------------------------------------------------ lines

    def _emit(self, indent: int, text: str) -> None:
        self.lines.append(Line((self.head or " " * indent) + text))
        self.last = len(self.lines) - 1
        self.head = ""
        self.fresh = False

    def _lines_of(self, indent: int, name: str, value: Value) -> None:
        self._emit(indent, (name + value.head).rstrip(" "))
        below = " " * (indent + INDENT)
        self.lines.extend(Line(below + line if line else "") for line in value.lines)
        self.fresh = value.head.endswith("+")  # a blank line would belong to the value

    def _place(self, offset: int) -> Place:
        return Place(offset, column_of(self.text, offset))


def _has_parts(tree: Mapping | Sequence) -> bool:
    return bool(tree.entries if isinstance(tree, Mapping) else tree.items)


def one_line(tree: Tree, text: str) -> str:
    """A flow collection as it stays: evenly spaced, or with the blanks by which its author lined it up."""
    raw = text[tree.span.start : tree.span.end]
    if "  " in raw and "\n" not in raw and all(in_flow(key, True) == key.value for key in _keys(tree)):
        return raw
    match tree:
        case Scalar():
            return in_flow(tree)
        case Sequence():
            return f"[{', '.join(one_line(item, text) for item in tree.items)}]"
        case Mapping():
            entries = (_entry_in_flow(entry, text) for entry in tree.entries)
            return f"{{{', '.join(entries)}}}"


def _entry_in_flow(entry: Entry, text: str) -> str:
    value = one_line(entry.value, text)
    name = in_flow(entry.key, is_key=True)
    return f"{name}: {value}" if value else f"{name}:"


def _keys(tree: Tree) -> Iterator[Scalar]:
    match tree:
        case Mapping():
            for entry in tree.entries:
                yield entry.key
                yield from _keys(entry.value)
        case Sequence():
            for item in tree.items:
                yield from _keys(item)


def rendered(lines: list[Line]) -> str:
    """The text, with comments behind lines; those of one run begin at one column."""
    out: list[str] = []
    for run, found in groupby([*lines, Line("")], key=lambda line: line.comment and line.comment.run):
        same = list(found)
        widest = max(len(line.text) for line in same) if run is not None else 0
        out.extend(
            f"{line.text:<{widest}}  {line.comment.text}" if line.comment else line.text for line in same
        )
    return "\n".join(out)
