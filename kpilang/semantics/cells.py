"""Names in a cell of the result: KPIs, params, the period; aggregates and selectors on what they make.

A cell is one group of the query in one period. Columns have no value there, only aggregates of them.
"""

from __future__ import annotations

import dataclasses

from kpilang import ir
from kpilang.diagnostics import Diagnostic, Diagnostics
from kpilang.functions import AGGREGATES, SPECIALS
from kpilang.semantics.aggregates import aggregate
from kpilang.semantics.errors import joins, naming, values
from kpilang.semantics.expressions import resolve
from kpilang.semantics.rows import PERIOD, THIS, period_value
from kpilang.semantics.scope import Scope, poison
from kpilang.semantics.selectors import select
from kpilang.semantics.world import Kpi, World
from kpilang.syntax import ast

_GOALS = ("target", "benchmark")


class CellScope(Scope):
    """`used` collects the KPIs that are referred to."""

    def __init__(self, world: World, diags: Diagnostics) -> None:
        super().__init__(world, diags)
        self.used: list[Kpi] = []

    def path(self, path: ast.Path) -> ir.Expr:
        first = path.names[0]
        if first.text == PERIOD and not first.quoted:
            return period_value(path, self)
        if first.text == THIS and not first.quoted:
            self.diags.add(naming.this_outside(path.span))
            return poison(path.span)
        if len(path.names) == 1:
            return self._bare(first.text, path)
        return self._dotted(path)

    def _bare(self, word: str, path: ast.Path) -> ir.Expr:
        match self.world.names.kind_of(word):
            case "KPI":
                return self.kpi(word, path)
            case "param":
                return self.world.param(word, path.span, self.diags) or poison(path.span)
            case "entity":
                self.diags.add(naming.entity_as_value(word, path.span))
            case "segment" | "attribution" as kind:
                self.diags.add(naming.not_yet(f"{_article(kind)}", path.span))
            case _:
                self.diags.add(self._unknown(word, path))
        return poison(path.span)

    def _unknown(self, word: str, path: ast.Path) -> Diagnostic:
        """A name of nothing; if entities have such a column, that is said."""
        owners = [name for name in self.world.names.entities if _has_member(self.world, name, word)]
        known = (*self.world.names.kpis, *self.world.names.params)
        help = (f"`{owners[0]}.{word}` is a column: `sum({owners[0]}.{word})`",) if owners else ()
        return naming.unknown_name(word, known, path.span, help)

    def kpi(self, word: str, path: ast.Path) -> ir.Expr:
        """What the KPI stands for, in place of its name."""
        found = self.world.kpi(word, path.span, self.diags)
        if found is None or found.value.type.is_error:
            return poison(path.span)
        self.used.append(found)
        return dataclasses.replace(found.value, span=path.span)

    def _dotted(self, path: ast.Path) -> ir.Expr:
        first = path.names[0].text
        match self.world.names.kind_of(first):
            case "entity":
                self.diags.add(self._column(first, path))
            case "KPI":
                self.diags.add(naming.not_yet("a variant of a KPI", path.span))
            case "attribution" | "segment" as kind:
                self.diags.add(naming.not_yet(_article(kind), path.span))
            case _:
                known = tuple(self.world.names.entities)
                self.diags.add(naming.unknown_entity(first, known, path.names[0].span))
        return poison(path.span)

    def _column(self, entity: str, path: ast.Path) -> Diagnostic:
        info = self.world.entity(entity)
        assert info is not None, "its name is declared"
        if path.names[1].text not in info.members:
            return naming.unknown_column(entity, path.names[1].text, info.members, path.names[1].span)
        return joins.no_aggregate(path.dotted, path.span)

    def aggregate(self, call: ast.Call) -> ir.Expr:
        name = call.function.dotted
        if name in AGGREGATES:
            return aggregate(call, self)
        if name in _GOALS:
            return self._goal(name, call)
        self.diags.add(joins.only_in_attributes(name, call.span))
        return poison(call.span)

    def _goal(self, which: str, call: ast.Call) -> ir.Expr:
        """`target(x)`: the bound of a KPI's goal."""
        if len(call.arguments) != 1 or not isinstance(call.arguments[0], ast.Path):
            self.diags.add(values.wrong_count(SPECIALS[which].signature, len(call.arguments), call.span))
            return poison(call.span)
        path = call.arguments[0]
        if path.dotted not in self.world.names.kpis:
            self.diags.add(naming.unknown_kpi(path.dotted, tuple(self.world.names.kpis), path.span))
            return poison(call.span)
        before = len(self.diags)
        goal = self.world.goal(path.dotted, which, call.span, self.diags)
        if goal is None or len(goal.bounds) != 1:
            if goal is not None:
                self.diags.add(values.goal_between(path.dotted, which, call.span))
            elif len(self.diags) == before:
                self.diags.add(values.no_goal(path.dotted, which, call.span))
            return poison(call.span)
        return dataclasses.replace(goal.bounds[0], span=call.span)

    def select(self, tree: ast.Select) -> ir.Expr:
        return select(resolve(tree.operand, self), tree.selector, tree.span, self)


def _article(kind: str) -> str:
    return f"an {kind}" if kind[0] in "aeiou" else f"a {kind}"


def _has_member(world: World, entity: str, word: str) -> bool:
    info = world.entity(entity)
    return info is not None and word in info.members
