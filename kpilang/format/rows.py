"""Where rows of data stand: the flow style that is no expression and reads best as it is."""

from __future__ import annotations

from collections.abc import Iterator

from kpilang.format.reading import Reading
from kpilang.nodes import walk
from kpilang.syntax.spec import TestDecl
from kpilang.syntax.yaml_tree import Mapping, Scalar, Sequence, Tree

_DATA = ("given", "expect")


def rows(reading: Reading) -> frozenset[int]:
    """Where collections begin that hold rows, given or expected by a test, or that stand in `meta`."""
    tests = {node.span.start for node in walk(reading.declared) if isinstance(node, TestDecl)}
    return frozenset(_data(reading.tree, tests, False))


def _data(tree: Tree | None, tests: set[int], inside: bool) -> Iterator[int]:
    match tree:
        case Mapping():
            if inside:
                yield tree.span.start
            is_test = tree.span.start in tests
            for entry in tree.entries:
                is_data = entry.key.value == "meta" or (is_test and entry.key.value in _DATA)
                yield from _data(entry.value, tests, inside or is_data)
        case Sequence():
            if inside:
                yield tree.span.start
            for item in tree.items:
                yield from _data(item, tests, inside)
        case Scalar() | None:
            return
