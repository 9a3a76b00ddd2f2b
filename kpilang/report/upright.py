"""KPIs below each other, as a scorecard: one line each, with the numbers of one period or of a few.

`table` asks `suits` and else lays KPIs out side by side. The numbers of a KPI stand under each other, its
unit is said once, the target is that of the last period.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from kpilang.report.cells import NULL, Cell, Column, Sheet
from kpilang.report.columns import Role
from kpilang.report.paint import BOLD, DIM, GAP, glued, mark, paint
from kpilang.terminal import narrowed, pad, width, wrapped

_LEAST_TEXT = 16
"""Cells of titles and targets below which words are no longer cut."""
_TARGET = "target"
_KPIS_PER_PERIOD = 3
"""A result that has so many times more KPIs than periods is read downwards."""


def suits(content: Sheet, cells: int | None) -> bool:
    """Whether KPIs stand below each other: one row, or so few periods that they fit beside the titles."""
    kpis = _kpis(content)
    if len(kpis) == len(content.columns):
        return content.height == 1
    if any(column.role in (Role.DIMENSION, Role.PARAM) for column in content.columns):
        return False
    few = 0 < content.height * _KPIS_PER_PERIOD <= len(kpis)
    return few and (cells is None or _Layout.of(content).fixed + _LEAST_TEXT <= cells)


def lines(content: Sheet, colour: bool, cells: int | None) -> Iterator[str]:
    """One line for each KPI: title, numbers, unit, marks, target."""
    layout = _Layout.of(content)
    kpis = _kpis(content)
    goals = [layout.goal(column) for column in kpis]
    titles, targets = _soft(kpis, goals, None if cells is None else cells - layout.fixed)
    if layout.periods:
        head = f"{pad('', titles)}{layout.head()}{GAP}{_TARGET if targets else ''}"
        yield paint(head.rstrip(), BOLD, colour)
    for column, goal in zip(kpis, goals, strict=True):
        heads = wrapped(glued(column.title), titles)
        beside = wrapped(goal, targets) if targets else []
        for line, (title, part) in enumerate(zip_longest(heads, beside, fillvalue="")):
            shown = pad(title.replace("\u00a0", " "), titles)
            shown += layout.middle(column, colour) if line == 0 else pad("", layout.fixed)
            yield f"{shown}{GAP}{paint(part, DIM, colour)}".rstrip()
        if goal and not targets:
            yield from (f"{GAP}{paint(line, DIM, colour)}" for line in _below(column.target, cells))


def _kpis(content: Sheet) -> list[Column]:
    return [column for column in content.columns if column.role is Role.KPI]


@dataclass(frozen=True, slots=True)
class _Layout:
    """The cells of what stands between titles and targets: for each period numbers and marks, and the units.

    Of a single row the unit follows the number; of several `periods` it stands once, behind the last.
    """

    periods: tuple[str, ...]
    numbers: tuple[int, ...]
    marks: tuple[int, ...]
    units: int

    @staticmethod
    def of(content: Sheet) -> _Layout:
        periods = tuple(
            cell.text for column in content.columns if column.role is Role.PERIOD for cell in column.cells
        )
        kpis = _kpis(content)
        names = periods or ("",) * content.height
        numbers = tuple(
            max(width(name), *(width(_parted(column, column.cells[row])[0]) for column in kpis))
            for row, name in enumerate(names)
        )
        marks = tuple(max(width(column.cells[row].mark) for column in kpis) for row in range(content.height))
        return _Layout(periods, numbers, marks, max(width(_unit(column)) for column in kpis))

    @property
    def fixed(self) -> int:
        room = sum(len(GAP) + cells for cells in self.numbers) + (1 + self.units if self.units else 0)
        beside = len(GAP) if not self.periods else 1
        return room + sum(beside + cells for cells in self.marks if cells)

    def head(self) -> str:
        names = "".join(
            f"{GAP}{pad(name, numbers, right=True)}{pad('', 1 + marks if marks else 0)}"
            for name, numbers, marks in zip(self.periods, self.numbers, self.marks, strict=True)
        )
        return names + pad("", 1 + self.units if self.units else 0)

    def goal(self, column: Column) -> str:
        """The target; under a heading, and beside a unit, it need not repeat them."""
        if not self.periods:
            return column.target
        unit = _unit(column)
        goal = column.target.removeprefix(f"{_TARGET} ")
        return goal.replace(f" {unit}", "") if unit else goal

    def middle(self, column: Column, colour: bool) -> str:
        if not self.periods:
            number, unit = _parted(column, column.cells[0])
            value = f"{GAP}{pad(number, self.numbers[0], right=True)} {self._unit(unit, colour)}"
            return f"{value}{GAP if self.marks[0] else ''}{self._mark(column.cells[0], 0, colour)}"
        shown = "".join(
            f"{GAP}{pad(_parted(column, cell)[0], self.numbers[row], right=True)}"
            f"{' ' if self.marks[row] else ''}{self._mark(cell, row, colour)}"
            for row, cell in enumerate(column.cells)
        )
        return f"{shown} {self._unit(_unit(column), colour)}" if self.units else shown

    def _mark(self, cell: Cell, row: int, colour: bool) -> str:
        return pad("", self.marks[row] - width(cell.mark)) + mark(cell, colour)

    def _unit(self, unit: str, colour: bool) -> str:
        return paint(unit, DIM, colour) + pad("", self.units - width(unit))


def _below(target: str, cells: int | None) -> list[str]:
    """A target on lines of its own, where there is no room beside the value."""
    return wrapped(target, max((cells or width(target)) - len(GAP), 1))


def _unit(column: Column) -> str:
    """The unit of the numbers there are."""
    return next((unit for cell in column.cells for unit in [_parted(column, cell)[1]] if unit), "")


def _parted(column: Column, cell: Cell) -> tuple[str, str]:
    """The number and its unit, so that both stand in columns of their own."""
    if cell.text == NULL:
        return cell.text, ""
    if column.suffix and cell.text.endswith(column.suffix):
        return cell.text.removesuffix(column.suffix), f"{column.suffix.strip()}{_per(column)}"
    return cell.text, column.unit


def _per(column: Column) -> str:
    """What a share is of, if it has a unit besides `%`."""
    return f" {column.unit}" if column.unit else ""


def _soft(columns: Sequence[Column], goals: Sequence[str], room: int | None) -> tuple[int, int]:
    """Cells for titles and for targets; none for these if they have to stand below."""
    titles = max(width(column.title) for column in columns)
    targets = max(map(width, goals))
    least = min(titles, _LEAST_TEXT), min(targets, _LEAST_TEXT)
    gap = len(GAP) if targets else 0
    if room is not None and sum(least) + gap > room:
        return narrowed((titles,), least[:1], room)[0], 0
    made = narrowed((titles, targets), least, None if room is None else room - gap)
    return made[0], made[1]
