"""How good the compiled SQL is: queries of the shop example against SQL that a person wrote for them.

    make bench          or: python tests/benchmarks/planner.py [MILLIONS]

The shop's data is multiplied to so many million visits and orders (default 2) in a DuckDB file; half as many
touches, for attributions, are made up. Both texts
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
PATHS = Path(__file__).parent / "paths"
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
    folder: Path = SHOP


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

BY_CHANNEL = {"by": ["channel"], **RANGE}
UTC_MONTH = "cast(date_trunc('month', closed_at) as date)"
JOINED = """
    from deals left join touches on touches.person = deals.person
        and touched_at between closed_at - interval 90 day and closed_at
        and touched_at >= timestamp '2024-01-01' - interval 90 day and touched_at < timestamp '2024-07-01'
    where closed_at >= timestamp '2024-01-01' and closed_at < timestamp '2024-07-01'
"""
PLACED = f"""
    select channel, closed_at, amount,
        row_number() over (partition by deal_id order by touched_at, touch_id) as i,
        count(touch_id) over (partition by deal_id) as n
    {JOINED}
"""
EXACT = """
    case when {whole} = 0 then amount else cast(sign(amount) * (
        (2 * cast(abs(amount) * 1000000 as hugeint) * {so_far} + {whole}) // (2 * {whole})
        - (2 * cast(abs(amount) * 1000000 as hugeint) * {before} + {whole}) // (2 * {whole})
    ) as decimal(38, 0)) * 0.000001 end
"""
WEIGHED = f"""
    select *,
        case when n < 2 then n when i in (1, n) then 2 * greatest(n - 2, 1) else 1 end as w,
        case when i = 1 then 0 else 2 * greatest(n - 2, 1) + i - 2 end as b,
        case when n < 2 then n else 4 * greatest(n - 2, 1) + n - 2 end as a
    from ({PLACED})
"""


def totals(value: str, rows: str) -> str:
    return f"""select channel, {UTC_MONTH} as period, sum({value}) as value from ({rows})
               group by 1, 2 order by 1 nulls last, 2"""


ATTRIBUTIONS = (
    Case(
        "linear credits by channel and month",
        ("linear",),
        totals(EXACT.format(whole="n", so_far="i", before="(i - 1)"), PLACED),
        BY_CHANNEL,
        PATHS,
    ),
    Case(
        "  the same, rounded by hand as may be",
        ("linear",),
        totals("cast(amount as double) / greatest(n, 1)", PLACED),
        BY_CHANNEL,
        PATHS,
    ),
    Case(
        "credits by position, by channel and month",
        ("by_position",),
        totals(EXACT.format(whole="a", so_far="(b + w)", before="b"), WEIGHED),
        BY_CHANNEL,
        PATHS,
    ),
    Case(
        "  the same, rounded by hand as may be",
        ("by_position",),
        totals("cast(amount as double) * case n when 0 then 1 else w / a end", WEIGHED),
        BY_CHANNEL,
        PATHS,
    ),
)


def fill_paths(connection: duckdb.DuckDBPyConnection, touches: int) -> None:
    """Made-up touches of 2024, a third as many deals, a fifth as many people; the same ones each time."""
    connection.execute(f"""
        create table touches as select i as touch_id, cast(hash(i) % {touches // 5} as bigint) as person,
            timestamp '2023-10-01' + to_seconds(cast(hash(7 * i) % (270 * 86400) as bigint)) as touched_at,
            ['mail', 'ads', 'web', 'call', 'fair'][1 + cast(hash(3 * i) % 5 as integer)] as channel
        from range({touches}) as made(i)
    """)
    connection.execute(f"""
        create table deals as select i as deal_id, cast(hash(5 * i) % {touches // 5} as bigint) as person,
            timestamp '2023-10-01' + to_seconds(cast(hash(11 * i) % (270 * 86400) as bigint)) as closed_at,
            cast(hash(i) % 1000000 / 100 as decimal(18, 6)) as amount
        from range({touches // 3}) as made(i)
    """)


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

    def near(one: Any, other: Any) -> bool:
        """Where only one side is exact, the digits that are not doubtful."""
        if isinstance(one, float) == isinstance(other, float):
            return bool(one == other)
        return abs(float(one) - float(other)) <= 1e-9 * abs(float(one))

    pairs = zip(plain(ours), plain(theirs), strict=True)
    return all(near(a, b) for one, other in pairs for a, b in zip(one, other, strict=True))


def main(millions: float) -> None:
    projects = {folder: kpilang.load(folder) for folder in (SHOP, PATHS)}
    with (
        tempfile.TemporaryDirectory() as scratch,
        duckdb.connect(str(Path(scratch, "big.duckdb"))) as connection,
    ):
        connection.execute("set TimeZone = 'UTC'")
        fill(connection, millions)
        fill_paths(connection, round(millions * 500_000))
        print(f"{millions:g} million visits, {millions:g} million orders; medians of {ROUNDS}; ms")
        print(f"{'':<48}{'ours':>8}{'by hand':>9}{'ratio':>7}")
        for case in (*CASES, *ATTRIBUTIONS):
            text = projects[case.folder].query(list(case.kpis), **case.words).sql()
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
