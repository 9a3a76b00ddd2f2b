"""Attributions: the rows of an entity whose origin is `ir.Credits`, in a few steps of SQL.

`pairs` joins conversions to their touches and numbers them, `weights` finds out what each touch weighs,
`rows` makes credits of it. Variants of one attribution share their pairs.
"""

from kpilang.plan.credits.pairs import Readers
from kpilang.plan.credits.rows import CreditRows

__all__ = ["CreditRows", "Readers"]
