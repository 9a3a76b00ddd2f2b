"""How long a first answer takes: `kpilang compile` of one KPI, from a cold process.

    make bench          or: python tests/benchmarks/cold_start.py [PAIRS]

The yardstick is a Python process that imports sqlglot and transpiles one query, in the same environment: a
fresh one with the wheel installed, as a user has it. The two run in pairs, one after the other, so that what
else the machine does falls on both; medians are compared. Target: at most 2.5 times the yardstick. The table
of the grammar is in the user's cache, the files are in the page cache; compiled SQL is never kept.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path

ROOT = Path(__file__).parents[2]
TARGET = 2.5
YARDSTICK = (
    "import sqlglot; sqlglot.transpile('select a, sum(b) from t group by a', read='duckdb', write='duckdb')"
)


def install(folder: Path) -> Path:
    """A fresh environment with the wheel; gives its folder of programs."""
    print("making an environment with the wheel …", file=sys.stderr)
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "wheel", "--no-deps", "--wheel-dir", str(folder), str(ROOT)], check=True)
    venv.create(folder / "venv", with_pip=True)
    programs = folder / "venv" / ("Scripts" if os.name == "nt" else "bin")
    (wheel,) = folder.glob("kpilang-*.whl")
    pip[0] = str(programs / "python")
    subprocess.run([*pip, "install", str(wheel)], check=True)
    return programs


def seconds(command: list[str], folder: Path) -> float:
    start = time.perf_counter()
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def main(pairs: int) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        programs = install(folder)
        example = ROOT / "examples" / "shop"
        words = ["--by", "channel", "--grain", "month", "--from", "2024-01-01", "--to", "2024-07-01"]
        ours = [str(programs / "kpilang"), "compile", "revenue", "--project", str(example), *words]
        theirs = [str(programs / "python"), "-c", YARDSTICK]
        for command in (ours, theirs):
            seconds(command, folder)
        times = [(seconds(ours, folder), seconds(theirs, folder)) for _ in range(pairs)]
    mine, yardstick = (statistics.median(column) for column in zip(*times, strict=True))
    ratio = statistics.median(a / b for a, b in times)
    print(f"kpilang compile revenue      {mine * 1000:7.0f} ms   median of {pairs}")
    print(f"import sqlglot, transpile    {yardstick * 1000:7.0f} ms")
    print(f"ratio of the pairs           {ratio:7.2f}      target: at most {TARGET}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 21)
