"""`tests/corpus/expr`: a title, an expression, the tree that it is; `--update-golden` writes the trees."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from kpilang.diagnostics import Diagnostics
from kpilang.syntax.parser import parse_text
from kpilang.syntax.spec import Start
from tests.unit.syntax.sexp import sexp

FOLDER = Path(__file__).parents[2] / "corpus" / "expr"
_CASE = re.compile(
    r"={3,}\n(?P<title>[^\n]+)\n={3,}\n(?P<text>.*?)\n---\n(?P<tree>.*?)(?=\n={3,}\n|\Z)", re.S
)


@dataclass(frozen=True)
class Case:
    """`title` is unique; `start` is the name of the file."""

    start: Start
    title: str
    text: str
    tree: str


def cases(file: Path) -> list[Case]:
    return [
        Case(Start(file.stem), found["title"], found["text"].strip(), found["tree"].strip())
        for found in _CASE.finditer(file.read_text("utf-8"))
    ]


FILES = sorted(FOLDER.glob("*.txt"))
CASES = [case for file in FILES for case in cases(file)]


def tree_of(case: Case) -> str:
    diags = Diagnostics()
    tree = parse_text(case.start, case.text, "case", diags)
    return sexp(tree) if tree is not None else "\n".join(f"{d.code} {d.message}" for d in diags)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.start.value}: {case.title}")
def test_each_expression_is_the_tree(case: Case, request: pytest.FixtureRequest) -> None:
    if not _is_writing(request):
        assert tree_of(case) == case.tree


def _is_writing(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--update-golden", default=False))


def test_titles_are_unique_and_every_start_has_a_file(request: pytest.FixtureRequest) -> None:
    if _is_writing(request):
        for file in FILES:
            parts = [f"===\n{c.title}\n===\n{c.text}\n---\n{tree_of(c)}\n" for c in cases(file)]
            file.write_text("\n".join(parts), "utf-8")
    assert {file.stem for file in FILES} == {start.value for start in Start}
    assert len({(case.start, case.title) for case in CASES}) == len(CASES)
