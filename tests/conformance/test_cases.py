"""The cases themselves: well formed, unambiguous to every YAML reader, and enough of them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
import yaml
from ruamel.yaml import YAML

from tests.conformance import coverage
from tests.conformance.cases import OTHERS, OURS, Case, cases, files

MINE = cases(OURS)
BOTH = (*MINE, *cases(OTHERS))
QUERY_KEYS = {"kpis", "by", "grain", "from", "to", "where", "params", "as_of", "fill", "order", "limit"}


READERS: dict[str, Callable[[str], Any]] = {
    "PyYAML in C": lambda text: yaml.load(text, yaml.CSafeLoader),
    "PyYAML in Python": lambda text: yaml.load(text, yaml.SafeLoader),
    "ruamel": lambda text: YAML(typ="safe", pure=True).load(StringIO(text)),
}


def test_each_law_is_shown_often_enough() -> None:
    counts = coverage.by_law(MINE)
    short = {law: counts[law] for law in coverage.LAWS if counts[law] < coverage.AT_LEAST}
    assert not short, f"fewer than {coverage.AT_LEAST} cases: {short}\n{coverage.table(MINE)}"


def test_each_construct_is_shown() -> None:
    counts = coverage.by_construct(MINE)
    assert not [word for word in sorted(coverage.CONSTRUCTS) if not counts[word]], coverage.table(MINE)
    assert set(counts) <= coverage.CONSTRUCTS, "a word that is not on the list of constructs"


def test_ids_are_unique_over_all_files() -> None:
    assert not [id_ for id_, times in Counter(case.id for case in BOTH).items() if times > 1]


@pytest.mark.parametrize("path", files(OURS), ids=lambda path: path.stem)
def test_a_file_and_its_specs_load_alike_everywhere(path: Any) -> None:
    text = path.read_text("utf-8")
    assert _differing(text) == []
    for case in MINE:
        if case.file == str(path):
            assert _differing(case.spec) == [], case.id


def _differing(text: str) -> list[str]:
    """The readers that see something else than the first."""
    seen = {name: reader(text) for name, reader in READERS.items()}
    return [name for name, value in seen.items() if value != seen["PyYAML in C"]]


@pytest.mark.parametrize("case", MINE, ids=repr)
def test_a_case_is_well_formed(case: Case) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", case.id)
    assert case.note.strip() and case.law and case.construct
    assert (case.want is None) is (case.want_error is not None)
    assert case.want_code is None or case.want is None
    assert set(case.query) <= QUERY_KEYS
    for rows in (*case.rows.values(), case.want or ()):
        assert len({tuple(row) for row in rows}) <= 1, "every row has every column, in one order"
