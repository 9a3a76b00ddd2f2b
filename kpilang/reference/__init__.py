"""The laws as a program: plain, naive Python over lists of rows, the definition of what a KPI means.

It reads the typed IR and rows; it shares nothing with the planner and the SQL that are judged by it.
"""

from __future__ import annotations

from kpilang.reference.cells import evaluate_query as evaluate
from kpilang.reference.errors import LawError

__all__ = ["LawError", "evaluate"]
