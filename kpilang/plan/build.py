"""From a query to its plan: draft the blocks, rewrite the draft, make relations, join the answer."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from kpilang import ir
from kpilang.plan import rewrites as rules
from kpilang.plan.answer import AnswerBuilder
from kpilang.plan.blocks import build_block
from kpilang.plan.draft import naive
from kpilang.plan.grid import Grid, grid_of
from kpilang.plan.periods import CalendarColumns
from kpilang.plan.plan import Plan
from kpilang.plan.relations import Relations
from kpilang.plan.spine import SpineBuilder


def build(query: ir.Query, now: datetime, rewrites: Collection[str] = rules.ALL) -> Plan:
    """The plan of `query`, as of `now` (aware) unless the query says otherwise.

    `rewrites` names those that are applied; without any the plan is naive and means the same. Raises
    `KpilangError` (KPI5xx) for what cannot be planned.
    """
    grid = grid_of(query, now)
    draft = rules.apply(naive(query, grid), rewrites)
    relations = Relations(query.model, grid)
    calendar = _calendar(relations, grid)
    built = tuple(b for block in draft.blocks for b in build_block(relations, query, block))
    spine = SpineBuilder(relations, draft, built, calendar).build()
    answer = AnswerBuilder(draft, built, spine, calendar).build()
    return Plan(query, relations.finished(answer), answer, draft, tuple(rewrites))


def _calendar(relations: Relations, grid: Grid) -> CalendarColumns | None:
    if grid.is_single:
        return None
    name = relations.names.take("periods")
    calendar = CalendarColumns(name, grid, range(len(grid.periods)), f"each {grid.unit.value} asked for")
    relations.add(name, calendar.node)
    return calendar
