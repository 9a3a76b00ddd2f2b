"""How large an expression may become when all it refers to is written out.

KPIs are put in the place of their names, so a few lines can stand for millions of terms, or for more levels
than the recursive stages behind this one have stack for.
"""

from __future__ import annotations

from kpilang.diagnostics import Diagnostics
from kpilang.nodes import Node, children
from kpilang.semantics.errors import sizes
from kpilang.source import Span

MOST_TERMS = 5_000
"""Nodes of one expression."""
MOST_LEVELS = 100
"""How deep they may lie in one another."""


def is_small(name: str, value: Node, span: Span, diags: Diagnostics) -> bool:
    """Whether an expression, all it refers to written out, is within what later stages are built for."""
    stack: list[tuple[Node, int]] = [(value, 1)]
    count = 0
    while stack:
        node, level = stack.pop()
        count += 1
        if count > MOST_TERMS:
            diags.add(sizes.too_large(name, MOST_TERMS, span))
            return False
        if level > MOST_LEVELS:
            diags.add(sizes.too_nested(name, span))
            return False
        stack.extend((child, level + 1) for child in children(node))
    return True
