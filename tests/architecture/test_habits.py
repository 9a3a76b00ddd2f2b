"""Things that do not appear in this project, with the few places that may have them."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from .layout import PACKAGE, ROOT, module_files, python_files, text_files, tree_of

HERE = Path(__file__)

SILENCERS = re.compile(
    r"# type: ignore|# noqa|NotImplementedError|\b(?:TODO|FIXME|XXX)\b|pytest\.(?:mark\.)?(?:skip|xfail)\b"
)
SILENCED: dict[str, str] = {
    "tests/examples/asking.py: pytest.skip": "real data lies outside the project and may be absent",
    "tests/conformance/test_conformance.py: pytest.skip": "so do the cases that others wrote",
    "tests/unit/syntax/test_editor.py: pytest.skip": "an editor's validator needs Node and its package",
}
"""`path: text` → the reason."""

MACHINE_PATHS = re.compile(r"(?<![\w.\-/])/(?:work|opt|root|farm|home|Users)/")
REGISTRIES = re.compile(r"pypi\.org|pythonhosted\.org|anaconda\.org|npmjs\.|--(?:extra-)?index-url")

DIALECTS = {"duckdb", "snowflake", "bigquery", "redshift", "databricks", "spark", "postgres", "mysql"}
DIALECTS |= {"tsql", "trino", "clickhouse", "sqlite", "oracle", "athena", "presto"}

VAGUE = {"utils.py", "util.py", "helpers.py", "helper.py", "common.py", "misc.py"}


def found(pattern: re.Pattern[str], files: tuple[Path, ...]) -> set[str]:
    hits = set()
    for path in files:
        if path == HERE:
            continue
        for match in pattern.finditer(path.read_text(encoding="utf-8", errors="replace")):
            hits.add(f"{path.relative_to(ROOT)}: {match[0]}")
    return hits


def test_nothing_is_silenced() -> None:
    assert found(SILENCERS, python_files()) == set(SILENCED)


def test_no_machine_paths() -> None:
    assert not found(MACHINE_PATHS, text_files())


def test_no_registry_is_named() -> None:
    """Where packages come from is the business of whoever installs."""
    assert not found(REGISTRIES, text_files())


def test_no_vague_names() -> None:
    assert not [path for path in python_files() if path.name in VAGUE]


def test_no_dialect_is_asked_for_outside_dialects() -> None:
    """`if dialect == …` belongs into the table of the dialect."""
    wrong = []
    for path in module_files():
        if path.is_relative_to(PACKAGE / "sql" / "dialects"):
            continue
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.Compare | ast.match_case) and _names_a_dialect(node):
                line = node.lineno if isinstance(node, ast.Compare) else node.pattern.lineno
                wrong.append(f"{path.relative_to(ROOT)}:{line}")
    assert not wrong


def _names_a_dialect(node: ast.Compare | ast.match_case) -> bool:
    where = node if isinstance(node, ast.Compare) else node.pattern
    texts = {item.value for item in ast.walk(where) if isinstance(item, ast.Constant)}
    return bool(texts & DIALECTS)


def test_nodes_hold_no_lists() -> None:
    """A node is shared and hashed, so what it holds is frozen too: tuples."""
    wrong = []
    for path in module_files():
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.ClassDef) and _is_node(node):
                fields = (item for item in node.body if isinstance(item, ast.AnnAssign))
                wrong += [
                    f"{path.relative_to(ROOT)}: {node.name}.{ast.unparse(item.target)}"
                    for item in fields
                    if re.match(r"(list|dict|set)\[", ast.unparse(item.annotation))
                ]
    assert not wrong


def _is_node(node: ast.ClassDef) -> bool:
    return any(ast.unparse(base).endswith("Node") for base in node.bases)
