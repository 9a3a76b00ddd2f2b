"""KPIs, params and dimensions: declarations resolved one at a time, each asked of by name."""

from __future__ import annotations

import dataclasses
from datetime import date
from decimal import Decimal

from kpilang import ir
from kpilang.diagnostics import Diagnostics
from kpilang.semantics.agreement import agree, family
from kpilang.semantics.cells import CellScope
from kpilang.semantics.column_types import declared_type
from kpilang.semantics.comparison import has_order
from kpilang.semantics.credit_columns import dimension_of_side
from kpilang.semantics.errors import naming, periods, sizes, values
from kpilang.semantics.expressions import resolve, with_type
from kpilang.semantics.literals import is_bare
from kpilang.semantics.memo import MOST_NESTED
from kpilang.semantics.names import WORDS
from kpilang.semantics.param_values import Listed, of_one_unit, values_of
from kpilang.semantics.paths import in_row
from kpilang.semantics.rows import ConstantScope, Place, RowScope
from kpilang.semantics.scope import Local, poison
from kpilang.semantics.sizes import is_small
from kpilang.semantics.units import unit_of_text
from kpilang.semantics.world import Bound, Info, Kpi, World
from kpilang.syntax import ast, spec
from kpilang.types import DAY, ERROR, STRING, Kind, Type


def kpi_of(world: World, decl: spec.KpiDecl, diags: Diagnostics) -> Kpi | None:
    name = decl.name.value
    if decl.formula is None:
        diags.add(values.no_formula(name, decl.name.span))
        return None
    tree = world.expression(decl.formula, diags)
    scope = CellScope(world.at(decl.formula.span), diags)
    if tree is None or not _let(decl, scope):
        return None
    value = resolve(tree, scope)
    if decl.unit is not None and not value.type.is_error:
        value = _in_unit(value, decl.unit, diags)
    if value.type.is_error or not is_value(name, value, diags):
        return None
    level = 1 + max((used.level for used in scope.used), default=0)
    if not _fits(name, value, level, decl, diags):
        return None
    matures = [used.matures for used in scope.used if used.matures is not None]
    if decl.matures is not None:
        matures.append(_matures(world, decl.matures, diags))
    requires = frozenset(text.value for text in decl.requires).union(*(used.requires for used in scope.used))
    return Kpi(name, _named(value, name), max(matures, default=None), requires, level)


def _let(decl: spec.KpiDecl, scope: CellScope) -> bool:
    """The local names of a KPI put into scope; each may use the others, but none itself."""
    locals: dict[str, Local] = {}
    for name, embedded in decl.let:
        tree = scope.world.expression(embedded, scope.diags)
        if tree is None:
            return False
        if name.value in locals or name.value in WORDS:
            scope.diags.add(naming.bad_local(name.value, "a term of `let`", name.span))
            return False
        home = CellScope(scope.world.at(embedded.span), scope.diags, scope.used)
        home.locals = locals
        locals[name.value] = Local(name.value, tree, home, name.span)
    scope.locals = locals
    return True


def is_value(name: str, value: ir.Expr, diags: Diagnostics) -> bool:
    if value.type.kind is Kind.NULL:
        diags.add(values.not_a_value(name, value.span))
    return value.type.kind is not Kind.NULL


def _fits(name: str, value: ir.Expr, level: int, decl: spec.KpiDecl, diags: Diagnostics) -> bool:
    if level > MOST_NESTED:
        diags.add(sizes.too_deep(name, MOST_NESTED, decl.name.span))
        return False
    return is_small(name, value, decl.name.span, diags)


def _named(value: ir.Expr, name: str) -> ir.Expr:
    """A KPI that is one aggregate lends it its name, for readers of the SQL."""
    if isinstance(value, ir.Aggregate | ir.CountOf | ir.Nested) and value.name is None:
        return dataclasses.replace(value, name=name)
    return value


def _in_unit(value: ir.Expr, text: spec.Text, diags: Diagnostics) -> ir.Expr:
    meant = unit_of_text(text, diags)
    if meant is None:
        return value
    if not value.type.is_numeric:
        diags.add(values.bad_type(f"a unit for {value.type}", text.span, ("units are for numbers",)))
        return value
    kind = Kind.PERCENT if meant.kind is Kind.PERCENT else value.type.kind
    return with_type(value, dataclasses.replace(value.type, unit=meant.unit, kind=kind))


def _matures(world: World, embedded: spec.Embedded, diags: Diagnostics) -> int:
    tree = world.expression(embedded, diags)
    scope = ConstantScope(world.at(embedded.span), "`matures`", diags)
    found = resolve(tree, scope) if tree is not None else None
    if found is None or found.type.is_error:
        return 0
    value = found.value if isinstance(found, ir.Literal) else None
    if found.type.unit == DAY and isinstance(value, int) and value >= 0:
        return value
    diags.add(periods.bad_matures(str(found.type), embedded.span))
    return 0


# ---------------------------------------------------------------------------- goals


def goal_of(world: World, decl: spec.KpiDecl, which: str, value: ir.Expr, diags: Diagnostics) -> Bound | None:
    """A goal, its bounds made to agree with the KPI; None if there is none, or after an error."""
    embedded: spec.Embedded | None = getattr(decl, which)
    if embedded is None:
        return None
    goal = _goal_tree(world, embedded, diags)
    if goal is None:
        return None
    scope = CellScope(world.at(embedded.span), diags)
    if not _let(decl, scope):
        return None
    bounds = tuple(resolve(bound, scope) for bound in goal.bounds)
    if value.type.is_error or any(bound.type.is_error for bound in bounds):
        return None
    pairs = zip(bounds, goal.bounds, strict=True)
    if any(_is_in_part_of_unit(bound, value, tree, scope) for bound, tree in pairs):
        return None
    agreed = agree((value, *bounds), scope)
    if agreed is None or not has_order(agreed, which, scope):
        return None
    return Bound(goal.operator, agreed[1:])


def _is_in_part_of_unit(bound: ir.Expr, value: ir.Expr, tree: ast.Expr, scope: CellScope) -> bool:
    """A goal of 15 EUR for a KPI in EUR per lead: said with the way to write it."""
    ours, theirs = value.type.unit, bound.type.unit
    above = tuple(factor for factor in ours.factors if factor[1] > 0)
    if not isinstance(bound, ir.Literal) or not theirs.factors or ours == theirs or theirs.factors != above:
        return False
    amount = tree.value if isinstance(tree, ast.Quantity) else bound.value
    scope.diags.add(values.goal_in_another_unit(str(amount), theirs, ours, bound.span, value.span))
    return True


def _goal_tree(world: World, embedded: spec.Embedded, diags: Diagnostics) -> ast.Goal | None:
    """A benchmark is a formula: what others reach, neither at least nor at most."""
    if embedded.start is spec.Start.FORMULA:
        value = world.expression(embedded, diags)
        return ast.Goal("=", (value,), span=embedded.span) if value is not None else None
    tree = world.tree(embedded, diags)
    return tree if isinstance(tree, ast.Goal) else None


# ---------------------------------------------------------------------------- params


def param_of(
    world: World, decl: spec.ParamDecl, given: spec.Embedded | None, diags: Diagnostics
) -> ir.Literal | None:
    """The value of a param: what the query gives, else the default."""
    name = decl.name.value
    if decl.default is None and decl.values is not None and given is None:
        if values_of_param(world, decl, diags) is not None:
            diags.add(values.param_to_group_by(name, decl.name.span))
        return None
    if decl.default is None and given is None:
        diags.add(values.param_without_default(name, decl.name.span))
        return None
    wanted = _declared(world, decl.type, diags) if decl.type is not None else None
    if wanted is not None and wanted.is_error:
        return None
    found = constant_of(world, decl.default, f"param `{name}`", diags) if decl.default is not None else None
    if given is not None and (decl.default is None or found is not None):
        found = _given(world, name, found, wanted, given, diags)
    if wanted is not None and found is not None:
        found = _as_declared(name, wanted, found, diags)
    if found is None or decl.values is None:
        return found
    return found if _is_allowed(world, decl, found, diags) else None


def values_of_param(world: World, decl: spec.ParamDecl, diags: Diagnostics) -> Listed | None:
    """The values that a param may take, of the type that is declared; None after an error."""
    listed = values_of(world, decl, diags)
    wanted = _declared(world, decl.type, diags) if decl.type is not None else None
    if listed is None or wanted is None or wanted.is_error:
        return listed
    found: list[ir.Literal] = []
    for value in listed.values:
        typed = _as_declared(decl.name.value, wanted, value, diags)
        if typed is None:
            return None
        found.append(typed)
    return dataclasses.replace(listed, values=tuple(found))


def _is_allowed(world: World, decl: spec.ParamDecl, found: ir.Literal, diags: Diagnostics) -> bool:
    """Whether the value is one of those that `values` lists, or lies in its range."""
    assert decl.values is not None, "asked only where there are some"
    tree = world.tree(decl.values, diags)
    if not isinstance(tree, ast.Values):
        return False
    scope = ConstantScope(world, "what a param may be", diags)
    items = [resolve(item, scope) for item in of_one_unit(tree)]
    agreed = agree((found, *items), scope)
    if agreed is None:
        return False
    value, *allowed = [item.value if isinstance(item, ir.Literal) else None for item in agreed]
    fine = _lies_between(value, *allowed) if tree.is_range else value in allowed
    if not fine:
        diags.add(values.not_among(decl.name.value, decl.values.text, found.span))
    return fine


def _lies_between(value: object, low: object, high: object) -> bool:
    numbers = (int, Decimal)
    if isinstance(value, numbers) and isinstance(low, numbers) and isinstance(high, numbers):
        return low <= value <= high
    if isinstance(value, date) and isinstance(low, date) and isinstance(high, date):
        return low <= value <= high
    return False


def _declared(world: World, text: spec.Text, diags: Diagnostics) -> Type:
    embedded = spec.Embedded(spec.Start.COLUMN_TYPE, text.value, exact=False, span=text.span)
    tree = world.tree(embedded, diags)
    if not isinstance(tree, ast.ScalarType | ast.ReferenceType):
        return ERROR
    return declared_type(tree, None, world.settings, diags).type


def _as_declared(name: str, wanted: Type, found: ir.Literal, diags: Diagnostics) -> ir.Literal | None:
    """The value, which must be of the type that is declared; a bare number takes its unit."""
    if is_bare(found) and wanted.kind in (Kind.NUMBER, Kind.INTEGER):
        return dataclasses.replace(found, type=dataclasses.replace(found.type, unit=wanted.unit))
    alike = family(found.type) == family(wanted) and found.type.unit == wanted.unit
    lengths = (Kind.DURATION, Kind.CALENDAR)
    if not alike and not (found.type.kind in lengths and wanted.kind is Kind.DURATION):
        diags.add(values.bad_param(name, wanted, str(found.type), found.span))
        return None
    return found


def _given(
    world: World,
    name: str,
    default: ir.Literal | None,
    wanted: Type | None,
    given: spec.Embedded,
    diags: Diagnostics,
) -> ir.Literal | None:
    """A value from outside, like the default if there is one; text needs no quotes there."""
    is_text = family(default.type if default is not None else wanted or ERROR) == "text"
    if is_text and not given.text.strip().startswith("'"):
        return ir.Literal(given.text, STRING, span=given.span)
    found = constant_of(world, given, f"param `{name}`", diags)
    if found is None or default is None:
        return found
    scope = ConstantScope(world, "a param", Diagnostics())
    agreed = agree((default, found), scope) if default.type.kind is not Kind.NULL else (default, found)
    like = agreed is not None and (found.type.kind, found.type.unit) == (default.type.kind, default.type.unit)
    numbers = found.type.kind in (Kind.INTEGER, Kind.NUMBER) and default.type.kind in (
        Kind.INTEGER,
        Kind.NUMBER,
    )
    if agreed is None or not (like or numbers):
        diags.add(values.bad_param(name, default.type, str(found.type), given.span))
        return None
    return agreed[1] if isinstance(agreed[1], ir.Literal) else found


def constant_of(world: World, embedded: spec.Embedded, what: str, diags: Diagnostics) -> ir.Literal | None:
    tree = world.expression(embedded, diags)
    if tree is None:
        return None
    found = resolve(tree, ConstantScope(world, what, diags))
    if found.type.is_error:
        return None
    if not isinstance(found, ir.Literal):
        diags.add(values.not_constant(what, embedded.span))
        return None
    return found


# ---------------------------------------------------------------------------- dimensions


def _declared_path(world: World, decl: spec.DimensionDecl, info: Info) -> spec.Embedded | None:
    """What is declared for the entity; a variant of an attribution takes over what its attribution has."""
    given = {world.at(entity.span).names.canonical(entity.value): embedded for entity, embedded in decl.paths}
    base = info.attribution.base if info.attribution is not None else info.name
    return given.get(info.name) or given.get(base)


def dimension_of(world: World, name: str, info: Info, diags: Diagnostics) -> ir.Expr | None:
    """The path declared for the entity, else its own column of that name; None if it does not see it.

    What is in error has been reported and is poison, as everywhere.
    """
    decl = world.names.dimensions.get(name)
    found = _declared_path(world, decl, info) if decl is not None else None
    if found is not None:
        home = world.at(found.span)
        tree = home.tree(found, diags)
        if not isinstance(tree, ast.Path):
            return poison(found.span)
        return RowScope(home, info, Place.PATH, diags).field(in_row(tree.names, info, home), tree)
    if info.attribution is not None and name not in info.members:
        return dimension_of_side(world, name, info, decl, diags)
    if name in info.members:
        word = ast.Name(name, span=decl.name.span if decl is not None else info.decl.name.span)
        return RowScope(world, info, Place.PATH, diags).field((word,), ast.Path((word,), span=word.span))
    return None
