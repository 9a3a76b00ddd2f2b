"""The shop: every KPI by month and a report by channel, against SQL written by hand."""

from __future__ import annotations

from pathlib import Path

import kpilang

from .asking import EXAMPLES, ask, by_hand, report, same

HERE = Path(__file__).parent
TABLES = {path.stem: path for path in sorted((EXAMPLES / "shop" / "data").glob("*.parquet"))}


def test_every_kpi_by_month() -> None:
    theirs = by_hand((HERE / "shop.sql").read_text(encoding="utf-8"), **TABLES)
    kpis = [name for name in theirs[0] if name != "period"]
    ours = ask("shop", kpis, grain="month", start="2023-01-01", end="2024-07-01")
    same([{**row, "period": str(row["period"])} for row in ours], theirs)


def test_no_kpi_is_left_out() -> None:
    """The shares need a channel, so they are in the report; all else is in the months."""
    declared = {kpi.name.value for kpi in kpilang.load(EXAMPLES / "shop").kpis}
    text = (HERE / "shop.sql").read_text(encoding="utf-8")
    by_month = {name for name in declared if f" as {name}" in text}
    assert declared - by_month == {"channel_share", "revenue_share"}


def test_a_month_alone_is_the_month_of_the_series() -> None:
    """Law 1: a period asked with its grain equals the same range asked without."""
    kpis = ("revenue", "revenue_growth", "revenue_yoy", "open_rate", "return_on_ad_spend")
    series = ask("shop", kpis, grain="month", start="2023-01-01", end="2024-07-01")
    alone = ask("shop", kpis, start="2024-03-01", end="2024-04-01")
    march = next(row for row in series if str(row.pop("period")) == "2024-03-01")
    same(alone, [march])


def test_channels() -> None:
    theirs = by_hand((HERE / "shop_channels.sql").read_text(encoding="utf-8"), **TABLES)
    same(report("shop", "channels"), theirs)
