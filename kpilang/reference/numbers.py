"""Numbers as the laws have them: exact ones are `int` or `Fraction`, all others `float`; never inf or NaN.

A value takes the form that its type asks for (`conform`): an exact number becomes a double by one correct
rounding, and an exact number beyond 38 digits is refused (law 7, ruling 16).
"""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction

from kpilang.reference.errors import LawError
from kpilang.types import MAX_DIGITS, Kind, Type

Exact = int | Fraction
Number = Exact | float


def is_number(value: object) -> bool:
    return isinstance(value, int | Fraction | float) and not isinstance(value, bool)


def finite(value: float) -> float | None:
    """Law 4: no result is ever inf or NaN."""
    return value if math.isfinite(value) else None


def to_double(value: Number) -> float | None:
    """The nearest double; null if there is none."""
    try:
        return finite(float(value))
    except OverflowError:
        return None


def exact(value: Number) -> Fraction:
    """The value as a ratio; a double stands for exactly what it holds."""
    return Fraction(value)


def round_half_away(value: Number, digits: int) -> Fraction:
    """To `digits` after the point (before it when negative), half away from zero, by integer arithmetic."""
    unit = Fraction(10) ** digits
    size = math.floor(abs(exact(value)) * unit + Fraction(1, 2)) / unit
    return -size if value < 0 else size


def conform(value: object, type: Type) -> object:
    """A number in the form its type asks for; anything else as it is."""
    if not isinstance(value, int | Fraction | float) or isinstance(value, bool):
        return value
    if type.is_double:
        return to_double(value)
    if not isinstance(value, float) and _is_exact_number(type):
        _check_digits(value, type)
    return value


def _is_exact_number(type: Type) -> bool:
    return type.is_numeric or type.kind is Kind.DURATION


def _check_digits(value: Exact, type: Type) -> None:
    scale = type.scale or 0
    if abs(value.numerator) >= 10 ** (MAX_DIGITS - scale) * value.denominator:
        raise LawError(f"a value has more than {MAX_DIGITS} digits (scale {scale})")


def shown(value: object, type: Type) -> object:
    """A value as a result holds it: exact numbers as int, or as Decimal of the type's scale."""
    if isinstance(value, bool) or not isinstance(value, int | Fraction):
        return value
    if value.denominator == 1 and not type.scale:
        return int(value)
    return _decimal(value, type.scale)


def _decimal(value: Exact, scale: int | None) -> Decimal:
    """Exact: no context rounds. Without a scale as many digits as it takes."""
    if scale is None:
        exact_scales = (digits for digits in range(MAX_DIGITS) if (value * 10**digits).denominator == 1)
        scale = next(exact_scales, MAX_DIGITS)
    rounded = round_half_away(value, scale) * 10**scale
    return Decimal(f"{int(rounded)}E-{scale}")
