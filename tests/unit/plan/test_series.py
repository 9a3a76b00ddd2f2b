"""Long calendars are generated: the same rows as the list of them, in a few lines."""

from __future__ import annotations

import pytest

from kpilang import ir, plan, sql
from kpilang.plan import nodes
from kpilang.testing import tables
from tests.unit.plan.asking import NOW, ask, run

LISTED = tuple(name for name in plan.ALL if name != "series")
BERLIN = "timezone: Europe/Berlin\n"

WINDOWS = [
    "revenue[prior]",
    "revenue[1 month ago]",
    "revenue[1 year ago]",
    "buyers[last 28 days]",
    "buyers[last 1 month]",
    "buyers[month to date]",
    "buyers[year to date]",
    "buyers[next 3 days]",
    "revenue[all time]",
    "buyers[from 2024-01-01 to 2024-02-01]",
]


def days(*kpis: str, project: str = "", **words: str) -> ir.Query:
    words = {"start": "2023-12-01", "end": "2024-04-15", **words}
    return ask(*kpis, project=project, grain="day", by=("channel",), **words)


def calendars(query: ir.Query) -> list[nodes.Relation]:
    relations = plan.build(query, NOW).relations
    return [node for node in relations if isinstance(node, nodes.Series | nodes.Calendar)]


@pytest.mark.parametrize(
    ("kpi", "project"),
    [
        *((window, BERLIN) for window in WINDOWS),
        ("buyers[last 28 days]", ""),
        ("buyers[last 28 days]", "timezone: America/Havana\n"),
        ("buyers[month to date]", "timezone: Asia/Beirut\n"),
    ],
)
def test_generated_calendars_hold_what_listed_ones_hold(kpi: str, project: str) -> None:
    query = days("revenue", kpi, project=project)
    assert run(query) == run(query, LISTED)
    for node in calendars(query):
        assert rows_of(query, node) == rows_of(query, next(n for n in listed(query) if n.name == node.name))


def listed(query: ir.Query) -> tuple[nodes.Relation, ...]:
    return plan.build(query, NOW, LISTED).relations


def rows_of(query: ir.Query, node: nodes.Relation) -> list[tuple[object, ...]]:
    """The rows of one relation of the query's plan, as DuckDB makes them."""
    column = "*"
    rewrites = plan.ALL if isinstance(node, nodes.Series) else LISTED
    text = sql.compile(plan.build(query, NOW, rewrites), with_header=False).text
    ctes = text[: text.rindex("\n)") + 2]
    with tables.connect() as connection:
        tables.load(connection, query.model, {})
        return connection.execute(f'{ctes} SELECT {column} FROM "{node.name}" ORDER BY 1').fetchall()


@pytest.mark.parametrize("kpi", ["buyers[last 28 days]", "buyers[year to date]", "revenue[1 year ago]"])
def test_days_of_berlin_have_a_form(kpi: str) -> None:
    assert all(isinstance(node, nodes.Series) for node in calendars(days("revenue", kpi, project=BERLIN)))


def test_short_calendars_and_hours_are_listed() -> None:
    short = days("revenue[prior]", start="2024-01-01", end="2024-01-15")
    assert all(isinstance(node, nodes.Calendar) for node in calendars(short))
    hours = ask("revenue", grain="hour", start="2024-01-01", end="2024-01-05")
    assert all(isinstance(node, nodes.Calendar) for node in calendars(hours))


def test_an_open_end_is_an_exception_of_one_period() -> None:
    query = days("buyers[last 28 days]", as_of="2024-04-14T12:00:00")
    assert run(query) == run(query, LISTED)
    (series,) = (node for node in calendars(query) if node.name == "last_28_days_periods")
    assert isinstance(series, nodes.Series)


def test_months_of_a_decade() -> None:
    query = ask(
        "revenue",
        "revenue[prior]",
        "revenue[1 quarter ago]",
        grain="month",
        start="2019-01-01",
        end="2026-01-01",
    )
    assert run(query) == run(query, LISTED)
    assert all(isinstance(node, nodes.Series) for node in calendars(query))
