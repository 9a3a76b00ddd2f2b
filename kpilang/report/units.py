"""How units look: `€`, `orders`, `€/order`."""

from __future__ import annotations

from kpilang.types import Base, Sort, Unit

_SYMBOLS = {"EUR": "€", "USD": "$", "GBP": "£"}
"""Only where no other currency of note shares the sign; the rest are shown by their code."""
_DIGITS = {
    "BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "ISK": 0, "JPY": 0, "KMF": 0, "KRW": 0, "PYG": 0, "RWF": 0,
    "UGX": 0, "VND": 0, "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0,
    "BHD": 3, "IQD": 3, "JOD": 3, "KWD": 3, "LYD": 3, "OMR": 3, "TND": 3,
}  # fmt: skip
"""Digits after the point of currencies that do not have two."""


def unit_text(unit: Unit) -> str:
    """The unit as shown beside a number; nothing for a plain one."""
    if unit.is_plain:
        return ""
    above = [_power(base, power) for base, power in unit.factors if power > 0]
    below = [_power(base, -power) for base, power in unit.factors if power < 0]
    return "·".join(above or ["1"]) + "".join(f"/{text}" for text in below)


def money_digits(unit: Unit) -> int | None:
    """Digits after the point customary for an amount of money, or money per something; None for no money."""
    currencies = [base for base, power in unit.factors if base.sort == Sort.CURRENCY.value and power == 1]
    return _DIGITS.get(currencies[0].name, 2) if len(currencies) == 1 else None


def _power(base: Base, power: int) -> str:
    name = _SYMBOLS.get(base.name, base.name) if base.sort == Sort.CURRENCY.value else base.name
    return name if power == 1 else f"{name}^{power}"
