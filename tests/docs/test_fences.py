"""Code in documents is true: every spec in a fence is read, and what is marked as wrong is wrong in that way.

`yaml spec` holds a piece of a spec file that can be read; `yaml spec error=KPI203` one in which `check` finds
that code.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from kpilang import codes
from kpilang.diagnostics import Diagnostics
from kpilang.format import formatted
from kpilang.source import Source
from tests.cli.harness import run_cli

ROOT = Path(__file__).parents[2]
DOCUMENTS = (*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("kpilang/diagnostics/pages/*.md"))
_FENCE = re.compile(r"^```(?P<info>[^\n`]+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
_INFO = re.compile(r"yaml spec(?: error=(?P<code>KPI\d{3}))?")
_SYNTAX = ("KPI0", "KPI1")


@dataclass(frozen=True)
class Fence:
    document: Path
    line: int
    info: str
    text: str

    def __str__(self) -> str:
        return f"{self.document.relative_to(ROOT)}:{self.line}"


def fences(*documents: Path) -> Iterator[Fence]:
    for document in sorted(documents or DOCUMENTS):
        content = document.read_text("utf-8")
        for match in _FENCE.finditer(content):
            yield Fence(
                document, content[: match.start()].count("\n") + 1, match["info"].strip(), match["text"]
            )


FENCES = list(fences())
REFERENCE = ROOT / "grammar" / "REFERENCE.md"


@pytest.mark.parametrize("fence", [f for f in FENCES if f.info.startswith("yaml spec")], ids=str)
def test_specs(fence: Fence, tmp_path: Path) -> None:
    info = _INFO.fullmatch(fence.info)
    assert info, f"`{fence.info}` is not `yaml spec` or `yaml spec error=KPI###`"
    (tmp_path / "spec.yml").write_text(fence.text, "utf-8")
    outcome = run_cli(["check", "--format", "json", "-p", "spec.yml"], tmp_path)
    found = [json.loads(line)["code"] for line in outcome.stdout.splitlines()]
    if info["code"]:
        assert info["code"] in found
    else:
        assert not [code for code in found if code.startswith(_SYNTAX)]


RIGHT = [f for f in (*FENCES, *fences(REFERENCE)) if f.info in ("yaml spec", "yaml model")]


@pytest.mark.parametrize("fence", RIGHT, ids=str)
def test_what_is_right_is_written_as_fmt_writes_it(fence: Fence) -> None:
    assert formatted(Source("f.yml", fence.text), False, Diagnostics()) == fence.text


@pytest.mark.parametrize("document", sorted(DOCUMENTS), ids=lambda path: str(path.relative_to(ROOT)))
def test_codes_that_are_named_exist(document: Path) -> None:
    """`KPI203` stands for any code where a document speaks of codes as such; KPI999 for none."""
    named = set(re.findall(r"KPI\d{3}\b", document.read_text("utf-8")))
    assert named - {"KPI999"} <= set(codes.all_codes())
