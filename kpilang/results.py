"""A result: typed columns and rows, as every engine gives it and every format shows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kpilang import ir
from kpilang.types import Type


@dataclass(frozen=True, slots=True)
class ResultColumn:
    """`output` is None for a dimension and for the period."""

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
