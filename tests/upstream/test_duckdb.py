"""What DuckDB does, where we rely on it or work around it. When one of these fails, look at what it names."""

from __future__ import annotations

import math
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import duckdb
import pytest


@pytest.fixture(scope="module")
def duck() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(":memory:")
    connection.execute("SET TimeZone = 'UTC'")
    return connection


def one(duck: duckdb.DuckDBPyConnection, expression: str) -> Any:
    return duck.execute(f"SELECT {expression}").fetchall()[0][0]


def test_version_is_the_pinned_one() -> None:
    assert duckdb.__version__ == "2.0.0"


# ---------------------------------------------------------------------------- worked around


TWO_JOINS = """
    WITH bounds(k, low) AS (VALUES (1, 1)),
    kinds AS (
      SELECT k, count(DISTINCT parent.kind) AS n FROM rows LEFT JOIN rows AS parent ON rows.parent = parent.id
      JOIN bounds ON rows.id >= low GROUP BY 1
    ),
    roots AS (
      SELECT k, count(*) AS n FROM rows LEFT JOIN rows AS parent ON rows.parent = parent.id
      JOIN bounds ON rows.id >= low WHERE parent.parent IS NULL GROUP BY 1
    )
    SELECT roots.n FROM kinds, roots
"""
"""Row 1 has a parent that is missing, row 2 is its own: one row has no grandparent."""


def test_joins_that_two_parts_of_a_query_share_lose_rows(duck: duckdb.DuckDBPyConnection) -> None:
    """Hence the optimizer is off (`engines.workspace`): what it shares is filtered for one of the parts."""
    duck.execute(
        "CREATE OR REPLACE TEMP TABLE rows AS FROM (VALUES (1, 3, 'a'), (2, 2, 'a')) t(id, parent, kind)"
    )
    assert duck.execute(TWO_JOINS).fetchall() == []
    duck.execute("SET disabled_optimizers = 'common_subplan'")
    assert duck.execute(TWO_JOINS).fetchall() == [(1,)]
    duck.execute("RESET disabled_optimizers")


def test_division_by_zero_is_an_infinity(duck: duckdb.DuckDBPyConnection) -> None:
    """Hence NULLIF around every divisor (`duckdb_numbers.division`)."""
    assert one(duck, "1 / 0") == math.inf
    assert math.isnan(one(duck, "0 / 0"))


@pytest.mark.parametrize(
    "expression",
    ["1e308::double * 10", "1e308::double + 1e308", "exp(1000)", "ln(0::double)", "power(0::double, -1)"],
)
def test_doubles_overflow_without_an_error(duck: duckdb.DuckDBPyConnection, expression: str) -> None:
    """Hence `finite`; elsewhere `overflow.magnitude` shows that it cannot happen."""
    assert math.isinf(one(duck, expression))


def test_roots_of_negative_numbers_are_nan(duck: duckdb.DuckDBPyConnection) -> None:
    assert math.isnan(one(duck, "sqrt(-1::double)"))
    assert one(duck, "nullif('nan'::double, 'nan'::double)") is None


def test_a_case_over_decimals_takes_the_wrong_scale(duck: duckdb.DuckDBPyConnection) -> None:
    """Hence the casts of `fitted`: 1.255 becomes 1.26 (of two full-width decimals the last one's scale)."""
    wide, narrow = "cast(1.255 as decimal(38, 6))", "cast(2 as decimal(38, 2))"
    assert one(duck, f"case when true then {wide} else {narrow} end") == Decimal("1.26")


def test_quotients_of_decimals_are_rounded_twice(duck: duckdb.DuckDBPyConnection) -> None:
    """Hence decimals are divided as whole numbers: 0.3 / 0.1 is 3."""
    three, one_tenth = "cast(0.3 as decimal(38, 6))", "cast(0.1 as decimal(38, 6))"
    assert one(duck, f"{three}::double / {one_tenth}::double") == 2.9999999999999996
    assert one(duck, f"({three} * 1000000)::double / ({one_tenth} * 1000000)::double") == 3.0


def test_greatest_skips_nulls(duck: duckdb.DuckDBPyConnection) -> None:
    assert one(duck, "greatest(1, null)") == 1


def test_a_median_of_decimals_is_cut_to_their_scale(duck: duckdb.DuckDBPyConnection) -> None:
    """Hence percentiles over doubles."""
    values = "(values (cast(0.01 as decimal(18, 2))), (cast(0.02 as decimal(18, 2)))) as t(x)"
    assert duck.execute(f"select quantile_cont(x, 0.5) from {values}").fetchall() != [(0.015,)]
    assert duck.execute(f"select quantile_cont(x::double, 0.5) from {values}").fetchall() == [(0.015,)]


def test_truncating_a_date_gives_a_timestamp(duck: duckdb.DuckDBPyConnection) -> None:
    assert one(duck, "typeof(date_trunc('month', date '2024-01-31'))") == "TIMESTAMP"


def test_sums_of_nothing_are_null(duck: duckdb.DuckDBPyConnection) -> None:
    assert duck.execute("select sum(1), count(*) where false").fetchall() == [(None, 0)]


def test_narrow_integers_overflow(duck: duckdb.DuckDBPyConnection) -> None:
    """Hence HUGEINT for arithmetic on columns."""
    with pytest.raises(duckdb.OutOfRangeException):
        one(duck, "2147483647::integer * 2::integer")


def test_of_a_repeated_local_time_the_second_is_taken(duck: duckdb.DuckDBPyConnection) -> None:
    """Hence `stored_instant`; and bounds of periods are computed by us."""
    berlin = "timestamp '2024-10-27 02:30' at time zone 'Europe/Berlin' at time zone 'UTC'"
    assert one(duck, berlin) == datetime(2024, 10, 27, 1, 30)
    missing = "timestamp '2024-03-31 02:30' at time zone 'Europe/Berlin' at time zone 'UTC'"
    assert one(duck, missing) == datetime(2024, 3, 31, 1, 30)


# ---------------------------------------------------------------------------- relied on


def test_reading_a_decimal_rounds_half_away_from_zero(duck: duckdb.DuckDBPyConnection) -> None:
    assert one(duck, "cast(0.0000005 as decimal(38, 6))") == Decimal("0.000001")
    assert one(duck, "cast(-0.0000005 as decimal(38, 6))") == Decimal("-0.000001")


def test_decimals_keep_their_scale_and_overflow_is_an_error(duck: duckdb.DuckDBPyConnection) -> None:
    assert one(duck, "typeof(sum(cast(1 as decimal(38, 6))))") == "DECIMAL(38,6)"
    assert one(duck, "typeof(cast(1 as decimal(38, 6)) * cast(1 as decimal(38, 6)))") == "DECIMAL(38,12)"
    assert one(duck, "typeof(cast(1 as decimal(38, 6)) + cast(1 as decimal(38, 2)))") == "DECIMAL(38,6)"
    big = "cast(99999999999999999999999999999999 as decimal(38, 6))"
    with pytest.raises(duckdb.OutOfRangeException):
        one(duck, f"{big} + {big}")


def test_integers_add_up_beyond_64_bits(duck: duckdb.DuckDBPyConnection) -> None:
    assert one(duck, "typeof(sum(1::bigint))") == "HUGEINT"


def test_a_long_decimal_text_is_rounded_by_its_digits(duck: duckdb.DuckDBPyConnection) -> None:
    """`round` of a double goes over its exact expansion."""
    for number, wanted in (
        (1.115, "1.11"),
        (1.005, "1.00"),
        (0.125, "0.13"),
        (-0.125, "-0.13"),
        (0.995, "0.99"),
    ):
        text = f"format('{{:.60f}}', {number!r}::double)"
        assert one(duck, f"cast({text} as decimal(38, 2))") == Decimal(wanted)


def test_whole_decimals_become_their_double(duck: duckdb.DuckDBPyConnection) -> None:
    assert one(duck, "cast(cast(9007199254.740991 as decimal(38, 6)) * 1000000 as double)") == 2.0**53 - 1


def test_arg_min_skips_null_values_and_compares_rows(duck: duckdb.DuckDBPyConnection) -> None:
    rows = "(1, date '2024-01-02', 2), (3, date '2024-01-02', 1), (null, date '2023-01-01', 1)"
    ends = f"select arg_min(x, row(d, k)), arg_max(x, row(d, k)) from (values {rows}) as t(x, d, k)"
    assert duck.execute(ends).fetchall() == [(3, 1)]


def test_text_is_compared_by_code_point(duck: duckdb.DuckDBPyConnection) -> None:
    assert one(duck, "'A' < 'a' and 'é' > 'z' and '😀' > '\uffff'")
    assert one(duck, "length('e\u0301')") == 2


def test_nulls_come_last_in_both_directions(duck: duckdb.DuckDBPyConnection) -> None:
    rows = "(values (1), (null), (2)) as t(x)"
    assert duck.execute(f"select x from {rows} order by x").fetchall()[-1] == (None,)
    assert duck.execute(f"select x from {rows} order by x desc").fetchall()[-1] == (None,)


def test_days_are_added_to_dates_as_integers(duck: duckdb.DuckDBPyConnection) -> None:
    assert one(duck, "date '2024-01-31' + 3") == date(2024, 2, 3)
    assert one(duck, "date_diff('day', date '2024-02-28', date '2024-03-01')") == 2
