"""Files and spans: the bottom of the house.

A `Span` is a half-open range of character offsets in one file. Everything that can be blamed for an
error carries one; lines and columns are computed only when a diagnostic is rendered. This module
knows nothing of YAML, of expressions or of diagnostics.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Characters `start` (included) to `end` (excluded) of the file `file`."""

    file: str
    start: int
    end: int

    def to(self, other: Span) -> Span:
        """The smallest span that holds both; `other` must lie in the same file."""
        return Span(self.file, min(self.start, other.start), max(self.end, other.end))


BYTE_ORDER_MARK = "\ufeff"
"""What some editors put before the text. Offsets count it, lines and columns do not: nobody sees it."""

NOWHERE = Span("", 0, 0)
"""For things no file wrote: a query built in Python, a default."""


@dataclass(frozen=True, slots=True)
class Position:
    """A place for the eye: `line` and `column` count from 1, in characters."""

    line: int
    column: int


@dataclass(frozen=True)
class Source:
    """The text of one file, exactly as read (byte order mark and line ends kept), under its display name."""

    name: str
    text: str
    _starts: tuple[int, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        starts = [len(BYTE_ORDER_MARK) if self.text.startswith(BYTE_ORDER_MARK) else 0]
        starts.extend(index + 1 for index, char in enumerate(self.text) if char == "\n")
        object.__setattr__(self, "_starts", tuple(starts))

    def position(self, offset: int) -> Position:
        """Line and column of a character offset; an offset past the end is the end."""
        offset = max(self._starts[0], min(offset, len(self.text)))
        line = bisect_right(self._starts, offset) - 1
        return Position(line + 1, offset - self._starts[line] + 1)

    def line(self, number: int) -> str:
        """Line `number` (from 1) without its end and without a byte order mark."""
        start = self._starts[number - 1]
        end = self._starts[number] if number < len(self._starts) else len(self.text)
        return self.text[start:end].rstrip("\r\n")

    def span(self, start: int, end: int) -> Span:
        return Span(self.name, start, end)
