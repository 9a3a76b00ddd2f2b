"""From a plan to SQL text: sqlglot nodes by the tables of a dialect, never strings.

Takes `plan.Plan`, gives `Compiled`. Knows dialects; knows no data, no files and no engine.
"""

from kpilang.sql.compiled import Compiled
from kpilang.sql.statement import compile

__all__ = ["Compiled", "compile"]
