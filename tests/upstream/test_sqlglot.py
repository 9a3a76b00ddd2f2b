"""What sqlglot does, where we rely on it or work around it. One that fails names what to look at."""

from __future__ import annotations

import sqlglot
from sqlglot import exp


def test_version_is_the_pinned_one() -> None:
    assert sqlglot.__version__ == "30.30.0"


def test_a_tree_is_printed_as_it_is() -> None:
    """Hence `sql.precedence`: no parentheses are added."""
    total = exp.Add(this=exp.column("a"), expression=exp.column("b"))
    assert exp.Mul(this=total, expression=exp.column("c")).sql() == "a + b * c"


def test_one_node_has_one_parent() -> None:
    """Hence lowering gives fresh trees: the second parent takes the child without a word."""
    shared = exp.column("a")
    first = exp.Not(this=shared)
    second = exp.Neg(this=shared)
    assert shared.parent is second and first.this is shared


def test_unknown_functions_pass_unremarked() -> None:
    """Hence no call in our trees may be anonymous but those the dialect lists."""
    tree = sqlglot.parse_one("select no_such_function(a)", dialect="duckdb")
    assert tree.sql("duckdb", unsupported_level=sqlglot.ErrorLevel.RAISE) == "SELECT NO_SUCH_FUNCTION(a)"
    assert tree.find(exp.Anonymous)


def test_raise_does_not_see_what_a_dialect_lacks() -> None:
    """Hence our own tables decide; conditions stand in CASE, never in FILTER, which Redshift lacks."""
    tree = sqlglot.parse_one("select sum(a) filter (where b) from t", dialect="duckdb")
    assert "FILTER" in tree.sql("redshift", unsupported_level=sqlglot.ErrorLevel.RAISE)


def test_a_week_begins_where_the_dialect_says() -> None:
    """Hence a week is moved to Monday and back before it is truncated."""
    week = exp.TimestampTrunc(this=exp.column("a"), unit=exp.Var(this="WEEK"))
    assert week.sql("duckdb") == "DATE_TRUNC('WEEK', a)"
    assert week.sql("bigquery") == "TIMESTAMP_TRUNC(a, WEEK)"


def test_safe_division_prints_nullif() -> None:
    """We spell it ourselves, as decimals need more."""
    tree = exp.Div(this=exp.column("a"), expression=exp.column("b"), safe=True, typed=False)
    assert "NULLIF" in tree.sql("postgres")


def test_count_distinct_filter_for_snowflake() -> None:
    """Was wrong until 30.30; we do not use it."""
    tree = sqlglot.parse_one("select count(distinct a) filter (where b) from t", dialect="duckdb")
    assert tree.sql("snowflake") == "SELECT COUNT(DISTINCT IFF(b, a, NULL)) FROM t"


def test_identifiers_and_comments_cannot_break_out() -> None:
    name = exp.to_identifier('a" FROM b; --', quoted=True)
    assert name.sql("duckdb") == '"a"" FROM b; --"'
    select = exp.select("1")
    select.add_comments(["x */ drop table y; /*"])
    assert sqlglot.parse(select.sql("duckdb"), dialect="duckdb")[0] == exp.select("1")
    assert len(sqlglot.parse(select.sql("duckdb"), dialect="duckdb")) == 1
