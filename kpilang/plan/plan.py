"""The plan of a query: relations in an order in which each stands after those it reads, and the answer."""

from __future__ import annotations

from dataclasses import field

from kpilang import ir
from kpilang.frozen import dataclass
from kpilang.plan import nodes
from kpilang.plan.draft import Draft


@dataclass(frozen=True, slots=True)
class Plan:
    """`draft` is what was decided: blocks and their atoms; `rewrites` are those that were applied."""

    query: ir.Query = field(repr=False)
    relations: tuple[nodes.Relation, ...]
    answer: nodes.Answer
    draft: Draft = field(repr=False)
    rewrites: tuple[str, ...] = field(default=(), repr=False)
