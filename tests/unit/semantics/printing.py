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
        case _:
            assert_never(expr)


def _aggregate(expr: ir.Aggregate) -> str:
    across = f" across {' and '.join(expr.across)}" if expr.across else ""
    anchor = ".".join((*expr.anchor.steps, expr.anchor.name))
    parameter = f" {expr.parameter.value}" if expr.parameter is not None else ""
    return f"{expr.op.value}{parameter} {expr.entity} by {anchor}{_window(expr.window)}{across}"


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
        case ir.Rank(per=per, by=by):
            yield from (("per", part) for part in per)
            yield from (("by desc" if key.descending else "by", key.value) for key in by)
        case _:
            return
