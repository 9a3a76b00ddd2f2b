"""Command lines as data: `cases.yaml` says what goes in and what comes out."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.cli.harness import run_cli

DATA: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "cases.yaml").read_text("utf-8"))
CASES: list[dict[str, Any]] = DATA["cases"]
KEYS = {
    "name", "args", "project", "files", "stdin", "env",
    "stdout", "stdout_has", "stdout_lacks", "stderr", "stderr_has", "exit", "writes",
}  # fmt: skip


def folder_of(case: dict[str, Any], place: Path) -> Path:
    files = {**DATA["projects"][case["project"]], **case.get("files", {})} if "project" in case else {}
    for name, text in (files or case.get("files", {})).items():
        file = place / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    return place


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_case(case: dict[str, Any], tmp_path: Path) -> None:
    assert set(case) <= KEYS, "a key that nobody reads checks nothing"
    outcome = run_cli(
        shlex.split(case["args"]),
        folder_of(case, tmp_path),
        case.get("stdin", "").encode("utf-8"),
        case.get("env"),
    )
    assert outcome.exit == case.get("exit", 0), outcome.both
    if "stdout" in case:
        assert outcome.stdout == case["stdout"]
    if "stderr" in case or not any(key.startswith("stderr") for key in case):
        assert outcome.stderr == case.get("stderr", "")
    for text in case.get("stdout_has", ()):
        assert text in outcome.stdout
    for text in case.get("stdout_lacks", ()):
        assert text not in outcome.stdout
    for text in case.get("stderr_has", ()):
        assert text in outcome.stderr
    for name, text in case.get("writes", {}).items():
        assert (tmp_path / name).read_text("utf-8") == text


def test_names_are_unique() -> None:
    names = [case["name"] for case in CASES]
    assert len(names) == len(set(names))
