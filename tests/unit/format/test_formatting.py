"""Formatting changes how things are written and nothing else, for every spec there is and for untidy ones."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kpilang.diagnostics import Diagnostics
from kpilang.files import PROJECT_FILES
from kpilang.format import formatted
from kpilang.format.comments import comments
from kpilang.format.reading import meaning, read
from kpilang.source import Source
from kpilang.syntax.spec import Start
from kpilang.syntax.unparse import unparse
from kpilang.syntax.yaml_tree import read_tree
from tests.conformance.cases import OTHERS, OURS, cases
from tests.unit.format.sloppy import Page
from tests.unit.syntax.strategies import TREES

ROOT = Path(__file__).parents[3]
DRAFTS = OTHERS.parent / "catalogue" / "draft_specs"


def form(text: str, is_project: bool = False) -> str:
    diags = Diagnostics()
    found = formatted(Source("f.yml", text), is_project, diags)
    assert found is not None, [(item.code.number, item.message, item.notes) for item in diags]
    return found


def refusals(text: str) -> list[str]:
    diags = Diagnostics()
    assert formatted(Source("f.yml", text), False, diags) is None
    return [item.code.number for item in diags]


def files() -> list[Path]:
    folders = ("examples", "specs", "tests/corpus", "tests/unit/syntax")
    return [path for folder in folders for path in sorted((ROOT / folder).rglob("*.yml"))]


def holds(text: str, is_project: bool) -> None:
    """All that is promised: it says the same, comments are there, and the form is final."""
    before = read(Source("f.yml", text), is_project)
    if not before.is_clear:
        return
    once = form(text, is_project)
    after = read(Source("f.yml", once), is_project)
    assert not after.errors
    if not before.errors:
        assert meaning(before) == meaning(after)
    assert [c.text for c in comments(once, after.tree)] == [c.text for c in comments(text, before.tree)]
    assert form(once, is_project) == once
    assert once == "" or (once.endswith("\n") and not re.search(r"[ \t]$", once, flags=re.MULTILINE))


@pytest.mark.parametrize("path", files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_every_spec_of_ours(path: Path) -> None:
    if "not-utf-8" not in str(path):
        holds(path.read_bytes().decode("utf-8").replace("\r", ""), path.name in PROJECT_FILES)


SPECS = {case.id: case.spec for case in (*cases(OURS), *cases(OTHERS))}


@pytest.mark.parametrize("name", SPECS)
def test_every_spec_of_the_conformance_cases(name: str) -> None:
    holds(SPECS[name], False)


def test_every_draft_of_the_catalogue() -> None:
    """Beside this repository where they are at all; written in an earlier syntax, so some are not read."""
    if not DRAFTS.exists():
        warnings.warn(f"no drafts at {DRAFTS}: they were not formatted", stacklevel=1)
    for path in sorted(DRAFTS.glob("*.yml")):
        holds(path.read_text("utf-8"), False)


# ---------------------------------------------------------------------------- examples

FORMS = sorted((Path(__file__).parent / "forms").glob("*.txt"))


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_the_form_is_as_shown(path: Path, request: pytest.FixtureRequest) -> None:
    why, before, after = path.read_text("utf-8").split("=====\n")
    found = form(before, path.stem == "settings")
    if request.config.getoption("--update-golden", default=False):
        path.write_text("=====\n".join((why, before, found)), "utf-8")
    else:
        assert found == after
    assert form(found, path.stem == "settings") == found


def test_line_ends_stay_and_a_byte_order_mark_goes() -> None:
    assert form("\ufeffkpis: {a: b}  # c\r\n\r\n\r\n# d\r\n") == "kpis:  # c\r\n  a: b\r\n\r\n# d\r\n"
    assert form("kpis: {a: b}\n# c\r\n") == "kpis:\n  a: b\n# c\n"


@pytest.mark.parametrize(("text", "expected"), [("", ""), ("\n\n", ""), ("# a\n\n\n# b", "# a\n\n# b\n")])
def test_files_without_values(text: str, expected: str) -> None:
    assert form(text) == expected


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("kpis:\n  a: sum(b", ["KPI102"]),
        ("kpis: {a: sum(b", ["KPI005"]),
        ("kpis:\n  a:\n    formla: b", ["KPI014"]),
        ("kpis:\n  a: &x b", ["KPI008"]),
        ("kpis:\n  a: b\n  a: c", ["KPI007"]),
        ("kpis:\n  a: [prior]", ["KPI015"]),
        ("kpis: {a: b +}", ["KPI017"]),
        ("kpis: {a: b + , c: [d}", ["KPI005"]),
        ("a: b\n---\na: c", ["KPI011"]),
    ],
)
def test_what_cannot_be_read_is_left_alone(text: str, codes: list[str]) -> None:
    assert refusals(text) == codes


def test_a_form_that_says_something_else_is_never_written(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever goes wrong in writing: a value, a comment, a declaration."""
    for wrong in ("kpis:\n  a: c  # d\n", "kpis:\n  a: b\n", "kpis:\n  x: b  # d\n", "kpis:\n  a: '\n"):
        with monkeypatch.context() as patched:
            patched.setattr("kpilang.format.formatting.rendered", _nth("kpis:\n  a: b  # d\n", wrong))
            assert refusals("kpis:\n  a: b # d") == ["KPI902"], wrong


def _nth(*texts: str) -> Callable[[object], str]:
    """Gives one text after the other."""
    left = iter(texts)
    return lambda _: next(left)


# ---------------------------------------------------------------------------- untidy authors

WRITTEN = [text for text in SPECS.values() if not read(Source("f.yml", text), False).errors]
WRITTEN += [path.read_text("utf-8") for path in sorted((ROOT / "examples/shop").glob("[!k]*.yml"))]


def page(text: str, data: st.DataObject | None) -> Page:
    tree = read_tree(Source("f.yml", text), Diagnostics())
    assert tree is not None
    found = Page(text, data)
    found.write(tree, 0)
    return found


def bare(text: str) -> str:
    """Without comments, blank lines, and what lines values up."""
    lines = (re.sub(r" *#\d+ it's a: \[note\]$", "", line) for line in text.split("\n"))
    lines = (re.sub(r": +", ": ", line) for line in lines)
    return "\n".join(line for line in lines if line.strip())


@settings(suppress_health_check=[HealthCheck.data_too_large, HealthCheck.too_slow])
@given(st.data(), st.sampled_from(WRITTEN))
def test_however_it_is_written_the_form_is_one(data: st.DataObject, text: str) -> None:
    tidy = form("\n".join(page(text, None).lines))
    untidy = page(text, data)
    written = "\n".join(untidy.lines)
    once = form(written)
    assert bare(once) == bare(tidy), written
    assert form(once) == once, written
    assert re.findall(r"#\d+ it's a: \[note\]", once) == list(untidy.marks), written
    for comment, (where, about) in untidy.marks.items():
        assert about in line_of(once, comment, where), written


def line_of(text: str, comment: str, where: str) -> str:
    """The line that a comment is about."""
    lines = [line for line in text.split("\n") if line.strip()]
    at = next(number for number, line in enumerate(lines) if comment in line)
    if where == "behind":
        assert not lines[at].lstrip().startswith("#")
        return lines[at]
    return next(line for line in lines[at:] if not line.lstrip().startswith("#"))


PLACES = {
    Start.FORMULA: "kpis:\n  a: ",
    Start.CONDITION: "entities:\n  a:\n    rules:\n      - ",
    Start.GOAL: "kpis:\n  a:\n    target: ",
    Start.COLUMN_TYPE: "entities:\n  a:\n    columns:\n      b: ",
    Start.SEGMENT: "segments:\n  a: ",
}


@given(st.data(), st.sampled_from(list(PLACES)))
def test_every_expression_stays_itself_however_it_must_be_quoted(data: st.DataObject, start: Start) -> None:
    text = unparse(data.draw(TREES[start]))
    quoted = '"' + _escaped(text) + '"'
    holds(f"{PLACES[start]}{quoted}  # note\n", False)


_chars = st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"])
_texts = st.text(_chars | st.sampled_from("\n \t'\"#:-&*"))


@given(_texts, st.sampled_from(["'", '"']))
def test_every_text_stays_itself(text: str, quote: str) -> None:
    value = _escaped(text) if quote == '"' else text.replace("'", "''")
    holds(f"kpis:\n  a:\n    formula: b\n    about: {quote}{value}{quote}\n    owner: me  # note\n", False)


def _escaped(text: str) -> str:
    return re.sub(r'[\\"]', r"\\\g<0>", text).replace("\n", "\\n").replace("\t", "\\t")


@given(st.text(st.sampled_from("abc:#-?[]{},'\"|>&*!%@` \n01~")))
def test_whatever_the_text_nothing_breaks(text: str) -> None:
    formatted(Source("f.yml", text), False, diags := Diagnostics())
    assert not [item for item in diags if item.code.number == "KPI902"], text
    formatted(Source("f.yml", f"kpis:\n  a: {text}\n"), False, diags := Diagnostics())
    assert not [item for item in diags if item.code.number == "KPI902"], text
