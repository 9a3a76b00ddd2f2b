"""How the bounds of periods are written: literals, parameters, or relative to the current date."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from kpilang import ir, plan, sql
from kpilang.diagnostics import KpilangError
from tests.unit.plan.asking import execute, quarter

NOW = datetime(2024, 3, 14, 15, tzinfo=UTC)
CLOCK = "CAST(CURRENT_TIMESTAMP AT TIME ZONE 'UTC' AS TIMESTAMP)"

FEBRUARY = "fiscal_year_starts: february\n"

MOVING = [
    quarter("revenue", "revenue[prior]", "paid[1 year ago]", by=("channel",)),
    quarter("revenue[all time]", "revenue[before]", "buyers[last 28 days]"),
    quarter("revenue[next 3 months]", "revenue[2 months ago]", by=("region",), fill=True),
    quarter("revenue", "revenue[prior]", grain=None),
    quarter("revenue", "revenue[7 days ago]", grain="day", start="2024-03-10", end="2024-03-15"),
    quarter("revenue", grain="week", start="2024-03-04", end="2024-03-18", project="week_starts: monday\n"),
    quarter(
        "revenue",
        grain="fiscal_quarter",
        start="2023-11-01",
        end="2024-05-01",
        project="fiscal_year_starts: february\n",
    ),
    quarter("revenue", grain=None, start=None, end=None),
    quarter("revenue[from 2024-01-01 to 2024-02-01]"),
    quarter("sum(customers.orders_ever)"),
]


@pytest.mark.parametrize("query", MOVING, ids=range(len(MOVING)))
def test_parameters_give_the_same_as_literals(query: ir.Query) -> None:
    planned = plan.build(query, NOW)
    bound = sql.compile(planned, period="bind")
    assert execute(bound, query) == execute(sql.compile(planned), query)
    assert "'2024-" not in bound.text


def test_equal_bounds_share_a_parameter() -> None:
    bound = sql.compile(plan.build(quarter("revenue", grain=None), NOW), period="bind")
    assert bound.parameters == (datetime(2024, 1, 1), datetime(2024, 3, 14, 15))
    assert "CAST($1 AS TIMESTAMP)" in bound.text


@pytest.mark.parametrize("query", MOVING, ids=range(len(MOVING)))
def test_relative_bounds_are_those_of_the_day(query: ir.Query) -> None:
    """With the clock set to the instant of planning the statement gives what literal bounds give."""
    planned = plan.build(query, NOW)
    moving = sql.compile(planned, period="relative")
    literal = sql.compile(planned)
    assert execute(set_to(moving, "2024-03-14 15:00:00"), query) == execute(literal, query)


@pytest.mark.parametrize(
    "later", [datetime(2024, 4, 30, 23, 59, tzinfo=UTC), datetime(2025, 2, 1, tzinfo=UTC)]
)
def test_relative_bounds_move(later: datetime) -> None:
    """A month or more later the same statement means the months around that day."""
    kpis = ("revenue", "revenue[prior]", "buyers[last 28 days]")
    moving = sql.compile(plan.build(quarter(*kpis, by=("channel",)), NOW), period="relative")
    months = (later.year - 2024) * 12 + later.month - 3
    start, end = (_moved(text, months) for text in ("2024-01-01", "2024-04-01"))
    query = quarter(*kpis, by=("channel",), start=start, end=end)
    literal = sql.compile(plan.build(query, later))
    at = later.replace(tzinfo=None).isoformat(sep=" ")
    assert execute(set_to(moving, at), query) == execute(literal, query)


def _moved(text: str, months: int) -> str:
    year, month = divmod(int(text[:4]) * 12 + int(text[5:7]) - 1 + months, 12)
    return f"{year}-{month + 1:02}-01"


def set_to(compiled: sql.Compiled, instant: str) -> sql.Compiled:
    assert CLOCK in compiled.text
    return sql.Compiled(compiled.text.replace(CLOCK, f"TIMESTAMP '{instant}'"), compiled.columns)


@pytest.mark.parametrize(
    ("query", "why"),
    [
        (quarter("revenue[year to date]"), "keeps no distance"),
        (quarter("revenue[next 10 days]"), "keeps no distance"),  # cut at now in some months only
        (quarter("revenue[last 3 months]"), "keeps no distance"),  # of the open month, from its cut end
        (quarter("revenue / period"), "length of a period"),
        (quarter("revenue", project="timezone: Europe/Berlin\n"), "not cut in UTC"),
        (quarter("revenue", as_of="2024-02-01T00:00:00"), "as-of"),
        (quarter("revenue", grain="hour", start="2024-01-01", end="2024-01-02"), "hours"),
        (quarter("revenue", grain=None, start="2024-01-01T10:00:00", end="2024-01-02"), "within a day"),
    ],
)
def test_what_is_not_relative_is_refused(query: ir.Query, why: str) -> None:
    with pytest.raises(KpilangError, match="KPI556") as caught:
        sql.compile(plan.build(query, NOW), period="relative")
    assert why in caught.value.diagnostics[0].notes[0]


def test_the_header_can_be_left_out() -> None:
    planned = plan.build(quarter("revenue", by=("channel",)), NOW)
    assert sql.compile(planned).text.startswith("-- kpilang ")
    assert sql.compile(planned, with_header=False).text.startswith("WITH")
