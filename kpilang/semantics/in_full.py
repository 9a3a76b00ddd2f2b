"""Aggregates over credits in full (`any`): a conversion with three touches has three rows and counts once.

Each group has every conversion once: its rows are put together first, over which its value is the same, and
only then added up. What would count touches where conversions are meant is refused.
"""

from __future__ import annotations

import dataclasses

from kpilang import ir
from kpilang.functions import Aggregate
from kpilang.nodes import walk
from kpilang.semantics.credit_columns import held
from kpilang.semantics.errors import attributions as errors
from kpilang.semantics.rows import RowScope
from kpilang.semantics.sides import sides
from kpilang.semantics.sources import SOURCE
from kpilang.semantics.world import Info
from kpilang.source import Span
from kpilang.syntax import ast
from kpilang.types import INTEGER, Kind

_ONCE = (
    ir.AggregateOp.MIN,
    ir.AggregateOp.MAX,
    ir.AggregateOp.UNIQUE,
    ir.AggregateOp.EXISTS,
    ir.AggregateOp.FIRST,
    ir.AggregateOp.LAST,
)
"""What gives the same however often a value is there."""


def is_in_full(inside: RowScope) -> bool:
    """Whether the rows are credits of an attribution whose model is `any`."""
    if inside.info.attribution is None:
        return False
    credits = inside.world.credits(inside.info, inside.info.decl.name.span, inside.diags)
    return credits is not None and isinstance(credits.shares, ir.InFull)


def counted_once(function: Aggregate, made: ir.Aggregate, inside: RowScope) -> ir.Expr | None:
    """The aggregate over conversions; None after an error."""
    if function.op in _ONCE:
        return made
    if made.argument is None:
        return _conversions(made, inside)
    if made.argument.type.kind is Kind.BOOL or not _is_of_conversion(made.argument):
        inside.diags.add(errors.of_the_touch(function.name, inside.info.name, made.span))
        return None
    argument = made.argument.type
    inner = dataclasses.replace(made, op=ir.AggregateOp.MAX, type=argument.with_null(), parameter=None)
    per = _per_conversion(inside, made)
    return ir.Nested(function.op, inner, per, made.type.with_null(), made.parameter, span=made.span)


def _conversions(made: ir.Aggregate, inside: RowScope) -> ir.Expr:
    """How many there are: different keys, or 1 for each where it takes several columns to tell them apart."""
    type_ = dataclasses.replace(made.type, unit=_side(inside).counted)
    key, *further = _keys(inside, made.span).values()
    if not further:
        return dataclasses.replace(made, op=ir.AggregateOp.UNIQUE, argument=key, type=type_)
    one = ir.Literal(1, INTEGER, span=made.span)
    inner = dataclasses.replace(made, op=ir.AggregateOp.MAX, argument=one, type=INTEGER.with_null())
    return ir.Nested(ir.AggregateOp.SUM, inner, _per_conversion(inside, made), type_, span=made.span)


def _per_conversion(inside: RowScope, made: ir.Aggregate) -> ir.PerKeys:
    keys = _keys(inside, made.span)
    return ir.PerKeys(tuple(keys), ((inside.info.name, tuple(keys.values())),), span=made.span)


def _keys(inside: RowScope, span: Span) -> dict[str, ir.Expr]:
    """What tells conversions apart, by name: the key, and of several sources which one (ruling 18)."""
    side = _side(inside)
    paths: list[tuple[str, ...]] = [(name,) for name in held(ir.CONVERSION, side)]
    if len(side.bindings) > 1:
        paths.append((ir.CONVERSION, SOURCE))
    named = [ast.Path(tuple(ast.Name(name, span=span) for name in path), span=span) for path in paths]
    return {path.dotted: inside.field(path.names, path) for path in named}


def _side(inside: RowScope) -> Info:
    return next(side for step, side in sides(inside.world, inside.info) if step == ir.CONVERSION)


def _is_of_conversion(argument: ir.Expr) -> bool:
    """Whether it is the same for all touches of a conversion."""
    fields = (node for node in walk(argument) if isinstance(node, ir.Field))
    return all(field.steps[:1] == (ir.CONVERSION,) or _is_own(field) for field in fields)


def _is_own(field: ir.Field) -> bool:
    return not field.steps and field.name in (ir.CREDIT_VALUE, ir.CREDIT_TIME, ir.IS_ATTRIBUTED)


def child_counted_once(function: Aggregate, made: ir.Child, inside: RowScope) -> ir.Child | None:
    """The same in an attribute, where nothing is nested; None after an error."""
    if function.op in _ONCE:
        return made
    key, *further = _keys(inside, made.span).values()
    if made.argument is None and not further:
        type_ = dataclasses.replace(made.type, unit=_side(inside).counted)
        return dataclasses.replace(made, op=ir.AggregateOp.UNIQUE, argument=key, type=type_)
    inside.diags.add(errors.in_an_attribute(function.name, inside.info.name, made.span))
    return None
