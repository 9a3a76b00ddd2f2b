"""Positioned YAML: places in every kind of file, what is refused and where, with both parsers of PyYAML."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from kpilang import nodes
from kpilang.diagnostics import Diagnostics
from kpilang.source import Source
from kpilang.syntax.yaml_tree import (
    MAX_DEPTH,
    MAX_SIZE,
    Entry,
    Kind,
    Mapping,
    Scalar,
    Sequence,
    Style,
    Tree,
    kind_of,
    read_tree,
)


@pytest.fixture(params=["C", "pure"])
def _loader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Each test with either parser: wheels of PyYAML without the C parser exist."""
    if request.param == "pure":
        monkeypatch.delattr(yaml, "CSafeLoader", raising=False)
    yield


both_loaders = pytest.mark.usefixtures("_loader")


def tree_of(text: str) -> Tree:
    diags = Diagnostics()
    tree = read_tree(Source("f.yml", text), diags)
    assert tree is not None and not diags, [d.message for d in diags]
    return tree


def findings(text: str) -> list[tuple[str, str]]:
    diags = Diagnostics()
    read_tree(Source("f.yml", text), diags)
    return [(d.code.number, text[d.span.start : d.span.end]) for d in diags]


@both_loaders
@pytest.mark.parametrize("start", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_every_node_knows_its_place(start: str, end: str) -> None:
    text = start + end.join(
        ["a: b 😀 c  # no", "d:", "  - 'e'", '  - "f"', "g: {h: i}", "j: |", "  k", "l: [m]", ""]
    )
    tree = tree_of(text)
    assert isinstance(tree, Mapping)
    slices = {node.span: text[node.span.start : node.span.end] for node in nodes.walk(tree)}
    assert [slices[entry.key.span] for entry in tree.entries] == ["a", "d", "g", "j", "l"]
    assert [slices[entry.value.span] for entry in tree.entries] == [
        "b 😀 c",
        f"- 'e'{end}  - \"f\"",
        "{h: i}",
        f"|{end}  k{end}",
        "[m]",
    ]
    assert slices[tree.span] == text[len(start) :].rstrip()


@both_loaders
def test_styles_and_values() -> None:
    tree = tree_of("- a\n- 'b''c'\n- \"d\\te\"\n- |\n  f\n- >-\n  g\n  h\n- {i: [j]}\n")
    assert isinstance(tree, Sequence)
    *scalars, flow = tree.items
    assert [(s.value, s.style) for s in scalars if isinstance(s, Scalar)] == [
        ("a", Style.PLAIN),
        ("b'c", Style.SINGLE),
        ("d\te", Style.DOUBLE),
        ("f\n", Style.LITERAL),
        ("g h", Style.FOLDED),
    ]
    assert [node.in_flow for node in nodes.walk(flow) if isinstance(node, Scalar)] == [True, True]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("", Kind.NULL),
        ("~", Kind.NULL),
        ("null", Kind.NULL),
        ("true", Kind.BOOL),
        ("False", Kind.BOOL),
        ("12", Kind.INTEGER),
        ("-0", Kind.INTEGER),
        ("0.10", Kind.DECIMAL),
        ("-12.5", Kind.DECIMAL),
        ("2024-01-31", Kind.TEXT),
        ("a", Kind.TEXT),
        ("1.2.3", Kind.TEXT),
        ("yes", Kind.AMBIGUOUS),
        ("n", Kind.AMBIGUOUS),
        ("Off", Kind.AMBIGUOUS),
        ("010", Kind.AMBIGUOUS),
        ("0x1f", Kind.AMBIGUOUS),
        ("1_000", Kind.AMBIGUOUS),
        ("12:30", Kind.AMBIGUOUS),
        ("1e5", Kind.AMBIGUOUS),
        (".5", Kind.AMBIGUOUS),
        ("1.", Kind.AMBIGUOUS),
        (".inf", Kind.AMBIGUOUS),
        ("=", Kind.AMBIGUOUS),
    ],
)
def test_what_a_plain_scalar_is(text: str, kind: Kind) -> None:
    assert kind_of(Scalar(text)) is kind
    assert kind_of(Scalar(text, Style.SINGLE)) is Kind.TEXT


@given(
    st.one_of(
        st.text("0123456789+-._:xobeE", max_size=6), st.sampled_from(["on", "Yes", "nULL", "TRUE", "y"])
    )
)
def test_what_is_not_ambiguous_is_the_same_to_pyyaml(text: str) -> None:
    """PyYAML is a reader of 1.1: where it sees a text, we see no number, and the other way round."""
    kind = kind_of(Scalar(text))
    resolver = yaml.SafeLoader("")
    tag = resolver.resolve(yaml.ScalarNode, text, (True, False)).rpartition(":")[2]
    if kind is not Kind.AMBIGUOUS:
        wanted = {"null": Kind.NULL, "bool": Kind.BOOL, "int": Kind.INTEGER, "float": Kind.DECIMAL}
        assert kind is wanted.get(tag, Kind.TEXT)


@both_loaders
@pytest.mark.parametrize("text", ["", "\n", "# only a comment\n", "---\n", "\ufeff"])
def test_an_empty_file_is_fine(text: str) -> None:
    diags = Diagnostics()
    tree = read_tree(Source("f.yml", text), diags)
    assert not diags
    assert tree is None or (isinstance(tree, Scalar) and tree.value == "")


@both_loaders
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: b\n\x07c: d", [("KPI004", "\x07")]),
        ("a: b\x00", [("KPI004", "\x00")]),
        ("a: \ud800", [("KPI004", "\ud800")]),
        ("\ufeffa: b\n\ufeffc: d", [("KPI004", "\ufeff")]),
        ("a: 'b", [("KPI005", "'")]),
        ('a: "b', [("KPI005", '"')]),
        ("a: b\n   c: d", [("KPI005", ":")]),
        ("{a: b", [("KPI005", "")]),
        ("a: {b: c", [("KPI005", "")]),
        ("a:\n\tb: c", [("KPI006", "\t")]),
        ("a: b\n\tc: d", [("KPI006", "\t")]),
        ("a:\n  b: c\n  \td: e", [("KPI006", "\t")]),
        ("a: b\nc: d\na: e\na: f", [("KPI007", "a"), ("KPI007", "a")]),
        ("a: &x b", [("KPI008", "&x b")]),
        ("a: &x b\nc: *x", [("KPI008", "&x b"), ("KPI008", "*x")]),
        ("a:\n  <<: b", [("KPI009", "<<")]),
        ("a: !b c", [("KPI010", "!b c")]),
        ("a: !!str c", [("KPI010", "!!str c")]),
        ("a: !b", [("KPI010", "!b")]),
        ("a: b\n---\nc: d", [("KPI011", "---")]),
        ("[a]: b", [("KPI015", "[a]")]),
        ("? {a: b}\n: c", [("KPI015", "{a: b}")]),
        ('on: a\n"off": b\nTrue: c', [("KPI016", "on"), ("KPI016", "True")]),
        ("a: [b[prior]]", [("KPI017", "[")]),
        ("a: {b: c, d: e[f]}", [("KPI017", "[")]),
        ("a: b: c", [("KPI022", ":")]),
        ("a: > 1%", [("KPI022", ">")]),
        ("a: | b", [("KPI022", "|")]),
        ("a: `b`", [("KPI022", "`")]),
        ("- `b`", [("KPI022", "`")]),
        ("a: @b", [("KPI022", "@")]),
        ("a: %b", [("KPI022", "%")]),
        ("a: 'b' || c", [("KPI022", "|")]),
        ("a: 'b' + c", [("KPI022", "+")]),
        ('a: "b" = c', [("KPI022", "=")]),
        ("- 'b' = c", [("KPI022", "=")]),
        ("a: *", [("KPI022", "*")]),
        ("a: - 3", [("KPI022", "-")]),
        ("a: ? b", [("KPI022", "?")]),
        ("a: ]", [("KPI022", "]")]),
    ],
)
def test_what_is_refused_and_where(text: str, expected: list[tuple[str, str]]) -> None:
    assert findings(text) == expected


@both_loaders
@pytest.mark.parametrize("sign", ["[", "- ", "a: {"])
def test_depth_is_limited(sign: str) -> None:
    assert [code for code, _ in findings(sign * 10_000)] == ["KPI012"]


@both_loaders
def test_depth_below_the_limit_is_fine() -> None:
    tree_of("[" * MAX_DEPTH + "]" * MAX_DEPTH)


def test_size_is_limited() -> None:
    assert [code for code, _ in findings("a" * (MAX_SIZE + 1))] == ["KPI003"]


def test_a_large_file_is_read() -> None:
    tree = tree_of("".join(f"kpi_{n}: sum(orders.amount where channel = 'c{n}')\n" for n in range(20_000)))
    assert isinstance(tree, Mapping) and len(tree.entries) == 20_000


def _values(tree: object) -> Iterator[object]:
    """Keys and texts in order, to compare two readings."""
    for node in nodes.walk(tree) if isinstance(tree, Scalar | Sequence | Mapping) else ():
        if isinstance(node, Entry | Sequence | Mapping):
            yield type(node).__name__, node.span
        elif isinstance(node, Scalar):
            yield node.value, node.style, node.span


PIECES = [
    *(
        "a: ",
        "b: c",
        "\n",
        "\n",
        "\n  ",
        "- ",
        "'",
        '"',
        "{",
        "}",
        "[",
        "]",
        ",",
        "|",
        ">",
        "#",
        " #",
        "&x",
        "*x",
    ),
    *(
        "!t",
        "<<: ",
        "? ",
        ": ",
        "\t",
        "---\n",
        "...\n",
        "%YAML",
        "\r\n",
        "\ufeff",
        "é😀",
        "\x85",
        "\u2028",
        "`",
        "@",
    ),
    *("a", "1", "true", "\\", "''", "\x00"),
]


@given(st.one_of(st.text(max_size=40), st.lists(st.sampled_from(PIECES), max_size=15).map("".join)))
def test_no_text_makes_it_raise(text: str) -> None:
    diags = Diagnostics()
    tree = read_tree(Source("f.yml", text), diags)
    for diagnostic in diags:
        assert 0 <= diagnostic.span.start <= diagnostic.span.end <= len(text)
        assert "\n" not in diagnostic.message
    if tree is not None:
        for node in nodes.walk(tree):
            assert 0 <= node.span.start <= node.span.end <= len(text)


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_both_parsers_read_alike(text: str) -> None:
    first, second = Diagnostics(), Diagnostics()
    tree = read_tree(Source("f.yml", text), first)
    with pytest.MonkeyPatch.context() as patch:
        patch.delattr(yaml, "CSafeLoader", raising=False)
        other = read_tree(Source("f.yml", text), second)
    if not first.has_errors and not second.has_errors:
        assert list(_values(tree)) == list(_values(other))
