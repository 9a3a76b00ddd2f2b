"""Trees as S-expressions, for the corpus: node names, and fields that say something."""

from __future__ import annotations

import dataclasses
from decimal import Decimal

from kpilang.nodes import Node
from kpilang.syntax import ast

WIDTH = 96


def sexp(node: object, indent: int = 0) -> str:
    """On one line where it fits, else one child a line."""
    short = _line(node)
    if len(short) + indent <= WIDTH or not isinstance(node, Node) or isinstance(node, ast.Path | ast.Name):
        return short
    inner = " " * (indent + 2)
    parts = [f"{inner}{_labelled(label, value, indent + 2)}" for label, value in _parts(node)]
    return "\n".join([f"({type(node).__name__}", *parts]) + ")"


def _labelled(label: str, value: object, indent: int) -> str:
    return f"{label}{sexp(value, indent + len(label))}"


def _line(node: object) -> str:
    match node:
        case ast.Name(text, quoted):
            return f"`{text}`" if quoted else text
        case ast.Path(names):
            return ".".join(map(_line, names))
        case Node():
            return (
                "("
                + " ".join([type(node).__name__, *(f"{label}{_line(v)}" for label, v in _parts(node))])
                + ")"
            )
        case tuple():
            return "[" + " ".join(map(_line, node)) + "]"
        case Decimal():
            return f"{node:f}"
        case bool():
            return str(node).lower()
        case _:
            return repr(node)


def _parts(node: Node) -> list[tuple[str, object]]:
    """Required fields bare and in order, optional ones with their names where they are not the default."""
    parts: list[tuple[str, object]] = []
    for field in dataclasses.fields(node):
        value = getattr(node, field.name)
        if field.name == "span" or (field.default is not dataclasses.MISSING and value == field.default):
            continue
        is_required = field.default is dataclasses.MISSING
        if is_required and isinstance(value, tuple):
            parts += [("", item) for item in value]
        else:
            parts.append(("" if is_required else f"{field.name}: ", value))
    return parts
