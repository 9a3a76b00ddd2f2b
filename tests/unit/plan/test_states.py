"""Sets that rows decide by themselves: read beside what is asked of the rows, once for all windows."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from kpilang import ir, plan
from tests.pipeline import differences
from tests.unit.plan.asking import NOW, Rows, ask, run
from tests.unit.plan.test_rewrites import reads

SPEC = """
entities:
  clients:
    table: clients
    key: client_id
    time: joined_on
    columns:
      client_id: id
      joined_on: date?
      left_on: date?
      region: string?
      fee: money(EUR)
      boss: -> clients?
  tariffs:
    table: tariffs
    key: tariff_id
    time: since
    columns:
      tariff_id: id
      region: string?
      since: date
      price: number
dimensions:
  region:
    clients: region
segments:
  live: clients while joined_on to left_on
  south: clients where region = 'south'
  live_south: live and south
  gone_south: south and not live
  joiners: clients dated joined_on
kpis:
  heads: count(live)
  fees: sum(live.fee)
  churn: count(live[before] and not live) / count(live[before])
  southern_fees: sum(live_south.fee)
  others: sum(gone_south.fee)
  joiner_count: count(joiners)
  newcomers: sum(clients.fee where not client_id in live)
  bosses: sum(clients.fee where boss in live)
  fee_per_head: fees / heads
  joined: sum(clients.fee where client_id in live[prior])
"""
KPIS = (
    "heads",
    "fees",
    "churn",
    "southern_fees",
    "others",
    "joiner_count",
    "newcomers",
    "bosses",
    "fee_per_head",
    "joined",
)
SOLO = [tuple(name for name in plan.ALL if name != left) for left in ("own", "fuse", "alone", "together")]


def clients() -> Rows:
    def client(number: int, joined: Any, left: Any, region: str | None, boss: int | None) -> dict[str, Any]:
        return {
            "client_id": number,
            "joined_on": joined,
            "left_on": left,
            "region": region,
            "fee": Decimal(2**number),
            "boss": boss,
        }

    return {
        "clients": [
            client(0, date(2023, 12, 1), None, "south", 1),
            client(1, date(2023, 12, 1), date(2024, 1, 15), "north", 0),
            client(2, date(2024, 1, 10), date(2024, 2, 10), "south", 1),
            client(3, date(2024, 2, 1), date(2024, 3, 1), None, 9),
            client(4, None, None, "south", None),
            client(5, date(2024, 3, 5), date(2024, 3, 6), "south", 3),
        ]
    }


def of_months(*kpis: str, **words: Any) -> ir.Query:
    return ask(*kpis, spec=SPEC, **{"grain": "month", "start": "2024-01-01", "end": "2024-04-01", **words})


@pytest.mark.parametrize(
    "rewrites", [plan.ALL, (), *SOLO], ids=["all", "none", "-own", "-fuse", "-alone", "-together"]
)
@pytest.mark.parametrize("by", [(), ("region",)], ids=["whole", "by region"])
def test_numbers_do_not_depend_on_who_is_asked(rewrites: tuple[str, ...], by: tuple[str, ...]) -> None:
    query = of_months(*KPIS, by=by)
    assert not differences(query, run(query, (), clients()), run(query, rewrites, clients()))


def test_numbers() -> None:
    """In at the end of January: 0 and 2; of February: 0 and 3, who leaves on 1 March; of March: 0."""
    assert [row[1:] for row in run(of_months("fees", "others", "southern_fees"), rows=clients())] == [
        (5, 48, 5),
        (9, 52, 1),
        (1, 52, 1),
    ]


@pytest.mark.parametrize(
    "kpis", [("fees",), ("fee_per_head",), ("churn",), ("heads", "fees", "southern_fees", "others")]
)
def test_members_and_what_is_asked_of_them_are_read_once(kpis: tuple[str, ...]) -> None:
    assert reads(of_months(*kpis)) == {"clients": 1}
    assert reads(of_months(*kpis), ())["clients"] > 1


def test_sets_that_share_rows_are_gathered_together_and_others_are_counted() -> None:
    """Who joins is dated: gathered with the states it would be told apart client by client."""
    query = of_months("churn", "heads", "joiner_count")
    draft = plan.build(query, NOW).draft
    assert [len(gathering.counts) for gathering in draft.gatherings] == [3]
    assert [block.anchor.name for block in draft.blocks if block.anchor] == ["joined_on"]
    assert reads(query) == {"clients": 2}
    assert run(query, rows=clients()) == run(query, (), clients())


def test_whether_another_row_is_a_member_takes_a_look_at_the_members() -> None:
    assert reads(of_months("bosses")) == {"clients": 2}


def test_versions_have_no_say_alone() -> None:
    """A key that several rows have is a member by any of them."""
    spec = SPEC.replace(
        "    time: joined_on", "    time: joined_on\n    valid: joined_on to left_on"
    ).replace("boss: -> clients?", "boss: id?")
    query = ask("fees", spec=spec, grain="month", start="2024-01-01", end="2024-04-01")
    assert reads(query) == {"clients": 2}


PRICED = SPEC.replace(
    "dimensions:",
    """    attributes:
      rank_of_price: count(all tariffs where price < this.price)[ever]
      alike: count(all tariffs where region = this.region)[ever]
dimensions:""",
    1,
)


def test_children_found_by_equal_values_are_grouped_by_them() -> None:
    """Not read twice: the rows that look need not be read before; where they compare, they must."""
    query = ask("sum(tariffs.alike)", spec=PRICED)
    names = [node.name for node in plan.build(query, NOW).relations]
    assert names == ["tariffs_for_tariffs", "tariffs_total"] and reads(query) == {"tariffs": 2}
    assert reads(ask("sum(tariffs.rank_of_price)", spec=PRICED)) == {"tariffs": 3}


def test_null_equals_nothing() -> None:
    regions = ("south", "south", None, None, "north")
    tariffs = [
        {"tariff_id": n, "region": region, "since": date(2024, 1, 1), "price": Decimal(n)}
        for n, region in enumerate(regions)
    ]
    query = ask("sum(tariffs.alike)", "max(tariffs.alike)", "count(tariffs where alike = 0)", spec=PRICED)
    assert run(query, rows={"tariffs": tariffs, "clients": []}) == [(5, 2, 2)]
