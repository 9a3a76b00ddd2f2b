"""The base of every tree in the house: frozen dataclasses that compare by meaning, not by place.

`Node` carries the span it came from, which takes no part in equality, hashing or `repr`; so tests
compare trees without caring about positions, and equal terms can be shared.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from kpilang.frozen import dataclass
from kpilang.source import NOWHERE, Span


@dataclass(frozen=True, slots=True)
class Node:
    """A place in the source (`span`) and, in the subclasses, what was found there."""

    span: Span = dataclasses.field(default=NOWHERE, kw_only=True, compare=False, repr=False)


N = TypeVar("N", bound=Node)


def children(node: Node) -> Iterator[Node]:
    """The nodes directly below, in the order of the fields; tuples are looked into."""
    for item in dataclasses.fields(node):
        yield from _nodes_in(getattr(node, item.name))


def walk(node: Node) -> Iterator[Node]:
    """The node and all nodes below it, parents first."""
    stack = [node]
    while stack:
        here = stack.pop()
        yield here
        stack.extend(reversed(list(children(here))))


def map_children(node: N, change: Callable[[Any], Any]) -> N:
    """The same node with `change` applied to every child; the node itself when nothing changed."""
    changed: dict[str, Any] = {}
    for item in dataclasses.fields(node):
        before = getattr(node, item.name)
        after = _mapped(before, change)
        if after is not before:
            changed[item.name] = after
    return dataclasses.replace(node, **changed) if changed else node


def _nodes_in(value: object) -> Iterator[Node]:
    if isinstance(value, Node):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from _nodes_in(item)


def _mapped(value: object, change: Callable[[Any], Any]) -> object:
    if isinstance(value, Node):
        return change(value)
    if isinstance(value, tuple):
        items = tuple(_mapped(item, change) for item in value)
        return items if any(a is not b for a, b in zip(items, value, strict=True)) else value
    return value
