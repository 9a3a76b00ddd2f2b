"""CDNOW: months, their change in a year, and the retention of cohorts, against SQL written by hand."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from .asking import EXAMPLES, ask, by_hand, real, report, same

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

COHORTS = """
    with days as (
        select id, date_trunc('month', strptime(cast("date" as varchar), '%Y%m%d')) as month from transactions
    ),
    bought as (select distinct id, month, min(month) over (partition by id) as began from days),
    sizes as (select began, count(distinct id) as n from bought group by began),
    active as (select began, month, count(*) as n from bought group by began, month),
    cells as (
        select age, start as month, start - to_months(cast(age as integer)) as began
        from generate_series(0, 17) as a(age),
            generate_series(timestamp '1997-01-01', timestamp '1998-06-01', interval 1 month) as m(start)
    )
    select c.age, cast(cast(c.month as date) as varchar) as period,
        coalesce(s.n, 0) as cohort, coalesce(a.n, 0) as stayed,
        coalesce(a.n, 0) / nullif(cast(s.n as double), 0) as retention
    from cells as c
    left join sizes as s on s.began = c.began
    left join active as a on a.began = c.began and a.month = c.month
    order by c.age, c.month
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


def test_retention_of_cohorts(target: tuple[str, Path]) -> None:
    """18 months by 18 ages; before January 1997 nobody began, and a share of nobody is null."""
    name, file = target
    triangle = report("cdnow", "cohorts", name)
    assert len(triangle) == 18 * 18
    same(triangle, by_hand(COHORTS, transactions=file))


def test_every_buyer_is_in_one_cohort(target: tuple[str, Path]) -> None:
    """A month's buyers are those of all cohorts that had begun."""
    name, _ = target
    stayed: Counter[str] = Counter()
    for row in report("cdnow", "cohorts", name):
        stayed[row["period"]] += row["stayed"]
    assert stayed == {row["period"]: row["buyers_count"] for row in report("cdnow", "months", name)}


def test_cohorts_of_the_sample() -> None:
    """781, 857 and 719 first bought in January, February and March of 1997."""
    real("cdnow/cdnow_transactions.csv")
    first = [row["cohort"] for row in report("cdnow", "cohorts", "real") if row["age"] == 0]
    assert first == [781, 857, 719] + [0] * 15
