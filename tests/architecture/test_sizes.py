"""Budgets: a function fits on a screen, a file has one purpose. Exceptions are listed with their reason."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from .layout import ROOT, module_files, tree_of

FUNCTION_LINES = 50
FILE_LINES = 450

LONG_FUNCTIONS: dict[str, str] = {}
"""`path:function` → why it reads better in one piece."""

LONG_FILES: dict[str, str] = {
    "kpilang/ir.py": "the contract of the middle: one family of nodes, read as one document",
    "kpilang/syntax/ast.py": "the contract of the front: one family of nodes, read as one document",
}
"""path → why it is not two files."""


def short(path: Path) -> str:
    return str(path.relative_to(ROOT))


def functions(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, (node.end_lineno or node.lineno) - node.lineno + 1


def test_functions_are_short() -> None:
    long = {
        f"{short(path)}:{name}": lines
        for path in module_files()
        for name, lines in functions(path)
        if lines > FUNCTION_LINES
    }
    assert set(long) == set(LONG_FUNCTIONS), long


def test_the_usual_function_is_shorter_still() -> None:
    lengths = sorted(lines for path in module_files() for _, lines in functions(path))
    assert lengths[len(lengths) // 2] <= 10
    assert lengths[len(lengths) * 9 // 10] <= 30


def test_files_are_short() -> None:
    long = {}
    for path in module_files():
        lines = path.read_text(encoding="utf-8").count("\n")
        if lines > FILE_LINES:
            long[short(path)] = lines
    assert set(long) == set(LONG_FILES), long


def test_every_module_says_where_it_stands() -> None:
    silent = [
        short(path) for path in module_files() if tree_of(path).body and not ast.get_docstring(tree_of(path))
    ]
    assert not silent
