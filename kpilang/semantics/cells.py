"""Names in a cell of the result: KPIs, params, the period; aggregates and selectors on what they make.

A cell is one group of the query in one period. Columns have no value there, only aggregates of them.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from kpilang import ir
from kpilang.diagnostics import Diagnostic, Diagnostics
from kpilang.functions import AGGREGATES, SPECIALS
from kpilang.semantics.aggregates import aggregate
from kpilang.semantics.arguments import local_named, value_of, word_of
from kpilang.semantics.errors import joins, naming, sets, values
from kpilang.semantics.expressions import resolve
from kpilang.semantics.nested import nested
from kpilang.semantics.paths import begins_with, in_row
from kpilang.semantics.qualified import unknown
from kpilang.semantics.rows import PERIOD, THIS, period_value
from kpilang.semantics.scope import Calls, Local, Scope, poison
from kpilang.semantics.selectors import select
from kpilang.semantics.set_names import set_in
from kpilang.semantics.sets import count_of
from kpilang.semantics.sides import visible
from kpilang.semantics.world import Kpi, World
from kpilang.syntax import ast
from kpilang.syntax.unparse import unparse
from kpilang.types import STRING

_GOALS = ("target", "benchmark")


class CellScope(Scope):
    """`used` collects the KPIs that are referred to."""

    wants = "a number"

    def __init__(self, world: World, diags: Diagnostics, used: list[Kpi] | None = None) -> None:
        super().__init__(world, diags)
        self.used: list[Kpi] = used if used is not None else []

    def path(self, path: ast.Path) -> ir.Expr:
        first = path.names[0]
        if first.text == PERIOD and not first.quoted:
            return period_value(path, self)
        if first.text == THIS and not first.quoted:
            self.diags.add(naming.this_outside(path.span))
            return poison(path.span)
        local = local_named(path, self)
        if local is not None:
            return value_of(local, path.span, self)
        if len(path.names) == 1:
            return self._bare(first.text, path)
        return self._dotted(path)

    def _bare(self, word: str, path: ast.Path) -> ir.Expr:
        match self.world.names.kind_of(word):
            case "KPI":
                return self.kpi(word, path)
            case "param":
                return self.world.param(word, path.span, self.diags) or poison(path.span)
            case "entity" | "attribution":
                self.diags.add(naming.entity_as_value(word, path.span))
            case "segment":
                self.diags.add(sets.set_as_value(word, self.wants, path.span))
            case "function":
                self.diags.add(naming.function_as_value(word, path.span))
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
            case "entity" | "attribution":
                self.diags.add(self._column(path))
            case "KPI":
                return self.kpi(path.dotted, path)
            case "segment":
                self.diags.add(self._of_members(path))
            case _:
                self.diags.add(unknown(path, self.world.names))
        return poison(path.span)

    def _column(self, path: ast.Path) -> Diagnostic:
        entity = begins_with(path.names, self.world.names)
        info = self.world.named(entity) if entity is not None else None
        assert info is not None, "its name is declared"
        if entity == path.dotted:
            return naming.entity_as_value(path.dotted, path.span)
        column = in_row(path.names, info, self.world)[0]
        known = visible(self.world, info)
        if column.text not in known:
            return naming.unknown_column(info.name, column.text, known, column.span)
        return joins.no_aggregate(path.dotted, path.span)

    def _of_members(self, path: ast.Path) -> Diagnostic:
        """A column of the members of a set."""
        return joins.no_aggregate(path.dotted, path.span)

    def aggregate(self, call: ast.Call) -> ir.Expr:
        name = call.function.dotted
        if name in AGGREGATES:
            if call.per:
                return nested(call, self)
            if name == "count" and call.arguments and set_in(call.arguments[0], self) is not None:
                return count_of(call, self)
            return aggregate(call, self)
        if name in _GOALS:
            return self._goal(name, call)
        if name == "better":
            return self._better(call)
        self.diags.add(joins.only_in_attributes(name, call.span))
        return poison(call.span)

    def _goal(self, which: str, call: ast.Call) -> ir.Expr:
        """`target(x)`: the bound of a KPI's goal."""
        name = self._kpi_in(which, call)
        if name is None:
            return poison(call.span)
        before = len(self.diags)
        goal = self.world.goal(name, which, call.span, self.diags)
        if goal is None or len(goal.bounds) != 1:
            if goal is not None:
                self.diags.add(values.goal_between(name, which, call.span))
            elif len(self.diags) == before:
                self.diags.add(values.no_goal(name, which, call.span))
            return poison(call.span)
        return dataclasses.replace(goal.bounds[0], span=call.span)

    def _better(self, call: ast.Call) -> ir.Expr:
        """`better(x)`: 'higher' or 'lower'."""
        name = self._kpi_in("better", call)
        decl = self.world.declared(name, call.span, self.diags) if name is not None else None
        if decl is None:
            return poison(call.span)
        if decl.better is None:
            self.diags.add(values.no_goal(decl.name.value, "better", call.span))
            return poison(call.span)
        return ir.Literal(decl.better.value, STRING, span=call.span)

    def _kpi_in(self, which: str, call: ast.Call) -> str | None:
        """The KPI that is named, perhaps by the parameter of a function; None after an error."""
        if len(call.arguments) != 1:
            self.diags.add(values.wrong_count(SPECIALS[which].signature, len(call.arguments), call.span))
            return None
        if not isinstance(call.arguments[0], ast.Path):
            text = unparse(call.arguments[0])
            self.diags.add(values.not_a_kpi(which, text, call.arguments[0].span))
            return None
        path = call.arguments[0]
        name = word_of(path, self)
        names = self.world.names.kpis
        if name not in names and name.rpartition(".")[0] not in names:
            self.diags.add(naming.unknown_kpi(name, tuple(self.world.names.kpis), path.span))
            return None
        return name

    def membership(self, key: ir.Expr, tree: ast.In) -> ir.Expr:
        self.diags.add(joins.no_aggregate(unparse(tree), tree.span))
        return poison(tree.span)

    def call(self, call: ast.Call) -> ir.Expr:
        return self.world.called(call, self)

    def body(self, locals: Mapping[str, Local], calls: Calls, diags: Diagnostics) -> Scope:
        scope = CellScope(self.world, diags, self.used)
        scope.locals = locals
        scope.calls = calls
        return scope

    def select(self, tree: ast.Select) -> ir.Expr:
        return select(resolve(tree.operand, self), tree.selector, tree.span, self)


def _has_member(world: World, entity: str, word: str) -> bool:
    info = world.named(entity)
    return info is not None and word in info.members
