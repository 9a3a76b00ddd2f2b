"""From a query to its plan: draft the blocks, rewrite the draft, make relations, join the answer."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from functools import partial

from kpilang import ir
from kpilang.plan import rewrites as rules
from kpilang.plan.answer import AnswerBuilder
from kpilang.plan.grid import grid_of
from kpilang.plan.members import members_of
from kpilang.plan.naive import naive
from kpilang.plan.plan import Plan
from kpilang.plan.relations import Relations
from kpilang.plan.stage import Stage
from kpilang.plan.unbound import refuse_unbound


def build(query: ir.Query, now: datetime, rewrites: Collection[str] = rules.ALL) -> Plan:
    """The plan of `query`, as of `now` (aware) unless the query says otherwise.

    `rewrites` names those that are applied; without any the plan is naive and means the same. Raises
    `KpilangError` (KPI5xx) for what cannot be planned.
    """
    refuse_unbound(query)
    grid = grid_of(query, now)
    draft = rules.apply(naive(query, grid), rewrites)
    gather = partial(members_of, rewrites=tuple(rewrites))
    relations = Relations(query.model, grid, gather, draft.has_series)
    stage = Stage(relations, draft)
    spine = stage.spine()
    answer = AnswerBuilder(relations, draft, spine, stage.values(spine)).build()
    return Plan(query, relations.finished(answer), answer, draft, tuple(rewrites))
