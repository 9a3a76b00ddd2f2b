"""The table for a terminal: aligned in any script; a single row of KPIs stands upright, as a scorecard.

Where a terminal is too narrow titles stand on several lines, then columns go on below, each part with the
columns that say which row it is. Values are never cut.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from kpilang.report.cells import NULL, Cell, Column, Sheet, sheet
from kpilang.report.columns import Role
from kpilang.report.goals import Status
from kpilang.results import Result
from kpilang.terminal import narrowed, pad, width, wrapped

GAP = "  "
_COLOURS = {Status.ALERT: "31", Status.WARN: "33", Status.MISSED: "33", Status.MET: "32"}
_DIM = "2"
_BOLD = "1"
_LEAST_TITLE = 8
"""Cells of a title below which its words are no longer cut."""
_LEAST_TEXT = 16
"""The same of titles and targets of a scorecard."""


def encode(result: Result) -> bytes:
    return "".join(f"{line}\n" for line in lines(result)).encode("utf-8")


def lines(result: Result, colour: bool = False, cells: int | None = None) -> Iterator[str]:
    """The heading, the rows and what the marks mean; no wider than `cells` where that can be."""
    content = sheet(result)
    yield from (_paint(line, _DIM, colour) for line in _fitting(content.heading, cells))
    yield ""
    query = result.query
    upright = content.height == 1 and not (query.dimensions or query.axes) and query.grain is None
    yield from (_upright if upright else _across)(content, colour, cells)
    if content.legend:
        yield ""
        yield from (_paint(line, _DIM, colour) for line in _fitting(content.legend, cells))


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
    titles = [wrapped(_glued(one.column.title), one.cells) for one in placed]
    most = max(map(len, titles))
    for line in range(most):
        texts = (title[line - most + len(title)] if line >= most - len(title) else "" for title in titles)
        yield _row(texts, placed, _BOLD, colour)
    if any(one.column.unit for one in placed):
        units = (wrapped(one.column.unit, one.cells) for one in placed)
        for line_of_units in zip_longest(*units, fillvalue=""):
            yield _row(line_of_units, placed, _DIM, colour)
    yield GAP.join("─" * one.cells for one in placed)
    for row in range(height):
        yield GAP.join(_cell(one.column.cells[row], one, colour) for one in placed).rstrip()
    if not height:
        yield _paint("no rows", _DIM, colour)


def _glued(title: str) -> str:
    """The arrow stays with the last word of the title, and words of a name can be parted."""
    words = title.rsplit(" ", 1)
    return "\u00a0".join(words) if words[-1] in _ARROWS else title


_ARROWS = ("↑", "↓")


def _row(texts: Iterator[str] | Sequence[str], placed: Sequence[_Placed], code: str, colour: bool) -> str:
    cells = (
        _aligned(text.replace("\u00a0", " "), one, code, colour)
        for text, one in zip(texts, placed, strict=True)
    )
    return GAP.join(cells).rstrip()


def _aligned(text: str, placed: _Placed, code: str, colour: bool) -> str:
    blank = pad("", placed.cells - width(text))
    painted = _paint(text, code, colour)
    return blank + painted if placed.column.is_number else painted + blank


def _cell(cell: Cell, placed: _Placed, colour: bool) -> str:
    text = pad(cell.text, placed.texts, right=placed.column.is_number)
    if not placed.marks:
        return text
    blank = " " * (placed.marks - width(cell.mark))
    return f"{text}{blank}{_mark(cell, colour)}" if cell.mark else text + blank


# ---------------------------------------------------------------------------- one row, upright


def _upright(content: Sheet, colour: bool, cells: int | None) -> Iterator[str]:
    """One line for each KPI: title, number, unit, mark, target."""
    rows = [(column, *_parted(column)) for column in content.columns]
    numbers = max(width(number) for _, number, _ in rows)
    units = max(width(unit) for _, _, unit in rows)
    marks = max(width(column.cells[0].mark) for column in content.columns)
    fixed = len(GAP) + numbers + (1 + units if units else 0) + (len(GAP) + marks if marks else 0)
    titles, targets = _soft(content.columns, None if cells is None else cells - fixed)
    for column, number, unit in rows:
        mark = pad("", marks - width(column.cells[0].mark)) + _mark(column.cells[0], colour)
        value = f"{pad(number, numbers, right=True)} {_padded(unit, units, colour)}"
        middle = f"{value}{GAP if marks else ''}{mark}"
        heads = wrapped(_glued(column.title), titles)
        goals = wrapped(column.target, targets) if targets else []
        for line, (title, goal) in enumerate(zip_longest(heads, goals, fillvalue="")):
            shown = pad(title.replace("\u00a0", " "), titles) + GAP
            shown += middle if line == 0 else pad("", fixed - len(GAP))
            yield f"{shown}{GAP}{_paint(goal, _DIM, colour)}".rstrip()
        if column.target and not targets:
            yield from (f"{GAP}{_paint(line, _DIM, colour)}" for line in _below(column.target, cells))


def _below(target: str, cells: int | None) -> list[str]:
    """A target on lines of its own, where there is no room beside the value."""
    return wrapped(target, max((cells or width(target)) - len(GAP), 1))


def _padded(unit: str, cells: int, colour: bool) -> str:
    return _paint(unit, _DIM, colour) + pad("", cells - width(unit))


def _parted(column: Column) -> tuple[str, str]:
    """The number and its unit, so that both stand in columns of their own."""
    text = column.cells[0].text
    if text == NULL:
        return text, ""
    if column.suffix and text.endswith(column.suffix):
        return text.removesuffix(column.suffix), f"{column.suffix.strip()}{_per(column)}"
    return text, column.unit


def _per(column: Column) -> str:
    """What a share is of, if it has a unit besides `%`."""
    return f" {column.unit}" if column.unit else ""


def _soft(columns: Sequence[Column], room: int | None) -> tuple[int, int]:
    """Cells for titles and for targets; none for these if they have to stand below."""
    titles = max(width(column.title) for column in columns)
    targets = max(width(column.target) for column in columns)
    least = min(titles, _LEAST_TEXT), min(targets, _LEAST_TEXT)
    gap = len(GAP) if targets else 0
    if room is not None and sum(least) + gap > room:
        return narrowed((titles,), least[:1], room)[0], 0
    made = narrowed((titles, targets), least, None if room is None else room - gap)
    return made[0], made[1]


def _mark(cell: Cell, colour: bool) -> str:
    return _paint(cell.mark, _COLOURS[cell.status], colour) if cell.status else cell.mark


def _paint(text: str, code: str, colour: bool) -> str:
    return f"\x1b[{code}m{text}\x1b[0m" if colour and text.strip() else text
