"""The columns of a credit, and the dimensions that it sees through its touch or its conversion.

Every attribution has the same columns: the credited value, when the conversion happened, whether a touch has
the credit, and references to both. All else is read over the references.
"""

from __future__ import annotations

import dataclasses

from kpilang import ir
from kpilang.diagnostics import Diagnostics
from kpilang.semantics.errors import attributions as errors
from kpilang.semantics.scope import poison
from kpilang.semantics.sides import sides
from kpilang.semantics.world import Info, World
from kpilang.syntax import spec
from kpilang.types import BOOL, DEFAULT_SCALE, Exactness, Kind, Type


def column_names(conversions: Info | None, touches: Info | None) -> tuple[str, ...]:
    """A key of several columns is held by as many, named after the reference and the column of the key."""
    names = [ir.CREDIT_VALUE, ir.CREDIT_TIME, ir.IS_ATTRIBUTED]
    for step, side in ((ir.CONVERSION, conversions), (ir.TOUCH, touches)):
        names.append(step)
        if side is not None and len(side.key) > 1:
            names += held(step, side)
    return tuple(names)


def held(step: str, side: Info) -> tuple[str, ...]:
    """The columns that hold the key of the conversion or of the touch."""
    return (step,) if len(side.key) == 1 else tuple(f"{step}_{column}" for column in side.key)


def credit_column(world: World, info: Info, name: str, diags: Diagnostics) -> ir.Column | None:
    credits = world.credits(info, info.decl.name.span, diags)
    if credits is None:
        return None
    span = info.decl.name.span
    match name:
        case ir.CREDIT_VALUE:
            return ir.Column(name, value_type(credits), name, span=span)
        case ir.CREDIT_TIME:
            return ir.Column(name, credits.anchor.type, name, span=span)
        case ir.IS_ATTRIBUTED:
            return ir.Column(name, BOOL, name, span=span)
    for step, side in sides(world, info):
        if name == step:
            return _reference(step, side, info)
        if name in held(step, side):
            key = side.key[held(step, side).index(name)]
            column = world.column(side, key, span, diags)
            is_touch = step == ir.TOUCH
            return (
                ir.Column(name, column.type.with_null(is_touch), name, span=span)
                if column is not None
                else None
            )
    return None


def _reference(step: str, side: Info, info: Info) -> ir.Column:
    type_ = Type(Kind.ID, nullable=step == ir.TOUCH, entity=side.name)
    physical = step if len(side.key) == 1 else None
    reference = ir.Reference(held(step, side), side.name)
    return ir.Column(step, type_, physical, reference=reference, span=info.decl.name.span)


def value_type(credits: ir.Credits) -> Type:
    """At least at scale 6, so that a value can be shared; approximate where the weights are."""
    type_ = credits.value.type
    kind = Kind.NUMBER if type_.kind is Kind.INTEGER else type_.kind
    if _is_approximate(credits.shares):
        return dataclasses.replace(type_, kind=kind, exactness=Exactness.APPROXIMATE, scale=None)
    return dataclasses.replace(type_, kind=kind, scale=max(DEFAULT_SCALE, type_.scale or 0))


def _is_approximate(shares: ir.Shares) -> bool:
    match shares:
        case ir.ByDecay():
            return True
        case ir.ByWeight(weight):
            return weight.type.exactness is not Exactness.EXACT
        case _:
            return False


def dimension_of_side(
    world: World, name: str, info: Info, decl: spec.DimensionDecl | None, diags: Diagnostics
) -> ir.Expr | None:
    """What the touch or the conversion has as the dimension; both having it is an error, and so poison."""
    assert info.attribution is not None, "asked only of attributions"
    place = decl.name.span if decl is not None else info.decl.name.span
    found = []
    for step, side in sides(world, info):
        path = world.dimension(name, side, place, diags)
        if path is not None:
            found.append((step, path))
    if len(found) > 1:
        diags.add(errors.two_sides(name, info.attribution.base, place))
        return poison(place)
    return next((_from_credit(path, step, info) for step, path in found), None)


def _from_credit(path: ir.Expr, step: str, info: Info) -> ir.Expr:
    """A path from the touch or the conversion as one from the credit."""
    if not isinstance(path, ir.Field):
        return path
    type_ = path.type.with_null(path.type.nullable or step == ir.TOUCH)
    return dataclasses.replace(path, entity=info.name, steps=(step, *path.steps), type=type_)
