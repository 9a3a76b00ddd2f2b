"""The typed IR on one line, near to how the language writes it: expressions, sets, intervals.

What a set is made of is resolved; where a part of it is what a segment of the project says, the segment is
named instead.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import datetime
from typing import assert_never

from kpilang import ir
from kpilang.ir import Op
from kpilang.types import TimeUnit

INFIX = {
    Op.ADD, Op.SUB, Op.MUL, Op.DIV, Op.EQ, Op.NE, Op.LT, Op.LE, Op.GT, Op.GE,
    Op.IS, Op.IS_NOT, Op.AND, Op.OR, Op.LIKE,
}  # fmt: skip
_PRECEDENCE = (
    {Op.OR},
    {Op.AND},
    {Op.NOT},
    {Op.EQ, Op.NE, Op.LT, Op.LE, Op.GT, Op.GE, Op.IS, Op.IS_NOT, Op.LIKE, Op.IN},
    {Op.ADD, Op.SUB},
    {Op.MUL, Op.DIV},
)
"""From loosest to tightest; what is in none binds tighter than all."""
_ASSOCIATIVE = (Op.ADD, Op.MUL, Op.AND, Op.OR)
Sentence = ir.With | ir.State | ir.Event | ir.Always


class Wording:
    """Writes expressions; `segments` are the sentences that have names."""

    def __init__(self, segments: Mapping[str, ir.Set] | None = None) -> None:
        self._segments = segments or {}

    def text(self, expr: ir.Expr, home: str = "") -> str:
        """Columns of the entity `home` are bare names."""
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
                return self._call(expr, home)
            case ir.Case():
                return self._case(expr, home)
            case ir.Aggregate():
                return self._aggregate(expr)
            case ir.PeriodValue():
                part = "period" if expr.part is ir.PeriodPart.LENGTH else f"period.{expr.part.value}"
                return part + in_brackets(expr.window, ())
            case ir.Child():
                return self._child(expr)
            case ir.Rank():
                return self._rank(expr, home)
            case ir.CountOf():
                return f"count({self.set(expr.set)})"
            case ir.Member():
                return f"{self.text(expr.key, home)} in {self._operand(expr.set, ())}"
            case ir.Nested():
                inner = f"{expr.op.value}({self.text(expr.value)} per {per_text(expr)})"
                return inner + in_brackets(expr.window, expr.across)
            case ir.TouchValue():
                return expr.part.value
            case _:
                assert_never(expr)

    def argument(self, expr: ir.Aggregate) -> str:
        """A column of its own is named with the entity, an expression after it."""
        match expr.argument:
            case None:
                return expr.entity
            case ir.Field():
                return self.text(expr.argument)
            case ir.Call(args=(ir.Field(), rate)) if is_rate(rate):
                return self.text(expr.argument)
            case _:
                return f"{self.text(expr.argument, expr.entity)} in {expr.entity}"

    def _call(self, call: ir.Call, home: str) -> str:
        if call.op is Op.MUL and is_rate(call.args[1]):
            return f"{self.text(call.args[0], home)} in {call.type.unit}"
        args = [self._inside(arg, call.op, place, home) for place, arg in enumerate(call.args)]
        match call.op:
            case Op.NEG:
                return f"-{args[0]}"
            case Op.NOT:
                return f"not {args[0]}"
            case Op.CAST:
                return f"{args[0]} as {call.type}"
            case Op.IN:
                return f"{args[0]} in ({', '.join(args[1:])})"
            case Op.LIKE:
                return f"{args[0]} like {args[1]}"
            case op if op in INFIX:
                return f" {op.value} ".join(args)
            case op:
                return f"{op.value}({', '.join(self.text(arg, home) for arg in call.args)})"

    def _inside(self, expr: ir.Expr, op: Op, place: int, home: str) -> str:
        """An operand, in parentheses where it would be read otherwise without."""
        text = self.text(expr, home)
        if not isinstance(expr, ir.Call) or _tightness(expr.op) == len(_PRECEDENCE):
            return text
        least = _tightness(op) + (0 if op in _ASSOCIATIVE or (place == 0 and op in (Op.SUB, Op.DIV)) else 1)
        return text if _tightness(expr.op) >= least else f"({text})"

    def _case(self, expr: ir.Case, home: str) -> str:
        parts = ((self.text(when.condition, home), self.text(when.value, home)) for when in expr.whens)
        whens = " ".join(f"when {condition} then {value}" for condition, value in parts)
        otherwise = f" else {self.text(expr.otherwise, home)}" if expr.otherwise is not None else ""
        return f"case {whens}{otherwise} end"

    def _rank(self, expr: ir.Rank, home: str) -> str:
        keys = ", ".join(self.text(key.value, home) + (" desc" if key.descending else "") for key in expr.by)
        return f"rank(per {', '.join(self.text(part, home) for part in expr.per)} by {keys})"

    def _aggregate(self, expr: ir.Aggregate) -> str:
        where = f" where {self.text(expr.where, expr.entity)}" if expr.where is not None else ""
        over = self.text(expr.argument) if expr.argument else expr.entity
        return f"{expr.op.value}({over}{where})" + in_brackets(expr.window, expr.across)

    def _child(self, expr: ir.Child) -> str:
        where = f" where {self.text(expr.where, expr.entity)}" if expr.where is not None else ""
        via = f" via {'.'.join(expr.link)}" if expr.link else ""
        over = self.text(expr.argument) if expr.argument is not None else expr.entity
        return f"{expr.op.value}({over}{where}{via})" + ("[ever]" if expr.ever else "")

    # ------------------------------------------------------------------------ sets

    def set(self, found: ir.Set | ir.Outside) -> str:
        """A set by the names of its segments; a sentence without one with all that it says."""
        match found:
            case ir.AllOf(operands):
                return " and ".join(self._operand(operand, (ir.AnyOf,)) for operand in operands)
            case ir.AnyOf(operands):
                return " or ".join(self._operand(operand, ()) for operand in operands)
            case ir.Outside(operand):
                return f"not {self._operand(operand, (ir.AllOf, ir.AnyOf))}"
            case ir.With() | ir.State() | ir.Event() | ir.Always():
                return self._sentence(found)
            case _:
                assert_never(found)

    def _operand(self, found: ir.Set | ir.Outside, loose: tuple[type, ...]) -> str:
        """In parentheses where it is looser than what stands around it, or a sentence without a name."""
        text = self.set(found)
        is_long = isinstance(found, Sentence) and " " in text.split("[")[0]
        return f"({text})" if is_long or isinstance(found, loose) else text

    def _sentence(self, found: Sentence) -> str:
        name, window = self._named(found)
        if name is None:
            name, window = self.sentence(found), () if isinstance(found, ir.Always) else found.window
            name = f"({name})" if window or found.across else name
        return name + in_brackets(window, found.across)

    def _named(self, found: Sentence) -> tuple[str | None, ir.Window]:
        """The segment that says the same, and the steps that selectors have put before its own."""
        window = () if isinstance(found, ir.Always) else found.window
        for name, known in self._segments.items():
            own = () if isinstance(known, ir.Always | ir.AllOf | ir.AnyOf) else known.window
            before = len(window) - len(own)
            if type(known) is type(found) and before >= 0 and window[before:] == own:
                bare = dataclasses.replace(found, across=())
                if not isinstance(bare, ir.Always):
                    bare = dataclasses.replace(bare, window=own)
                if bare == known:
                    return name, window[:before]
        return None, ()

    def sentence(self, found: Sentence) -> str:
        """What it says, without the interval and the grouping."""
        match found:
            case ir.With():
                words, home = f"with {self._rows_of(found)}", found.rows
            case ir.State(entity):
                words, home = (
                    f"while {self.text(found.start, entity)} to {self.text(found.end, entity)}",
                    entity,
                )
            case ir.Event(entity, anchor):
                words, home = f"dated {self.text(anchor, entity)}", entity
            case ir.Always(entity):
                words, home = "", entity
            case _:
                assert_never(found)
        where = f"where {self.text(found.where, home)}" if found.where is not None else ""
        return " ".join(part for part in (found.entity, words, where) if part)

    def _rows_of(self, found: ir.With) -> str:
        """The rows that make members, how they are dated, and what must hold of them."""
        among = f" in {self._operand(found.among, ())}" if found.among is not None else ""
        having = f" that have {self.text(found.having, found.rows)}" if found.having is not None else ""
        dated = f" dated {self.text(found.anchor, found.rows)}" if found.anchor is not None else ""
        return f"{found.rows} via {self.text(found.member, found.rows)}{dated}{among}{having}"


def is_rate(expr: ir.Expr) -> bool:
    """What an amount is multiplied by to be converted: 1 for the project's own currency, else a rate."""
    match expr:
        case ir.Case(whens=(ir.When(value=ir.Literal(value=1)),), otherwise=ir.Child()):
            return True
        case _:
            return False


def converted(expr: ir.Expr) -> ir.Aggregate | None:
    """The aggregate of converted amounts, which is null as soon as one of them has no rate."""
    match expr:
        case ir.Case(
            whens=(ir.When(value=ir.Literal(value=None)),), otherwise=ir.Aggregate(argument=argument)
        ):
            total = expr.otherwise
            is_amount = isinstance(argument, ir.Call) and argument.op is Op.MUL and is_rate(argument.args[1])
            return total if is_amount and isinstance(total, ir.Aggregate) else None
        case _:
            return None


def _tightness(op: Op) -> int:
    return next((n for n, ops in enumerate(_PRECEDENCE) if op in ops), len(_PRECEDENCE))


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


def per_text(expr: ir.Nested) -> str:
    match expr.per:
        case ir.PerKeys(names):
            return ", ".join(names)
        case ir.PerGrain(grain):
            return grain.value.replace("_", " ")
        case _:
            assert_never(expr.per)


# ---------------------------------------------------------------------------- intervals


def in_brackets(window: ir.Window, across: tuple[str, ...]) -> str:
    """Selectors as they are written behind a term: the right-most acts on the period first."""
    lifted = f"[across {' and '.join(across)}]" if across else ""
    return "".join(f"[{_step(step)}]" for step in reversed(window)) + lifted


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
