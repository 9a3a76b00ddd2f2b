"""The typed IR as lines a person can read: the tree of a KPI, and any expression on one line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from kpilang import ir
from kpilang.types import TimeUnit

_INFIX = {
    ir.Op.ADD, ir.Op.SUB, ir.Op.MUL, ir.Op.DIV, ir.Op.EQ, ir.Op.NE, ir.Op.LT, ir.Op.LE, ir.Op.GT, ir.Op.GE,
    ir.Op.IS, ir.Op.IS_NOT, ir.Op.AND, ir.Op.OR, ir.Op.LIKE,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a tree: what stands before it, before its continuations, and its text.

    `expr` is the expression of which it is the head; a line that says more of one has none.
    """

    first: str
    rest: str
    text: str
    expr: ir.Expr | None = None


def tree(expr: ir.Expr, first: str = "", rest: str = "") -> Iterator[Line]:
    """Lines of a cell expression, parents first."""
    parts = _parts(expr)
    bar = "│  " if parts else "   "
    yield Line(first, rest + bar, _head(expr), expr)
    details = " · ".join(_details(expr))
    if details:
        yield Line(rest + bar, rest + bar, details)
    for number, part in enumerate(parts, 1):
        branch, below = ("└─ ", "   ") if number == len(parts) else ("├─ ", "│  ")
        yield from tree(part, rest + branch, rest + below)


def _head(expr: ir.Expr) -> str:
    match expr:
        case ir.Aggregate():
            return f"{expr.op.value} of {_argument(expr)}{_named(expr)}"
        case ir.CountOf():
            return f"count of members{_named(expr)}"
        case ir.Nested():
            return f"{expr.op.value} per {_per(expr)}{_named(expr)}"
        case ir.Call():
            return expr.op.value
        case ir.Case():
            return "case"
        case _:
            return text(expr)


def _argument(expr: ir.Aggregate) -> str:
    """A column of its own is named with the entity, an expression after it."""
    match expr.argument:
        case None:
            return expr.entity
        case ir.Field():
            return text(expr.argument)
        case _:
            return f"{text(expr.argument, expr.entity)} in {expr.entity}"


def _per(expr: ir.Nested) -> str:
    match expr.per:
        case ir.PerKeys(names):
            return ", ".join(names)
        case ir.PerGrain(grain):
            return grain.value.replace("_", " ")
        case _:
            assert_never(expr.per)


def _named(expr: ir.Aggregate | ir.CountOf | ir.Nested) -> str:
    """The KPI that is this aggregate."""
    return f" ({expr.name})" if expr.name else ""


def _details(expr: ir.Expr) -> Iterator[str]:
    """What an aggregate says of its rows, and a count of its set."""
    if not isinstance(expr, ir.Aggregate | ir.CountOf | ir.Nested):
        return
    if isinstance(expr, ir.CountOf):
        yield set_text(expr.set)
    elif isinstance(expr, ir.Aggregate):
        if expr.where is not None:
            yield f"where {text(expr.where, expr.entity)}"
        yield f"dated {text(expr.anchor, expr.entity)}" if expr.anchor is not None else "in every period"
    if not isinstance(expr, ir.CountOf) and expr.window:
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


# ---------------------------------------------------------------------------- expressions on one line


def text(expr: ir.Expr, home: str = "") -> str:
    """An expression on one line, near to how the language writes it; columns of `home` are bare names."""
    match expr:
        case ir.Literal():
            return _literal(expr)
        case ir.Field():
            own = () if expr.entity == home else (expr.entity,)
            return ".".join((*own, *expr.steps, expr.name))
        case ir.Outer():
            return ".".join(("this", *expr.field.steps, expr.field.name))
        case ir.Raw():
            return ".".join(expr.path)
        case ir.Call():
            return _call(expr, home)
        case ir.Case():
            return _case(expr, home)
        case ir.Aggregate():
            return _aggregate(expr)
        case ir.PeriodValue():
            part = "period" if expr.part is ir.PeriodPart.LENGTH else f"period.{expr.part.value}"
            return part + (f"[{window_text(expr.window)}]" if expr.window else "")
        case ir.Child():
            return _child(expr)
        case ir.Rank():
            return _rank(expr, home)
        case ir.CountOf():
            return f"count({set_text(expr.set)})"
        case ir.Member():
            return f"{text(expr.key, home)} in ({set_text(expr.set)})"
        case ir.TouchValue():
            return expr.part.value
        case ir.Nested():
            window = f"[{window_text(expr.window)}]" if expr.window else ""
            return f"{expr.op.value}({text(expr.value)} per {_per(expr)}){window}"
        case _:
            assert_never(expr)


def _case(expr: ir.Case, home: str) -> str:
    parts = ((text(when.condition, home), text(when.value, home)) for when in expr.whens)
    whens = " ".join(f"when {condition} then {value}" for condition, value in parts)
    otherwise = f" else {text(expr.otherwise, home)}" if expr.otherwise is not None else ""
    return f"case {whens}{otherwise} end"


def _rank(expr: ir.Rank, home: str) -> str:
    keys = ", ".join(text(key.value, home) + (" desc" if key.descending else "") for key in expr.by)
    return f"rank(per {', '.join(text(part, home) for part in expr.per)} by {keys})"


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


def _call(call: ir.Call, home: str) -> str:
    args = [_inside(arg, home) for arg in call.args]
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
            return f"{op.value}({', '.join(text(arg, home) for arg in call.args)})"


def _inside(expr: ir.Expr, home: str) -> str:
    """An operand, in parentheses where it is an operation itself."""
    nested = isinstance(expr, ir.Call) and (expr.op in _INFIX or expr.op in (ir.Op.IN, ir.Op.CAST, ir.Op.NOT))
    return f"({text(expr, home)})" if nested else text(expr, home)


def _aggregate(expr: ir.Aggregate) -> str:
    where = f" where {text(expr.where, expr.entity)}" if expr.where is not None else ""
    window = f"[{window_text(expr.window)}]" if expr.window else ""
    return f"{expr.op.value}({text(expr.argument) if expr.argument else expr.entity}{where}){window}"


def _child(expr: ir.Child) -> str:
    where = f" where {text(expr.where, expr.entity)}" if expr.where is not None else ""
    via = f" via {'.'.join(expr.link)}" if expr.link else ""
    over = text(expr.argument) if expr.argument is not None else expr.entity
    return f"{expr.op.value}({over}{where}{via})" + ("[ever]" if expr.ever else "")


# ---------------------------------------------------------------------------- sets


def set_text(found: ir.Set | ir.Outside) -> str:
    """A set on one line, its sentences with all that they say."""
    match found:
        case ir.With():
            return _sentence(found, f"with {_rows_of(found)}", found.rows)
        case ir.State():
            bounds = f"{text(found.start, found.entity)} to {text(found.end, found.entity)}"
            return _sentence(found, f"while {bounds}", found.entity)
        case ir.Event():
            return _sentence(found, f"dated {text(found.anchor, found.entity)}", found.entity)
        case ir.Always():
            return _sentence(found, "", found.entity)
        case ir.AllOf(operands):
            return " and ".join(map(_operand, operands))
        case ir.AnyOf(operands):
            return " or ".join(map(_operand, operands))
        case ir.Outside(operand):
            return f"not {_operand(operand)}"
        case _:
            assert_never(found)


def _operand(found: ir.Set | ir.Outside) -> str:
    return set_text(found) if isinstance(found, ir.Outside) else f"({set_text(found)})"


def _rows_of(found: ir.With) -> str:
    """The rows that make members, how they are dated, and what must hold of them."""
    among = f" among ({set_text(found.among)})" if found.among is not None else ""
    having = f" that have {text(found.having, found.rows)}" if found.having is not None else ""
    dated = f" dated {text(found.anchor, found.rows)}" if found.anchor is not None else ""
    return f"{found.rows} via {text(found.member, found.rows)}{dated}{among}{having}"


def _sentence(found: ir.With | ir.State | ir.Event | ir.Always, words: str, home: str) -> str:
    where = f"where {text(found.where, home)}" if found.where is not None else ""
    said = " ".join(part for part in (found.entity, words, where) if part)
    window = () if isinstance(found, ir.Always) else found.window
    return f"{said}[{window_text(window)}]" if window else said


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
