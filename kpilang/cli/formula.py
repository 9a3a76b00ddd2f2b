"""The typed IR as lines a person can read: the tree of a KPI, each part with its type."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import assert_never

from kpilang import ir
from kpilang.types import Exactness, Kind, TimeUnit, Type

_INFIX = {
    ir.Op.ADD, ir.Op.SUB, ir.Op.MUL, ir.Op.DIV, ir.Op.EQ, ir.Op.NE, ir.Op.LT, ir.Op.LE, ir.Op.GT, ir.Op.GE,
    ir.Op.IS, ir.Op.IS_NOT, ir.Op.AND, ir.Op.OR, ir.Op.LIKE,
}  # fmt: skip


def tree(expr: ir.Expr) -> Iterator[tuple[str, str]]:
    """Lines of a cell expression, parents first: the text drawn as a tree, and its type (or nothing)."""
    yield _head(expr), type_text(expr.type)
    for detail in _details(expr):
        yield f"     {detail}", ""
    yield from _below(_parts(expr))


def _below(parts: list[ir.Expr]) -> Iterator[tuple[str, str]]:
    for number, part in enumerate(parts, 1):
        first, rest = ("└─ ", "   ") if number == len(parts) else ("├─ ", "│  ")
        for index, (text, type) in enumerate(tree(part)):
            yield (rest if index else first) + text, type


def type_text(type: Type) -> str:
    """`integer (orders), exact`."""
    if type.kind in (Kind.INTEGER, Kind.NUMBER, Kind.PERCENT, Kind.DURATION):
        return f"{type}, {Exactness(type.exactness).name.lower()}"
    return str(type)


def _head(expr: ir.Expr) -> str:
    match expr:
        case ir.Aggregate():
            return f"{expr.op.value} of {text(expr.argument) if expr.argument else expr.entity}"
        case ir.Call():
            return expr.op.value
        case ir.Case():
            return "case"
        case _:
            return text(expr)


def _details(expr: ir.Expr) -> Iterator[str]:
    """What an aggregate says of its rows."""
    if not isinstance(expr, ir.Aggregate):
        return
    yield f"dated {text(expr.anchor)}"
    if expr.window:
        yield f"in {window_text(expr.window)}"
    if expr.across:
        yield f"across {', '.join(expr.across)}"
    if expr.where is not None:
        yield f"where {text(expr.where)}"


def _parts(expr: ir.Expr) -> list[ir.Expr]:
    match expr:
        case ir.Call():
            return list(expr.args)
        case ir.Case():
            inner = [part for when in expr.whens for part in (when.condition, when.value)]
            return inner + ([expr.otherwise] if expr.otherwise is not None else [])
        case _:
            return []


# ---------------------------------------------------------------------------- expressions on one line


def text(expr: ir.Expr) -> str:
    """An expression on one line, near to how the language writes it."""
    match expr:
        case ir.Literal():
            return _literal(expr)
        case ir.Field():
            return ".".join((expr.entity, *expr.steps, expr.name))
        case ir.Outer():
            return ".".join(("this", *expr.field.steps, expr.field.name))
        case ir.Raw():
            return ".".join(expr.path)
        case ir.Call():
            return _call(expr)
        case ir.Case():
            whens = " ".join(f"when {text(when.condition)} then {text(when.value)}" for when in expr.whens)
            otherwise = f" else {text(expr.otherwise)}" if expr.otherwise is not None else ""
            return f"case {whens}{otherwise} end"
        case ir.Aggregate():
            return _aggregate(expr)
        case ir.PeriodValue():
            part = "period" if expr.part is ir.PeriodPart.LENGTH else f"period.{expr.part.value}"
            return part + (f"[{window_text(expr.window)}]" if expr.window else "")
        case ir.Child():
            return _child(expr)
        case ir.Rank():
            keys = ", ".join(text(key.value) + (" desc" if key.descending else "") for key in expr.by)
            return f"rank(per {', '.join(map(text, expr.per))} by {keys})"
        case _:
            assert_never(expr)


def _literal(literal: ir.Literal) -> str:
    value = literal.value
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    unit = "" if literal.type.unit.is_plain else f" {literal.type.unit}"
    return f"{value}{unit}"


def _call(call: ir.Call) -> str:
    args = [_inside(arg) for arg in call.args]
    match call.op:
        case ir.Op.NEG:
            return f"-{args[0]}"
        case ir.Op.NOT:
            return f"not {args[0]}"
        case ir.Op.CAST:
            return f"{args[0]} as {call.type}"
        case ir.Op.IN:
            return f"{args[0]} in ({', '.join(args[1:])})"
        case ir.Op.LIKE:
            return f"{args[0]} like {args[1]}"
        case op if op in _INFIX:
            return f" {op.value} ".join(args)
        case op:
            return f"{op.value}({', '.join(map(text, call.args))})"


def _inside(expr: ir.Expr) -> str:
    """An operand, in parentheses where it is an operation itself."""
    nested = isinstance(expr, ir.Call) and (expr.op in _INFIX or expr.op in (ir.Op.IN, ir.Op.CAST, ir.Op.NOT))
    return f"({text(expr)})" if nested else text(expr)


def _aggregate(expr: ir.Aggregate) -> str:
    where = f" where {text(expr.where)}" if expr.where is not None else ""
    window = f"[{window_text(expr.window)}]" if expr.window else ""
    return f"{expr.op.value}({text(expr.argument) if expr.argument else expr.entity}{where}){window}"


def _child(expr: ir.Child) -> str:
    where = f" where {text(expr.where)}" if expr.where is not None else ""
    via = f" via {'.'.join(expr.link)}" if expr.link else ""
    over = text(expr.argument) if expr.argument is not None else expr.entity
    return f"{expr.op.value}({over}{where}{via})" + ("[ever]" if expr.ever else "")


def window_text(window: ir.Window) -> str:
    """`prior`, `last 28 days`; several in the order in which they act, joined by `of`."""
    return " of ".join(_step(step) for step in reversed(window))


def _step(step: ir.Step) -> str:
    match step:
        case ir.Prior():
            return "prior"
        case ir.Before():
            return "before"
        case ir.AllTime():
            return "all time"
        case ir.Last():
            return f"last {_amount(step.count, step.unit)}"
        case ir.Next():
            return f"next {_amount(step.count, step.unit)}"
        case ir.Ago():
            return f"{_amount(step.count, step.unit)} ago"
        case ir.ToDate():
            return f"{step.unit.value.replace('_', ' ')} to date"
        case ir.FromTo():
            return f"from {_moment(step.start)} to {_moment(step.end)}"
        case _:
            assert_never(step)


def _amount(count: int, unit: TimeUnit) -> str:
    return f"{count} {unit.value.replace('_', ' ')}{'' if count == 1 else 's'}"


def _moment(value: datetime) -> str:
    """A day, or a local time where it is not midnight."""
    return value.isoformat(sep=" ", timespec="minutes").removesuffix(" 00:00")
