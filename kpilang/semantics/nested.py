"""Nested aggregates: `avg(revenue per customer)`, `max(sessions per day)`.

A cell expression is evaluated for each value of `per`, or for each sub-period, and aggregated again. The
values must be seen by every part of the expression, like a dimension; whether the sub-periods nest depends on
the query, and is asked there.
"""

from __future__ import annotations

from kpilang import ir
from kpilang.functions import AGGREGATES, Aggregate
from kpilang.semantics.aggregates import argument_type, has_shape, parameter_of
from kpilang.semantics.agreement import family
from kpilang.semantics.arguments import word_of
from kpilang.semantics.errors import joins, periods, values
from kpilang.semantics.expressions import resolve
from kpilang.semantics.lints import remark_mean
from kpilang.semantics.parts import entity_of, parts
from kpilang.semantics.paths import in_row
from kpilang.semantics.rows import Place, row_of
from kpilang.semantics.scope import Scope, poison
from kpilang.semantics.selectors import dates_of
from kpilang.semantics.sides import ways
from kpilang.semantics.world import Info
from kpilang.syntax import ast
from kpilang.syntax.unparse import unparse
from kpilang.types import TimeUnit, Type

GRAINS = {unit.value: unit for unit in TimeUnit}
_OPS = (
    ir.AggregateOp.SUM,
    ir.AggregateOp.AVG,
    ir.AggregateOp.MIN,
    ir.AggregateOp.MAX,
    ir.AggregateOp.MEDIAN,
    ir.AggregateOp.PERCENTILE,
    ir.AggregateOp.STDDEV,
)
_IN_TIME = (ir.AggregateOp.FIRST, ir.AggregateOp.LAST)
"""Sub-periods have an order, values have none."""


def nested(call: ast.Call, scope: Scope) -> ir.Expr:
    function = AGGREGATES[call.function.dotted]
    grain = grain_of(call.per, scope)
    if not _may_nest(function, grain, call, scope) or not has_shape(function, call, scope):
        return poison(call.span)
    value = resolve(call.arguments[0], scope)
    if value.type.is_error:
        return poison(call.span)
    if not any(parts(value)):
        scope.diags.add(joins.nothing_nested(unparse(call.arguments[0]), value.span))
        return poison(call.span)
    parameter = parameter_of(function, call, scope)
    type_ = argument_type(function, value, scope)
    per = _per(call, grain, value, scope)
    if type_ is None or per is None or (len(call.arguments) > 1 and parameter is None):
        return poison(call.span)
    remark_mean(value, call, scope)
    return ir.Nested(function.op, value, per, type_.with_null(), parameter, span=call.span)


def grain_of(per: tuple[ast.Path, ...], scope: Scope) -> TimeUnit | None:
    """The grain that the only word names; a word in back-quotes is a column."""
    if len(per) != 1 or len(per[0].names) != 1 or per[0].names[0].quoted:
        return None
    return GRAINS.get(word_of(per[0], scope))


def _may_nest(function: Aggregate, grain: TimeUnit | None, call: ast.Call, scope: Scope) -> bool:
    if function.op not in _OPS and not (function.op in _IN_TIME and grain is not None):
        help = (f"`{', '.join(op.value for op in _OPS)}` do",)
        scope.diags.add(values.misplaced_modifier(function.name, "per", call.span, help))
        return False
    for modifier, given in (("where", call.where), ("dated", call.dated), ("via", call.via)):
        if given is not None:
            help = ("put it into the aggregate inside",)
            scope.diags.add(values.misplaced_modifier(function.name, modifier, given.span, help))
            return False
    return True


def _per(
    call: ast.Call, grain: TimeUnit | None, value: ir.Expr, scope: Scope
) -> ir.PerKeys | ir.PerGrain | None:
    if grain is None:
        return _keys(call.per, value, scope)
    if grain is TimeUnit.HOUR:
        for name in dates_of(value):
            scope.diags.add(periods.no_hours(name, "`per hour`", call.span))
            return None
    return ir.PerGrain(grain, span=call.span)


# ---------------------------------------------------------------------------- keys


def _keys(per: tuple[ast.Path, ...], value: ir.Expr, scope: Scope) -> ir.PerKeys | None:
    """For each entity that is aggregated the row expressions to group by; None after an error."""
    entities = sorted({entity_of(part) for part in parts(value)})
    columns: list[list[ir.Expr]] = []
    for path in per:
        found = _key(path, entities, scope)
        if found is None:
            return None
        columns.append(found)
    names = tuple(path.dotted for path in per)
    paths = tuple(
        (entity, tuple(column[index] for column in columns)) for index, entity in enumerate(entities)
    )
    return ir.PerKeys(names, paths, span=per[0].span)


def _key(path: ast.Path, entities: list[str], scope: Scope) -> list[ir.Expr] | None:
    """One expression for each entity; they meet by equal values, so they are of one type."""
    found: list[ir.Expr] = []
    for entity in entities:
        info = scope.world.entity(entity)
        assert info is not None, "parts are over entities that exist"
        seen = _seen(path, info, scope)
        if seen is None:
            scope.diags.add(joins.key_not_visible(path.dotted, entity, path.span))
            return None
        if seen.type.is_error:
            return None
        if found and not meet(found[0].type, seen.type):
            types = (str(found[0].type), str(seen.type))
            scope.diags.add(joins.conflicting_dimension(path.dotted, *types, path.span))
            return None
        found.append(seen)
    return found


def _seen(path: ast.Path, info: Info, scope: Scope) -> ir.Expr | None:
    """A dimension, a column or what a reference leads to; None if the entity does not see it."""
    names = in_row(path.names, info, scope.world)
    if len(names) == 1:
        return scope.world.dimension(word_of(ast.Path(names), scope), info, path.span, scope.diags)
    if not ways(scope.world, info, names[0].text):
        return None
    return row_of(info, Place.PATH, scope).field(names, path)


def meet(first: Type, other: Type) -> bool:
    """Whether values of the two may be equal: one kind, one unit, keys of one entity."""
    if family(first) != family(other) or first.unit != other.unit:
        return False
    return first.entity == other.entity or None in (first.entity, other.entity)
