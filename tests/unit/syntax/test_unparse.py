"""What is written back reads as the same tree, for every tree and for every formula there is."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from kpilang import nodes
from kpilang.diagnostics import Diagnostics
from kpilang.source import Source
from kpilang.syntax import ast
from kpilang.syntax.parser import parse, parse_text
from kpilang.syntax.reader import read_spec
from kpilang.syntax.spec import Embedded, Start
from kpilang.syntax.unparse import unparse
from tests.unit.syntax.strategies import TREES

SHARED = Path(__file__).parents[4] / "shared"


def read(start: Start, text: str) -> ast.Tree:
    diags = Diagnostics()
    tree = parse_text(start, text, "formula", diags)
    assert not diags, f"{text}: {[str(d.code) + ' ' + d.message for d in diags]}"
    assert tree is not None
    return tree


@given(st.data(), st.sampled_from(list(Start)))
def test_every_tree_is_read_back(data: st.DataObject, start: Start) -> None:
    tree = data.draw(TREES[start])
    assert read(start, unparse(tree)) == tree


@given(st.data(), st.sampled_from(list(Start)))
def test_spans_of_children_lie_in_their_parents(data: st.DataObject, start: Start) -> None:
    text = unparse(data.draw(TREES[start]))
    tree = read(start, text)
    assert 0 <= tree.span.start < tree.span.end <= len(text)
    for parent in nodes.walk(tree):
        assert parent.span.start < parent.span.end
        for child in nodes.children(parent):
            assert parent.span.start <= child.span.start < child.span.end <= parent.span.end


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("(a)+(b*c)", "a + b * c"),
        ("(a+b)*c", "(a + b) * c"),
        ("a-(b-c)", "a - (b - c)"),
        ("(a-b)-c", "a - b - c"),
        ("- - a", "--a"),
        ("-(a+b)", "-(a + b)"),
        ("(a or b) and c", "(a or b) and c"),
        ("a or (b and c)", "a or b and c"),
        ("not(not a)", "not not a"),
        ("(not a) = b", "(not a) = b"),
        ("a != b", "a <> b"),
        ("((a))[prior]", "a[prior]"),
        ("(a+b)[prior]", "(a + b)[prior]"),
        ("x in ('a')", "x in ('a')"),
        ("x in (loyal)", "x in loyal"),
        ("(a as EUR)+b", "(a as EUR) + b"),
        ("f((a as EUR))", "f(a as EUR)"),
        ("sum(a where b dated c via d)", "sum(a via d dated c where b)"),
        ("rank(per customer by at desc)", "rank(per customer by at desc)"),
        ("x[(last = 3)]", "x[(last = 3)]"),
        ("x[`last` = 3]", "x[`last` = 3]"),
        ("f((all))", "f((all))"),
        ("a.end + `end`", "a.end + `end`"),
        ("5 `with`", "5 `with`"),
        ("'it''s'", "'it''s'"),
        ("2.50", "2.50"),
        ("case when a then b end", "case when a then b end"),
    ],
)
def test_the_fewest_parentheses(written: str, canonical: str) -> None:
    tree = read(Start.FORMULA, written)
    assert unparse(tree) == canonical
    assert read(Start.FORMULA, canonical) == tree


def test_a_long_chain_is_written_without_recursion() -> None:
    text = "a" + " + b * c" * 2999
    assert unparse(read(Start.FORMULA, text)) == text


def test_every_expression_of_the_conformance_cases() -> None:
    folder = SHARED / "conformance"
    if not folder.is_dir():
        pytest.fail(f"the conformance cases are not at {folder}: put them there, or run without this test")
    count = 0
    for file in sorted(folder.glob("*.yml")):
        for case in yaml.load(file.read_text("utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
            diags = Diagnostics()
            spec = read_spec(Source(case["id"], case["spec"]), diags)
            for node in nodes.walk(spec):
                if isinstance(node, Embedded):
                    tree = parse(node, diags)
                    assert tree is not None and not diags, f"{case['id']}: {node.text}"
                    assert read(node.start, unparse(tree)) == tree
                    count += 1
    assert count > 3000
