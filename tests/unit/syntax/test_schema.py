"""The JSON Schema says what the reader reads: the same specs, the same keys, the same shapes.

`--update-golden` writes the files in `grammar/` anew.
"""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from kpilang.diagnostics import Diagnostics
from kpilang.files import PROJECT_FILES
from kpilang.source import Source
from kpilang.syntax.keys import PROJECT, SPEC, Form, Shape, shapes
from kpilang.syntax.reader import read_project, read_spec
from kpilang.syntax.schema import schema
from kpilang.syntax.yaml_tree import Kind, Mapping, Scalar, Tree, kind_of, read_tree
from kpilang.syntax.yaml_tree import Sequence as YamlList
from tests.conformance.cases import OTHERS, OURS, cases

ROOT = Path(__file__).parents[3]
FILES = {
    "kpilang-spec.schema.json": SPEC,
    "kpilang-project.schema.json": PROJECT,
}
VALIDATORS = {name: Draft7Validator(schema(shape)) for name, shape in FILES.items()}
SPECS, PROJECTS = VALIDATORS.values()
WHOLE = Path(__file__).parent / "whole.yml"


@pytest.mark.parametrize("name", FILES)
def test_the_file_is_fresh(name: str, request: pytest.FixtureRequest) -> None:
    fresh = json.dumps(schema(FILES[name]), indent=2, ensure_ascii=False) + "\n"
    file = ROOT / "grammar" / name
    if request.config.getoption("--update-golden", default=False):
        file.write_text(fresh, "utf-8")
    assert file.read_text("utf-8") == fresh, "renew it with `make golden` and read the difference"


@pytest.mark.parametrize("name", FILES)
def test_it_is_a_schema(name: str) -> None:
    Draft7Validator.check_schema(schema(FILES[name]))


def plain(tree: Tree | None) -> Any:
    """What an editor sees: YAML 1.2, where a date is a text."""
    match tree:
        case Mapping():
            return {entry.key.value: plain(entry.value) for entry in tree.entries}
        case YamlList():
            return [plain(item) for item in tree.items]
        case Scalar():
            return _scalar(tree)
    return None


def _scalar(scalar: Scalar) -> Any:
    match kind_of(scalar):
        case Kind.NULL:
            return None
        case Kind.BOOL:
            return scalar.value.lower() == "true"
        case Kind.INTEGER | Kind.DECIMAL:
            number = Decimal(scalar.value)
            return int(number) if number == int(number) and "." not in scalar.value else float(number)
        case _:
            return scalar.value


def loaded(text: str) -> Any:
    return plain(read_tree(Source("f.yml", text), Diagnostics()))


def findings(validator: Draft7Validator, text: str) -> list[str]:
    return [
        f"{'/'.join(map(str, error.path))}: {error.message}" for error in validator.iter_errors(loaded(text))
    ]


def project_files() -> list[Path]:
    folders = (ROOT / "examples", ROOT / "specs")
    return sorted(path for folder in folders for path in folder.rglob("*.y*ml"))


@pytest.mark.parametrize("path", [WHOLE, *project_files()], ids=lambda path: str(path.relative_to(ROOT)))
def test_every_file_of_ours_is_valid(path: Path) -> None:
    validator = PROJECTS if path.name in PROJECT_FILES else SPECS
    assert not findings(validator, path.read_text("utf-8"))


def test_every_conformance_case_is_valid() -> None:
    """But those about what the schema is there to find."""
    if not OTHERS.exists():
        warnings.warn(f"no conformance cases at {OTHERS}: they were not validated", stacklevel=1)
    for case in (*cases(OURS), *cases(OTHERS)):
        read = Diagnostics()
        read_spec(Source(case.id, case.spec), read)
        if not read.has_errors:
            assert not findings(SPECS, case.spec), case.id


def corpus(*numbers: str) -> Iterator[Path]:
    for folder in sorted((ROOT / "tests/corpus/errors").iterdir()):
        if folder.name.startswith(numbers):
            yield folder


MORE_WRONG = [
    "kpi:\n  a: b",
    "kpis:\n  a:\n    formula: b\n    targe: c",
    "entities:\n  o:\n    colums:\n      a: id",
    "entities:\n  o:\n    columns:\n      a:\n        type: id\n        x: y",
    "reports:\n  r:\n    kpis: a\n    form: b",
    "segments:\n  s:\n    si: x",
    "params:\n  p:\n    about: x",
    "kpis: a",
    "kpis:\n  - a",
    "kpis:\n  a:\n    - b",
    "kpis:\n  a: [prior]",
    "kpis:\n  a:\n    formula: b\n    unit:\n      c: d",
    "kpis:\n  a.b: c",
    "entities:\n  o:\n    rules: a > 1",
    "entities:\n  o:\n    columns:\n      - a",
    "bindings:\n  o:\n    table: x",
    "tests:\n  a: b",
    "tests:\n  - given:\n      o:\n        - 1",
    "reports:\n  r:\n    kpis: a\n    limit: ten",
    "reports:\n  r:\n    kpis: a\n    limit: 1.5",
    "reports:\n  r:\n    by: a",
]


@pytest.mark.parametrize(
    "folder", [*corpus("KPI013", "KPI014", "KPI015", "KPI025")], ids=lambda folder: folder.name
)
def test_wrong_files_of_the_corpus_are_found(folder: Path) -> None:
    """In one of the files of a case: in its settings or in its spec."""
    assert any(
        findings(PROJECTS if file.name in PROJECT_FILES else SPECS, file.read_text("utf-8"))
        for file in sorted(folder.glob("*.yml"))
    )


@pytest.mark.parametrize("text", MORE_WRONG)
def test_wrong_keys_and_shapes_are_found_by_both(text: str) -> None:
    diags = Diagnostics()
    read_spec(Source("f.yml", text), diags)
    assert diags.has_errors and findings(SPECS, text)


@pytest.mark.parametrize(
    "text", ["nmae: x", "targets:\n  dev:\n    engin: duckdb", "targets:\n  - dev", "imports:\n  a: b"]
)
def test_wrong_settings_are_found_by_both(text: str) -> None:
    diags = Diagnostics()
    read_project(Source("kpilang.yml", text), diags)
    assert diags.has_errors and findings(PROJECTS, text)


@pytest.mark.parametrize(
    "text", ["", "kpis:\n", "entities:\n  o:\n", "entities:\n  o:\n    columns:\n    rules:\n"]
)
def test_what_may_be_empty_may_be_empty_to_both(text: str) -> None:
    diags = Diagnostics()
    read_spec(Source("f.yml", text), diags)
    assert not diags.has_errors and not findings(SPECS, text)


@pytest.mark.parametrize("shape", [*shapes(SPEC), *shapes(PROJECT)], ids=lambda shape: shape.title)
def test_every_key_is_described_and_fits_its_form(shape: Shape) -> None:
    expressions = (Form.EXPRESSION, Form.EXPRESSIONS, Form.ONE_OR_MORE, Form.PAIRS, Form.EXPRESSION_OR_PAIRS)
    mappings = (Form.ONE, Form.ENTRIES, Form.LISTS, Form.ITEMS)
    assert len(shape.by_name) == len(shape.keys)
    for key in shape.keys:
        assert re.fullmatch(r"\w.*[.…]|\w.*…", key.about), key
        assert (key.start is not None) == (key.form in expressions), key
        assert (key.shape is not None) == (key.form in mappings), key
    assert {name for names in shape.required for name in names} <= set(shape.names)
