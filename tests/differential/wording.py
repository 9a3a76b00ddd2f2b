"""The same said otherwise: functions, names for parts, variants, what is taken over from another KPI."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.differential.choices import Choices
from tests.differential.world import quoted

FUNCTIONS = {
    "twice(x)": "2 * x",
    "fourfold(x)": "twice(twice(x))",
    "growth(x)": "x / x[prior] - 1",
    "less(x, y)": "x - y",
    "trailing(x, n)": "x[last n]",
    "since(x, n)": "x - x[n ago]",
    "part(x, d)": "x / x[across d]",
    "evenness(x, d)": "min(x per d) / max(x per d)",
    "kept(s)": "count(s[prior] and s) / count(s[prior])",
}


def called(choices: Choices, text: str, unit: str, by: Sequence[str]) -> tuple[str, str]:
    """A figure as the argument of a function; its text and unit."""
    forms = [
        (f"twice({text})", unit),
        (f"fourfold({text})", unit),
        (f"growth({text})", "approximate"),
        (f"less({text}, {text}[prior])", unit),
        (f"trailing({text}, 2 months)", unit),
        (f"trailing({text}, horizon)", unit),
        (f"since({text}, 1 month)", unit),
    ]
    forms += [(f"part({text}, {quoted(name)})", "double") for name in by]
    forms += [(f"evenness({text}, {quoted(name)})", "approximate") for name in by]
    return choices.one_of(forms)


def dressed(choices: Choices, text: str, is_number: bool, others: Sequence[str]) -> dict[str, Any] | None:
    """A KPI as a mapping that means more than its formula; None for most."""
    form = choices.integer(0, 23)
    if form == 0:
        return {"let": {"base": text}, "formula": "base"}
    if form == 1 and is_number:
        return {"let": {"base": text, "step": "base - base[prior]"}, "formula": "step"}
    if form == 2:
        return {"formula": text, "variants": {"other": f"({text})[1 month ago]"}}
    if form == 3 and others:
        return {"extends": choices.one_of(others)}
    return None
