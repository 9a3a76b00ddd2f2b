"""Words for units: currencies, times, counted things, and their quotients."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kpilang.diagnostics import Diagnostics
from kpilang.semantics.currencies import CODES
from kpilang.semantics.errors import naming, values
from kpilang.source import Span
from kpilang.syntax import ast, spec
from kpilang.types import DAY, PLAIN, SECOND, Base, Kind, Sort, TimeUnit, Unit, currency, things

_EXACT = {
    "second": (SECOND, 1),
    "minute": (SECOND, 60),
    "hour": (SECOND, 3600),
    "day": (DAY, 1),
    "week": (DAY, 7),
}
_CALENDAR = {"month": 1, "quarter": 3, "year": 12}
EXACT_TIMES = _EXACT | {f"{word}s": meaning for word, meaning in _EXACT.items()}
"""Word → (unit, how many of it): a week is seven days, an hour 3,600 seconds."""
CALENDAR_TIMES = _CALENDAR | {f"{word}s": months for word, months in _CALENDAR.items()}
"""Word → months."""
TIME_UNITS = {unit.value: unit for unit in TimeUnit} | {f"{unit.value}s": unit for unit in TimeUnit}
"""Words of selectors and grains, singular and plural."""


@dataclass(frozen=True, slots=True)
class Meant:
    """What a unit makes of a number: its unit, and its kind where that is not just any number."""

    unit: Unit
    kind: Kind = Kind.NUMBER


def unit_of_text(text: spec.Text, diags: Diagnostics) -> Meant | None:
    """`EUR`, `clicks`, `automation email`, `EUR/click`, of a `unit:` key."""
    first, *divisors = [" ".join(part.split()) for part in text.value.split("/")]
    wrapped = re.fullmatch(r"(\w+)\((\w+)\)", first)
    word, argument = (wrapped[1], wrapped[2]) if wrapped else (first, None)
    if not word or not all(divisors):
        diags.add(naming.unknown_unit(text.value, (), text.span))
        return None
    return _meant(word, argument, tuple(divisors), text.span, diags)


def unit_of_tree(tree: ast.UnitName, diags: Diagnostics) -> Meant | None:
    argument = tree.argument.text if tree.argument else None
    return _meant(tree.name.text, argument, tuple(name.text for name in tree.divisors), tree.span, diags)


def _meant(
    word: str, argument: str | None, divisors: tuple[str, ...], span: Span, diags: Diagnostics
) -> Meant | None:
    if argument is not None and word != "money":
        diags.add(values.bad_type(f"`{word}` takes no argument", span))
        return None
    if word == "money":
        if argument not in CODES:
            diags.add(naming.unknown_currency(argument or "", sorted(CODES), span))
            return None
        above = Meant(currency(argument or ""))
    else:
        above = _one(word)
    if not divisors:
        return above
    unit = above.unit
    for divisor in divisors:
        unit = unit.per(_one(divisor).unit)
    return Meant(unit, Kind.DURATION if unit.is_time else Kind.NUMBER)


def _one(word: str) -> Meant:
    if word in ("number", "integer", "float"):
        return Meant(PLAIN)
    if word == "percent":
        return Meant(PLAIN, Kind.PERCENT)
    if word in EXACT_TIMES:
        unit, factor = EXACT_TIMES[word]
        if factor == 1:
            return Meant(unit, Kind.DURATION)
        return Meant(Unit(((Base(word.removesuffix("s"), Sort.TIME.value), 1),)))
    return Meant(currency(word) if word in CODES else things(word))
