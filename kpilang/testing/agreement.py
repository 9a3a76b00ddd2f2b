"""When two ways to a number agree: each value as exactly as its type promises (law 7)."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

from kpilang.types import Exactness

TOLERANCE = 1e-9
"""Relative, for what law 7 calls approximate."""
NOTHING = 1e-12
"""How far from zero a difference of approximate numbers may be that should be zero."""


def same(want: Any, got: Any, exactness: Exactness) -> bool:
    """Whether two values are the same, as exactly as their type promises."""
    if isinstance(want, bool) or isinstance(got, bool) or not isinstance(want, int | float | Decimal):
        return type(want) is type(got) and bool(want == got)
    if not isinstance(got, int | float | Decimal):
        return False
    match exactness:
        case Exactness.EXACT:
            return not isinstance(got, float) and want == got
        case Exactness.ROUNDED:
            return float(want) == float(got)
        case Exactness.APPROXIMATE:
            return math.isclose(want, got, rel_tol=TOLERANCE, abs_tol=NOTHING)
