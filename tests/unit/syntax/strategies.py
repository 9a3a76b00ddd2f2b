"""Syntax trees as a parser makes them, from every rule of the grammar: for properties of both directions."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from kpilang.syntax import ast
from kpilang.syntax.grammar import tables
from kpilang.syntax.spec import Start
from kpilang.syntax.unparse import AFTER_A_NUMBER, SELECTOR_WORDS

PLAIN = [
    "orders",
    "amount",
    "x",
    "order_id",
    "andy",
    "in2",
    "_a",
    "名前",
    "größe",
    "सेवा",
    "days",
    "EUR",
    "this",
]
QUOTED = ["end", "a b", "first-name", "2024", "last", "''", "select *", "名 前"]


def names(but: frozenset[str] = frozenset()) -> SearchStrategy[ast.Name]:
    """Plain words, words that are of the language only elsewhere, and names that need back-quotes."""
    contextual = sorted(set(tables().words) - tables().reserved - but)
    plain = st.sampled_from(PLAIN + contextual).map(ast.Name)
    return st.one_of(plain, plain, st.sampled_from(QUOTED).map(lambda text: ast.Name(text, True)))


fields = st.one_of(names(), st.sampled_from(sorted(tables().reserved)).map(ast.Name))
"""After a dot no word is reserved."""


def paths(but: frozenset[str] = frozenset()) -> SearchStrategy[ast.Path]:
    tails = st.lists(fields, max_size=2).map(tuple)
    return st.tuples(names(but), tails).map(lambda parts: ast.Path((parts[0], *parts[1])))


whole = st.integers(0, 10**20).map(Decimal)
broken = st.tuples(st.integers(0, 10**9), st.integers(1, 6)).map(
    lambda parts: Decimal(parts[0]).scaleb(-parts[1])
)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
units = names(AFTER_A_NUMBER)

literals: SearchStrategy[ast.Expr] = st.one_of(
    whole.map(lambda value: ast.Number(value, True)),
    broken.map(lambda value: ast.Number(value, False)),
    st.builds(ast.Quantity, whole, st.just(True), units),
    st.builds(ast.Quantity, broken, st.just(False), units),
    st.one_of(whole, broken).map(ast.Percent),
    st.dates().map(lambda day: ast.DateLiteral(day.isoformat())),
    st.datetimes().map(lambda moment: ast.TimestampLiteral(moment.isoformat() + "Z")),
    texts.map(ast.String),
    st.booleans().map(ast.Bool),
    st.just(ast.Null()),
)


def _call(
    function: ast.Path,
    arguments: tuple[ast.Expr, ...],
    where: ast.Expr | None,
    dated: ast.Path | None,
    via: ast.Path | None,
    per: tuple[ast.Path, ...],
    by: tuple[ast.OrderKey, ...],
) -> ast.Call:
    """Without an argument the first modifier begins with a reserved word, or there is none."""
    if not arguments and where is None and not per:
        return ast.Call(function)
    return ast.Call(function, arguments, where, dated, via, per, by)


def _lists(items: SearchStrategy[ast.Expr], least: int) -> SearchStrategy[tuple[ast.Expr, ...]]:
    return st.lists(items, min_size=least, max_size=3).map(tuple)


def _amounts(but: frozenset[str] = frozenset()) -> SearchStrategy[ast.Amount]:
    return st.one_of(
        st.builds(ast.Amount, st.integers(0, 999), units),
        paths(but).map(lambda path: ast.Amount(param=path)),
    )


def _selectors(inner: SearchStrategy[ast.Expr]) -> SearchStrategy[ast.Selector]:
    return st.one_of(
        st.sampled_from([ast.Prior(), ast.Before(), ast.Ever(), ast.AllTime()]),
        _amounts().map(ast.Last),
        _amounts().map(ast.Next),
        _amounts(SELECTOR_WORDS).map(ast.Ago),
        names(SELECTOR_WORDS).map(ast.ToDate),
        st.builds(ast.FromTo, inner, inner),
        st.lists(paths(), max_size=3).map(lambda dimensions: ast.Across(tuple(dimensions))),
        inner.map(ast.Condition),
    )


def keys(inner: SearchStrategy[ast.Expr]) -> SearchStrategy[ast.OrderKey]:
    return st.builds(ast.OrderKey, inner, st.booleans())


unit_names = st.builds(ast.UnitName, names(), st.none() | names(), st.lists(names(), max_size=2).map(tuple))


def _larger(inner: SearchStrategy[ast.Expr]) -> SearchStrategy[ast.Expr]:
    flags = st.booleans()
    arguments = st.lists(inner | paths().map(ast.AllRows), max_size=3).map(tuple)
    per = st.lists(paths(), max_size=2).map(tuple)
    by = st.lists(keys(inner), max_size=2).map(tuple)
    optional_path = st.none() | paths()
    return st.one_of(
        st.builds(_call, paths(), arguments, st.none() | inner, optional_path, optional_path, per, by),
        st.builds(
            ast.Case,
            st.lists(st.builds(ast.When, inner, inner), min_size=1, max_size=2).map(tuple),
            st.none() | inner,
        ),
        inner.map(ast.Negative),
        st.builds(ast.Binary, st.sampled_from("+-*/"), inner, inner),
        st.builds(ast.Compare, st.sampled_from(["=", "<>", "<", "<=", ">", ">="]), inner, inner),
        st.builds(ast.Is, inner, inner, flags),
        st.builds(ast.Between, inner, inner, inner, flags),
        st.builds(ast.In, inner, _lists(inner, 1), flags),
        st.builds(ast.Like, inner, inner, st.none() | inner, flags),
        inner.map(ast.Not),
        _lists(inner, 2).map(ast.And),
        _lists(inner, 2).map(ast.Or),
        st.builds(ast.As, inner, unit_names),
        st.builds(ast.Select, inner, _selectors(inner)),
    )


expressions: SearchStrategy[ast.Expr] = st.recursive(literals | paths(), _larger, max_leaves=12)

clauses = st.one_of(
    st.builds(ast.With, expressions, st.none() | expressions, st.none() | paths(), st.none() | paths()),
    st.builds(ast.While, expressions, expressions),
    st.builds(ast.Dated, paths(), st.none() | expressions),
)
sentences = st.one_of(
    st.builds(ast.Sentence, paths(), expressions, st.none() | clauses),
    st.builds(ast.Sentence, paths(), st.none(), clauses),
)

rungs = st.one_of(
    st.sampled_from([*PLAIN, *sorted(set(tables().words) - {"by"})]).map(ast.Name),
    st.sampled_from(["in progress", "by", "it's", "2"]).map(lambda text: ast.Name(text, True)),
    st.sampled_from(["Europe/Paris", "America/Port-au-Prince", "Etc/GMT+5", "2", "2.5"]).map(ast.Name),
)
column_types: SearchStrategy[ast.ColumnType] = st.one_of(
    st.builds(
        ast.ReferenceType,
        paths(),
        st.just(()) | st.lists(names(), min_size=2, max_size=3).map(tuple),
        st.booleans(),
        st.none() | paths(),
    ),
    st.builds(
        ast.ScalarType,
        names(),
        st.lists(st.lists(rungs, min_size=1, max_size=3).map(tuple), max_size=3).map(tuple),
        st.none() | paths(),
        st.booleans(),
    ),
)

TREES: dict[Start, SearchStrategy[ast.Tree]] = {
    Start.FORMULA: expressions,
    Start.CONDITION: expressions.filter(lambda tree: not isinstance(tree, ast.As)),
    Start.SEGMENT: sentences | expressions.filter(lambda tree: not isinstance(tree, ast.As)),
    Start.GOAL: st.one_of(
        st.builds(ast.Goal, st.sampled_from([">=", "<=", ">", "<"]), st.tuples(expressions)),
        st.builds(ast.Goal, st.just("between"), st.tuples(expressions, expressions)),
    ),
    Start.COVERS: st.builds(ast.Covers, expressions, st.none() | expressions),
    Start.DUPLICATES: st.builds(
        ast.Duplicates, st.booleans(), st.lists(keys(expressions), min_size=1, max_size=3).map(tuple)
    ),
    Start.MODEL: st.builds(ast.Model, names(), st.lists(expressions, max_size=3).map(tuple)),
    Start.SIGNATURE: st.builds(ast.Signature, names(), st.lists(names(), min_size=1, max_size=3).map(tuple)),
    Start.REFERENCE: paths(),
    Start.VALUES: st.one_of(
        st.builds(ast.Values, st.tuples(expressions, expressions), st.just(True)),
        st.builds(ast.Values, _lists(expressions, 1)),
    ),
    Start.COLUMN_TYPE: column_types,
    Start.VALID: st.builds(ast.Valid, paths(), paths()),
    Start.TOUCHES: st.builds(ast.Touches, paths(), st.none() | expressions),
}
"""For each start symbol the trees that it yields."""
