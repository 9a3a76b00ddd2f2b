"""Each form of the same sample findings equals its golden; `--update-golden` writes them anew."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from kpilang.diagnostics import Code, Diagnostic, Severity
from kpilang.diagnostics.page import page
from kpilang.diagnostics.render import FORMS, renderer, text
from kpilang.terminal import is_unsafe
from tests.unit.diagnostics.samples import LINT, NAME, SAMPLES, SOURCES, SPEC, at

GOLDEN = Path(__file__).parent / "golden"


def rendered(form: str) -> str:
    return "".join(f"{line}\n" for line in renderer(form)(SAMPLES, SOURCES))


@pytest.mark.parametrize("form", FORMS)
def test_each_form_equals_its_golden(form: str, request: pytest.FixtureRequest) -> None:
    golden = GOLDEN / f"{form}.txt"
    if request.config.getoption("--update-golden", default=False):
        golden.write_text(rendered(form), "utf-8")
    assert rendered(form) == golden.read_text("utf-8")


def test_every_golden_belongs_to_a_form() -> None:
    assert sorted(path.stem for path in GOLDEN.iterdir()) == sorted(FORMS)


@pytest.mark.parametrize("form", FORMS)
def test_nothing_that_acts_on_a_terminal_gets_through(form: str) -> None:
    assert not {char for char in rendered(form) if char != "\n" and is_unsafe(char)}
    rendered(form).encode("utf-8")


def test_carets_stand_under_wide_characters() -> None:
    wide = next(d for d in SAMPLES if d.message == "wide characters")
    line, marks = [line for line in text.render([wide], SOURCES) if "金額" in line or "^" in line]
    # Four characters stand before it that take eight cells.
    assert line.index("金額") == 17 and marks.index("^") == 17 + len("名前注文")


def test_colour_only_adds_escape_codes() -> None:
    coloured = [re.sub(r"\x1b\[[0-9;]*m", "", line) for line in text.render(SAMPLES, SOURCES, colour=True)]
    assert coloured == list(text.render(SAMPLES, SOURCES))
    assert any("\x1b[1;31m^" in line for line in text.render(SAMPLES, SOURCES, colour=True))


def test_the_summary_counts() -> None:
    assert text.summary([]) == ""
    assert text.summary(SAMPLES[:1]) == "1 error"
    assert text.summary(SAMPLES) == "20 errors, 1 warning"


def test_at_most_a_hundred_are_shown_and_errors_before_warnings() -> None:
    warnings = [Diagnostic(LINT, f"warning {n}", SPEC.span(n, n + 1)) for n in range(150)]
    lines = list(text.render([*warnings, Diagnostic(NAME, "the error", at("far"))], SOURCES))
    assert sum(line.startswith("warning[") for line in lines) == text.MOST - 1
    assert any("the error" in line for line in lines)
    assert lines[-2:] == ["... and 51 more", "1 error, 150 warnings"]


def test_no_findings_print_nothing_in_the_forms_of_lines() -> None:
    assert [list(renderer(form)([], {})) for form in ("text", "json", "github")] == [[], [], []]


def test_json_gives_offsets_and_lines() -> None:
    objects = [json.loads(line) for line in renderer("json")(SAMPLES, SOURCES)]
    assert len(objects) == len(SAMPLES) and {o["schema"] for o in objects} == {1}
    chanel = next(o for o in objects if "chanel" in o["message"])
    start, end = chanel["span"]["start"], chanel["span"]["end"]
    assert SPEC.text[start["offset"] : end["offset"]] == "chanel"
    assert (start["line"], start["column"], end["column"]) == (3, 16, 22)
    assert chanel["edits"][0]["text"] == "channel"
    assert objects[0]["span"] is None


def test_sarif_is_one_document_whose_results_name_its_rules() -> None:
    document = json.loads("\n".join(renderer("sarif")(SAMPLES, SOURCES)))
    (run,) = document["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["KPI298", "KPI398", "KPI798"]
    assert all(rule["help"]["text"] for rule in rules)
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
    empty = json.loads("\n".join(renderer("sarif")([], {})))
    assert empty["runs"][0]["results"] == []


def test_sarif_rules_hold_the_page_of_their_code() -> None:
    finding = Diagnostic(Code("KPI080", "unknown-option", "A title"), "a message")
    document = json.loads("\n".join(renderer("sarif")([finding], {})))
    (rule,) = document["runs"][0]["tool"]["driver"]["rules"]
    assert rule["help"]["text"] == rule["help"]["markdown"] == page("KPI080")
    assert rule["name"] == "UnknownOption"


def test_github_gives_one_line_a_finding() -> None:
    lines = list(renderer("github")(SAMPLES, SOURCES))
    assert len(lines) == len(SAMPLES)
    assert all(line.startswith(("::error ", "::warning ")) for line in lines)


def test_severities_are_those_that_sarif_knows() -> None:
    assert {severity.value for severity in Severity} <= {"error", "warning", "note"}
