"""Imports point one way, form no circle and stand at the top of their files."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from .layout import ROOT, imports_of, module_files, modules, name_of, tree_of

LAYERS = (
    ("source", "zones", "terminal", "resources"),
    ("nodes",),
    ("diagnostics",),
    ("errors",),
    ("types",),
    ("syntax",),
    ("ir",),
    ("functions", "results"),
    ("semantics",),
    ("plan",),
    ("sql",),
    ("engines", "testing", "interop", "report"),
    ("errors", "files", "codes"),
    ("project",),
    ("cli",),
)
"""From the ground up; a part imports parts below its own layer, and itself."""

ELSEWHERE = {
    # part: the parts it may import, whatever the layers say
    "reference": {"ir", "types", "source", "nodes", "zones"},
}
"""The reference is the second opinion, so it shares nothing with what it judges but the question."""

SYNTAX_READERS = {"syntax", "semantics", "project", "cli", "testing"}
"""Who may look at syntax: `plan` and below it know the typed IR only."""

LAZY = {
    # (module, imported): why it is not imported at the top
    ("kpilang/syntax/grammar.py", "kpilang.syntax.lark_table"): "imports Lark, which a cached table spares",
}


def part_of(module: str) -> str:
    pieces = module.split(".")
    return pieces[1] if len(pieces) > 1 else ""


def allowed(part: str) -> set[str]:
    if part in ELSEWHERE:
        return ELSEWHERE[part] | {part}
    rank = next(index for index, layer in enumerate(LAYERS) if part in layer)
    below = {name for layer in LAYERS[:rank] for name in layer} | {part, ""}
    if part == "testing":
        below.add("reference")
    return below if part in SYNTAX_READERS else below - {"syntax"}


@pytest.mark.parametrize("path", module_files(), ids=name_of)
def test_imports_point_down(path: Path) -> None:
    part = part_of(name_of(path))
    if part in ("", "__main__"):
        return
    known = {name for layer in LAYERS for name in layer} | set(ELSEWHERE)
    assert part in known, f"`{part}` is in no layer; add it to LAYERS and to docs/ARCHITECTURE.md"
    wrong = {module for module, _ in imports_of(path) if part_of(module) not in allowed(part)}
    assert not wrong, f"{name_of(path)} may not import {sorted(wrong)}"


@pytest.mark.parametrize("path", module_files(), ids=name_of)
def test_imports_are_absolute(path: Path) -> None:
    assert not [name for name, _ in imports_of(path) if name.startswith(".")]


def test_no_cycles() -> None:
    """No module needs itself, by whatever way round."""
    graph = {name_of(path): {name for name, _ in imports_of(path)} & modules() for path in module_files()}
    del graph["kpilang"]  # imports what it names when that is first used
    done: set[str] = set()

    def visit(module: str, trail: tuple[str, ...]) -> None:
        assert module not in trail, " → ".join((*trail[trail.index(module) :], module))
        if module in done:
            return
        for other in sorted(graph[module] & set(graph) - {module}):
            visit(other, (*trail, module))
        done.add(module)

    for module in sorted(graph):
        visit(module, ())


def test_indented_imports_are_listed() -> None:
    """An import below the top hides a dependency; each is on the list with its reason, and no other is."""
    found = set()
    for path in module_files():
        top = set(map(id, tree_of(path).body))
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.Import | ast.ImportFrom) and id(node) not in top:
                module = node.module if isinstance(node, ast.ImportFrom) else node.names[0].name
                found.add((str(path.relative_to(ROOT)), str(module)))
    assert found == set(LAZY)
