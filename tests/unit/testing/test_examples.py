"""Examples beside definitions: what is filled in, what is compared, what a failure shows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

import kpilang
from kpilang import types
from kpilang.testing import examples, tables
from kpilang.testing.examples import Outcome

SPEC = """
entities:
  orders:
    table: shop.orders
    key: order_id
    time: ordered_at
    where: not is_test
    recorded: loaded_at
    columns:
      order_id: id
      ordered_at: timestamp
      loaded_at: timestamp
      is_test: bool
      customer: -> customers
      amount:
        type: money(EUR)
        value: cents / 100
      note: string?
  customers:
    table: shop.customers
    key: customer_id
    columns:
      customer_id: id
      country: string?
dimensions:
  country:
    orders: customer.country
kpis:
  revenue:
    formula: sum(orders.amount)
    tests:
{tests}
  mean: avg(orders.amount)
"""


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with tables.connect() as made:
        yield made


def outcome(folder: Path, test: str, connection: duckdb.DuckDBPyConnection) -> Outcome:
    """Of the only test."""
    lines = [
        ("      - " if not number else "        ") + line for number, line in enumerate(test.splitlines())
    ]
    spec = SPEC.replace("{tests}", "\n".join(lines))
    (folder / "spec.yml").write_text(spec, "utf-8")
    found = kpilang.load(folder / "spec.yml")
    (only,) = examples.examples(found.kpis, found.files)
    return examples.run(only, found.catalog, connection)


def codes(found: Outcome) -> list[str]:
    return [one.code.number for one in found.findings]


ROWS = """given:
  orders:
    - ordered_at: 2024-03-01
      amount: 10
    - ordered_at: 2024-03-02
      amount: 2.5
"""


@pytest.mark.parametrize(
    ("expect", "wanted"),
    [
        ("expect: 12.5", []),
        ("expect: 12.50", []),
        ("expect: 12.51", ["KPI810"]),
        ("expect:\n  revenue: 12.5", []),
        ("expect:\n  - revenue: 12.5", []),
        ("expect:\n  - revenue: 12.5\n  - revenue: 0", ["KPI810"]),
        ("expect: []", ["KPI810"]),
        ("expect: null", ["KPI804"]),
        ("expect:\n  revenues: 12.5", ["KPI805"]),
        ("expect:\n  error: KPI403", ["KPI811"]),
        ("query:\n  by:\n    - planet\nexpect:\n  error: KPI203", []),
        ("query:\n  by:\n    - planet\nexpect:\n  error: KPI811", ["KPI203"]),
    ],
)
def test_what_is_expected(
    tmp_path: Path, connection: duckdb.DuckDBPyConnection, expect: str, wanted: list[str]
) -> None:
    found = outcome(tmp_path, ROWS + expect, connection)
    assert codes(found) == wanted


def test_only_what_is_read_has_to_be_given(tmp_path: Path, connection: duckdb.DuckDBPyConnection) -> None:
    """Neither the key, nor the test's mark, nor when a row was loaded, nor whose it is."""
    assert outcome(tmp_path, ROWS + "expect: 12.5", connection).passed


def test_a_condition_counts_as_soon_as_a_row_speaks_of_it(
    tmp_path: Path, connection: duckdb.DuckDBPyConnection
) -> None:
    """10 is of a test, 2.5 is not: 2.5."""
    rows = ROWS.replace("amount: 10", "amount: 10\n      is_test: true")
    rows = rows.replace("amount: 2.5", "amount: 2.5\n      is_test: false")
    assert outcome(tmp_path, rows + "expect: 2.5", connection).passed


def test_the_columns_of_the_table_may_be_given(tmp_path: Path, connection: duckdb.DuckDBPyConnection) -> None:
    rows = ROWS.replace("amount: 10", "cents: 1000").replace("amount: 2.5", "cents: 250")
    assert outcome(tmp_path, rows + "expect: 12.5", connection).passed


def test_a_reference_means_the_only_row(tmp_path: Path, connection: duckdb.DuckDBPyConnection) -> None:
    by_country = "query:\n  by:\n    - country\nexpect:\n  - country: DE\n    revenue: 12.5"
    one = ROWS + "  customers:\n    - country: DE\n" + by_country
    assert outcome(tmp_path, one, connection).passed
    two = one.replace("    - country: DE\nquery", "    - country: DE\n    - country: FR\nquery")
    assert codes(outcome(tmp_path, two, connection)) == ["KPI802", "KPI802"]


@pytest.mark.parametrize(
    ("written", "passes"),
    [("0.333", True), ("0.3333", True), ("33.3%", True), ("0.334", False), ("0.33", False)],
)
def test_as_many_digits_as_are_written(written: str, passes: bool) -> None:
    """One third, which no decimal is; fewer than three digits are compared in full."""
    value: object = written if written.endswith("%") else Decimal(written)
    type_ = replace(types.INTEGER, kind=types.Kind.NUMBER, exactness=types.Exactness.ROUNDED)
    assert examples._agrees(value, 1 / 3, type_) is passes


def test_a_failure_shows_what_mattered(tmp_path: Path, connection: duckdb.DuckDBPyConnection) -> None:
    """A row of 0 changes nothing."""
    rows = ROWS + "    - ordered_at: 2024-03-03\n      amount: 0\n"
    found = outcome(tmp_path, rows + "expect: 10", connection)
    assert codes(found) == ["KPI810"]
    assert (found.columns, [list(row) for row in found.expected]) == (("revenue",), [[10]])
    assert [list(row) for row in found.actual] == [[Decimal("12.5")]]
    ((entity, mattered),) = found.mattered
    assert entity == "orders"
    assert [row["amount"] for row in mattered] == [Decimal("10"), Decimal("2.5")]


def test_sql_that_differs_from_the_laws_is_our_fault(
    tmp_path: Path, connection: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(examples, "_by_sql", lambda query, rows, connection: [(Decimal(1),)])
    found = outcome(tmp_path, ROWS + "expect: 12.5", connection)
    assert codes(found) == ["KPI812"]
