"""A result: typed columns and rows, as every engine gives it and every format shows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kpilang import ir
from kpilang.types import DATE, STRING, TimeUnit, Type


@dataclass(frozen=True, slots=True)
class ResultColumn:
    """`output` is None for a dimension, a param and the period."""

    name: str
    type: Type
    output: ir.Output | None = None


@dataclass(frozen=True)
class Result:
    """Rows of Python values, in the order of law 12 or as asked.

    int, Decimal, float, str, bool, date, datetime or None. Durations are numbers of days or of seconds by the
    unit of their type. The period is its first local day, or under the grain hour its start with the offset.
    `query` is what was asked, `as_of` the instant the result stands for.
    """

    columns: tuple[ResultColumn, ...]
    rows: tuple[tuple[object, ...], ...]
    query: ir.Query
    as_of: datetime


def result_columns(query: ir.Query) -> tuple[ResultColumn, ...]:
    """Dimensions, params, the period, the outputs; the hidden ones last."""
    types = {dimension.name: dimension.type for dimension in query.dimensions}
    types.update((axis.name, axis.type) for axis in query.axes)
    outputs = {output.name: output for output in query.outputs}
    if query.grain is not None:
        types["period"] = STRING if query.grain is TimeUnit.HOUR else DATE
    types.update((name, output.type) for name, output in outputs.items())
    return tuple(ResultColumn(name, types[name], outputs.get(name)) for name in query.columns)
