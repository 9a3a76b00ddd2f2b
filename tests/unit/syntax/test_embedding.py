"""Expressions in scalars of every style: each name of a tree lies where the file has it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpilang import nodes
from kpilang.diagnostics import Diagnostics
from kpilang.source import Source
from kpilang.syntax import ast
from kpilang.syntax.embedding import embed
from kpilang.syntax.parser import parse
from kpilang.syntax.spec import Embedded, Start
from kpilang.syntax.unparse import unparse
from kpilang.syntax.yaml_tree import Mapping, Scalar, read_tree
from tests.unit.syntax.strategies import TREES


def embedded(text: str, diags: Diagnostics, start: Start = Start.FORMULA) -> Embedded:
    """The value of the last key of the file."""
    source = Source("f.yml", text)
    tree = read_tree(source, diags)
    assert isinstance(tree, Mapping), [d.message for d in diags]
    scalar = tree.entries[-1].value
    assert isinstance(scalar, Scalar)
    return embed(source, scalar, start, diags)


EXACT = {
    "plain": "a: alpha + 𠮷_x.beta",
    "plain, with a comment": "a: alpha + beta  # not this",
    "plain, over lines": "a: alpha\n  + beta\n\n  * gamma",
    "plain, below its key": "a:\n  alpha\n  + beta",
    "single quotes": "a: 'alpha + beta'",
    "double quotes": 'a: "alpha + beta"',
    "double quotes, over lines": 'a: "alpha\n  + beta\n\n  + gamma"',
    "double quotes around a string": "a: \"status = 'a # b' and beta\"",
    "literal": "a: |\n  alpha\n    + beta\n  + gamma\n",
    "literal, stripped": "a: |-\n\n   alpha + beta\n\n\nb: c\nd: alpha",
    "literal, kept": "a: |+\n  alpha + beta\n\n\n",
    "literal, indented by number": "a: |2\n   alpha\n",
    "literal with a comment in its header": "a: | # why\n  alpha\n",
    "folded": "a: >\n  alpha\n  + beta\n\n  + gamma\n",
    "folded, stripped": "a: >-\n  alpha\n  + beta",
}


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("start", ["", "\ufeff", "# é😀𠮷\nfirst: x\n"])
@pytest.mark.parametrize("text", EXACT.values(), ids=EXACT)
def test_names_lie_where_the_file_has_them(text: str, start: str, end: str) -> None:
    file = (start + text).replace("\n", end)
    diags = Diagnostics()
    found = embedded(file, diags)
    tree = parse(found, diags)
    assert found.exact and tree is not None and not diags
    assert file[found.span.start : found.span.end] == found.text
    names = [node for node in nodes.walk(tree) if isinstance(node, ast.Name)]
    assert names
    for name in names:
        assert file[name.span.start : name.span.end] == name.text


@pytest.mark.parametrize(
    "text",
    [
        "a: 'status = ''paid'''",
        'a: "status = \\u0061"',
        'a: "alpha + \\\n  beta"',
        "a: >\n  status = 'two\n  words'\n",
        "a: status = 'two\n  words'",
        "a: |\n  status = 'two\n  words'\n",
    ],
)
def test_where_yaml_changes_more_than_blanks_places_are_the_whole(text: str) -> None:
    diags = Diagnostics()
    found = embedded(text, diags)
    tree = parse(found, diags)
    assert not found.exact and tree is not None and not diags
    assert {node.span for node in nodes.walk(tree)} == {found.span}
    assert text[found.span.start : found.span.end] == text[3:]


def test_the_value_counts_not_the_slice() -> None:
    tree = parse(embedded("a: >\n  x = 'two\n  words'\n", Diagnostics()), Diagnostics())
    assert isinstance(tree, ast.Compare) and tree.right == ast.String("two words")
    tree = parse(embedded("a: |\n  x = 'two\n   words'\n", Diagnostics()), Diagnostics())
    assert isinstance(tree, ast.Compare) and tree.right == ast.String("two\n words")


@pytest.mark.parametrize("text", ["a: {b: sum(c)}", "a: {b: c + d}", "a: {b: 'c + d'}", "a: {b: c < 1}"])
def test_expressions_in_flow_style_are_refused(text: str) -> None:
    source, diags = Source("f.yml", text), Diagnostics()
    tree = read_tree(source, diags)
    assert isinstance(tree, Mapping) and isinstance(tree.entries[0].value, Mapping)
    inner = tree.entries[0].value.entries[0].value
    assert isinstance(inner, Scalar)
    assert embed(source, inner, Start.FORMULA, diags).broken
    assert [d.code.number for d in diags] == ["KPI017"]


@pytest.mark.parametrize("value", ["b", "b.c", "12", "25%", "2024-01-31", "名前"])
def test_what_flow_style_cannot_hurt_is_taken(value: str) -> None:
    source, diags = Source("f.yml", f"[{value}]"), Diagnostics()
    tree = read_tree(source, diags)
    assert tree is not None
    scalar = next(node for node in nodes.walk(tree) if isinstance(node, Scalar))
    assert parse(embed(source, scalar, Start.FORMULA, diags), diags) is not None
    assert not diags


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("a: x = 'b # c'", "x = 'b"),
        ("a: sum(x # all\nb: c", "sum(x"),
        ("a: x[prior # why\nb: c", "x[prior"),
        ("a: `b # c`", None),
    ],
)
def test_a_value_cut_by_a_comment(text: str, left: str | None) -> None:
    diags = Diagnostics()
    if left is None:
        assert read_tree(Source("f.yml", text), diags) is None
        return
    source = Source("f.yml", text)
    tree = read_tree(source, diags)
    assert isinstance(tree, Mapping) and isinstance(tree.entries[0].value, Scalar)
    assert embed(source, tree.entries[0].value, Start.FORMULA, diags).broken
    (found,) = diags
    assert found.code.number == "KPI018"
    assert text[found.span.start : found.span.end] == left
    assert text[found.secondary[0].span.start :].startswith("#")


@pytest.mark.parametrize("text", ["a: 'google'", 'a: "google"', "a: '名前'"])
def test_quotes_that_yaml_strips_are_a_warning(text: str) -> None:
    diags = Diagnostics()
    found = embedded(text, diags)
    assert [d.code.number for d in diags] == ["KPI019"] and not diags.has_errors
    assert isinstance(parse(found, diags), ast.Path)


@pytest.mark.parametrize("text", ["a: \"'google'\"", "a: 'x + y'", "a: '12'", "a: google", "a: |\n  google"])
def test_quotes_that_are_meant_are_none(text: str) -> None:
    diags = Diagnostics()
    embedded(text, diags)
    assert not diags


STYLES = ["'{}'", '"{}"', "|\n  {}\n", ">-\n  {}\n", "|\n\n\n    {}\nb: c", "{}"]


@given(st.data(), st.sampled_from(list(Start)), st.sampled_from(STYLES), st.sampled_from(["\n", "\r\n"]))
def test_any_tree_survives_any_style(data: st.DataObject, start: Start, style: str, end: str) -> None:
    """Whatever YAML does to it: the tree that was written, or a finding, never another tree."""
    tree = data.draw(TREES[start])
    text = unparse(tree)
    if style == "'{}'":
        text = text.replace("'", "''")
    file = f"x: y\na: {style.format(text)}".replace("\n", end)
    source, diags = Source("f.yml", file), Diagnostics()
    top = read_tree(source, diags)
    if not isinstance(top, Mapping) or len(top.entries) < 2 or not isinstance(top.entries[1].value, Scalar):
        return
    found = embed(source, top.entries[1].value, start, diags)
    read = parse(found, diags)
    if diags.has_errors or read is None or _is_damaged(text):
        return
    if found.exact:
        assert file[found.span.start : found.span.end] == found.text
    if style in ("'{}'", '"{}"', "|\n  {}\n"):
        assert read == tree


def _is_damaged(text: str) -> bool:
    """Line ends in strings, escapes and signs of YAML are a style's own business."""
    return any(char in text for char in '\\"\r\n\t\x85\u2028\u2029\ufeff') or not text.isprintable()
