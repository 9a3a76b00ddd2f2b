"""Names in a row of an entity: columns, attributes, what is reached over references, params.

Also the two poorer places: the columns of a table itself, and nothing but constants. What aggregates mean in
an attribute is said by `attributes`; here they are refused.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from enum import Enum
from itertools import pairwise

from kpilang import ir
from kpilang.diagnostics import Diagnostic, Diagnostics
from kpilang.semantics.arguments import dimension_of, local_named, value_of
from kpilang.semantics.errors import attributions, joins, naming, periods, sets, values
from kpilang.semantics.parts import parts
from kpilang.semantics.paths import after, in_row
from kpilang.semantics.row_money import seen_over
from kpilang.semantics.scope import Calls, Local, Scope, poison
from kpilang.semantics.sides import declared_at, visible, ways
from kpilang.semantics.world import Info, World
from kpilang.syntax import ast, spec
from kpilang.types import DATE, DAY, Exactness, Kind, Type

PERIOD = "period"
THIS = "this"


class Place(Enum):
    """Where a row expression stands."""

    AGGREGATE = "an aggregate"
    CONDITION = "a condition of the query"
    ATTRIBUTE = "an attribute"
    WHERE = "the `where` of an entity"
    RULE = "a rule"
    PATH = "a path"
    ATTRIBUTION = "an attribution"


_WITH_PERIOD = (Place.AGGREGATE, Place.CONDITION)


class RowScope(Scope):
    """One row of `info`; `alias` is another name under which its columns are known."""

    wants = "a condition"

    def __init__(self, world: World, info: Info, place: Place, diags: Diagnostics) -> None:
        super().__init__(world, diags)
        self.info = info
        self.place = place
        self.alias: str | None = None

    def path(self, path: ast.Path) -> ir.Expr:
        first = path.names[0]
        if first.text == PERIOD and not first.quoted:
            return self._period(path)
        if first.text == THIS and not first.quoted and len(path.names) > 1:
            return self.this(path)
        names = in_row(path.names, self.info, self.world)
        if self.alias is not None and len(names) == len(path.names):
            names = after(names, self.alias)
        if len(names) == 1:
            return self._bare(names[0], path)
        return self.field(names, path)

    def _is_own(self, word: str) -> bool:
        """Whether the entity itself is called so here."""
        return word == self.alias or self.world.names.canonical(word) == self.info.name

    def this(self, path: ast.Path) -> ir.Expr:
        self.diags.add(naming.this_outside(path.span))
        return poison(path.span)

    def aggregate(self, call: ast.Call) -> ir.Expr:
        self.diags.add(
            joins.aggregate_in_a_row(call.function.dotted, self.info.name, self.place.value, call.span)
        )
        return poison(call.span)

    def select(self, select: ast.Select) -> ir.Expr:
        self.diags.add(periods.selector_in_a_row(self.place.value, select.selector.span))
        return poison(select.span)

    def membership(self, key: ir.Expr, tree: ast.In) -> ir.Expr:
        place = None if self.place in _WITH_PERIOD else self.place.value
        return self.world.member(key, tree, place, self)

    def call(self, call: ast.Call) -> ir.Expr:
        return self.world.called(call, self)

    def body(self, locals: Mapping[str, Local], calls: Calls, diags: Diagnostics) -> Scope:
        return FormulaScope(self, locals, calls, diags)

    def _period(self, path: ast.Path) -> ir.Expr:
        if self.place not in _WITH_PERIOD:
            self.diags.add(naming.period_outside(self.place.value, path.span))
            return poison(path.span)
        return period_value(path, self)

    # ------------------------------------------------------------------ names

    def _bare(self, name: ast.Name, path: ast.Path) -> ir.Expr:
        """A single name: a conformed dimension in conditions of the query, then a column, then a param."""
        word = name.text
        if word in self.locals:
            return self._local(self.locals[word], path)
        return self._named(name, path)

    def _named(self, name: ast.Name, path: ast.Path) -> ir.Expr:
        word = name.text
        if word in self.world.names.params and self._ambiguous(word, path):
            return poison(path.span)
        if self.place is Place.CONDITION and word in self.world.names.dimensions:
            found = self.world.dimension(word, self.info, path.span, self.diags)
            if found is not None:
                return dataclasses.replace(found, span=path.span)
        if ways(self.world, self.info, word):
            return self.field((name,), path)
        if word in self.world.names.params:
            return self.world.param(word, path.span, self.diags) or poison(path.span)
        return self._unknown(word, path)

    def _local(self, local: Local, path: ast.Path) -> ir.Expr:
        """A constant that was handed in, or the name of a dimension."""
        if self._ambiguous(local.name, path):
            return poison(path.span)
        dimension = dimension_of(local)
        if dimension is not None:
            name = ast.Name(dimension, span=path.span)
            return self._named(name, ast.Path((name,), span=path.span))
        found = value_of(local, path.span, self)
        if any(parts(found)):
            self.diags.add(naming.argument_in_a_row(local.name, self.info.name, path.span))
            return poison(path.span)
        return found

    def _ambiguous(self, word: str, path: ast.Path) -> bool:
        """Whether the name of a param is that of a column here, too; reports it."""
        place = declared_at(self.world, self.info, word)
        if place is None and self.place is Place.CONDITION and word in self.world.names.dimensions:
            place = self.world.names.dimensions[word].name.span
        if place is None:
            return False
        param = self.locals[word].place if word in self.locals else self.world.names.params[word].name.span
        self.diags.add(naming.column_and_param(self.info.name, word, path.span, place, param))
        return True

    def _unknown(self, word: str, path: ast.Path) -> ir.Expr:
        kind = self.world.names.kind_of(word)
        if kind == "KPI":
            self.diags.add(naming.kpi_in_a_row(word, self.info.name, path.span))
        elif kind == "segment":
            self.diags.add(sets.set_as_value(word, self.wants, path.span))
        elif word in self.world.names.dimensions:
            self.diags.add(self._unseen_dimension(word, path))
        else:
            help = self._elsewhere(word)
            known = (*visible(self.world, self.info), *self.world.names.params)
            self.diags.add(naming.unknown_column(self.info.name, word, known, path.span, help))
        return poison(path.span)

    def _unseen_dimension(self, word: str, path: ast.Path) -> Diagnostic:
        if self.place is Place.CONDITION:
            return joins.condition_not_visible(word, self.info.name, path.span)
        return naming.dimension_in_a_row(word, self.info.name, path.span)

    def _elsewhere(self, word: str) -> tuple[str, ...]:
        """A parent that has such a column."""
        for name, target in references(self.world, self.info):
            if word in target.members:
                return (f"`{name}.{word}` is a column of `{target.name}`",)
        return ()

    def field(self, names: Sequence[ast.Name], path: ast.Path) -> ir.Expr:
        """A column or attribute at the end of a path over references."""
        found = ways(self.world, self.info, names[0].text)
        if len(found) > 1:
            return self._of_two_sides(names, path)
        ahead = tuple(ast.Name(step, span=names[0].span) for way in found for step in way)
        walked = walk(self, (*ahead, *names), path)
        if walked is None:
            return poison(path.span)
        steps, owner = walked
        return self.member(steps, owner, names[-1], path)

    def _of_two_sides(self, names: Sequence[ast.Name], path: ast.Path) -> ir.Expr:
        """A name of the conversion and of the touch: what the dimension is for the credit, if it says so."""
        word = names[0].text
        attribution = self.info.attribution
        assert attribution is not None, "entities have one side"
        decl = self.world.names.dimensions.get(word)
        declares = decl is not None and any(self._means(name, attribution.base) for name, _ in decl.paths)
        if declares and len(names) == 1 and self.place is not Place.PATH:
            found = self.world.dimension(word, self.info, path.span, self.diags)
            return dataclasses.replace(found, span=path.span) if found is not None else poison(path.span)
        self.diags.add(attributions.two_sides(word, attribution.base, path.span))
        return poison(path.span)

    def _means(self, name: spec.Text, entity: str) -> bool:
        """Whether a text of some package calls the entity so."""
        return self.world.at(name.span).names.canonical(name.value) == entity

    def member(self, steps: tuple[str, ...], owner: Info, name: ast.Name, path: ast.Path) -> ir.Expr:
        type_ = member_type(self, owner, name)
        if type_ is None:
            return poison(path.span)
        may_miss = bool(steps) and not (self.info.attribution is not None and steps == (ir.CONVERSION,))
        type_ = seen_over(type_.with_null(type_.nullable or may_miss), steps)
        return ir.Field(self.info.name, steps, owner.name, name.text, type_, span=path.span)


def row_of(info: Info, place: Place, around: Scope) -> RowScope:
    """A row that a cell expression looks into, with the local names of its formula."""
    scope = RowScope(around.world, info, place, around.diags)
    scope.like(around)
    return scope


def constants(what: str, around: Scope) -> ConstantScope:
    scope = ConstantScope(around.world, what, around.diags)
    scope.like(around)
    return scope


def walk(scope: RowScope, names: Sequence[ast.Name], path: ast.Path) -> tuple[tuple[str, ...], Info] | None:
    """The references in front of the last name, and the entity it belongs to; None after an error."""
    owner = scope.info
    for name, following in pairwise(names):
        target = step(scope, owner, name, following, path)
        if target is None:
            return None
        owner = target
    return tuple(name.text for name in names[:-1]), owner


def step(scope: RowScope, owner: Info, name: ast.Name, following: ast.Name, path: ast.Path) -> Info | None:
    """The entity that a reference leads to."""
    world, diags = scope.world, scope.diags
    if name.text not in owner.members:
        _unknown_step(scope, owner, name, path)
        return None
    column = world.column(owner, name.text, name.span, diags) if name.text in owner.columns else None
    if name.text in owner.columns and column is None:
        return None
    if column is None or column.reference is None:
        known = [reference for reference, _ in references(world, owner)]
        diags.add(naming.not_a_reference(owner.name, name.text, following.text, known, name.span))
        return None
    target = world.entity(column.reference.target)
    if target is None or not world.usable(target, name.span, diags):
        return None
    return target


def _unknown_step(scope: RowScope, owner: Info, name: ast.Name, path: ast.Path) -> None:
    other = scope.world.named(name.text)
    if other is not None and owner is scope.info and name is path.names[0]:
        if scope.place in (Place.ATTRIBUTE, Place.WHERE, Place.RULE, Place.ATTRIBUTION):
            scope.diags.add(joins.child_without_aggregate(path.dotted, name.text, scope.info.name, path.span))
        else:
            scope.diags.add(joins.another_entity(path.dotted, name.text, scope.info.name, path.span))
        return
    known = visible(scope.world, owner)
    scope.diags.add(naming.unknown_column(owner.name, name.text, known, name.span))


def references(world: World, info: Info) -> list[tuple[str, Info]]:
    """The columns of an entity that refer to others, each with its target; what is in error is left out."""
    found = []
    for name in info.columns:
        column = world.column(info, name, info.decl.span, Diagnostics())
        target = world.entity(column.reference.target) if column is not None and column.reference else None
        if target is not None:
            found.append((name, target))
    return found


def member_type(scope: RowScope, owner: Info, name: ast.Name) -> Type | None:
    """The type of a column or attribute; None after an error."""
    if name.text in owner.columns:
        column = scope.world.column(owner, name.text, name.span, scope.diags)
        if column is not None and column.reference is not None and len(column.reference.columns) > 1:
            columns = column.reference.columns
            scope.diags.add(values.composite_as_value(owner.name, name.text, columns, name.span))
            return None
        return column.type if column is not None else None
    if name.text in owner.attributes:
        attribute = scope.world.attribute(owner, name.text, name.span, scope.diags)
        return attribute.type if attribute is not None else None
    scope.diags.add(naming.unknown_column(owner.name, name.text, owner.members, name.span))
    return None


def period_value(path: ast.Path, scope: Scope) -> ir.Expr:
    """`period`, `period.start`, `period.end`; null in a period that as-of has not reached."""
    if len(path.names) == 1:
        type_ = Type(Kind.DURATION, nullable=True, unit=DAY, exactness=Exactness.ROUNDED)
        return ir.PeriodValue(ir.PeriodPart.LENGTH, type_, span=path.span)
    word = path.names[1].text
    if len(path.names) > 2 or word not in ("start", "end"):
        scope.diags.add(naming.unknown_column(PERIOD, word, ("start", "end"), path.names[1].span))
        return poison(path.span)
    return ir.PeriodValue(ir.PeriodPart(word), DATE.with_null(), span=path.span)


class FormulaScope(Scope):
    """The formula of a function that is called where a row is at hand: its parameters, and params."""

    place = "a function of a row"

    def __init__(self, around: Scope, locals: Mapping[str, Local], calls: Calls, diags: Diagnostics) -> None:
        super().__init__(around.world, diags)
        self.locals = locals
        self.calls = calls

    def path(self, path: ast.Path) -> ir.Expr:
        local = local_named(path, self)
        if local is not None:
            return value_of(local, path.span, self)
        if path.dotted in self.world.names.params:
            return self.world.param(path.dotted, path.span, self.diags) or poison(path.span)
        known = (*self.locals, *self.world.names.params)
        self.diags.add(naming.unknown_name(path.dotted, known, path.span))
        return poison(path.span)

    def aggregate(self, call: ast.Call) -> ir.Expr:
        self.diags.add(joins.aggregate_in_a_row(call.function.dotted, "the table", self.place, call.span))
        return poison(call.span)

    def select(self, select: ast.Select) -> ir.Expr:
        self.diags.add(periods.selector_in_a_row(self.place, select.selector.span))
        return poison(select.span)

    def membership(self, key: ir.Expr, tree: ast.In) -> ir.Expr:
        return self.world.member(key, tree, self.place, self)

    def call(self, call: ast.Call) -> ir.Expr:
        return self.world.called(call, self)

    def body(self, locals: Mapping[str, Local], calls: Calls, diags: Diagnostics) -> Scope:
        return FormulaScope(self, locals, calls, diags)


class RawScope(Scope):
    """The columns of the table itself, untyped: whatever is named exists as far as we know."""

    def path(self, path: ast.Path) -> ir.Expr:
        return ir.Raw(tuple(name.text for name in path.names), span=path.span)

    def aggregate(self, call: ast.Call) -> ir.Expr:
        self.diags.add(
            joins.aggregate_in_a_row(call.function.dotted, "the table", "the value of a column", call.span)
        )
        return poison(call.span)

    def select(self, select: ast.Select) -> ir.Expr:
        self.diags.add(periods.selector_in_a_row("the value of a column", select.selector.span))
        return poison(select.span)

    def membership(self, key: ir.Expr, tree: ast.In) -> ir.Expr:
        return self.world.member(key, tree, "the value of a column", self)

    def call(self, call: ast.Call) -> ir.Expr:
        return self.world.called(call, self)

    def body(self, locals: Mapping[str, Local], calls: Calls, diags: Diagnostics) -> Scope:
        return FormulaScope(self, locals, calls, diags)


class ConstantScope(Scope):
    """Constants and params."""

    def __init__(self, world: World, what: str, diags: Diagnostics) -> None:
        super().__init__(world, diags)
        self.what = what

    def path(self, path: ast.Path) -> ir.Expr:
        word = path.dotted
        local = local_named(path, self)
        if local is not None:
            return value_of(local, path.span, self)
        if word in self.world.names.params:
            return self.world.param(word, path.span, self.diags) or poison(path.span)
        first = path.names[0].text
        if first not in (PERIOD, THIS) and self.world.names.kind_of(first) is None:
            self.diags.add(naming.unknown_name(word, tuple(self.world.names.params), path.span))
        else:
            self.diags.add(values.not_constant(self.what, path.span))
        return poison(path.span)

    def aggregate(self, call: ast.Call) -> ir.Expr:
        self.diags.add(values.not_constant(self.what, call.span))
        return poison(call.span)

    def select(self, select: ast.Select) -> ir.Expr:
        self.diags.add(values.not_constant(self.what, select.span))
        return poison(select.span)

    def membership(self, key: ir.Expr, tree: ast.In) -> ir.Expr:
        self.diags.add(values.not_constant(self.what, tree.span))
        return poison(tree.span)

    def call(self, call: ast.Call) -> ir.Expr:
        return self.world.called(call, self)

    def body(self, locals: Mapping[str, Local], calls: Calls, diags: Diagnostics) -> Scope:
        return FormulaScope(self, locals, calls, diags)
