"""Money whose currency stands in the row: `money(by currency)`.

Its unit is named by the path from the row at hand to the column with the currency, so that amounts whose
currencies may differ (of two rows, or by two columns of one) never agree.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from kpilang.types import Base, Type, Unit, currency

_BY_ROW = "by "
"""Begins the name of the unit, which is that of no currency."""


def unit_by(path: str) -> Unit:
    return currency(_BY_ROW + path)


def mixes_currencies(unit: Unit) -> bool:
    return any(True for _ in by_row(unit))


def by_row(unit: Unit) -> Iterable[tuple[str, int]]:
    """The path to the currency and the power, for every factor that is money of the row's currency."""
    return ((base.name.removeprefix(_BY_ROW), power) for base, power in unit.factors if _is_by_row(base))


def _is_by_row(base: Base) -> bool:
    return base.name.startswith(_BY_ROW)


def seen_over(type_: Type, steps: tuple[str, ...]) -> Type:
    """The type of a parent's value, seen from the row from which `steps` lead there."""
    if not steps or not mixes_currencies(type_.unit):
        return type_
    unit = Unit()
    for base, power in type_.unit.factors:
        name = _BY_ROW + ".".join((*steps, base.name.removeprefix(_BY_ROW)))
        moved = Base(name, base.sort) if _is_by_row(base) else base
        unit = unit.times(Unit(((moved, power),)))
    by = ".".join((*steps, type_.money_by)) if type_.money_by else None
    return dataclasses.replace(type_, unit=unit, money_by=by)
