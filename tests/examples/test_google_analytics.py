"""The Google Analytics example: against SQL by hand, and on the real sample against the published totals."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from .asking import EXAMPLES, ask, by_hand, real, report, same

STAND_IN = EXAMPLES / "google_analytics" / "data" / "ga_sample.parquet"
KPIS = ("sessions", "users", "bounces", "single_page_sessions", "transactions", "buying_sessions", "revenue")
DAY = {"start": "2017-08-01", "end": "2017-08-02"}

BY_HAND = """
    select {group}
        count(*) as sessions,
        count(distinct fullVisitorId) as users,
        count(*) filter (totals.bounces = 1) as bounces,
        count(*) filter (totals.pageviews = 1) as single_page_sessions,
        coalesce(sum(totals.transactions), 0) as transactions,
        count(*) filter (totals.transactions > 0) as buying_sessions,
        cast(coalesce(sum(totals.transactionRevenue), 0) as decimal(38, 0)) / 1000000 as revenue
    from sample where "date" = '20170801' {by}
"""

PUBLISHED = {
    # channel: sessions, bounces, transactions, revenue
    "Organic Search": (1346, 715, 6, "692.54"),
    "Referral": (436, 107, 29, "4970.72"),
    "Direct": (400, 197, 8, "2523.91"),
    "Social": (213, 155, 0, "0"),
    "Paid Search": (70, 22, 1, "82.48"),
    "Affiliates": (52, 30, 0, "0"),
    "Display": (39, 12, 1, "35.29"),
}


@pytest.fixture(params=["dev", "real"])
def target(request: pytest.FixtureRequest) -> tuple[str, Path]:
    return request.param, STAND_IN if request.param == "dev" else real("ga360/ga_sample.parquet")


def test_the_day_in_los_angeles(target: tuple[str, Path]) -> None:
    """Google's own column says which local day a session belongs to; ours is computed from the instant."""
    name, file = target
    same(ask("google_analytics", KPIS, name, **DAY), by_hand(BY_HAND.format(group="", by=""), sample=file))


def test_by_channel(target: tuple[str, Path]) -> None:
    name, file = target
    sql = BY_HAND.format(group="channelGrouping as channel,", by="group by all order by channel")
    same(ask("google_analytics", KPIS, name, by=["channel"], **DAY), by_hand(sql, sample=file))


def test_pages_counted_in_the_hits(target: tuple[str, Path]) -> None:
    """The array and the total beside it agree, by channel, which the hits have from their session."""
    name, _ = target
    for row in ask("google_analytics", ["page_views", "page_hits"], name, by=["channel"], **DAY):
        assert row["page_views"] == row["page_hits"]


def test_published_totals() -> None:
    real("ga360/ga_sample.parquet")
    wanted = dict(zip(KPIS, (2556, 2293, 1238, 1243, 45, 43, Decimal("8304.94")), strict=True))
    same(ask("google_analytics", KPIS, "real", **DAY), [wanted])


def test_published_totals_by_channel() -> None:
    real("ga360/ga_sample.parquet")
    rows = report("google_analytics", "channels", "real")
    wanted = [
        {"channel": channel, "sessions": s, "bounces": b, "transactions": t, "revenue": Decimal(r)}
        for channel, (s, b, t, r) in PUBLISHED.items()
    ]
    same(rows, wanted)


def test_medium_is_not_the_channel() -> None:
    real("ga360/ga_sample.parquet")
    where = "medium = '(none)'"
    same(ask("google_analytics", ["sessions"], "real", where=where, **DAY), [{"sessions": 2166}])
