"""Typed IR as text for eyes: one node a line, each with its type, what it is made of indented below."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import assert_never

from kpilang import ir
from kpilang.semantics.selectors import words
from kpilang.types import Exactness, Type


def printed(expr: ir.Expr) -> str:
    return "\n".join(_lines(expr, ""))


def typed(type_: Type) -> str:
    parts = [str(type_)]
    if type_.scale is not None:
        parts.append(f"scale {type_.scale}")
    if type_.entity is not None:
        parts.append(f"of {type_.entity}")
    if type_.exactness is not Exactness.EXACT:
        parts.append(type_.exactness.name.lower())
    if type_.nullable:
        parts.append("null")
    return ", ".join(parts)


def _lines(expr: ir.Expr, indent: str) -> Iterator[str]:
    yield f"{indent}{_head(expr)} : {typed(expr.type)}"
    for name, part in _parts(expr):
        if name:
            yield f"{indent}  {name}"
        yield from _lines(part, indent + ("    " if name else "  "))
    if isinstance(expr, ir.CountOf | ir.Member):
        yield from _set_lines(expr.set, indent + "  ")


def _head(expr: ir.Expr) -> str:
    match expr:
        case ir.Literal(value=value):
            return (
                value.isoformat()
                if isinstance(value, datetime)
                else repr(value)
                if isinstance(value, str)
                else str(value)
            )
        case ir.Field(steps=steps, name=name):
            return ".".join((*steps, name))
        case ir.Outer(field=field):
            return "this." + ".".join((*field.steps, field.name))
        case ir.Raw(path=path):
            return "raw " + ".".join(path)
        case ir.Call(op=op):
            return op.value
        case ir.Case():
            return "case"
        case ir.Aggregate():
            return _aggregate(expr)
        case ir.PeriodValue(part=part, window=window):
            return f"period.{part.value}{_window(window)}"
        case ir.Child(op=op, entity=entity, link=link, ever=ever):
            via = f" via {'.'.join(link)}" if link else " all"
            return f"{op.value} {entity}{via}{' ever' if ever else ''}"
        case ir.Rank():
            return "rank"
        case ir.CountOf(across=across):
            return f"count of{_across(across)}"
        case ir.Member():
            return "in"
        case ir.Nested(op=op, per=per, window=window, across=across):
            return f"{op.value} per {_per(per)}{_window(window)}{_across(across)}"
        case _:
            assert_never(expr)


def _aggregate(expr: ir.Aggregate) -> str:
    parameter = f" {expr.parameter.value}" if expr.parameter is not None else ""
    dated = _dated(expr.anchor)
    return f"{expr.op.value}{parameter} {expr.entity}{dated}{_window(expr.window)}{_across(expr.across)}"


def _dated(anchor: ir.Field | None) -> str:
    return "" if anchor is None else f" by {'.'.join((*anchor.steps, anchor.name))}"


def _across(across: tuple[str, ...]) -> str:
    return f" across {' and '.join(across)}" if across else ""


def _per(per: ir.PerKeys | ir.PerGrain) -> str:
    return per.grain.value if isinstance(per, ir.PerGrain) else " and ".join(per.names)


def _set_lines(term: ir.Set | ir.Outside, indent: str) -> Iterator[str]:
    match term:
        case ir.AllOf(operands=operands) | ir.AnyOf(operands=operands):
            yield f"{indent}{'all of' if isinstance(term, ir.AllOf) else 'any of'}"
            for operand in operands:
                yield from _set_lines(operand, indent + "  ")
        case ir.Outside(operand=operand):
            yield f"{indent}outside"
            yield from _set_lines(operand, indent + "  ")
        case ir.With():
            head = f"{term.entity} with {term.rows}{_dated(term.anchor)}"
            yield f"{indent}{head}{_window(term.window)}{_across(term.across)}"
            yield from _named_lines(
                {"member": term.member, "where": term.where, "having": term.having}, indent
            )
            if term.among is not None:
                yield f"{indent}  among"
                yield from _set_lines(term.among, indent + "    ")
        case ir.State():
            yield f"{indent}{term.entity} while{_window(term.window)}{_across(term.across)}"
            yield from _named_lines({"from": term.start, "to": term.end, "where": term.where}, indent)
        case ir.Event():
            head = f"{term.entity} dated {term.anchor.name}"
            yield f"{indent}{head}{_window(term.window)}{_across(term.across)}"
            yield from _named_lines({"where": term.where}, indent)
        case ir.Always():
            yield f"{indent}{term.entity} always{_across(term.across)}"
            yield from _named_lines({"where": term.where}, indent)
        case _:
            assert_never(term)


def _named_lines(parts: dict[str, ir.Expr | None], indent: str) -> Iterator[str]:
    for name, part in parts.items():
        if part is not None:
            yield f"{indent}  {name}"
            yield from _lines(part, indent + "    ")


def _window(window: ir.Window) -> str:
    """As it is written: what acts on the period first stands last."""
    return "".join(f"[{words(step)}]" for step in reversed(window))


def _parts(expr: ir.Expr) -> Iterator[tuple[str, ir.Expr]]:
    match expr:
        case ir.Call(args=args):
            yield from (("", arg) for arg in args)
        case ir.Case(whens=whens, otherwise=otherwise):
            for when in whens:
                yield "when", when.condition
                yield "then", when.value
            if otherwise is not None:
                yield "else", otherwise
        case ir.Aggregate(argument=argument, where=where):
            if argument is not None:
                yield "", argument
            if where is not None:
                yield "where", where
        case ir.Child(argument=argument, where=where, interval=interval):
            if argument is not None:
                yield "", argument
            if where is not None:
                yield "where", where
            if interval is not None:
                yield "from", interval[0]
                yield "to", interval[1]
        case ir.Member(key=key):
            yield "", key
        case ir.Nested(value=value, per=keys):
            yield "", value
            for entity, path in keys.paths if isinstance(keys, ir.PerKeys) else ():
                yield from ((f"for {entity}", part) for part in path)
        case ir.Rank(per=per, by=by):
            yield from (("per", part) for part in per)
            yield from (("by desc" if key.descending else "by", key.value) for key in by)
        case _:
            return
