"""From the typed IR to a plan: which rows are read how often, grouped by what, joined how.

Takes `ir.Query`, gives `Plan`: frozen relational nodes without any SQL in them. Knows the laws about periods,
groups and nulls; knows no dialect and no engine.
"""

from kpilang.plan.build import build
from kpilang.plan.explain import explain
from kpilang.plan.extent import extent
from kpilang.plan.plan import Plan
from kpilang.plan.rewrites import ALL

__all__ = ["ALL", "Plan", "build", "explain", "extent"]
