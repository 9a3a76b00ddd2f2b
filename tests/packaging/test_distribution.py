"""What is shipped is whole: wheel, source archive and editable install all find the grammar and the library.

The wheel is built from the source archive, as whoever packages kpilang would, and run with nothing of the
repository in sight and none of the packages that only developers have.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import textwrap
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DEVELOPERS = (
    "pytest",
    "pyarrow",
    "numpy",
    "pandas",
    "interegular",
    "jsonschema",
    "ruamel",
    "mypy",
    "hatchling",
)

SPEC = """
entities:
  orders:
    table: orders
    key: order_id
    time: ordered_on
    columns:
      order_id: id
      ordered_on: date
      amount: money(EUR)
kpis:
  revenue: sum(orders.amount)
"""
ORDERS = "order_id,ordered_on,amount\n1,2024-01-05,0.1\n2,2024-01-06,0.2\n"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the source archive and the wheel made of it."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture(scope="module")
def installed(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, unpacked as an installer would."""
    site = tmp_path_factory.mktemp("site")
    with zipfile.ZipFile(next(built.glob("*.whl"))) as wheel:
        wheel.extractall(site)
    return site


def python(site: Path, program: str, cwd: Path) -> str:
    """The output of a program that sees the wheel and what kpilang depends on, none of the developers'."""
    shield = f"""
        import sys
        class Shield:
            def find_spec(self, name, path=None, target=None):
                if name.split(".")[0] in {DEVELOPERS!r}:
                    raise ModuleNotFoundError(name, name=name)
        sys.meta_path.insert(0, Shield())
        sys.path.insert(0, {str(site)!r})
    """
    text = textwrap.dedent(shield) + textwrap.dedent(program)
    environment = {**os.environ, "KPILANG_CACHE": str(cwd / "cache"), "PYTHONPATH": ""}
    done = subprocess.run(
        [sys.executable, "-c", text], capture_output=True, text=True, cwd=cwd, env=environment, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_source_archive_holds_all_that_the_wheel_needs(built: Path) -> None:
    with tarfile.open(next(built.glob("*.tar.gz"))) as archive:
        names = {name.split("/", 1)[1] for name in archive.getnames() if "/" in name}
    assert {"grammar/kpi.lark", "specs/README.md", "kpilang/py.typed", "LICENSE", "README.md"} <= names
    assert not [name for name in names if name.startswith((".venv", "build/", "dist/"))]


def test_the_wheel_holds_grammar_and_library_but_no_tests(built: Path) -> None:
    with zipfile.ZipFile(next(built.glob("*.whl"))) as wheel:
        names = set(wheel.namelist())
    pages = {
        f"kpilang/diagnostics/pages/{page.name}" for page in (ROOT / "kpilang/diagnostics/pages").iterdir()
    }
    assert {"kpilang/_grammar/kpi.lark", "kpilang/_specs/kpilang.yml", "kpilang/py.typed"} | pages <= names
    assert not [name for name in names if name.split("/")[0] not in ("kpilang", f"{_stem(built)}.dist-info")]


def test_the_wheel_runs_on_its_own(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "orders.yml").write_text(SPEC)
    (tmp_path / "data").mkdir()
    (tmp_path / "data/orders.csv").write_text(ORDERS)
    program = """
        import kpilang
        from kpilang.syntax.grammar import grammar_path
        from kpilang.resources import folder
        result = kpilang.load(".").query("revenue", from_="2024-01-01", to="2024-02-01").run()
        print(kpilang.__file__)
        print(grammar_path().parent)
        print(folder("specs"))
        print(result.rows)
    """
    module, grammar, specs, rows = python(installed, program, tmp_path).splitlines()
    assert Path(module).parent == installed / "kpilang"
    assert Path(grammar) == installed / "kpilang/_grammar" and Path(specs) == installed / "kpilang/_specs"
    assert rows == "((Decimal('0.300000'),),)"


def test_the_command_of_the_wheel_runs_on_its_own(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "orders.yml").write_text(SPEC)
    program = """
        import sys
        from kpilang.cli import main
        sys.argv = ["kpilang", "compile", "revenue", "--from", "2024-01-01", "--to", "2024-02-01"]
        sys.exit(main())
    """
    assert "SUM(" in python(installed, program, tmp_path).upper()


def test_the_library_of_the_wheel_is_imported(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "orders.yml").write_text(SPEC)
    (tmp_path / "kpilang.yml").write_text("imports:\n  - std\n")
    (tmp_path / "data").mkdir()
    (tmp_path / "data/orders.csv").write_text(ORDERS)
    program = """
        import kpilang
        query = kpilang.load(".").query("growth(revenue)", from_="2024-01-06", to="2024-01-07", grain="day")
        print(query.run().rows[0][-1])
    """
    assert python(installed, program, tmp_path).strip() == "1.0"


def test_an_editable_install_reads_the_repository() -> None:
    from kpilang.resources import folder

    assert folder("grammar") == ROOT / "grammar" and folder("specs") == ROOT / "specs"


def _stem(built: Path) -> str:
    return "-".join(next(built.glob("*.whl")).name.split("-")[:2])
