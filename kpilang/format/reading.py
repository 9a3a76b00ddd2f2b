"""A file read whole: its YAML tree, its declarations, and every expression in it as a tree."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from kpilang.diagnostics import Diagnostic, Diagnostics, Severity
from kpilang.nodes import map_children, walk
from kpilang.source import NOWHERE, Source
from kpilang.syntax import ast, spec
from kpilang.syntax.errors.files import BOOLEAN_KEY, FLOW_STYLE
from kpilang.syntax.parser import parse
from kpilang.syntax.reader import read_project, read_spec
from kpilang.syntax.yaml_tree import Mapping, Scalar, Sequence, Tree, read_tree

Declarations = spec.SpecFile | spec.ProjectDecl


@dataclass(frozen=True)
class Written:
    """An expression of the file: the start symbol and the tree."""

    start: spec.Start
    tree: ast.Tree


Known = dict[tuple[spec.Start, str], ast.Tree]


@dataclass(frozen=True)
class Reading:
    """`expressions` are those in scalars, by the place where the scalar begins; `known` are all trees by
    their texts, so that no text is parsed twice."""

    source: Source
    tree: Tree | None
    declared: Declarations
    expressions: dict[int, Written]
    known: Known
    findings: tuple[Diagnostic, ...]

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        return tuple(item for item in self.findings if item.severity is Severity.ERROR)

    @property
    def is_clear(self) -> bool:
        """Whether there is a tree, and nothing is wrong but what another form mends."""
        mends = all(item.code in (FLOW_STYLE, BOOLEAN_KEY) for item in self.errors)
        return not self.errors or (mends and self.tree is not None)


def read_again(before: Reading, text: str, is_project: bool) -> Reading:
    """Another form of the same file."""
    if text == before.source.text:
        return before
    return read(Source(before.source.name, text), is_project, before.known)


def read(source: Source, is_project: bool, known: Known | None = None) -> Reading:
    """The file as a spec file, or as a `kpilang.yml`."""
    trees = {} if known is None else known
    diags = Diagnostics()
    tree = read_tree(source, Diagnostics())
    declared: Declarations = read_project(source, diags) if is_project else read_spec(source, diags)
    starts = sorted(scalar.span.start for scalar in scalars(tree))
    expressions: dict[int, Written] = {}
    for node in walk(declared):
        if isinstance(node, spec.Embedded):
            parsed = trees.get((node.start, node.text)) or parse(node, diags)
            if parsed is not None:
                trees[node.start, node.text] = parsed
                expressions[_holder(starts, node)] = Written(node.start, parsed)
    return Reading(source, tree, declared, expressions, trees, tuple(diags))


def scalars(tree: Tree | None) -> Iterator[Scalar]:
    """All scalars of a tree in the order of the text, keys among them."""
    match tree:
        case Scalar():
            yield tree
        case Mapping():
            for entry in tree.entries:
                yield entry.key
                yield from scalars(entry.value)
        case Sequence():
            for item in tree.items:
                yield from scalars(item)


def meaning(reading: Reading) -> object:
    """The declarations with each expression in place of its text, and without places, for comparison."""

    def parsed(node: Any) -> Any:
        if isinstance(node, spec.Embedded):
            return reading.known.get((node.start, node.text))
        if isinstance(node, spec.TestDecl):
            given = tuple((name, tuple((NOWHERE, row) for _, row in rows)) for name, rows in node.given)
            node = replace(node, given=given)
        return map_children(node, parsed)

    return parsed(reading.declared)


def _holder(starts: list[int], embedded: spec.Embedded) -> int:
    """The begin of the scalar that holds the expression: at its own, or before a quote or a sign."""
    return starts[bisect_right(starts, embedded.span.start) - 1]
