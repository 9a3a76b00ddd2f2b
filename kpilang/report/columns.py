"""Which columns of a result are shown, and what part each plays."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from kpilang import ir
from kpilang.results import Result, ResultColumn


class Role(Enum):
    DIMENSION = "dimension"
    PARAM = "param"
    PERIOD = "period"
    KPI = "kpi"


@dataclass(frozen=True, slots=True)
class Shown:
    """A column for the reader: its place in the rows, its part, its values from the first row to the last."""

    index: int
    role: Role
    column: ResultColumn
    values: tuple[object, ...]

    @property
    def name(self) -> str:
        return self.column.name


def shown(result: Result) -> tuple[Shown, ...]:
    """The columns in their order, without the hidden ones that only feed goals."""
    return tuple(_shown(result))


def _shown(result: Result) -> Iterator[Shown]:
    for index, column in enumerate(result.columns):
        if column.output is not None and column.output.hidden:
            continue
        values = tuple(row[index] for row in result.rows)
        yield Shown(index, _role(index, column, result.query), column, values)


def _role(index: int, column: ResultColumn, query: ir.Query) -> Role:
    if column.output is not None:
        return Role.KPI
    if index < len(query.dimensions):
        return Role.DIMENSION
    return Role.PARAM if index < len(query.dimensions) + len(query.axes) else Role.PERIOD
