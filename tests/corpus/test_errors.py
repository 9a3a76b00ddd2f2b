"""Every code has a page and a smallest case, and each case says exactly what its `expected.txt` says."""

from __future__ import annotations

import inspect
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import CodeType, FrameType, FunctionType

import pytest

from kpilang import codes
from kpilang.diagnostics import Diagnostic
from kpilang.diagnostics.page import page
from tests.cli.harness import Outcome
from tests.corpus.cases import CASES, Case

WITHOUT_CASE: dict[str, str] = {
    "KPI003": "a file of more than two million characters; see tests/unit/syntax/test_yaml_tree.py",
    "KPI091": "what cannot be read depends on the machine; see tests/unit/project/test_files.py",
    "KPI611": "depends on the machine; see tests/unit/engines/test_running.py",
    "KPI612": "needs a second thread; see tests/unit/engines/test_running.py",
    "KPI614": "needs an environment without pandas; see tests/unit/project/test_interface.py",
    "KPI620": "needs a database; see tests/unit/engines/test_targets.py",
    "KPI552": "no dialect refuses anything yet; see tests/unit/sql/test_dialects.py",
    "KPI900": "a fault of ours cannot be asked for",
    "KPI902": "a fault of ours; tests/unit/format/test_formatting.py plays it",
    "KPI901": "an engine that refuses our SQL is a fault of ours",
    "KPI690": "needs an environment without pyarrow; tests/unit/report/test_formats.py takes it away",
    "KPI812": "SQL and laws that differ are a fault of ours; see tests/unit/testing/test_examples.py",
    "KPI086": "what cannot be written depends on the machine; see tests/cli",
    "KPI087": "needs a terminal; see tests/cli",
}
"""Codes that no input can bring about here, and where they are tested instead."""

UNTRIGGERED: dict[str, str] = {
    "kpilang.syntax.errors.files.file_too_large": WITHOUT_CASE["KPI003"],
    "kpilang.errors.unreadable_file": WITHOUT_CASE["KPI091"],
    "kpilang.engines.errors.out_of_memory": WITHOUT_CASE["KPI611"],
    "kpilang.engines.errors.interrupted": WITHOUT_CASE["KPI612"],
    "kpilang.engines.errors.missing_package": WITHOUT_CASE["KPI614"],
    "kpilang.engines.errors.unknown_schema": WITHOUT_CASE["KPI620"],
    "kpilang.engines.errors.database_busy": "needs a second program; see tests/unit/engines/test_targets.py",
    "kpilang.sql.errors.refused": WITHOUT_CASE["KPI552"],
    "kpilang.errors.internal": WITHOUT_CASE["KPI900"],
    "kpilang.errors.refused_sql": WITHOUT_CASE["KPI901"],
    "kpilang.format.errors.unsafe_format": WITHOUT_CASE["KPI902"],
    "kpilang.format.errors.wrong_in_block_style": "a finding of another with a note; see tests/cli",
    "kpilang.report.errors.package_missing": WITHOUT_CASE["KPI690"],
    "kpilang.testing.errors.disagreement": WITHOUT_CASE["KPI812"],
    "kpilang.cli.errors.cannot_write": WITHOUT_CASE["KPI086"],
    "kpilang.cli.errors.binary_on_terminal": WITHOUT_CASE["KPI087"],
    "kpilang.cli.errors.argument_not_utf8": "a file cannot hold such an argument; see tests/cli",
}
"""Functions that build findings and that no case of the corpus reaches, each with the reason."""


def error_functions() -> dict[str, FunctionType]:
    """All public functions of the `errors` modules that build a finding, by their full names."""
    return {
        f"{function.__module__}.{function.__name__}": function
        for module in codes.modules()
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if not name.startswith("_") and function.__annotations__.get("return") in ("Diagnostic", Diagnostic)
    }


class Ran:
    """The outcome of every case, and which functions were called on the way."""

    def __init__(self, folder: Path) -> None:
        functions = {function.__code__: name for name, function in error_functions().items()}
        self.called: set[str] = set()

        def note(frame: FrameType, event: str, _: object) -> None:
            if event == "call":
                name = functions.get(_code(frame))
                if name:
                    self.called.add(name)

        before = sys.getprofile()
        sys.setprofile(note)
        threading.setprofile(note)  # engines run in threads, so that they can be stopped
        try:
            self.outcomes = {case: self._outcome(case, folder) for case in CASES}
        finally:
            sys.setprofile(before)
            threading.setprofile(None)

    def _outcome(self, case: Case, folder: Path) -> Outcome:
        place = folder / case.name
        place.mkdir()
        return case.run(place)


def _code(frame: FrameType) -> CodeType:
    return frame.f_code


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ran]:
    yield Ran(tmp_path_factory.mktemp("corpus"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_each_case_says_what_is_expected(case: Case, ran: Ran, request: pytest.FixtureRequest) -> None:
    outcome = ran.outcomes[case]
    if request.config.getoption("--update-golden", default=False):
        case.expected.write_text(outcome.both, "utf-8")
    assert case.expected.exists(), f"{case.name} has no expected.txt; `--update-golden` writes it"
    assert outcome.both == case.expected.read_text("utf-8")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_each_case_finds_its_code_and_exits_accordingly(case: Case, ran: Ran) -> None:
    outcome = ran.outcomes[case]
    code = codes.find(case.number)
    assert code is not None and code.slug == case.slug, (
        f"the folder should be {case.number}-{code and code.slug}"
    )
    assert f"{code.severity.value}[{code}]" in outcome.both
    assert "Traceback" not in outcome.both and "internal error" not in outcome.both
    assert outcome.exit == 0 if "error[" not in outcome.both else outcome.exit in (1, 2)


def test_no_number_is_given_twice() -> None:
    numbers = Counter(code.number for code in codes.defined())
    slugs = Counter(code.slug for code in codes.defined())
    assert not {number for number, count in numbers.items() if count > 1}
    assert not {slug for slug, count in slugs.items() if count > 1}


def test_titles_are_sentences_without_a_full_stop() -> None:
    assert not [code.number for code in codes.defined() if not code.title or code.title.endswith(".")]


def test_every_code_has_a_case() -> None:
    covered = {case.number for case in CASES}
    assert {code.number for code in codes.defined()} - covered == set(WITHOUT_CASE)


def test_every_code_has_a_page() -> None:
    assert not [code.number for code in codes.defined() if page(code.number) is None]


def test_every_page_belongs_to_a_code_and_names_it() -> None:
    folder = Path(inspect.getfile(Diagnostic)).parent / "pages"
    for file in sorted(folder.iterdir()):
        code = codes.find(file.stem)
        assert code is not None and file.suffix == ".md", f"no code belongs to {file.name}"
        assert file.read_text("utf-8").startswith(f"# {code.number}"), f"{file.name} begins with its number"


def test_every_function_that_builds_a_finding_is_reached(ran: Ran) -> None:
    assert set(error_functions()) - ran.called == set(UNTRIGGERED)
