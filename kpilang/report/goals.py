"""Whether a value meets its KPI's goals."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import TypeVar

from kpilang import ir

N = TypeVar("N", int, float, Decimal)


class Status(Enum):
    """The gravest that holds; `alert` and `warn` hold when their condition does, such as `below 15%`."""

    ALERT = "alert"
    WARN = "warn"
    MISSED = "missed"
    MET = "met"


def status(output: ir.Output, row: Mapping[str, object]) -> Status | None:
    """The status of an output in a row (values by column name); None without goals or without values."""
    if not has_goals(output):
        return None
    value = row[output.name]
    if _holds(output.alert, value, row):
        return Status.ALERT
    if _holds(output.warn, value, row):
        return Status.WARN
    met = _holds(output.target, value, row)
    return None if met is None else Status.MET if met else Status.MISSED


def has_goals(output: ir.Output) -> bool:
    return any((output.target, output.warn, output.alert))


_WORDS = {">=": "at least", "<=": "at most", ">": "above", "<": "below"}


def words(goal: ir.Goal, row: Mapping[str, object], shown: Callable[[object], str]) -> str:
    """`at least 25 %`, the bounds written by `shown`."""
    bounds = [shown(bound) for bound in _bounds(goal, row)]
    return (
        f"{_WORDS[goal.operator]} {bounds[0]}" if len(bounds) == 1 else f"between {bounds[0]} and {bounds[1]}"
    )


def _holds(goal: ir.Goal | None, value: object, row: Mapping[str, object]) -> bool | None:
    """Three-valued: None where there is no goal, no value or no bound."""
    if goal is None:
        return None
    signs = [_sign(value, bound) for bound in _bounds(goal, row)]
    known = [sign for sign in signs if sign is not None]
    if len(known) < len(signs):
        return None
    match goal.operator:
        case ">=":
            return known[0] >= 0
        case "<=":
            return known[0] <= 0
        case ">":
            return known[0] > 0
        case "<":
            return known[0] < 0
        case _:
            return known[0] >= 0 and known[1] <= 0


def _bounds(goal: ir.Goal, row: Mapping[str, object]) -> list[object]:
    return [bound.value if isinstance(bound, ir.Literal) else row[bound] for bound in goal.bounds]


def _sign(value: object, bound: object) -> int | None:
    """-1, 0 or 1 as the value is less, equal or greater; None where either is null.

    Beside a double a decimal is the double nearest to it: a quotient that is 15 % after its one rounding is
    not below 15 %.
    """
    match value, bound:
        case (int() | Decimal(), int() | Decimal()):
            return _order(Decimal(value), Decimal(bound))
        case (int() | Decimal() | float(), int() | Decimal() | float()):
            return _order(float(value), float(bound))
        case (datetime(), datetime()):
            return _order(value.timestamp(), bound.timestamp())
        case (date(), date()):
            return _order(value.toordinal(), bound.toordinal())
        case _:
            return None


def _order(left: N, right: N) -> int:
    return (left > right) - (left < right)
