"""The error corpus: folders `errors/KPI###-slug[--what]`, each the smallest input of one finding.

A folder holds `expected.txt` and what the command line needs: usually `spec.yml`, perhaps `kpilang.yml` or
data; `args` is the command line (default: `check`), `stdin` what is piped in.
"""

from __future__ import annotations

import re
import shlex
import shutil
from dataclasses import dataclass
from pathlib import Path

from tests.cli.harness import Outcome, run_cli

FOLDER = Path(__file__).parent / "errors"
_NAME = re.compile(r"(KPI\d{3})-([a-z0-9-]+?)(?:--[a-z0-9-]+)?")


@dataclass(frozen=True)
class Case:
    path: Path

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def number(self) -> str:
        return self._parts[1]

    @property
    def slug(self) -> str:
        return self._parts[2]

    @property
    def arguments(self) -> list[str]:
        file = self.path / "args"
        words = shlex.split(file.read_text("utf-8"), comments=True) if file.exists() else ["check"]
        return words[1:] if words[0] == "kpilang" else words

    @property
    def expected(self) -> Path:
        return self.path / "expected.txt"

    @property
    def _parts(self) -> re.Match[str]:
        match = _NAME.fullmatch(self.name)
        assert match, f"{self.name} is not called KPI###-slug or KPI###-slug--what"
        return match

    def run(self, folder: Path) -> Outcome:
        """Runs the case in a copy of its folder, so that no settings of a folder above play a part."""
        place = folder / "case"
        shutil.copytree(self.path, place, ignore=shutil.ignore_patterns("expected.txt", "args", "stdin"))
        stdin = self.path / "stdin"
        return run_cli(self.arguments, place, stdin.read_bytes() if stdin.exists() else b"")


CASES = tuple(Case(path) for path in sorted(FOLDER.iterdir())) if FOLDER.exists() else ()
