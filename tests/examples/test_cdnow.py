"""CDNOW: revenue and buyers by month and their change in a year, against SQL written by hand."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from .asking import EXAMPLES, Record, ask, by_hand, real, report, same

STAND_IN = EXAMPLES / "cdnow" / "data" / "cdnow_transactions.csv"

BY_HAND = """
    with days as (
        select id, cast(strptime(cast("date" as varchar), '%Y%m%d') as date) as day,
            cast(spent as decimal(12, 2)) as spent
        from transactions
    ),
    firsts as (select id, min(day) as day from days group by id),
    months as (
        select cast(start as date) as a, cast(start + interval 1 month as date) as b
        from generate_series(timestamp '1996-01-01', timestamp '1998-06-01', interval 1 month) as t(start)
    ),
    facts as (
        select a, coalesce(sum(spent), 0) as revenue, count(distinct id) as buyers
        from months left join days on day >= a and day < b group by a
    )
    select cast(f.a as varchar) as period, f.revenue, f.buyers as buyers_count,
        (select count(*) from firsts where date_trunc('month', day) = f.a) as new_buyers,
        f.revenue / nullif(cast(g.revenue as double), 0) - 1 as revenue_change,
        f.buyers / nullif(cast(g.buyers as double), 0) - 1 as buyers_change
    from facts as f join facts as g on g.a = f.a - interval 1 year
    where f.a >= date '1997-01-01' order by f.a
"""


@pytest.fixture(params=["dev", "real"])
def target(request: pytest.FixtureRequest) -> tuple[str, Path]:
    return request.param, STAND_IN if request.param == "dev" else real("cdnow/cdnow_transactions.csv")


def test_months(target: tuple[str, Path]) -> None:
    name, file = target
    same(report("cdnow", "months", name), by_hand(BY_HAND, transactions=file))


def test_totals_of_the_sample() -> None:
    """6,919 purchases by 2,357 customers."""
    real("cdnow/cdnow_transactions.csv")
    kpis = ("purchases_made", "buyers_count", "new_buyers")
    wanted = {"purchases_made": 6919, "buyers_count": 2357, "new_buyers": 2357}
    same(ask("cdnow", kpis, "real", start="1997-01-01", end="1998-07-01"), [wanted])


COHORTS = """
    with days as (
        select id, cast(strptime(cast("date" as varchar), '%Y%m%d') as date) as day from transactions
    ),
    firsts as (select id, date_trunc('month', min(day)) as began from days group by id),
    active as (select distinct id, date_trunc('month', day) as month from days),
    ages as (select unnest(range(18)) as age),
    months as (
        select start as month
        from generate_series(timestamp '1997-01-01', timestamp '1998-06-01', interval 1 month) as t(start)
    )
    select age, cast(cast(m.month as date) as varchar) as period,
        cast(count(a.id) as double) / nullif(count(f.id), 0) as retention
    from ages cross join months as m
    left join firsts as f on f.began = m.month - to_months(cast(age as integer))
    left join active as a on a.id = f.id and a.month = m.month
    group by age, m.month order by age, m.month
"""


def test_cohorts(target: tuple[str, Path]) -> None:
    """A triangle is one KPI by a param."""
    name, file = target
    same(report("cdnow", "cohorts", name), by_hand(COHORTS, transactions=file))


def cells(target: str, formula: str) -> list[tuple[Any, ...]]:
    """Age, period and value."""
    months: Record = {"grain": "month", "start": "1997-01-01", "end": "1998-07-01"}
    return [tuple(row.values()) for row in ask("cdnow", [formula], target, by=["age"], **months)]


def test_every_buyer_is_in_one_cohort(target: tuple[str, Path]) -> None:
    """A month's buyers are those of all cohorts that had begun."""
    name, _ = target
    stayed: Counter[str] = Counter()
    for _, period, value in cells(name, "count(beginners[age ago] and active)"):
        stayed[str(period)] += value
    assert stayed == {row["period"]: row["buyers_count"] for row in report("cdnow", "months", name)}


def test_cohorts_of_the_sample() -> None:
    """781, 857 and 719 first bought in January, February and March of 1997; sizes move on with the age."""
    real("cdnow/cdnow_transactions.csv")
    sizes = [781, 857, 719, *[0] * 15]
    got = [value for _, _, value in cells("real", "count(beginners[age ago])")]
    assert got == [size for age in range(18) for size in ([0] * age + sizes)[:18]]
