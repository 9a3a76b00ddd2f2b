"""The language reference is executed, complete, and numbered; `--update-golden` renews values and tables."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest

from kpilang import codes
from kpilang.functions import AGGREGATES, SCALARS, SPECIALS
from kpilang.syntax import ast, machine, parser
from kpilang.syntax.grammar import tables
from kpilang.syntax.keys import PROJECT, SPEC, Shape, shapes
from kpilang.syntax.spec import Start
from kpilang.types import TimeUnit
from tests.docs.language import (
    REFERENCE,
    Fence,
    evaluated,
    fences,
    findings,
    refused,
    regenerated,
    sections,
    write_project,
)

TEXT = REFERENCE.read_text("utf-8")
FENCES = list(fences(TEXT))
SELECTORS = {
    ast.Prior: "`[prior]`",
    ast.Before: "`[before]`",
    ast.Ever: "`[ever]`",
    ast.AllTime: "`[all time]`",
    ast.Last: "`[last n units]`",
    ast.Next: "`[next n units]`",
    ast.Ago: "`[n units ago]`",
    ast.ToDate: "`[unit to date]`",
    ast.FromTo: "`[from A to B]`",
    ast.Across: "`[across *]`",
    ast.Condition: "`x[condition]`",
}


@pytest.fixture
def project(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """The project of the examples, as far as the section of the fence asked for sees it."""
    write_project(tmp_path, FENCES, request.param)
    return tmp_path


def by_section(kind: str, error: bool) -> list[pytest.ParameterSet]:
    found = [fence for fence in FENCES if fence.info.startswith(kind) and ("error" in fence.words) is error]
    return [pytest.param(fence.section, fence, id=str(fence)) for fence in found]


@pytest.mark.parametrize(("project", "fence"), by_section("kpilang", error=False), indirect=["project"])
def test_formulas_give_what_is_written(fence: Fence, project: Path, request: pytest.FixtureRequest) -> None:
    fresh = evaluated(fence, project)
    if request.config.getoption("--update-golden", default=False):
        text = REFERENCE.read_text("utf-8")
        start = next(f.start for f in fences(text) if dataclasses.replace(f, start=fence.start) == fence)
        REFERENCE.write_text(text[:start] + fresh + text[start + len(fence.text) :], "utf-8")
    else:
        assert fence.text == fresh


@pytest.mark.parametrize(("project", "fence"), by_section("kpilang", error=True), indirect=["project"])
def test_formulas_are_refused_as_written(fence: Fence, project: Path) -> None:
    words = {key: value for key, value in fence.words.items() if key != "error"}
    for formula in fence.text.splitlines():
        assert refused(formula, words, project) == {fence.words["error"]}, formula


@pytest.mark.parametrize(("project", "fence"), by_section("yaml spec", error=False), indirect=["project"])
def test_specs_are_without_an_error(fence: Fence, project: Path) -> None:
    assert fence.info == "yaml spec"
    assert not findings(project)


@pytest.mark.parametrize(("project", "fence"), by_section("yaml spec", error=True), indirect=["project"])
def test_specs_are_refused_as_written(fence: Fence, project: Path) -> None:
    (project / "wrong.yml").write_text(fence.text, "utf-8")
    assert findings(project) == {fence.words["error"]}


def test_generated_tables_are_fresh(request: pytest.FixtureRequest) -> None:
    text = REFERENCE.read_text("utf-8")
    fresh = regenerated(text)
    if request.config.getoption("--update-golden", default=False):
        REFERENCE.write_text(fresh, "utf-8")
    assert REFERENCE.read_text("utf-8") == fresh, "renew it with `make golden` and read the difference"


def test_numbers_follow_each_other() -> None:
    """Chapters, sections and paragraphs count from 1; a paragraph bears the number of its section."""
    chapters = [number for number, _, _ in sections(TEXT) if re.fullmatch(r"\d+", number)]
    assert chapters == [str(n + 1) for n in range(len(chapters))]
    for chapter in chapters:
        inner = [number for number, _, _ in sections(TEXT) if number.startswith(f"{chapter}.")]
        assert inner == [f"{chapter}.{n + 1}" for n in range(len(inner))]
    for number, title, text in sections(TEXT):
        paragraphs = re.findall(r"^\*\*([\d.]+)\*\*", text, flags=re.MULTILINE)
        assert paragraphs == [f"{number}.{n + 1}" for n in range(len(paragraphs))], title


def test_every_sort_of_fence_is_known() -> None:
    known = re.compile(r"yaml (settings|model)|csv \w+|yaml spec( error=KPI\d{3})?|kpilang( [\w:]+=\S.*)?")
    assert not [str(fence) for fence in FENCES if not known.fullmatch(fence.info)]


def test_codes_exist_and_all_are_listed() -> None:
    """KPI999 stands for none where a message speaks of an unknown code."""
    assert set(re.findall(r"KPI\d{3}\b", TEXT)) - {"KPI999"} == set(codes.all_codes())


@pytest.mark.parametrize("shape", [*shapes(SPEC), *shapes(PROJECT)], ids=lambda shape: shape.title)
def test_every_key_is_there(shape: Shape) -> None:
    assert f"<!-- keys {shape.title} -->" in TEXT


def test_every_start_of_the_grammar_is_there() -> None:
    assert not [start for start in Start if f"`{start.value}`" not in TEXT]


def test_every_function_has_an_example() -> None:
    code = " ".join(fence.text for fence in FENCES)
    assert not [name for name in (*AGGREGATES, *SCALARS, *SPECIALS) if not re.search(rf"\b{name}\(", code)]


def test_every_selector_is_there() -> None:
    assert set(SELECTORS) == set(ast.Selector.__args__)
    assert not [text for text in SELECTORS.values() if text not in TEXT]


def test_every_law_is_there_and_used() -> None:
    for law in range(15):
        assert f" Law {law}: " in TEXT
        assert re.search(rf"\((?:\d+, )*{law}(?:, \d+)*\)", TEXT), f"nothing rests on law {law}"


def test_every_reserved_word_and_unit_of_time_is_there() -> None:
    words = set(re.findall(r"\w+", TEXT))
    assert set(tables().reserved) <= words
    assert {unit.value for unit in TimeUnit} <= words


def test_limits_are_those_of_the_parser() -> None:
    limits = (
        f"{parser.MAX_LENGTH:,} characters",
        f"{machine.MAX_TERMS:,} operators",
        f"{machine.MAX_DEPTH} levels",
    )
    words = " ".join(TEXT.split())
    assert not [limit for limit in limits if limit not in words]


def test_every_section_has_paragraphs_or_a_table() -> None:
    assert not [title for number, title, text in sections(TEXT) if "." in number and not text.strip()]
