"""How the touches of a conversion share its value: the models by name, or a weight for each touch.

Every model is one of `ir.Shares`; those with milestones differ in which they ask for and in how much these
get. What cannot be a share (negative, not 100 % in all) is refused here.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TypeGuard

from kpilang import ir
from kpilang.diagnostics import Diagnostics
from kpilang.functions import Takes
from kpilang.semantics.agreement import in_seconds
from kpilang.semantics.calls import accepts
from kpilang.semantics.errors import attributions as errors
from kpilang.semantics.errors import values
from kpilang.semantics.expressions import resolve, resolve_condition
from kpilang.semantics.row_money import mixes_currencies
from kpilang.semantics.rows import ConstantScope, Place, RowScope
from kpilang.semantics.world import World
from kpilang.syntax import ast, spec
from kpilang.types import BOOL, DAY, INTEGER, SECOND, SECONDS_PER_DAY, Kind, Type


@dataclass(frozen=True)
class _Milestones:
    """What each of the named milestones gets, and all other touches together."""

    names: tuple[str, ...]
    each: Decimal
    others: Decimal


_BY_MILESTONES = {
    "u_shaped": _Milestones(("first", "lead"), Decimal("0.5"), Decimal(0)),
    "w_shaped": _Milestones(("first", "lead", "opportunity"), Decimal("0.3"), Decimal("0.1")),
    "full_path": _Milestones(("first", "lead", "opportunity", "close"), Decimal("0.225"), Decimal("0.1")),
}
MILESTONE_MODELS = tuple(_BY_MILESTONES)
MILESTONES = _BY_MILESTONES["full_path"].names
_SIGNATURES = {
    "first": "first",
    "last": "last",
    "last_non_direct": "last_non_direct",
    "linear": "linear",
    "position": "position(first, between, last)",
    "time_decay": "time_decay(half_life)",
    "u_shaped": "u_shaped",
    "w_shaped": "w_shaped",
    "full_path": "full_path",
    "any": "any",
}
MODELS = tuple(_SIGNATURES)
_FIRST = "first"
"""The milestone that need not be named: without it, it is the first touch."""


def shares_of(
    world: World, decl: spec.AttributionDecl, conversion: RowScope, touch: RowScope, time: Type
) -> ir.Shares | None:
    """`time` is the type in which touches are dated; None after an error."""
    if decl.weight is not None:
        return _by_weight(world, decl.weight, conversion, touch, time)
    assert decl.model is not None, "it is complete"
    tree = world.tree(decl.model, touch.diags)
    if not isinstance(tree, ast.Model):
        return None
    name = tree.name.text
    if name not in MODELS:
        touch.diags.add(errors.unknown_model(name, MODELS, tree.name.span))
        return None
    arguments = _arguments(world, tree, touch.diags)
    if arguments is None:
        return None
    if name in _BY_MILESTONES:
        return _by_milestones(world, decl, name, touch)
    match name:
        case "first":
            return ir.FirstTouch()
        case "last":
            return ir.LastTouch()
        case "last_non_direct":
            return _last_non_direct(world, decl, touch)
        case "linear":
            return ir.Evenly()
        case "position":
            return _by_position(tree, arguments, touch.diags)
        case "time_decay":
            return _by_decay(arguments[0], time, touch.diags)
        case _:
            return ir.InFull()


def _arguments(world: World, tree: ast.Model, diags: Diagnostics) -> tuple[ir.Expr, ...] | None:
    signature = _SIGNATURES[tree.name.text]
    wanted = signature.count(",") + 1 if "(" in signature else 0
    if len(tree.arguments) != wanted:
        diags.add(values.wrong_count(signature, len(tree.arguments), tree.span))
        return None
    scope = ConstantScope(world, f"`{tree.name.text}`", diags)
    found = tuple(resolve(argument, scope) for argument in tree.arguments)
    return None if any(argument.type.is_error for argument in found) else found


# ---------------------------------------------------------------------------- shares that are numbers


def _by_position(tree: ast.Model, arguments: tuple[ir.Expr, ...], diags: Diagnostics) -> ir.ByPosition | None:
    shares: list[Decimal] = []
    for argument in arguments:
        value = argument.value if isinstance(argument, ir.Literal) else None
        if not accepts(Takes.SHARE, argument) or not isinstance(value, Decimal):
            help = ("such as `40%`",)
            found = values.wrong_argument("position", "percentages", argument.type, argument.span, help)
            diags.add(found)
            return None
        shares.append(value)
    if min(shares) < 0 or sum(shares) != 1:
        diags.add(errors.not_the_whole([f"{(100 * share).normalize():f}" for share in shares], tree.span))
        return None
    return ir.ByPosition(*shares)


def _by_decay(length: ir.Expr, time: Type, diags: Diagnostics) -> ir.ByDecay | None:
    """The half-life in days beside dates, in seconds beside timestamps."""
    value = length.value if isinstance(length, ir.Literal) else None
    if length.type.kind is not Kind.DURATION or not isinstance(value, int | Decimal) or value <= 0:
        diags.add(errors.no_half_life(length.span))
        return None
    seconds = in_seconds(length)
    assert isinstance(seconds, ir.Literal) and isinstance(seconds.value, int | Decimal), "it is folded"
    in_time = Decimal(seconds.value)
    return ir.ByDecay(in_time / SECONDS_PER_DAY if time.kind is Kind.DATE else in_time)


# ---------------------------------------------------------------------------- conditions on touches


def _condition(world: World, embedded: spec.Embedded, touch: RowScope) -> ir.Expr | None:
    tree = world.expression(embedded, touch.diags)
    return resolve_condition(tree, touch) if tree is not None else None


def _last_non_direct(world: World, decl: spec.AttributionDecl, touch: RowScope) -> ir.LastTouch | None:
    if decl.direct is None:
        assert decl.model is not None, "a model was named"
        touch.diags.add(errors.no_direct(decl.model.span))
        return None
    direct = _condition(world, decl.direct, touch)
    return ir.LastTouch(direct) if direct is not None else None


def _by_milestones(
    world: World, decl: spec.AttributionDecl, model: str, touch: RowScope
) -> ir.ByMilestones | None:
    assert decl.model is not None, "a model was named"
    wanted = _BY_MILESTONES[model]
    given = {text.value: embedded for text, embedded in decl.milestones}
    unknown = [text for text, _ in decl.milestones if text.value not in MILESTONES]
    for text in unknown:
        touch.diags.add(errors.unknown_milestone(text.value, MILESTONES, text.span))
    missing = [name for name in wanted.names if name not in given and name != _FIRST]
    if missing and not unknown:
        touch.diags.add(errors.no_milestones(model, missing, decl.model.span))
    if missing or unknown:
        return None
    found = [_milestone(world, given.get(name), decl.model, wanted.each, touch) for name in wanted.names]
    return ir.ByMilestones(tuple(found), wanted.others) if _are_all(found) else None


def _milestone(
    world: World, embedded: spec.Embedded | None, model: spec.Embedded, share: Decimal, touch: RowScope
) -> ir.Milestone | None:
    if embedded is None:
        return ir.Milestone(ir.Literal(True, BOOL, span=model.span), share, span=model.span)
    where = _condition(world, embedded, touch)
    return ir.Milestone(where, share, span=embedded.span) if where is not None else None


def _are_all(found: list[ir.Milestone | None]) -> TypeGuard[list[ir.Milestone]]:
    return None not in found


# ---------------------------------------------------------------------------- weights


class WeightScope(RowScope):
    """A touch among those of its conversion: its columns, `position`, `touches`, `age`, `conversion.x`."""

    def __init__(self, touch: RowScope, conversion: RowScope, time: Type) -> None:
        super().__init__(touch.world, touch.info, Place.ATTRIBUTION, touch.diags)
        self.conversion = conversion
        self.time = time

    def path(self, path: ast.Path) -> ir.Expr:
        first = path.names[0]
        if first.quoted:
            return super().path(path)
        if len(path.names) == 1 and first.text in _PARTS:
            return ir.TouchValue(_PARTS[first.text], self._type(first.text), span=path.span)
        if len(path.names) > 1 and first.text == ir.CONVERSION:
            found = self.conversion.field(path.names[1:], path)
            return ir.Outer(found, span=path.span) if isinstance(found, ir.Field) else found
        return super().path(path)

    def _type(self, word: str) -> Type:
        if _PARTS[word] is not ir.TouchPart.AGE:
            return INTEGER
        if self.time.kind is Kind.DATE:
            return Type(Kind.DURATION, unit=DAY, scale=0)
        return Type(Kind.DURATION, unit=SECOND, scale=6)


_PARTS = {part.value: part for part in ir.TouchPart}


def _by_weight(
    world: World, embedded: spec.Embedded, conversion: RowScope, touch: RowScope, time: Type
) -> ir.ByWeight | None:
    tree = world.expression(embedded, touch.diags)
    weight = resolve(tree, WeightScope(touch, conversion, time)) if tree is not None else None
    if weight is None or weight.type.is_error:
        return None
    if not (weight.type.is_numeric or weight.type.kind is Kind.DURATION):
        touch.diags.add(errors.no_weight(weight.type, weight.span))
    elif mixes_currencies(weight.type.unit):
        touch.diags.add(errors.several_currencies(weight.span))
    elif isinstance(weight, ir.Literal) and isinstance(weight.value, int | Decimal) and weight.value <= 0:
        touch.diags.add(errors.weightless(weight.span))
    else:
        return ir.ByWeight(weight)
    return None
