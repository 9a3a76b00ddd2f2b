"""What the tests of this folder know of the project: its files, its modules, who imports whom."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "kpilang"
SUFFIXES = {
    ".py",
    ".md",
    ".yml",
    ".yaml",
    ".lark",
    ".toml",
    ".txt",
    ".json",
    ".sql",
    ".csv",
    ".cfg",
    ".sh",
    "",
}
NOT_OURS = {"build", "dist", "node_modules"}


def module_files() -> tuple[Path, ...]:
    return tuple(sorted(PACKAGE.rglob("*.py")))


def python_files() -> tuple[Path, ...]:
    return tuple(path for path in text_files() if path.suffix == ".py")


@cache
def text_files() -> tuple[Path, ...]:
    """All files of the project that a person may read; caches, environments and results left out."""
    return tuple(sorted(_below(ROOT)))


def _below(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        hidden = path.name.startswith(".") and path.name != ".ci"
        if hidden or path.name in NOT_OURS or path.name == "__pycache__" or path.suffix == ".egg-info":
            continue
        if path.is_dir():
            yield from _below(path)
        elif path.suffix in SUFFIXES:
            yield path


def name_of(path: Path) -> str:
    """`kpilang.syntax.ast` of its file; a package is named by its folder."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


@cache
def modules() -> frozenset[str]:
    return frozenset(name_of(path) for path in module_files())


def imports_of(path: Path) -> Iterator[tuple[str, ast.Import | ast.ImportFrom]]:
    """Modules of ours that a file imports, each with the statement."""
    for node in ast.walk(tree_of(path)):
        match node:
            case ast.Import(names=names):
                for name in names:
                    if name.name.split(".")[0] == "kpilang":
                        yield name.name, node
            case ast.ImportFrom(module=str(module), names=names, level=0) if (
                module.split(".")[0] == "kpilang"
            ):
                for name in names:
                    below = f"{module}.{name.name}"
                    yield (below if below in modules() else module), node
            case ast.ImportFrom(level=level) if level:
                yield "." * level + (node.module or ""), node
            case _:
                pass
