"""The parser's limits, its places and its answers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpilang import nodes
from kpilang.diagnostics import Diagnostic, Diagnostics
from kpilang.source import Span
from kpilang.syntax import ast
from kpilang.syntax.grammar import tables
from kpilang.syntax.machine import MAX_DEPTH, MAX_TERMS
from kpilang.syntax.parser import MAX_LENGTH, parse, parse_text
from kpilang.syntax.spec import Embedded, Start


def tree_of(text: str, start: Start = Start.FORMULA) -> ast.Tree:
    diags = Diagnostics()
    tree = parse_text(start, text, "x", diags)
    assert tree is not None and not diags, [d.message for d in diags]
    return tree


def trouble(text: str, start: Start = Start.FORMULA) -> Diagnostic:
    diags = Diagnostics()
    assert parse_text(start, text, "x", diags) is None
    (diagnostic,) = diags
    return diagnostic


# ---------------------------------------------------------------------------- places


def test_places_are_places_in_the_file() -> None:
    diags = Diagnostics()
    tree = parse(Embedded(Start.FORMULA, "a + (b * c)", span=Span("f.yml", 100, 111)), diags)
    assert isinstance(tree, ast.Binary) and isinstance(tree.right, ast.Binary)
    assert tree.span == Span("f.yml", 100, 111)
    assert tree.right.span == Span("f.yml", 105, 110), "parentheses belong to what is around"
    assert tree.right.left.span == Span("f.yml", 105, 106)


def test_where_places_are_not_exact_each_is_the_whole() -> None:
    whole = Span("f.yml", 100, 120)
    tree = parse(Embedded(Start.FORMULA, "a = 'it''s'", exact=False, span=whole), Diagnostics())
    assert tree is not None
    assert {node.span for node in nodes.walk(tree)} == {whole}


def test_what_is_broken_is_not_reported_again() -> None:
    diags = Diagnostics()
    assert parse(Embedded(Start.FORMULA, "", broken=True), diags) is None
    assert not diags


def test_the_end_is_behind_the_last_character() -> None:
    found = trouble("sum(a +   ")
    assert (found.code.number, found.span) == ("KPI102", Span("x", 7, 7))
    assert found.secondary[0].span == Span("x", 3, 4)


def test_names_are_compared_in_composed_form() -> None:
    assert tree_of("u\u0308ber") == tree_of("über")
    assert tree_of("a.`u\u0308ber`") == tree_of("a.`über`")


# ---------------------------------------------------------------------------- limits


@pytest.mark.parametrize(
    "text",
    [
        "(" * 10_000 + "x" + ")" * 10_000,
        "(" * 10_000,
        "not " * 5_000 + "x",
        "-" * 5_000 + "x",
        "x" + "[prior]" * 5_000,
        "f(" * 5_000,
        "a = (" * 5_000,
        "case when " * 5_000,
        "x[y" * 5_000,
        "a.b(c where " * 3_000,
    ],
)
def test_too_deep_is_a_finding(text: str) -> None:
    assert trouble(text).code.number == "KPI121"


def test_depth_is_counted_in_levels() -> None:
    tree_of("(" * (MAX_DEPTH - 2) + "x" + ")" * (MAX_DEPTH - 2))
    assert trouble("(" * (MAX_DEPTH - 1) + "x" + ")" * (MAX_DEPTH - 1)).code.number == "KPI121"


@pytest.mark.parametrize("operator", [" + ", " * ", " - ", " and ", " or "])
def test_three_thousand_terms_are_one_formula(operator: str) -> None:
    tree = tree_of(operator.join(["a"] * MAX_TERMS))
    assert sum(isinstance(node, ast.Path) for node in nodes.walk(tree)) == MAX_TERMS


def test_a_longer_chain_is_a_finding() -> None:
    assert trouble(" + ".join(["a"] * (MAX_TERMS + 2))).code.number == "KPI120"


def test_the_size_is_limited() -> None:
    assert trouble("a" * (MAX_LENGTH + 1)).code.number == "KPI120"


# ---------------------------------------------------------------------------- answers


@pytest.mark.parametrize(
    ("text", "code", "at"),
    [
        ("a or or b", "KPI101", "or"),
        ("x > 'a' andy", "KPI101", "andy"),
        ("(a) andrew", "KPI101", "andrew"),
        ("f(a b)", "KPI101", "b"),
        ("a)", "KPI101", ")"),
        ("end", "KPI101", "end"),
        ("case x when 1 then 2 end", "KPI101", "x"),
        ("", "KPI103", ""),
        ("a = 'b", "KPI104", "'b"),
        ("a = `b", "KPI104", "`b"),
        ("a \x01 b", "KPI105", "\x01"),
        ("a = “b”", "KPI106", "“"),
        ("a − b", "KPI106", "−"),
        ("sum（a）", "KPI106", "（"),
        ("1e5", "KPI107", "1e5"),
        ("5x", "KPI107", "5x"),
        ("1_000", "KPI107", "1_000"),
        ("1.2.3", "KPI107", "1.2.3"),
        ("2024-1-31", "KPI107", "2024-1-31"),
        ("2024-01-31T25", "KPI107", "2024-01-31T25"),
        ("a[last 1.5 days]", "KPI108", "1.5"),
        ('a = "b"', "KPI110", '"b"'),
        ('""', "KPI110", '""'),
        ('a = "b', "KPI110", '"b'),
        ("a == b", "KPI111", "=="),
        ("a && b", "KPI111", "&&"),
        ("a || b", "KPI111", "||"),
        ("!a", "KPI111", "!"),
        ("a !== b", "KPI111", "!=="),
        ("a ** b", "KPI111", "**"),
        ("a ^ b", "KPI111", "^"),
        ("a % b", "KPI111", "%"),
        ("a :: b", "KPI111", "::"),
        ("a ? b : c", "KPI111", "?"),
        ("a; b", "KPI111", ";"),
        ("{{ a }}", "KPI111", "{"),
        ("count(*)", "KPI112", "*"),
        ("sum(a) group by b", "KPI113", "group"),
        ("SELECT a FROM b", "KPI113", "SELECT"),
        ("count(distinct a)", "KPI113", "distinct"),
        ("sum(a) over (b)", "KPI113", "over"),
        ("sum(a) filter (b)", "KPI113", "filter"),
        ("sum(a) where b", "KPI114", "where"),
        ("revenue per customer", "KPI114", "per"),
        ("sum(a) by b", "KPI114", "by"),
        ("a < b < c", "KPI115", "<"),
        ("a = b = c", "KPI115", "="),
        ("a is null is null", "KPI115", "is"),
        ("a as EUR + b", "KPI116", "+"),
        ("a as EUR = b", "KPI116", "="),
        ("sum(a where b as EUR > c)", "KPI116", "as"),
        ("a + (b as EUR as USD)", "KPI101", "as"),
        ("not a as EUR as b", "KPI101", "as"),
        ("a AND b", "KPI117", "AND"),
        ("a IS NULL", "KPI117", "IS"),
        ("sum(a where b where c)", "KPI118", "where c"),
        ("revenue[prior, prior]", "KPI119", ","),
    ],
)
def test_each_habit_has_its_answer(text: str, code: str, at: str) -> None:
    found = trouble(text)
    assert found.code.number == code, found.message
    assert text[found.span.start : found.span.end] == at


def test_all_modifiers_that_stand_twice_are_reported() -> None:
    diags = Diagnostics()
    assert parse_text(Start.FORMULA, "sum(a via b via c) + sum(d dated e dated f)", "x", diags) is None
    assert [d.code.number for d in diags] == ["KPI118", "KPI118"]


@pytest.mark.parametrize(
    ("text", "start", "expected"),
    [
        ("a +", Start.FORMULA, "expected a value"),
        ("a b", Start.FORMULA, "expected an operator or the end"),
        ("(a", Start.FORMULA, "expected an operator or `)`"),
        ("(a, b", Start.VALUES, "expected an operator, `)` or `,`"),
        ("x[year to", Start.FORMULA, "expected `date`"),
        ("customers while a", Start.SEGMENT, "expected an operator or `to`"),
        ("at", Start.GOAL, "expected `least` or `most`"),
        ("25%", Start.GOAL, "expected `above`, `at`, `below` or `between`"),
        ("->", Start.COLUMN_TYPE, "expected a name"),
        ("id x", Start.COLUMN_TYPE, "expected `(`, `?` or the end"),
        ("a.", Start.REFERENCE, "expected a name"),
        ("latest loaded_at", Start.DUPLICATES, "expected `by`"),
    ],
)
def test_what_was_expected_is_said_in_words(text: str, start: Start, expected: str) -> None:
    assert trouble(text, start).label == expected


# ---------------------------------------------------------------------------- any text at all

SIGNS = "()[]{}.,+-*/<>=!?:;&|^%'`\"\\#@$~‘“（"
WORDS = [*sorted(tables().words), "x", "'a'", "`b`", "12", "2024-01-31", *SIGNS]


@given(st.sampled_from(list(Start)), st.text(max_size=60))
def test_no_text_makes_it_raise(start: Start, text: str) -> None:
    diags = Diagnostics()
    assert (parse_text(start, text, "x", diags) is None) == diags.has_errors


@given(
    st.sampled_from(list(Start)), st.lists(st.sampled_from(WORDS), max_size=25), st.sampled_from(["", " "])
)
def test_no_heap_of_tokens_makes_it_raise(start: Start, words: list[str], glue: str) -> None:
    text = glue.join(words)
    diags = Diagnostics()
    assert (parse_text(start, text, "x", diags) is None) == diags.has_errors
    for diagnostic in diags:
        assert 0 <= diagnostic.span.start <= diagnostic.span.end <= len(text)
        assert diagnostic.message and "\n" not in diagnostic.message
