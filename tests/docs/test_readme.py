"""The README is executed: what its consoles show is what the commands print, its specs are clean.

`pytest tests/docs/test_readme.py --update-golden` writes the outputs anew.
"""

from __future__ import annotations

import contextlib
import io
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

import kpilang
from kpilang.cli import program

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
CONSOLE = re.compile(r"```console\n\$ kpilang (?P<command>[^\n]*)\n(?P<output>.*?)```\n", re.DOTALL)
FENCE = re.compile(r"```(?P<language>\w+)\n(?P<code>.*?)```\n", re.DOTALL)
MOMENT = re.compile(r"as of \d{4}-\d\d-\d\d \d\d:\d\d")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where a reader would be: beside `examples`, with the first spec saved, and saved with a mistake."""
    first = next(code for language, code in blocks() if language == "yaml" and code.startswith("# first.yml"))
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    text = first.removeprefix("# first.yml\n")
    (tmp_path / "first.yml").write_text(text, encoding="utf-8")
    (tmp_path / "wrong.yml").write_text(text.replace("'paid'", "'payd'", 1), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def blocks() -> Iterator[tuple[str, str]]:
    for match in FENCE.finditer(README.read_text(encoding="utf-8")):
        yield match["language"], match["code"]


def printed(command: str) -> str:
    """What a terminal would show, on either stream."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        program.run(shlex.split(command))
    return MOMENT.sub("as of 2026-11-21 12:00", out.getvalue()).rstrip() + "\n"


@pytest.mark.usefixtures("folder")
def test_consoles(request: pytest.FixtureRequest) -> None:
    text = README.read_text(encoding="utf-8")
    fresh = CONSOLE.sub(
        lambda match: f"```console\n$ kpilang {match['command']}\n{printed(match['command'])}```\n", text
    )
    if request.config.getoption("--update-golden"):
        README.write_text(fresh, encoding="utf-8")
    assert README.read_text(encoding="utf-8") == fresh


@pytest.mark.usefixtures("folder")
def test_the_python_example(capsys: pytest.CaptureFixture[str]) -> None:
    code = next(code for language, code in blocks() if language == "python")
    exec(compile(code, str(README), "exec"), {})
    assert "SELECT" in capsys.readouterr().out


def test_the_demo_is_the_first_console() -> None:
    command = next(CONSOLE.finditer(README.read_text(encoding="utf-8")))["command"]
    assert f"$(BIN)/kpilang {command}" in (ROOT / "Makefile").read_text(encoding="utf-8")


def test_every_verb_is_named() -> None:
    text = README.read_text(encoding="utf-8")
    assert not [verb for verb in program.VERBS if f"`{verb}`" not in text]


def test_the_version_is_in_the_change_log() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert "## Unreleased" in text or f"## {kpilang.__version__}" in text
