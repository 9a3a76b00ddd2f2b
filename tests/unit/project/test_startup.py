"""What a command does not need is not imported: the tool is to feel instant."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
SHOP = ["--project", str(ROOT / "examples/shop")]
RANGE = ["--from", "2024-01-01", "--to", "2024-02-01"]
HEAVY = {"duckdb", "hypothesis", "pyarrow", "pandas", "numpy", "lark"}

PROGRAM = """
import sys
from kpilang.cli import main
sys.argv = ["kpilang", *sys.argv[1:]]
try:
    main()
except SystemExit:
    pass
print("\\n".join(["modules:", *sys.modules]))
"""


def imported(*arguments: str, program: str = PROGRAM) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=True, cwd=ROOT
    )
    return set(done.stdout.rpartition("modules:")[2].split())


@pytest.mark.parametrize(
    ("arguments", "without"),
    [
        (["--help"], HEAVY | {"sqlglot", "yaml", "kpilang.syntax.parser"}),
        (["run", "--help"], HEAVY | {"sqlglot"}),
        (["check", *SHOP], HEAVY | {"sqlglot", "kpilang.plan", "kpilang.engines"}),
        (["list", *SHOP], HEAVY | {"sqlglot", "kpilang.plan", "kpilang.engines"}),
        (["compile", "revenue", *RANGE, *SHOP], HEAVY | {"kpilang.engines", "kpilang.testing"}),
        (["run", "revenue", *RANGE, *SHOP], HEAVY - {"duckdb"} | {"kpilang.testing"}),
    ],
)
def test_nothing_heavy_is_imported(arguments: list[str], without: set[str]) -> None:
    modules = imported(*arguments)
    assert "kpilang" in modules and not modules & without


def test_the_package_alone_imports_nothing() -> None:
    program = "import sys, kpilang; print('modules:'); print('\\n'.join(sys.modules))"
    assert not [name for name in imported(program=program) if name.startswith("kpilang.")]
