"""The grammar itself: without conflicts, its words as the code knows them, its table as Lark means it."""

from __future__ import annotations

import importlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lark import Lark
from lark.exceptions import UnexpectedInput

from kpilang.diagnostics import Diagnostics
from kpilang.source import NOWHERE
from kpilang.syntax import grammar, machine, unparse
from kpilang.syntax.builder import Builder, Place
from kpilang.syntax.grammar import END, grammar_path, tables
from kpilang.syntax.lark_table import build_lark
from kpilang.syntax.parser import parse_text
from kpilang.syntax.spec import Start
from tests.unit.syntax.strategies import TREES


@pytest.fixture(scope="module")
def lark() -> Lark:
    """Strict: conflicts of rules and collisions of terminals are errors (the latter need interegular)."""
    assert importlib.util.find_spec("interegular"), "strict builds look at terminals only with interegular"
    return build_lark(grammar_path().read_text("utf-8"), strict=True)


def test_it_builds_strictly_and_has_a_start_for_every_kind_of_value(lark: Lark) -> None:
    assert set(lark.options.start) == {start.value for start in Start}


def test_every_production_has_its_method() -> None:
    builder = Builder(Place(NOWHERE, True), Diagnostics())
    names = {p.build for p in tables().productions if p.build and not p.symbol.startswith("_")}
    assert not [name for name in sorted(names) if not callable(getattr(builder, name, None))]
    methods = {name for name in vars(Builder) if not name.startswith("_")} - {"build", "span_of"}
    assert methods == names


def test_the_reserved_words_are_the_documented_eighteen() -> None:
    documented = "and or not in is like between case when then else end null true false as where per"
    assert tables().reserved == set(documented.split())


@pytest.mark.parametrize("word", sorted(tables().words))
def test_words_of_a_place_are_names_elsewhere(word: str) -> None:
    tree = parse_text(Start.SIGNATURE, f"{word}({word}_id, in{word})", "x", Diagnostics())
    assert (tree is None) == (word in tables().reserved)
    assert parse_text(Start.FORMULA, f"`{word}` + a.{word}", "x", Diagnostics()) is not None


def _after(terminal: str) -> set[str]:
    """Words that are words, not names, right behind a token."""
    states = {row[terminal] for row in tables().actions if row.get(terminal, -1) >= 0}
    found = {word for word, name in tables().words.items() for s in states if name in tables().actions[s]}
    return found - tables().reserved


def test_the_unparser_knows_which_words_are_taken() -> None:
    assert _after("NUMBER") == unparse.AFTER_A_NUMBER
    assert _after("LSQB") == unparse.SELECTOR_WORDS
    assert _after("LPAR") == {"all", "by"}, "`by` opens an argument of a type only"


def takes(text: str, start: Start) -> bool:
    try:
        machine.run(start.value, text, lambda *_: None)
    except (machine.Refused, machine.TooDeep):
        return False
    return True


def lark_takes(lark: Lark, text: str, start: Start) -> bool:
    try:
        lark.parse(text, start=start.value)
    except UnexpectedInput:
        return False
    return True


SIGNS = """
x order_id 名前 12 2.5 25% 2024-01-31 2024-01-31T10:00:00Z 'a' `b` ( ) [ ] , . .. + - * / -> ? = <> != < <=
> >= EUR/day Europe/Paris
"""
PIECES = [*sorted(tables().words), *SIGNS.split()]


@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=7), st.sampled_from(list(Start)))
def test_the_machine_takes_what_lark_takes(lark: Lark, pieces: list[str], start: Start) -> None:
    text = " ".join(pieces)
    assert takes(text, start) == lark_takes(lark, text, start)


@given(st.data(), st.sampled_from(list(Start)))
def test_lark_takes_what_the_machine_takes(lark: Lark, data: st.DataObject, start: Start) -> None:
    text = unparse.unparse(data.draw(TREES[start]))
    assert takes(text, start) and lark_takes(lark, text, start)


@given(st.data(), st.sampled_from(list(Start)))
def test_what_was_expected_would_have_been_taken(data: st.DataObject, start: Start) -> None:
    """Every terminal in a refusal's list really goes on from there."""
    text = unparse.unparse(data.draw(TREES[start]))
    cut = text[: data.draw(st.integers(0, len(text)))] + " ]"
    try:
        machine.run(start.value, cut, lambda *_: None)
    except machine.Refused as refused:
        if refused.token.text != "]":
            return
        for terminal in machine.expected(start.value, cut, refused) - {END}:
            example = cut[: refused.token.start] + " " + (EXAMPLES.get(terminal) or _word_of(terminal))
            try:
                machine.run(start.value, example, lambda *_: None)
            except machine.Refused as later:
                assert later.token.terminal == END, f"{terminal} after {cut!r}"


EXAMPLES = {
    "NAME": "x",
    "FIELD": "x",
    "NUMBER": "1",
    "STRING": "''",
    "PERCENT": "1%",
    "DATE": "2024-01-31",
    "TIMESTAMP": "2024-01-31T10:00:00Z",
    "LPAR": "(",
    "RPAR": ")",
    "LSQB": "[",
    "RSQB": "]",
    "COMMA": ",",
    "DOT": ".",
    "__ANON_0": "..",
    "_ARROW": "->",
    "NULLABLE": "?",
    "PLUS": "+",
    "MINUS": "-",
    "STAR": "*",
    "SLASH": "/",
    "EQUALITY": "=",
    "LESS": "<",
}


def _word_of(terminal: str) -> str:
    return next(word for word, name in tables().words.items() if name == terminal)


# ---------------------------------------------------------------------------- the cache of the table

LOAD = """
import sys
from kpilang.syntax.grammar import tables
from kpilang.syntax.machine import run
run("formula", "a + b", lambda *_: None)
print("lark" in sys.modules)
"""


def load(cache: Path) -> bool:
    """In a new process: whether Lark had to build the table."""
    done = subprocess.run(
        [sys.executable, "-c", LOAD],
        env={**os.environ, "KPILANG_CACHE": str(cache)},
        cwd=Path(grammar.__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip() == "True"


def test_the_table_is_built_once(tmp_path: Path) -> None:
    assert load(tmp_path / "cache")
    assert not load(tmp_path / "cache"), "the second start needs no Lark"


def test_a_damaged_table_is_built_anew(tmp_path: Path) -> None:
    load(tmp_path)
    (file,) = tmp_path.iterdir()
    file.write_bytes(file.read_bytes()[:-100] + b"x" * 100)
    assert load(tmp_path)
    assert not load(tmp_path)


def test_a_cache_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")
    assert load(tmp_path / "cache")
    assert load(tmp_path / "cache" / "below")


def test_an_installed_package_brings_its_own_grammar(tmp_path: Path) -> None:
    """A wheel has the grammar at `kpilang/_grammar`; there is no repository around it."""
    package = tmp_path / "site" / "kpilang"
    shutil.copytree(Path(grammar.__file__).parents[1], package, ignore=shutil.ignore_patterns("__pycache__"))
    (package / "_grammar").mkdir()
    shutil.copy(grammar_path(), package / "_grammar")
    done = subprocess.run(
        [sys.executable, "-c", "from kpilang.syntax.grammar import *; tables(); print(grammar_path())"],
        env={**os.environ, "KPILANG_CACHE": str(tmp_path / "cache"), "PYTHONPATH": str(tmp_path / "site")},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert Path(done.stdout.strip()) == package / "_grammar" / "kpi.lark"
