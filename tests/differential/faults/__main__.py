"""`python -m tests.differential.faults [--fault NAME …] [--worlds 2000] [--seed 1]`.

For each fault: copy kpilang, plant the fault in the copy, search in a process of its own that imports it,
until the first difference. Prints fault → number of worlds; exits with 1 if one was not found.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.differential.choices import Seeded
from tests.differential.faults import ROOT, Fault, faults
from tests.differential.faults.hunt import prepare
from tests.differential.search import judge
from tests.differential.worlds import world

SHARED = ("grammar", "specs", "pyproject.toml", "tests")
"""What kpilang finds beside itself in a repository, and the search."""


def search(fault: Fault, worlds: Path, seed: int) -> str:
    """How many of the prepared worlds it took; `not found`, or what went wrong.

    If the code of today fails in that world by itself, that is said instead.
    """
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        shutil.copytree(ROOT / "kpilang", copy / "kpilang", ignore=shutil.ignore_patterns("__pycache__"))
        for name in SHARED:
            (copy / name).symlink_to(ROOT / name)
        path = copy / fault.file
        path.write_text(fault.planted(path.read_text("utf-8")), "utf-8")
        where = Path(fault.file).parts[1]
        command = [sys.executable, "-m", "tests.differential.faults.hunt", str(worlds), fault.found, where]
        done = subprocess.run(command, cwd=copy, capture_output=True, text=True, check=False)
    found = done.stdout.strip() or done.stderr.strip().splitlines()[-1]
    if found.isdecimal() and judge(world(Seeded(seed, int(found) - 1))).is_fault:
        return f"world {found} fails without the fault"
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fault", action="append", help="only this one; may be given again")
    parser.add_argument("--worlds", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    chosen = [fault for fault in faults() if options.fault is None or fault.name in options.fault]
    missed = 0
    print("| fault | what went wrong | worlds |\n|---|---|--:|")
    with tempfile.TemporaryDirectory() as folder:
        worlds = Path(folder) / "worlds"
        prepare(options.worlds, options.seed, worlds)
        for fault in chosen:
            found = search(fault, worlds, options.seed)
            missed += not found.isdecimal()
            print(f"| {fault.name} | {fault.mistake} | {found} |", flush=True)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
