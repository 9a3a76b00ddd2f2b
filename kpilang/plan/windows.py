"""Windows in words: for names of columns and for people."""

from __future__ import annotations

from typing import assert_never

from kpilang import ir


def window_name(window: ir.Window) -> str:
    """For names: `prior`, `last_28_days`, `all_time`; `period` for the period itself."""
    text = describe_window(window).replace("[", " ").replace("]", " ").replace("-", "_")
    return "_".join(text.split())


def describe_window(window: ir.Window) -> str:
    """As a person writes it, the step that acts first right-most: `[prior][last 28 days]`."""
    return "".join(f"[{_step(step)}]" for step in reversed(window)) or "[period]"


def _step(step: ir.Step) -> str:
    match step:
        case ir.Prior():
            return "prior"
        case ir.Before():
            return "before"
        case ir.AllTime():
            return "all time"
        case ir.Last(count, unit):
            return f"last {_quantity(count, unit.value)}"
        case ir.Next(count, unit):
            return f"next {_quantity(count, unit.value)}"
        case ir.Ago(count, unit):
            return f"{_quantity(count, unit.value)} ago"
        case ir.ToDate(unit):
            return f"{unit.value} to date"
        case ir.FromTo(start, end):
            return f"from {start.date()} to {end.date()}"
        case _:
            assert_never(step)


def _quantity(count: int, unit: str) -> str:
    return f"{count} {unit}" if count == 1 else f"{count} {unit}s"
