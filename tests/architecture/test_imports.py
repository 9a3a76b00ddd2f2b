"""Imports point one way, form no circle and stand at the top of their files."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from .layout import imports_of, module_files, modules, name_of, tree_of

LAYERS = (
    ("source", "zones", "terminal", "resources", "frozen"),
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
    ("engines", "interop", "report", "format"),
    ("testing",),
    ("errors", "files", "codes"),
    ("packages",),
    ("project",),
    ("cli",),
)
"""From the ground up; a part imports parts below its own layer, and itself."""

ELSEWHERE = {
    # part: the parts it may import, whatever the layers say
    "reference": {"ir", "types", "source", "nodes", "zones"},
}
"""The reference is the second opinion, so it shares nothing with what it judges but the question."""

SYNTAX_READERS = {"syntax", "format", "semantics", "packages", "project", "cli", "testing"}
"""Who may look at syntax: `plan` and below it know the typed IR only."""

LAZY = {
    "kpilang": {
        "kpilang.diagnostics": "public names are imported when they are first used",
        "kpilang.project": "public names are imported when they are first used",
        "kpilang.results": "public names are imported when they are first used",
    },
    "kpilang.frozen": {
        "dataclasses": "type checkers are to see the standard decorator",
    },
    "kpilang.project": {
        "kpilang.plan": "checking a spec needs no planner",
        "kpilang.sql": "checking a spec needs no SQL",
        "kpilang.engines": "compiling needs no database",
        "kpilang.engines.errors": "compiling needs no database",
        "kpilang.engines.extent": "compiling needs no database",
        "kpilang.engines.frames": "pandas is an extra",
        "kpilang.report.arrow": "pyarrow is an extra",
    },
    "kpilang.syntax.grammar": {
        "kpilang.syntax.lark_table": "Lark is needed to build the table, which is then kept",
    },
}
"""Module → what it imports below its top, for types or late, and why."""


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
    found: dict[str, set[str]] = {}
    for path in module_files():
        top = set(map(id, tree_of(path).body))
        late = {module for module, statement in imports_of(path) if id(statement) not in top}
        late.update(_foreign(path, top))
        if late:
            found[name_of(path)] = late
    assert found == {module: set(reasons) for module, reasons in LAZY.items()}


def _foreign(path: Path, top: set[int]) -> Iterator[str]:
    """Packages of others that are imported late."""
    for node in ast.walk(tree_of(path)):
        match node:
            case ast.Import(names=names) if id(node) not in top:
                yield from (name.name for name in names if name.name.split(".")[0] != "kpilang")
            case ast.ImportFrom(module=str(module)) if id(node) not in top and not module.startswith(
                "kpilang"
            ):
                yield module
            case _:
                pass
