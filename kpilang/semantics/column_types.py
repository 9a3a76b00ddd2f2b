"""The types of columns: from `money(EUR)?` or `-> customers` to a `Type` and what the column refers to.

Looks at one declaration alone; whether the entity referred to exists and has a fitting key is asked by
`entities`.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from kpilang import zones
from kpilang.diagnostics import Diagnostics
from kpilang.semantics.currencies import CODES
from kpilang.semantics.errors import naming, values
from kpilang.semantics.row_money import unit_by
from kpilang.semantics.settings import Settings, is_zone
from kpilang.semantics.units import EXACT_TIMES, unit_of_text
from kpilang.syntax import ast, spec
from kpilang.types import (
    DAY,
    DEFAULT_SCALE,
    ERROR,
    MAX_DIGITS,
    PLAIN,
    SECOND,
    Enumeration,
    Exactness,
    Kind,
    Type,
    currency,
)

NAMES = (
    "id", "string", "enum", "bool", "integer", "number", "float", "percent", "date", "timestamp", "duration",
    "money",
)  # fmt: skip
ANOTHER = {"text": "string", "varchar": "string", "int": "integer", "boolean": "bool", "decimal": "number",
           "numeric": "number", "double": "float", "datetime": "timestamp", "str": "string"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Declared:
    """`reference` is set for `-> entity`; then the type is that of a key of it."""

    type: Type
    zone: str | None = None
    reference: ast.ReferenceType | None = None


def declared_type(
    tree: ast.ColumnType, unit: spec.Text | None, settings: Settings, diags: Diagnostics
) -> Declared:
    """`unit` is what stands under the key `unit`, if anything does."""
    if isinstance(tree, ast.ReferenceType):
        found = Declared(Type(Kind.ID, tree.nullable, entity=tree.target.dotted), reference=tree)
    else:
        found = _scalar(tree, settings, diags)
    return _with_unit(found, unit, diags)


def _scalar(tree: ast.ScalarType, settings: Settings, diags: Diagnostics) -> Declared:
    name = tree.name.text
    if name not in NAMES:
        diags.add(naming.unknown_type(name, NAMES, ANOTHER.get(name), tree.name.span))
        return Declared(ERROR)
    found = _of_name(name, tree, settings, diags)
    return dataclasses.replace(found, type=found.type.with_null(tree.nullable or found.type.is_error))


def _of_name(name: str, tree: ast.ScalarType, settings: Settings, diags: Diagnostics) -> Declared:
    match name:
        case "enum":
            return Declared(_enum(tree, diags))
        case "money":
            return Declared(_money(tree, settings, diags))
        case "number" | "percent":
            kind = Kind.NUMBER if name == "number" else Kind.PERCENT
            return Declared(Type(kind, scale=_scale(tree, tree.ladders, diags)))
        case "timestamp":
            return Declared(Type(Kind.TIMESTAMP), zone=_zone(tree, diags))
        case "duration":
            return Declared(_duration(tree, diags))
    if tree.ladders or tree.by:
        diags.add(values.bad_type(f"`{name}` takes no argument", tree.span))
    if name == "float":
        return Declared(Type(Kind.NUMBER, exactness=Exactness.APPROXIMATE))
    return Declared(Type(Kind(name)))


def _enum(tree: ast.ScalarType, diags: Diagnostics) -> Type:
    if not tree.ladders:
        diags.add(
            values.bad_type("an enum without values", tree.span, ("list them: `enum(paid, refunded)`",))
        )
        return ERROR
    words = [word for ladder in tree.ladders for word in ladder]
    ranked = [ladder for ladder in tree.ladders if len(ladder) > 1]
    seen: set[str] = set()
    for word in words:
        if word.text in seen:
            diags.add(values.bad_type(f"`{word.text}` stands twice in the enum", word.span))
        seen.add(word.text)
    if len(ranked) > 1:
        diags.add(values.bad_type("an enum with two orders", tree.span, ("join all ranked values by `<`",)))
        return ERROR
    order = tuple(word.text for word in ranked[0]) if ranked else ()
    return Type(Kind.ENUM, enumeration=Enumeration(tuple(dict.fromkeys(word.text for word in words)), order))


def _money(tree: ast.ScalarType, settings: Settings, diags: Diagnostics) -> Type:
    if tree.by is not None:
        unit = unit_by(tree.by.dotted)
        return Type(Kind.NUMBER, unit=unit, scale=_scale(tree, tree.ladders, diags), money_by=tree.by.dotted)
    scale = _scale(tree, tree.ladders[1:], diags)
    if not tree.ladders:
        if settings.currency is None:
            help = ("write `money(EUR)`, or give the project a `currency`",)
            diags.add(values.bad_type("money without a currency", tree.span, help))
            return ERROR
        return Type(Kind.NUMBER, unit=currency(settings.currency), scale=scale)
    code = tree.ladders[0][0]
    if len(tree.ladders[0]) > 1 or code.text not in CODES:
        diags.add(naming.unknown_currency(code.text, sorted(CODES), code.span))
        return ERROR
    return Type(Kind.NUMBER, unit=currency(code.text), scale=scale)


def _scale(tree: ast.ScalarType, rest: tuple[tuple[ast.Name, ...], ...], diags: Diagnostics) -> int:
    """Digits after the point."""
    if not rest:
        return DEFAULT_SCALE
    word = rest[0][0]
    if len(rest) > 1 or len(rest[0]) > 1 or not word.text.isdecimal() or int(word.text) > MAX_DIGITS // 2:
        help = (f"give the digits after the point, 0 to {MAX_DIGITS // 2}: `number(2)`",)
        diags.add(values.bad_type(f"`{word.text}` is no number of digits", tree.span, help))
        return DEFAULT_SCALE
    return int(word.text)


def _zone(tree: ast.ScalarType, diags: Diagnostics) -> str | None:
    if not tree.ladders:
        return None
    name = tree.ladders[0][0]
    if not is_zone(name.text):
        diags.add(naming.unknown_zone(name.text, zones.zone_names(), name.span))
        return None
    return None if name.text == "UTC" else name.text


def _duration(tree: ast.ScalarType, diags: Diagnostics) -> Type:
    """`duration` holds seconds, `duration(days)` days."""
    if not tree.ladders:
        return Type(Kind.DURATION, unit=SECOND, scale=DEFAULT_SCALE)
    word = tree.ladders[0][0]
    if word.text not in EXACT_TIMES or EXACT_TIMES[word.text][1] != 1:
        diags.add(values.bad_type("a duration is stored in `seconds` or in `days`", word.span))
        return ERROR
    return Type(Kind.DURATION, unit=EXACT_TIMES[word.text][0], scale=DEFAULT_SCALE)


def _with_unit(found: Declared, text: spec.Text | None, diags: Diagnostics) -> Declared:
    """The `unit:` key of a column: what its numbers count."""
    if text is None or found.type.is_error:
        return found
    meant = unit_of_text(text, diags)
    if meant is None:
        return found
    type_ = found.type
    if type_.kind is Kind.DURATION and meant.unit in (DAY, SECOND):
        return dataclasses.replace(found, type=dataclasses.replace(type_, unit=meant.unit))
    if type_.kind not in (Kind.INTEGER, Kind.NUMBER) or type_.unit != PLAIN:
        diags.add(values.bad_type(f"a unit for {type_}", text.span, ("units are for plain numbers",)))
        return found
    return dataclasses.replace(found, type=dataclasses.replace(type_, unit=meant.unit))
