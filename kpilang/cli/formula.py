"""The formula of a KPI as a tree a person can read: parts with what each says of its rows or members."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kpilang import ir
from kpilang.cli.wording import Wording, converted, per_text, window_text


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a tree: what stands before it, before its continuations, and its text.

    `expr` is the expression of which it is the head; a line that says more of one has none.
    """

    first: str
    rest: str
    text: str
    expr: ir.Expr | None = None


def tree(expr: ir.Expr, wording: Wording, first: str = "", rest: str = "") -> Iterator[Line]:
    """Lines of a cell expression, parents first; an aggregate that converts money is one line."""
    amount = converted(expr)
    shown = expr if amount is None else amount
    parts = _parts(shown)
    bar = "│  " if parts else "   "
    yield Line(first, rest + bar, _head(shown, wording), expr)
    missing = () if amount is None else ("null where an amount has no rate",)
    details = " · ".join((*_details(shown, wording), *missing))
    if details:
        yield Line(rest + bar, rest + bar, details)
    for number, part in enumerate(parts, 1):
        branch, below = ("└─ ", "   ") if number == len(parts) else ("├─ ", "│  ")
        yield from tree(part, wording, rest + branch, rest + below)


def _head(expr: ir.Expr, wording: Wording) -> str:
    match expr:
        case ir.Aggregate():
            return f"{expr.op.value} of {wording.argument(expr)}{_named(expr)}"
        case ir.CountOf():
            return f"count of members{_named(expr)}"
        case ir.Nested():
            return f"{expr.op.value} per {per_text(expr)}{_named(expr)}"
        case ir.Call():
            return expr.op.value
        case ir.Case():
            return "case"
        case _:
            return wording.text(expr)


def _named(expr: ir.Aggregate | ir.CountOf | ir.Nested) -> str:
    """The KPI that is this aggregate."""
    return f" ({expr.name})" if expr.name else ""


def _details(expr: ir.Expr, wording: Wording) -> Iterator[str]:
    """What an aggregate says of its rows, and a count of its set."""
    match expr:
        case ir.CountOf():
            yield wording.set(expr.set)
        case ir.Aggregate():
            if expr.where is not None:
                yield f"where {wording.text(expr.where, expr.entity)}"
            anchor = expr.anchor
            yield f"dated {wording.text(anchor, expr.entity)}" if anchor is not None else "in every period"
            yield from _placed(expr)
        case ir.Nested(per=ir.PerKeys()):
            yield "each value that has a row; nulls are skipped"
            yield from _placed(expr)
        case ir.Nested():
            yield f"each {per_text(expr)} of the period, empty ones too"
            yield from _placed(expr)
        case _:
            return


def _placed(expr: ir.Aggregate | ir.Nested) -> Iterator[str]:
    """Where selectors have put it."""
    if expr.window:
        yield f"in {window_text(expr.window)}"
    if expr.across:
        yield f"across {', '.join(expr.across)}"


def _parts(expr: ir.Expr) -> list[ir.Expr]:
    match expr:
        case ir.Call():
            return list(expr.args)
        case ir.Case():
            inner = [part for when in expr.whens for part in (when.condition, when.value)]
            return inner + ([expr.otherwise] if expr.otherwise is not None else [])
        case ir.Nested():
            return [expr.value]
        case _:
            return []
