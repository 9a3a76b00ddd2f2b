"""Makes operands agree, so that they may be compared, added, chosen from: kinds, units, dates, instants.

What adapts: bare numbers take a unit, days beside seconds become seconds, date literals beside timestamps
become the local midnight, text beside an enum becomes one of its words. All else is an error here.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import date, datetime

from kpilang import ir
from kpilang.diagnostics import Diagnostic
from kpilang.semantics.errors import naming, values
from kpilang.semantics.instants import midnight
from kpilang.semantics.literals import folded, is_bare, shown, with_unit
from kpilang.semantics.scope import Scope
from kpilang.types import DAY, INTEGER, SECOND, SECONDS_PER_DAY, TIMESTAMP, Exactness, Kind, Type, Unit

Operands = tuple[ir.Expr, ...]
_FAMILIES = {
    Kind.INTEGER: "number",
    Kind.NUMBER: "number",
    Kind.PERCENT: "number",
    Kind.STRING: "text",
    Kind.ENUM: "text",
}
_UNKNOWN = (Kind.NULL, Kind.RAW)


def agree(operands: Operands, scope: Scope, *, choice: bool = False) -> Operands | None:
    """The operands made to agree; None if one is in error, or they cannot and that has been reported.

    `choice` tells that one of them becomes the value (`coalesce`, `case`), so text beside an enum may be any.
    """
    if any(operand.type.is_error for operand in operands):
        return None
    known = [operand for operand in operands if operand.type.kind not in _UNKNOWN]
    if len(known) < 2:
        return operands
    families = {family(operand.type) for operand in known}
    if families == {"date", "timestamp"}:
        return _instants(operands, scope)
    if "id" in families:
        return _ids(operands, known, scope)
    if len(families) > 1:
        _apart(known, scope)
        return None
    match families.pop():
        case "number":
            return _numbers(operands, known, scope)
        case "duration":
            return in_one_time_unit(operands)
        case "text":
            return _texts(operands, known, scope, choice)
        case _:
            return operands


def family(type_: Type) -> str:
    return _FAMILIES.get(type_.kind, type_.kind.value)


def _replaced(operands: Operands, change: dict[int, ir.Expr]) -> Operands:
    return tuple(change.get(id(operand), operand) for operand in operands)


# ---------------------------------------------------------------------------- numbers


def _numbers(operands: Operands, known: Sequence[ir.Expr], scope: Scope) -> Operands | None:
    given = [operand for operand in known if not is_bare(operand)]
    if not given:
        return operands
    first = given[0]
    for other in given[1:]:
        if not _alike(first.type, other.type):
            scope.diags.add(_mismatch(first, other))
            return None
    percent = next((operand for operand in given if operand.type.kind is Kind.PERCENT), None)
    bare = [operand for operand in known if is_bare(operand)]
    if percent is not None and bare:
        scope.diags.add(_bare(bare[0], percent))
        return None
    return _replaced(operands, {id(operand): with_unit(operand, first.type.unit) for operand in bare})


def _alike(left: Type, right: Type) -> bool:
    """One unit; a percentage is like a share, that is a plain number that is no count."""
    if Kind.PERCENT in (left.kind, right.kind) and left.kind is not right.kind:
        other = right if left.kind is Kind.PERCENT else left
        return other.kind is Kind.NUMBER and other.unit.is_plain
    return left.unit == right.unit


def _mismatch(left: ir.Expr, right: ir.Expr) -> Diagnostic:
    if left.type.unit != right.type.unit:
        return values.unit_mismatch(left.type.unit, left.span, right.type.unit, right.span)
    return values.type_mismatch(left.type, left.span, right.type, right.span)


def _bare(number: ir.Expr, other: ir.Expr) -> Diagnostic:
    text = shown(number)
    if other.type.kind is Kind.PERCENT:
        options = [f"{text}%"] if text not in ("1", "here") else ["100%", "1%"]
    else:
        options = [f"{text} days", f"{text} hours"]
    return values.bare_number(text, other.type, other.span, number.span, options)


# ---------------------------------------------------------------------------- time


def in_one_time_unit(operands: Operands) -> Operands:
    """Days beside seconds become seconds: a day of a duration is 24 hours."""
    units = {operand.type.unit for operand in operands if operand.type.kind is Kind.DURATION}
    if len(units) < 2:
        return operands
    return tuple(
        in_seconds(operand) if operand.type.kind is Kind.DURATION else operand for operand in operands
    )


def in_seconds(expr: ir.Expr) -> ir.Expr:
    if expr.type.unit != DAY:
        return expr
    seconds = ir.Literal(SECONDS_PER_DAY, INTEGER, span=expr.span)
    type_ = dataclasses.replace(expr.type, unit=SECOND, exactness=computed(expr.type))
    return folded(ir.Call(ir.Op.MUL, (expr, seconds), type_, span=expr.span))


def computed(*types: Type) -> Exactness:
    """The class of something computed, but for division, from values of these types."""
    worst = max(type_.exactness for type_ in types)
    return Exactness.EXACT if worst is Exactness.EXACT else Exactness.APPROXIMATE


def _instants(operands: Operands, scope: Scope) -> Operands | None:
    """Constant days and bounds of the period become their local midnight beside timestamps."""
    change: dict[int, ir.Expr] = {}
    for operand in operands:
        if operand.type.kind is Kind.DATE:
            moved = as_instant(operand, scope)
            if moved is None:
                stamp = next(other for other in operands if other.type.kind is Kind.TIMESTAMP)
                scope.diags.add(values.date_and_timestamp(operand.span, stamp.span, path_text(stamp)))
                return None
            change[id(operand)] = moved
    return _replaced(operands, change)


def as_instant(expr: ir.Expr, scope: Scope) -> ir.Expr | None:
    """A day as its first instant; None unless it is constant or a bound of the period."""
    match expr:
        case ir.Literal(value=date() as day) if not isinstance(day, datetime):
            return ir.Literal(midnight(day, scope.world.settings.zone), TIMESTAMP, span=expr.span)
        case ir.PeriodValue():
            return dataclasses.replace(expr, type=TIMESTAMP.with_null(expr.type.nullable))
        case _:
            return None


# ---------------------------------------------------------------------------- text and keys


def _texts(operands: Operands, known: Sequence[ir.Expr], scope: Scope, choice: bool) -> Operands | None:
    enums = [operand for operand in known if operand.type.kind is Kind.ENUM]
    if not enums:
        return operands
    first = enums[0]
    for other in enums[1:]:
        ours, theirs = first.type.enumeration, other.type.enumeration
        if not choice and ours and theirs and not set(ours.words) & set(theirs.words):
            scope.diags.add(values.type_mismatch(first.type, first.span, other.type, other.span))
            return None
    change: dict[int, ir.Expr] = {}
    for operand in known:
        if isinstance(operand, ir.Literal) and operand.type.kind is Kind.STRING:
            word = _enum_word(operand, first, scope, choice)
            if word is None:
                return None
            change[id(operand)] = word
    return _replaced(operands, change)


def _enum_word(literal: ir.Literal, enum: ir.Expr, scope: Scope, choice: bool) -> ir.Literal | None:
    enumeration = enum.type.enumeration
    assert enumeration is not None, "an enum has words"
    text = str(literal.value)
    if text in enumeration.words:
        type_ = dataclasses.replace(enum.type, nullable=False)
        return dataclasses.replace(literal, type=type_)
    if choice:
        return literal
    scope.diags.add(naming.unknown_enum_value(text, name_of(enum), enumeration.words, literal.span))
    return None


def _ids(operands: Operands, known: Sequence[ir.Expr], scope: Scope) -> Operands | None:
    """Keys go with keys of the same entity, and with constants that may be one."""
    first = next(operand for operand in known if operand.type.kind is Kind.ID)
    for other in known:
        same = other.type.kind is Kind.ID and (
            other.type.entity == first.type.entity or None in (other.type.entity, first.type.entity)
        )
        constant = isinstance(other, ir.Literal) and other.type.kind in (Kind.STRING, Kind.INTEGER)
        if not (same or (constant and other.type.unit.is_plain)):
            help = _id_help(first.type, other.type)
            scope.diags.add(values.type_mismatch(first.type, first.span, other.type, other.span, help))
            return None
    return operands


def _id_help(left: Type, right: Type) -> tuple[str, ...]:
    if left.entity and right.entity:
        return (f"one is a key of `{left.entity}`, the other of `{right.entity}`",)
    return ("declare both columns as `id` if they hold the same keys",)


def _apart(known: Sequence[ir.Expr], scope: Scope) -> None:
    """Kinds that never meet, with words for those that are often mixed up."""
    first = known[0]
    other = next(operand for operand in known if family(operand.type) != family(first.type))
    kinds = {first.type.kind, other.type.kind}
    by_kind = {first.type.kind: first, other.type.kind: other}
    if kinds == {Kind.DURATION, Kind.CALENDAR}:
        exact = by_kind[Kind.DURATION]
        scope.diags.add(values.exact_and_calendar(exact.type, exact.span, by_kind[Kind.CALENDAR].span))
        return
    for number, duration in ((first, other), (other, first)):
        if is_bare(number) and duration.type.kind in (Kind.DURATION, Kind.CALENDAR):
            scope.diags.add(_bare(number, duration))
            return
    help: tuple[str, ...] = ()
    if kinds & {Kind.DATE, Kind.TIMESTAMP} and Kind.STRING in kinds:
        help = ("a date is written without quotes: `2024-01-31`",)
    scope.diags.add(values.type_mismatch(first.type, first.span, other.type, other.span, help))


# ---------------------------------------------------------------------------- the common type


def common(operands: Sequence[ir.Expr]) -> Type:
    """The type that holds every operand, once they agree; null if any may be."""
    types = [operand.type for operand in operands if operand.type.kind is not Kind.NULL]
    nullable = any(operand.type.nullable for operand in operands)
    if not types:
        return operands[0].type
    first = types[0]
    if any(type_.kind is Kind.RAW for type_ in types):
        return Type(Kind.RAW, nullable=True)
    match family(first):
        case "number" | "duration":
            found = _common_number(types)
        case "text":
            found = _common_text(types)
        case "id":
            entities = {type_.entity for type_ in types if type_.kind is Kind.ID}
            found = Type(Kind.ID, entity=entities.pop() if len(entities) == 1 else None)
        case _:
            found = first
    return found.with_null(nullable)


def _common_number(types: Sequence[Type]) -> Type:
    kinds = {type_.kind for type_ in types}
    kind = kinds.pop() if len(kinds) == 1 else Kind.NUMBER
    exactness = max(type_.exactness for type_ in types)
    scale = max(type_.scale or 0 for type_ in types) if exactness is Exactness.EXACT else None
    by = {type_.money_by for type_ in types if type_.money_by}
    unit = _common_unit(types)
    return Type(
        kind,
        unit=unit,
        exactness=exactness,
        scale=None if kind is Kind.INTEGER else scale,
        money_by=by.pop() if by else None,
    )


def _common_unit(types: Sequence[Type]) -> Unit:
    """They agree, so only bare constants may lack the unit, and they have adapted."""
    return types[0].unit


def _common_text(types: Sequence[Type]) -> Type:
    enumerations = {type_.enumeration for type_ in types}
    if len(enumerations) == 1 and types[0].kind is Kind.ENUM:
        return Type(Kind.ENUM, enumeration=types[0].enumeration)
    return Type(Kind.STRING)


def name_of(expr: ir.Expr) -> str:
    """What a value is called in messages: `orders.status`, or its kind."""
    match expr:
        case ir.Field(owner=owner, name=name):
            return f"{owner}.{name}"
        case ir.Outer(field=field):
            return f"{field.owner}.{field.name}"
        case _:
            return expr.type.kind.value


def path_text(expr: ir.Expr) -> str:
    """As it would be written in the row at hand."""
    match expr:
        case ir.Field(steps=steps, name=name):
            return ".".join((*steps, name))
        case ir.Outer(field=field):
            return f"this.{field.name}"
        case _:
            return "…"
