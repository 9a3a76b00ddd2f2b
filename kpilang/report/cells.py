"""A result as text for people: headings, cells with their marks, and what the marks mean.

`table` and `markdown` lay out what this file decides to show.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from kpilang import ir
from kpilang.report.columns import Role, Shown, shown
from kpilang.report.goals import Status, has_goals, status, words
from kpilang.report.numbers import NumberFormat, is_number, number_format
from kpilang.report.periods import Ends, heading, moment_text, period_text
from kpilang.results import Result
from kpilang.terminal import shortened, visible
from kpilang.types import Kind

NULL = "–"
LONGEST = 60
"""Cells of a text that somebody stored; more is cut."""
LONGEST_TITLE = 100

_ARROW = {ir.Better.HIGHER: "↑", ir.Better.LOWER: "↓"}
_MARKS = {Status.ALERT: "‼", Status.WARN: "!", Status.MISSED: "○", Status.MET: "✓"}
_MEANING = {
    Status.ALERT: "alert",
    Status.WARN: "warning",
    Status.MISSED: "target missed",
    Status.MET: "target met",
}
OPEN = "*"
IMMATURE = "~"


@dataclass(frozen=True, slots=True)
class Cell:
    """`text` with its unit; `young` tells that later rows are expected to change the value."""

    text: str
    status: Status | None = None
    young: bool = False

    @property
    def mark(self) -> str:
        sign = _MARKS[self.status] if self.status else ""
        return (IMMATURE if self.young else "") + sign


@dataclass(frozen=True, slots=True)
class Column:
    """`title` with an arrow to where it is better, `unit` where cells do not repeat it.

    `suffix` is what cells repeat: a blank and the unit of money, or `%`.
    """

    title: str
    role: Role
    unit: str
    is_number: bool
    has_marks: bool
    cells: tuple[Cell, ...]
    suffix: str = ""
    target: str = ""
    """`target at least 25 %`: that of the last row."""


@dataclass(frozen=True, slots=True)
class Sheet:
    heading: str
    columns: tuple[Column, ...]
    legend: str

    @property
    def height(self) -> int:
        return len(self.columns[0].cells) if self.columns else 0


def sheet(result: Result) -> Sheet:
    """All that is shown of a result."""
    names = [column.name for column in result.columns]
    rows = [dict(zip(names, row, strict=True)) for row in result.rows]
    ends = Ends(result)
    columns = tuple(_column(column, rows, result, ends) for column in shown(result))
    return Sheet(heading(result), columns, _legend(columns, result, ends))


def _column(column: Shown, rows: list[dict[str, object]], result: Result, ends: Ends) -> Column:
    output = column.column.output
    form = number_format(column.column, column.values)
    is_id = column.column.type.kind is Kind.ID
    numeric = column.column.type.is_numeric or column.column.type.kind in (Kind.DURATION, Kind.CALENDAR)
    cells = tuple(_cell(column, row, form, result, ends) for row in rows)
    return Column(
        _title(column),
        column.role,
        form.unit if numeric and form.unit != column.name else "",
        numeric and not is_id,
        output is not None and (has_goals(output) or any(cell.mark for cell in cells)),
        cells,
        form.suffix,
        _target(column, rows[-1], form, result) if rows else "",
    )


def _target(column: Shown, row: Mapping[str, object], form: NumberFormat, result: Result) -> str:
    output = column.column.output
    if output is None or output.target is None:
        return ""
    text = words(output.target, row, lambda bound: _text(bound, column, form, result))
    return f"target {text} {form.unit}".rstrip()


def _title(column: Shown) -> str:
    output = column.column.output
    if output is None:
        return visible(column.name)
    arrow = f" {_ARROW[output.better]}" if output.better else ""
    return shortened(visible(output.label or output.name), LONGEST_TITLE) + arrow


def _cell(column: Shown, row: Mapping[str, object], form: NumberFormat, result: Result, ends: Ends) -> Cell:
    value = row[column.name]
    if column.role is Role.PERIOD and result.query.grain is not None and value is not None:
        text = period_text(value, result.query.grain)
        return Cell(text + (OPEN if ends.is_open(value) else ""))
    output = column.column.output
    text = _text(value, column, form, result)
    if output is None or value is None:
        return Cell(text)
    return Cell(text, status(output, row), ends.is_immature(row.get("period"), output.matures))


def _text(value: object, column: Shown, form: NumberFormat, result: Result) -> str:
    if value is None:
        return NULL
    if isinstance(value, bool):
        return "true" if value else "false"
    if is_number(value) and column.column.type.kind is not Kind.ID:
        return form.text(value)
    if isinstance(value, datetime):
        return moment_text(value, result.query)
    if isinstance(value, date):
        return value.isoformat()
    return shortened(visible(str(value)), LONGEST)


def _legend(columns: tuple[Column, ...], result: Result, ends: Ends) -> str:
    """What the marks mean, of those that occur."""
    cells = [cell for column in columns for cell in column.cells]
    parts = []
    period = len(result.query.dimensions) + len(result.query.axes)
    if result.query.grain is not None and any(ends.is_open(row[period]) for row in result.rows):
        parts.append(f"{OPEN} period not over yet")
    if any(cell.young for cell in cells):
        parts.append(f"{IMMATURE} too young to be final")
    occurring = {cell.status for cell in cells}
    parts += [f"{_MARKS[status]} {_MEANING[status]}" for status in Status if status in occurring]
    return "   ".join(parts)
