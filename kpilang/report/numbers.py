"""How the numbers of one column are shown: one number of digits and one unit for all of them.

Only here are numbers rounded, half away from zero; what programs read is never made by this file.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from typing import TypeGuard

from kpilang import ir
from kpilang.report.units import money_digits, unit_text
from kpilang.results import ResultColumn
from kpilang.types import DAY, SECOND, Kind, Type, Unit

Number = int | Decimal | float

_CONTEXT = Context(prec=1_000, rounding=ROUND_HALF_UP)
_HUGE = Decimal(10) ** 15
_MOST_DIGITS = 8
_DURATIONS = ((Decimal(86_400), "days"), (Decimal(3_600), "hours"), (Decimal(60), "minutes"))
"""Seconds are shown in the largest of these that the middle value of the column fills twice."""


@dataclass(frozen=True, slots=True)
class NumberFormat:
    """Values are divided by `divisor`, rounded to `digits`, followed by `suffix`; the header has `unit`."""

    digits: int
    divisor: Decimal = Decimal(1)
    suffix: str = ""
    unit: str = ""

    def text(self, value: Number) -> str:
        with localcontext(_CONTEXT):
            shown = Decimal(value) / self.divisor
            if abs(shown) >= _HUGE and isinstance(value, float):
                return f"{shown:.6e}{self.suffix}"
            text = f"{shown:,.{self.digits}f}"
        if text.startswith("-") and not text.strip("-0.,"):
            text = text[1:]
        return text + self.suffix


def number_format(column: ResultColumn, values: Iterable[object]) -> NumberFormat:
    """The format that suits all numbers of a column."""
    type = column.type
    numbers = [Decimal(value) for value in values if is_number(value)]
    if type.kind is Kind.PERCENT or shown_as_percent(column.output):
        hundredth = Decimal("0.01")
        return NumberFormat(_digits(numbers, hundredth, 1), hundredth, " %", unit_text(type.unit))
    if type.kind is Kind.DURATION:
        return _duration(type.unit, numbers)
    if type.kind is Kind.CALENDAR:
        return NumberFormat(0, unit="months")
    if type.kind is Kind.INTEGER:
        return NumberFormat(0, unit=unit_text(type.unit))
    digits = money_digits(type.unit)
    if digits is not None:
        suffix = f" {unit_text(type.unit)}"
        return NumberFormat(_digits(numbers, Decimal(1), digits), suffix=suffix)
    return NumberFormat(_plain_digits(type, numbers), unit=unit_text(type.unit))


def is_number(value: object) -> TypeGuard[Number]:
    return isinstance(value, int | Decimal | float) and not isinstance(value, bool)


def shown_as_percent(output: ir.Output | None) -> bool:
    """Whether a plain share is best read in percent: a goal of the KPI is written in percent."""
    if output is None or not output.type.unit.is_plain or output.type.kind is not Kind.NUMBER:
        return False
    goals = (output.target, output.warn, output.alert)
    bounds = (bound for goal in goals if goal for bound in goal.bounds)
    return any(isinstance(bound, ir.Literal) and bound.type.kind is Kind.PERCENT for bound in bounds)


def _duration(unit: Unit, numbers: list[Decimal]) -> NumberFormat:
    if unit == DAY:
        return NumberFormat(_needed(numbers, Decimal(1), 2), unit="days")
    if unit != SECOND:
        return NumberFormat(2, unit=unit_text(unit))
    middle = sorted(map(abs, numbers))[len(numbers) // 2] if numbers else Decimal(0)
    for divisor, name in _DURATIONS:
        if middle >= 2 * divisor:
            return NumberFormat(_needed(numbers, divisor, 1), divisor, unit=name)
    return NumberFormat(_needed(numbers, Decimal(1), 3), unit="seconds")


def _plain_digits(type: Type, numbers: list[Decimal]) -> int:
    if not type.is_double:
        return _needed(numbers, Decimal(1), type.scale or 0)
    greatest = max(map(abs, numbers), default=Decimal(0))
    usual = 1 if greatest >= 1_000 else 2 if greatest >= 1 else 4
    return _digits(numbers, Decimal(1), usual)


def _needed(numbers: list[Decimal], divisor: Decimal, most: int) -> int:
    """Digits after the point until nothing is left of any of the numbers, at most `most`."""
    with localcontext(_CONTEXT):
        for digits in range(most):
            if all((number / divisor * 10**digits) % 1 == 0 for number in numbers):
                return digits
    return most


def _digits(numbers: list[Decimal], divisor: Decimal, usual: int) -> int:
    """The usual digits, or as many more as show two figures of the greatest number if that is small."""
    with localcontext(_CONTEXT):
        greatest = max((abs(number) / divisor for number in numbers), default=Decimal(0))
        if greatest == 0 or greatest >= Decimal(10) ** -usual:
            return usual
        return min(_MOST_DIGITS, 1 - greatest.adjusted())
