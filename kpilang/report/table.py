"""The table for a terminal: aligned in any script; a single row of KPIs stands upright, as a scorecard."""

from __future__ import annotations

from collections.abc import Iterator

from kpilang.report.cells import Cell, Column, Sheet, sheet
from kpilang.report.goals import Status
from kpilang.results import Result
from kpilang.terminal import pad, width

GAP = "  "
_COLOURS = {Status.ALERT: "31", Status.WARN: "33", Status.MISSED: "33", Status.MET: "32"}
_DIM = "2"
_BOLD = "1"


def encode(result: Result) -> bytes:
    return "".join(f"{line}\n" for line in lines(result)).encode("utf-8")


def lines(result: Result, colour: bool = False) -> Iterator[str]:
    """The heading, the rows and what the marks mean."""
    content = sheet(result)
    yield _paint(content.heading, _DIM, colour)
    yield ""
    upright = content.height == 1 and not result.query.dimensions and result.query.grain is None
    yield from (_upright if upright else _across)(content, colour)
    if content.legend:
        yield ""
        yield _paint(content.legend, _DIM, colour)


def _across(content: Sheet, colour: bool) -> Iterator[str]:
    """Columns side by side, each under its title and its unit."""
    columns = content.columns
    widths = [_widths(column) for column in columns]
    titles = zip(columns, widths, strict=True)
    yield _join(_aligned(column.title, column, sum(w), _BOLD, colour) for column, w in titles)
    if any(column.unit for column in columns):
        units = zip(columns, widths, strict=True)
        yield _join(_aligned(column.unit, column, sum(w), _DIM, colour) for column, w in units)
    yield GAP.join("─" * sum(w) for w in widths)
    for row in range(content.height):
        cells = zip(columns, widths, strict=True)
        yield _join(_cell(column.cells[row], column, w, colour) for column, w in cells)
    if not content.height:
        yield _paint("no rows", _DIM, colour)


def _upright(content: Sheet, colour: bool) -> Iterator[str]:
    """One line for each KPI: title, value, unit, mark, target."""
    titles = max(width(column.title) for column in content.columns)
    values = max(width(column.cells[0].text) for column in content.columns)
    units = max(width(column.unit) for column in content.columns)
    marks = max(width(column.cells[0].mark) for column in content.columns)
    for column in content.columns:
        cell = column.cells[0]
        value = pad(cell.text, values, right=True)
        unit = GAP + _paint(pad(column.unit, units), _DIM, colour) if units else ""
        mark = _mark(cell, colour) + pad("", marks - width(cell.mark))
        target = GAP + _paint(f"target {column.target}", _DIM, colour) if column.target else ""
        yield f"{pad(column.title, titles)}{GAP}{value}{unit} {mark}{target}".rstrip()


def _widths(column: Column) -> tuple[int, int]:
    """Cells for the texts and, to their right, for the marks with a blank before them."""
    marks = max((width(cell.mark) for cell in column.cells), default=0) if column.has_marks else 0
    marks += 1 if marks else 0
    texts = max((width(cell.text) for cell in column.cells), default=0)
    return max(texts, width(column.title) - marks, width(column.unit) - marks), marks


def _aligned(text: str, column: Column, cells: int, code: str, colour: bool) -> str:
    return (
        pad("", cells - width(text)) * column.is_number
        + _paint(text, code, colour)
        + ("" if column.is_number else pad("", cells - width(text)))
    )


def _cell(cell: Cell, column: Column, widths: tuple[int, int], colour: bool) -> str:
    texts, marks = widths
    text = pad(cell.text, texts, right=column.is_number)
    if not marks:
        return text
    blank = " " * (marks - width(cell.mark))
    return f"{text}{blank}{_mark(cell, colour)}" if cell.mark else text + blank


def _mark(cell: Cell, colour: bool) -> str:
    return _paint(cell.mark, _COLOURS[cell.status], colour) if cell.status else cell.mark


def _join(texts: Iterator[str]) -> str:
    return GAP.join(texts).rstrip()


def _paint(text: str, code: str, colour: bool) -> str:
    return f"\x1b[{code}m{text}\x1b[0m" if colour and text.strip() else text
