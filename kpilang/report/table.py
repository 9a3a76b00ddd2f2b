"""The table for a terminal: aligned in any script; KPIs of few periods stand upright, as a scorecard.

Where a terminal is too narrow titles stand on several lines, then columns go on below, each part with the
columns that say which row it is. Values are never cut.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from kpilang.report import matrix, upright
from kpilang.report.cells import Cell, Column, Sheet, sheet
from kpilang.report.columns import Role
from kpilang.report.paint import BOLD, DIM, GAP, glued, mark, paint
from kpilang.results import Result
from kpilang.terminal import narrowed, pad, width, wrapped

_LEAST_TITLE = 8
"""Cells of a title below which its words are no longer cut."""


def encode(result: Result) -> bytes:
    return "".join(f"{line}\n" for line in lines(result)).encode("utf-8")


def lines(result: Result, colour: bool = False, cells: int | None = None) -> Iterator[str]:
    """The heading, the rows and what the marks mean; no wider than `cells` where that can be."""
    content = _in_form(sheet(result), cells)
    yield from (paint(line, DIM, colour) for line in _fitting(content.heading, cells))
    yield ""
    yield from (upright.lines if upright.suits(content, cells) else _across)(content, colour, cells)
    if content.legend:
        yield ""
        yield from (paint(line, DIM, colour) for line in _fitting(content.legend, cells))


def _in_form(content: Sheet, cells: int | None) -> Sheet:
    """One KPI of groups and periods as a matrix, where that is not too wide."""
    made = matrix.pivoted(content)
    fits = made is not None and (cells is None or _least_width(made.columns) <= cells)
    return made if made is not None and fits else content


def _fitting(text: str, cells: int | None) -> list[str]:
    return [text] if cells is None else wrapped(text, cells)


# ---------------------------------------------------------------------------- columns side by side


@dataclass(frozen=True)
class _Placed:
    """A column with its cells: for the texts, and to their right for the marks with a blank before them."""

    column: Column
    texts: int
    marks: int

    @property
    def cells(self) -> int:
        return self.texts + self.marks


def _across(content: Sheet, colour: bool, cells: int | None) -> Iterator[str]:
    keys = [column for column in content.columns if column.role is not Role.KPI]
    others = [column for column in content.columns if column.role is Role.KPI]
    for number, part in enumerate(_parts(keys, others, cells)):
        if number:
            yield ""
        yield from _part(part, content.height, colour)


def _parts(keys: Sequence[Column], others: Sequence[Column], cells: int | None) -> Iterator[list[_Placed]]:
    """The columns in parts that fit, each with the keys; at least one column besides them."""
    rest = list(others)
    while True:
        count = len(rest)
        while count > 1 and cells is not None and _least_width([*keys, *rest[:count]]) > cells:
            count -= 1
        yield _placed([*keys, *rest[:count]], cells)
        rest = rest[count:]
        if not rest:
            return


def _least_width(columns: Sequence[Column]) -> int:
    return sum(least for _, least, _ in map(_sizes, columns)) + len(GAP) * (len(columns) - 1)


def _placed(columns: Sequence[Column], cells: int | None) -> list[_Placed]:
    sizes = [_sizes(column) for column in columns]
    room = None if cells is None else cells - len(GAP) * (len(columns) - 1)
    made = narrowed([wanted for wanted, _, _ in sizes], [least for _, least, _ in sizes], room)
    return [
        _Placed(column, w - marks, marks)
        for column, w, (_, _, marks) in zip(columns, made, sizes, strict=True)
    ]


def _sizes(column: Column) -> tuple[int, int, int]:
    """The cells that a column would have, those it needs at the least, and those of its marks."""
    marks = max((width(cell.mark) for cell in column.cells), default=0) if column.has_marks else 0
    marks += 1 if marks else 0
    texts = max((width(cell.text) for cell in column.cells), default=0) + marks
    head = max(width(column.title), width(column.unit))
    return max(texts, head), max(texts, min(head, _LEAST_TITLE)), marks


def _part(placed: Sequence[_Placed], height: int, colour: bool) -> Iterator[str]:
    """Columns under their titles and units, titles at the bottom of the lines they have together."""
    titles = [wrapped(glued(one.column.title), one.cells) for one in placed]
    most = max(map(len, titles))
    for line in range(most):
        texts = (title[line - most + len(title)] if line >= most - len(title) else "" for title in titles)
        yield _row(texts, placed, BOLD, colour)
    if any(one.column.unit for one in placed):
        units = (wrapped(one.column.unit, one.cells) for one in placed)
        for line_of_units in zip_longest(*units, fillvalue=""):
            yield _row(line_of_units, placed, DIM, colour)
    yield GAP.join("─" * one.cells for one in placed)
    for row in range(height):
        yield GAP.join(_cell(one.column.cells[row], one, colour) for one in placed).rstrip()
    if not height:
        yield paint("no rows", DIM, colour)


def _row(texts: Iterator[str] | Sequence[str], placed: Sequence[_Placed], code: str, colour: bool) -> str:
    cells = (
        _aligned(text.replace("\u00a0", " "), one, code, colour)
        for text, one in zip(texts, placed, strict=True)
    )
    return GAP.join(cells).rstrip()


def _aligned(text: str, placed: _Placed, code: str, colour: bool) -> str:
    blank = pad("", placed.cells - width(text))
    painted = paint(text, code, colour)
    return blank + painted if placed.column.is_number else painted + blank


def _cell(cell: Cell, placed: _Placed, colour: bool) -> str:
    text = pad(cell.text, placed.texts, right=placed.column.is_number)
    if not placed.marks:
        return text
    blank = " " * (placed.marks - width(cell.mark))
    return f"{text}{blank}{mark(cell, colour)}" if cell.mark else text + blank
