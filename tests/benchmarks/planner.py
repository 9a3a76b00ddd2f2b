"""How good the compiled SQL is: queries of the shop example against SQL that a person wrote for them.

    make bench          or: python tests/benchmarks/planner.py [MILLIONS]

The shop's data is multiplied to so many million visits and orders (default 2) in a DuckDB file. Both texts
run on one connection in turn, their results are compared, and the ratio of the medians is printed; below 1
ours is the faster one.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

import kpilang

ROOT = Path(__file__).parents[2]
SHOP = ROOT / "examples" / "shop"
ROUNDS = 7
RANGE = {"grain": "month", "start": "2024-01-01", "end": "2024-07-01"}

MULTIPLY = """
    create table {table} as
    select * replace ({keys}) from '{file}', range({times}) as copies(copy)
"""
KEYS = {
    "web_sessions": "session_id * {times} + copy as session_id, visitor_id || '-' || copy as visitor_id",
    "orders": "order_id * {times} + copy as order_id, customer_id * {times} + copy as customer_id",
    "customers": "customer_id * {times} + copy as customer_id",
    "leads": "lead_id * {times} + copy as lead_id, customer_id * {times} + copy as customer_id",
    "ad_costs": "campaign || '-' || copy as campaign",
}


@dataclass(frozen=True)
class Case:
    """A question in both languages. The instants in the SQL are midnights of Berlin."""

    name: str
    kpis: tuple[str, ...]
    sql: str
    words: Mapping[str, Any]


LADDER = (
    "case when {c} < timestamp '2024-03-31 01:00' then {c} + interval 1 hour else {c} + interval 2 hour end"
)
HALF_YEAR = "{c} >= timestamp '2023-12-31 23:00' and {c} < timestamp '2024-06-30 22:00'"


def month(column: str) -> str:
    return f"cast(date_trunc('month', {LADDER.format(c=column)}) as date)"


CASES = (
    Case(
        "visits and bounce rate by channel and month",
        ("sessions", "bounce_rate"),
        f"""select channel, {month("started_at")} as period, count(*) as sessions,
                count(case when page_views = 1 then 1 end) / cast(count(*) as double) as bounce_rate
            from web_sessions where {HALF_YEAR.format(c="started_at")}
            group by 1, 2 order by 1 nulls last, 2""",
        {"by": ["channel"], **RANGE},
    ),
    Case(
        "visitors by month",
        ("visitors",),
        f"""select {month("started_at")} as period, count(distinct visitor_id) as visitors
            from web_sessions where {HALF_YEAR.format(c="started_at")} group by 1 order by 1""",
        RANGE,
    ),
    Case(
        "revenue by the customer's channel and month",
        ("revenue",),
        f"""select c.channel, {month("o.ordered_at")} as period, sum(o.amount - o.refunded_amount) as revenue
            from orders as o left join customers as c on c.customer_id = o.customer_id
            where {HALF_YEAR.format(c="o.ordered_at")} group by 1, 2 order by 1 nulls last, 2""",
        {"by": ["channel"], **RANGE},
    ),
    Case(
        "visits, orders and orders per visit by month",
        ("sessions", "orders_placed", "conversion_rate"),
        f"""with v as (select {month("started_at")} as period, count(*) as n from web_sessions
                       where {HALF_YEAR.format(c="started_at")} group by 1),
                 o as (select {month("ordered_at")} as period, count(*) as n from orders
                       where {HALF_YEAR.format(c="ordered_at")} group by 1)
            select period, v.n as sessions, o.n as orders_placed, o.n / cast(v.n as double) as conversion_rate
            from v full join o using (period) order by 1""",
        RANGE,
    ),
    Case(
        "revenue by month and its growth",
        ("revenue", "revenue_growth"),
        f"""with m as (select {month("ordered_at")} as period, sum(amount - refunded_amount) as revenue
                       from orders where ordered_at >= timestamp '2023-11-30 23:00'
                       and ordered_at < timestamp '2024-06-30 22:00' group by 1)
            select * from (
                select *, revenue / cast(lag(revenue) over (order by period) as double) - 1 as growth
                from m) where period >= date '2024-01-01' order by 1""",
        RANGE,
    ),
)


def fill(connection: duckdb.DuckDBPyConnection, millions: float) -> None:
    for path in sorted((SHOP / "data").glob("*.parquet")):
        rows = connection.execute(f"select count(*) from '{path}'").fetchall()[0][0]
        big = path.stem in ("web_sessions", "orders")
        times = max(1, round(millions * 1_000_000 / rows)) if big else 1
        if path.stem == "customers":
            orders = connection.execute(f"select count(*) from '{path.parent}/orders.parquet'").fetchall()[0][
                0
            ]
            times = max(1, round(millions * 1_000_000 / orders))
        keys = KEYS.get(path.stem)
        if keys is None or times == 1:
            connection.execute(f"create table {path.stem} as from '{path}'")
        else:
            text = MULTIPLY.format(table=path.stem, keys=keys.format(times=times), file=path, times=times)
            connection.execute(text)


def timed(connection: duckdb.DuckDBPyConnection, sql: str) -> tuple[float, list[tuple[Any, ...]]]:
    start = time.perf_counter()
    rows = connection.execute(sql).fetchall()
    return time.perf_counter() - start, rows


def agree(ours: list[tuple[Any, ...]], theirs: list[tuple[Any, ...]]) -> bool:
    def plain(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        return [tuple(round(v, 9) if isinstance(v, float) else v for v in row) for row in rows]

    return plain(ours) == plain(theirs)


def main(millions: float) -> None:
    shop = kpilang.load(SHOP)
    with (
        tempfile.TemporaryDirectory() as scratch,
        duckdb.connect(str(Path(scratch, "big.duckdb"))) as connection,
    ):
        connection.execute("set TimeZone = 'UTC'")
        fill(connection, millions)
        print(f"{millions:g} million visits, {millions:g} million orders; medians of {ROUNDS}; ms")
        print(f"{'':<48}{'ours':>8}{'by hand':>9}{'ratio':>7}")
        for case in CASES:
            text = shop.query(list(case.kpis), **case.words).sql()
            times = []
            for _ in range(ROUNDS + 1):
                mine, ours = timed(connection, text)
                other, theirs = timed(connection, case.sql)
                times.append((mine, other))
            same = "" if agree(ours, theirs) else "  RESULTS DIFFER"
            a, b = (statistics.median(column) for column in zip(*times[1:], strict=True))
            print(f"{case.name:<48}{a * 1000:>8.1f}{b * 1000:>9.1f}{a / b:>7.2f}{same}")


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 2)
