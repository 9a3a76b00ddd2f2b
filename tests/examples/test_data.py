"""The committed data is what the generators write, and small."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import duckdb
import pytest

from .asking import EXAMPLES

GENERATORS = sorted(EXAMPLES.glob("*/generate.py"))


def load(path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """A generator as a module, though it lies in no package; dataclasses look their module up."""
    name = f"generate_{path.parent.name}"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, name, module)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("path", GENERATORS, ids=lambda path: path.parent.name)
def test_the_generator_writes_the_committed_data(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = load(path, monkeypatch)
    module.write(tmp_path, module.generate())
    committed = sorted((path.parent / "data").iterdir())
    assert [file.name for file in committed] == sorted(file.name for file in tmp_path.iterdir())
    for file in committed:
        assert rows(file) == rows(tmp_path / file.name), file.name


def rows(file: Path) -> list[tuple[object, ...]]:
    """In the order of the file, which is part of what is committed."""
    with duckdb.connect() as connection:
        return connection.execute(f"from '{file}'").fetchall()


def test_the_examples_are_small() -> None:
    assert sum(path.stat().st_size for path in EXAMPLES.rglob("data/*")) < 2_000_000
