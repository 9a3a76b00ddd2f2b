"""Spec files and `kpilang.yml`: every key of every section, what is missing, and any text at all."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from kpilang import nodes
from kpilang.diagnostics import Diagnostics
from kpilang.source import Source
from kpilang.syntax import spec
from kpilang.syntax.builder import normalized
from kpilang.syntax.parser import parse
from kpilang.syntax.reader import SECTIONS, read_project, read_spec
from kpilang.syntax.spec import Embedded, Start

HERE = Path(__file__).parent
WHOLE = (HERE / "whole.yml").read_text("utf-8")


def read(text: str) -> spec.SpecFile:
    diags = Diagnostics()
    file = read_spec(Source("f.yml", text), diags)
    assert not diags, [f"{d.code} {d.message}" for d in diags]
    return file


def findings(text: str) -> list[tuple[str, str]]:
    """Codes and the text they point at, expressions included."""
    diags = Diagnostics()
    file = read_spec(Source("f.yml", text), diags)
    for node in nodes.walk(file):
        if isinstance(node, Embedded):
            parse(node, diags)
    return [(d.code.number, text[d.span.start : d.span.end]) for d in diags]


def test_the_whole_language_is_read_without_a_finding() -> None:
    assert not findings(WHOLE)


def test_every_key_of_every_section_reaches_its_field() -> None:
    """`whole.yml` uses each field of each declaration at least once."""
    unused = {
        f"{type(node).__name__}.{name}"
        for node in nodes.walk(read(WHOLE))
        for name in node.__dataclass_fields__
        if name not in ("span", "exact", "broken", "start", "text", "value")
    }
    for node in nodes.walk(read(WHOLE)):
        unused -= {
            f"{type(node).__name__}.{name}"
            for name in node.__dataclass_fields__
            if getattr(node, name, None) not in (None, (), "", spec.Common())
        }
    assert not unused


def test_every_embedded_slice_is_the_text_of_the_file() -> None:
    for node in nodes.walk(read(WHOLE)):
        if isinstance(node, Embedded) and node.exact:
            assert WHOLE[node.span.start : node.span.end] == node.text
        if isinstance(node, spec.Text):
            slice_ = WHOLE[node.span.start : node.span.end]
            assert normalized("".join(slice_.split())).endswith("".join(node.value.split()))


def test_every_kind_of_expression_occurs() -> None:
    assert {node.start for node in nodes.walk(read(WHOLE)) if isinstance(node, Embedded)} == set(Start)


def test_every_reader_of_yaml_sees_the_same() -> None:
    """PyYAML (C and pure) and ruamel load it alike; so nothing in it hangs on one of them."""
    from ruamel.yaml import YAML

    loaded = yaml.load(WHOLE, Loader=yaml.SafeLoader)
    assert yaml.load(WHOLE, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)) == loaded
    assert YAML(typ="safe", pure=True).load(WHOLE) == loaded


@pytest.mark.parametrize("text", ["", "# nothing\n", "---\n", "kpis:\n", "entities:\nkpis:\n"])
def test_an_empty_file_declares_nothing(text: str) -> None:
    assert read(text) == spec.SpecFile()


def test_forms_short_and_long_are_alike() -> None:
    short = read("kpis:\n  a: b\nsegments:\n  c: d\nparams:\n  e: 1\nfunctions:\n  f(x): x\n")
    long = read(
        "kpis:\n  a:\n    formula: b\nsegments:\n  c:\n    is: d\n"
        "params:\n  e:\n    default: 1\nfunctions:\n  f(x):\n    formula: x\n"
    )
    assert short == long


def test_rows_are_plain_values_with_their_places() -> None:
    text = (
        "tests:\n  - given:\n      orders:\n        - {id: 1, on: 2024-01-02, amount: 0.10, who: null}\n"
        '        - {id: "1", "on": "x", ok: true, more: [1, {a: b}]}\n'.replace("on:", '"on":', 1)
    )
    (test,) = read(text).tests
    ((name, rows),) = test.given
    assert name.value == "orders"
    assert [row for _, row in rows] == [
        {"id": 1, "on": "2024-01-02", "amount": Decimal("0.10"), "who": None},
        {"id": "1", "on": "x", "ok": True, "more": [1, {"a": "b"}]},
    ]
    assert [text[span.start : span.start + 5] for span, _ in rows] == ["{id: "] * 2


def test_names_are_kept_in_composed_form() -> None:
    (kpi,) = read("kpis:\n  u\u0308ber: x\n").kpis
    assert kpi.name.value == "über"


@pytest.mark.parametrize("name", ["select", "名前", '"; drop table x; --"', "'a b'", "case", "größe"])
def test_any_name_that_can_be_quoted_is_a_name(name: str) -> None:
    (kpi,) = read(f"kpis:\n  {name}: x\n").kpis
    assert kpi.name.value == name.strip("\"'")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a", [("KPI013", "a")]),
        ("- a", [("KPI013", "- a")]),
        ("kpi:\n  a: b", [("KPI014", "kpi")]),
        ("kpis:\n  a:\n    formla: b", [("KPI014", "formla")]),
        ("kpis:\n  a:\n    formula: b\n    targe: c", [("KPI014", "targe")]),
        ("entities:\n  o:\n    colums:\n      a: id", [("KPI014", "colums")]),
        ("entities:\n  o:\n    columns:\n      a:\n        type: id\n        x: y", [("KPI014", "x")]),
        ("reports:\n  r:\n    kpis: a\n    form: b", [("KPI014", "form")]),
        ("kpis: a", [("KPI015", "a")]),
        ("kpis:\n  - a", [("KPI015", "- a")]),
        ("kpis:\n  a:\n    - b", [("KPI015", "- b")]),
        ("kpis:\n  a: [prior]", [("KPI015", "[prior]")]),
        ("kpis:\n  a:\n    formula: b\n    unit:\n      c: d", [("KPI015", "c: d")]),
        ("entities:\n  o:\n    rules: a > 1", [("KPI015", "a > 1")]),
        ("entities:\n  o:\n    columns:\n      - a", [("KPI015", "- a")]),
        ("bindings:\n  o:\n    table: x", [("KPI015", "table: x")]),
        ("tests:\n  a: b", [("KPI015", "a: b")]),
        ("tests:\n  - given:\n      o:\n        - 1", [("KPI015", "1")]),
        ("reports:\n  r:\n    kpis: a\n    limit: ten", [("KPI015", "ten")]),
        ("reports:\n  r:\n    kpis: a\n    limit: 1.5", [("KPI015", "1.5")]),
        ("reports:\n  r:\n    kpis: a\n    limit: [1]", [("KPI015", "[1]")]),
        ("kpis: {a: sum(b)}", [("KPI017", "sum(b)")]),
        ("entities:\n  o:\n    columns: {a: enum(b, c)}", [("KPI017", "{a: enum(b, c)}")]),
        ("reports:\n  r:\n    kpis: [f(a, b)]", [("KPI017", "[f(a, b)]")]),
        ("kpis:\n  a: b = 'c # d'", [("KPI018", "b = 'c")]),
        ("kpis:\n  a: 'b'", [("KPI019", "'b'")]),
        ("kpis:\n  a:", [("KPI020", "")]),
        ("kpis:\n  a:\n    formula:\n    unit:", [("KPI020", ""), ("KPI020", "")]),
        ("entities:\n  o:\n    table:", [("KPI020", "")]),
        ("kpis:\n  2024: a", [("KPI021", "2024")]),
        ("kpis:\n  a.b: c", [("KPI021", "a.b")]),
        ('kpis:\n  "": c', [("KPI021", '""')]),
        ('kpis:\n  " a": c', [("KPI021", '" a"')]),
        ('kpis:\n  "a\\tb": c', [("KPI021", '"a\\tb"')]),
        ('kpis:\n  "a\\u202eb": c', [("KPI021", '"a\\u202eb"')]),
        ('kpis:\n  "a`b": c', [("KPI021", '"a`b"')]),
        (f"kpis:\n  {'a' * 201}: c", [("KPI021", "a" * 201)]),
        ("tests:\n  - expect: yes", [("KPI023", "yes")]),
        ("tests:\n  - given:\n      o:\n        - {a: 010}", [("KPI023", "010")]),
        ("kpis:\n  a:\n    unit: x", []),
        ("reports:\n  r:\n    by: a", [("KPI025", "r")]),
        ("params:\n  p:\n    about: x", [("KPI025", "p")]),
        ("segments:\n  s:\n    about: x", [("KPI025", "s")]),
        ("dimensions:\n  d:", [("KPI025", "d")]),
        ("entities:\n  o:\n    columns:\n      a:\n        unit: x", [("KPI025", "a")]),
        ("functions:\n  f: x", [("KPI102", "")]),
        ("functions:\n  f(1): x", [("KPI101", "1")]),
        ("kpis:\n  a: &x b\n  c: *x", [("KPI008", "&x b"), ("KPI008", "*x")]),
        ("kpis:\n  a: b +\n  c: d +", [("KPI102", ""), ("KPI102", "")]),
    ],
)
def test_what_is_wrong_and_where(text: str, expected: list[tuple[str, str]]) -> None:
    assert findings(text) == expected


def test_unknown_keys_come_with_what_is_known() -> None:
    diags = Diagnostics()
    read_spec(Source("f.yml", "segmets:\n  a: b\n"), diags)
    (found,) = diags
    assert found.help == ("did you mean `segments`?",)
    assert all(section in found.notes[0] for section in SECTIONS)


# ---------------------------------------------------------------------------- kpilang.yml


def project(text: str) -> tuple[spec.ProjectDecl, list[str]]:
    diags = Diagnostics()
    return read_project(Source("kpilang.yml", text), diags), [d.code.number for d in diags]


def test_a_project_file() -> None:
    text = (
        "kpilang: 1\nname: acme\ntimezone: Europe/Berlin\nweek_starts: monday\nfiscal_year_starts: april\n"
        "currency: EUR\nexchange: fx_rates.rate\nimports:\n  - std\n  - std.sources.hubspot\ntargets:\n"
        "  dev:\n    engine: duckdb\n    data: data/*.parquet\n"
        "  prod:\n    engine: snowflake\n    url: env(WAREHOUSE)\n    database: A\n    schema: B\n"
    )
    found, codes = project(text)
    assert not codes
    texts = (found.name, found.timezone, found.week_starts, found.fiscal_year_starts, found.currency)
    assert [text.value for text in texts if text] == ["acme", "Europe/Berlin", "monday", "april", "EUR"]
    assert found.exchange is not None and found.exchange.text == "fx_rates.rate"
    assert [text.value for text in found.imports] == ["std", "std.sources.hubspot"]
    dev, prod = found.targets
    assert (dev.name.value, dev.engine.value, dev.data[0].value) == ("dev", "duckdb", "data/*.parquet")
    assert prod.url and prod.database and prod.schema and prod.url.value == "env(WAREHOUSE)"


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("", []),
        ("- a", ["KPI013"]),
        ("kpilang: 2", ["KPI024"]),
        ("kpilang: one", ["KPI024"]),
        ("timezon: UTC", ["KPI014"]),
        ("targets:\n  dev:\n    data: x", ["KPI025"]),
        ("targets:\n  dev:\n    engine: x\n    sql: y", ["KPI014"]),
    ],
)
def test_what_is_wrong_in_a_project_file(text: str, codes: list[str]) -> None:
    assert project(text)[1] == codes


# ---------------------------------------------------------------------------- any text at all

KEYS = sorted(set(WHOLE.replace(":", " ").split()))


@given(st.text(max_size=80))
def test_no_text_makes_it_raise(text: str) -> None:
    diags = Diagnostics()
    read_spec(Source("f.yml", text), diags)
    read_project(Source("f.yml", text), diags)


_trees = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(KEYS) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
    max_leaves=20,
)


@given(st.dictionaries(st.sampled_from([*SECTIONS, "targets", "kpilang"]), _trees, max_size=4), st.booleans())
def test_no_shape_makes_it_raise(value: object, flow: bool) -> None:
    text = yaml.safe_dump(value, default_flow_style=flow, allow_unicode=True)
    diags = Diagnostics()
    file = read_spec(Source("f.yml", text), diags)
    read_project(Source("f.yml", text), diags)
    for node in nodes.walk(file):
        if isinstance(node, Embedded):
            assert parse(node, diags) is not None or diags.has_errors
    for diagnostic in diags:
        assert 0 <= diagnostic.span.start <= diagnostic.span.end <= len(text)


@given(st.data())
def test_no_damage_makes_it_raise(data: st.DataObject) -> None:
    """A whole spec with a piece cut out, doubled or replaced."""
    start = data.draw(st.integers(0, len(WHOLE)))
    end = data.draw(st.integers(start, min(len(WHOLE), start + 80)))
    piece = data.draw(st.one_of(st.text(max_size=5), st.just(WHOLE[start:end] * 2)))
    text = WHOLE[:start] + piece + WHOLE[end:]
    diags = Diagnostics()
    for node in nodes.walk(read_spec(Source("f.yml", text), diags)):
        if isinstance(node, Embedded):
            parse(node, diags)
