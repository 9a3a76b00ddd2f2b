"""A grid of signs under headings that stand like stairs, so that many columns fit whatever they are called.

          channel
          │ country
          │ │ tier
revenue   ● ● ●
ad_spend  ● · ·
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kpilang.terminal import pad, visible, width, wrapped

GAP = "  "
_STEP = 2
"""Cells of a column: a sign and a blank."""
_LEAST_NOTE = 16


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the grid; `note` stands to the right of the signs."""

    name: str
    signs: tuple[str, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """Rows under a title."""

    title: str
    lines: tuple[Line, ...]


def drawn(headings: Sequence[str], parts: Sequence[Part], cells: int | None) -> Iterator[str]:
    """The grid, in several blocks where the columns do not fit into `cells`."""
    names = max((width(text) for part in parts for text in _names(part)), default=0)
    for number, (start, end) in enumerate(_blocks(headings, names, cells)):
        if number:
            yield ""
        yield from _block(headings[start:end], [_cut(part, start, end) for part in parts], names, cells)


def _names(part: Part) -> Iterator[str]:
    yield part.title
    yield from (visible(line.name) for line in part.lines)


def _blocks(headings: Sequence[str], names: int, cells: int | None) -> Iterator[tuple[int, int]]:
    """From which to which column; always at least one."""
    start = 0
    while start < len(headings):
        end = start + 1
        while end < len(headings) and (cells is None or _fits(headings[start : end + 1], names, cells)):
            end += 1
        yield start, end
        start = end


def _fits(headings: Sequence[str], names: int, cells: int) -> bool:
    return all(
        names + len(GAP) + _STEP * index + width(visible(heading)) <= cells
        for index, heading in enumerate(headings)
    )


def _cut(part: Part, start: int, end: int) -> Part:
    return Part(part.title, tuple(Line(line.name, line.signs[start:end], line.note) for line in part.lines))


def _block(headings: Sequence[str], parts: Sequence[Part], names: int, cells: int | None) -> Iterator[str]:
    for index, heading in enumerate(headings):
        yield pad("", names) + GAP + "│ " * index + visible(heading)
    signs = _STEP * len(headings) - 1
    for part in parts:
        yield (pad(part.title, names) + GAP + "│ " * len(headings)).rstrip()
        for line in part.lines:
            yield from _line(line, names, signs, cells)


def _line(line: Line, names: int, signs: int, cells: int | None) -> Iterator[str]:
    """The note goes on below where it does not fit."""
    grid = pad(visible(line.name), names) + GAP + pad(" ".join(line.signs), signs)
    left = names + len(GAP) + signs + len(GAP)
    room = max(_LEAST_NOTE, cells - left) if cells is not None else width(line.note)
    first, *others = wrapped(line.note, max(room, 1))
    yield f"{grid}{GAP}{first}".rstrip()
    yield from (pad("", left) + other for other in others)
