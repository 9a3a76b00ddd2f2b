"""The laws as a program: plain, naive Python over lists of rows, the definition of what a KPI means.

It reads the typed IR and rows; it shares nothing with the planner and the SQL that are judged by it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from kpilang import ir
from kpilang.reference.cells import evaluate_query
from kpilang.reference.errors import LawError

__all__ = ["LawError", "evaluate"]


def evaluate(
    query: ir.Query, rows: Mapping[str, Sequence[Mapping[str, object]]], now: datetime
) -> list[tuple[object, ...]]:
    """The rows of the result by the laws, columns as `query.columns`.

    `rows` are by entity and physical column name; `now` is the aware instant of the run. Exact numbers are
    int or Decimal, others float, instants aware in UTC. Raises `LawError` where the laws give no number.
    """
    return evaluate_query(query, rows, now)
