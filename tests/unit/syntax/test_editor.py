"""The JSON Schema in the validator that editors use: the YAML language server, where Node has it.

`npm install yaml-language-server` somewhere, and `NODE_PATH` saying where.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import warnings
from pathlib import Path
from typing import Any

import pytest

from kpilang.diagnostics import Diagnostics
from kpilang.files import PROJECT_FILES
from kpilang.source import Source
from kpilang.syntax.keys import PROJECT, SPEC
from kpilang.syntax.reader import read_spec
from kpilang.syntax.schema import schema
from tests.conformance.cases import OTHERS, OURS, cases
from tests.unit.syntax.test_schema import MORE_WRONG, WHOLE, project_files

EDITOR = Path(__file__).parent / "editor.cjs"
STEP = 5
"""Of the conformance cases every fifth: an editor is slow."""


def is_there() -> bool:
    node = shutil.which("node")
    if node is None:
        return False
    asked = [node, "-e", "require('yaml-language-server')"]
    return subprocess.run(asked, capture_output=True, check=False).returncode == 0


@pytest.fixture(scope="module", autouse=True)
def editor() -> None:
    if not is_there():
        warnings.warn("no YAML language server in NODE_PATH: the schema was not tried in it", stacklevel=1)
        pytest.skip("no YAML language server")


def found(files: list[dict[str, str]]) -> dict[str, list[str]]:
    asked = {"schemas": {"spec": schema(SPEC), "project": schema(PROJECT)}, "files": files}
    command = ["node", str(EDITOR)]
    done = subprocess.run(command, input=json.dumps(asked), text=True, capture_output=True, check=True)
    said: Any = json.loads(done.stdout)
    return dict(said)


def file(name: str, text: str, word: str = "spec") -> dict[str, str]:
    return {"name": name, "text": text, "schema": word}


def test_files_and_cases_of_ours_are_valid() -> None:
    files = [
        file(str(path), path.read_text("utf-8"), "project" if path.name in PROJECT_FILES else "spec")
        for path in (WHOLE, *project_files())
    ]
    for case in (*cases(OURS), *cases(OTHERS))[::STEP]:
        read = Diagnostics()
        read_spec(Source(case.id, case.spec), read)
        if not read.has_errors:
            files.append(file(case.id, case.spec))
    assert not found(files)


def test_what_is_wrong_is_found() -> None:
    files = [file(text, text) for text in MORE_WRONG]
    assert set(found([*files, file("settings", "nmae: x", "project")])) == {*MORE_WRONG, "settings"}
