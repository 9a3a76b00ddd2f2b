"""Attributions: pairs of conversions and touches, read once; shares that add up; only what is asked for."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import duckdb
import pytest
from sqlglot import exp

from kpilang import ir, plan, sql
from kpilang.plan import explain, nodes
from kpilang.sql.dialects import DIALECTS
from kpilang.sql.lower_scalars import Spelling
from kpilang.sql.statement import statement
from tests.unit.plan.asking import NOW, Rows, ask, execute, run

SPEC = """
entities:
  people:
    table: people
    key: person_id
    columns:
      person_id: id
      country: string?
  visits:
    table: visits
    key: visit_id
    time: seen_at
    columns:
      visit_id: id
      person: -> people?
      seen_at: timestamp
      channel: string?
      score: number?
  deals:
    table: deals
    key: deal_id
    time: signed_at
    columns:
      deal_id: id
      person: -> people?
      signed_at: timestamp
      amount: money(EUR)?
attributions:
  credit:
    convert: deals.amount
    touches: visits
    via: person
    window: 10 days
    model: linear
    variants:
      first:
        model: first
      last:
        model: last
      indirect:
        model: last_non_direct
        direct: channel = 'direct'
      ends:
        model: position(50%, 0%, 50%)
      position:
        model: position(40%, 20%, 40%)
      decay:
        model: time_decay(1 day)
      scored:
        weight: score
      roads:
        model: w_shaped
        milestones:
          first: channel = 'ads'
          lead: channel = 'mail'
          opportunity: channel = 'call'
  abroad:
    convert: deals.amount
    touches: visits where person.country = 'FR'
    via: person
    window: 10 days
    model: linear
dimensions:
  channel:
    credit: touch.channel
kpis:
  credited: sum(credit.value)
  credits: count(credit)
  deal_count: count(deals)
"""

MODELS = ("", ".first", ".last", ".indirect", ".ends", ".position", ".decay", ".scored", ".roads")
EVERY, NONE = plan.ALL, ()


def visit(number: int, day: int, person: int | None = 1, channel: str | None = None, score: Any = 1) -> Any:
    return {
        "visit_id": number,
        "person": person,
        "seen_at": datetime(2024, 1, day),
        "channel": channel,
        "score": None if score is None else Decimal(str(score)),
    }


def deal(number: int, day: int, amount: Any, person: int | None = 1) -> Any:
    return {
        "deal_id": number,
        "person": person,
        "signed_at": datetime(2024, 1, day),
        "amount": None if amount is None else Decimal(str(amount)),
    }


def rows(deals: Sequence[Any], visits: Sequence[Any]) -> Rows:
    people = [{"person_id": 1, "country": "FR"}, {"person_id": 2, "country": None}]
    return {"people": people, "visits": visits, "deals": deals}


def january(*kpis: str, **words: Any) -> ir.Query:
    return ask(*kpis, spec=SPEC, **{"start": "2024-01-01", "end": "2024-02-01", **words})


def per(
    key: str, model: str, deals: Sequence[Any], visits: Sequence[Any], rewrites: Any = EVERY
) -> list[tuple[Any, ...]]:
    """What falls to each touch or conversion, by its number."""
    credit = f"credit{model}"
    query = january(f"sum({credit}.value)")
    column = query.model.entity(credit).column(key)
    assert column is not None
    path = ir.Field(credit, (), credit, key, column.type)
    query = dataclasses.replace(query, dimensions=(ir.Dimension(key, column.type, ((credit, path),)),))
    return run(query, rewrites, rows(deals, visits))


def shares(model: str, deals: Sequence[Any], visits: Sequence[Any], rewrites: Any = EVERY) -> list[Any]:
    return per("touch", model, deals, visits, rewrites)


THREE = [visit(1, 2, channel="ads", score=1), visit(2, 3, channel="mail", score=2), visit(3, 4, score=4)]


@pytest.mark.parametrize("rewrites", [EVERY, NONE], ids=["rewritten", "naive"])
@pytest.mark.parametrize(
    ("model", "wanted"),
    [
        ("", ["33.333333", "33.333334", "33.333333"]),
        (".first", ["100", None, None]),
        (".last", [None, None, "100"]),
        (".ends", ["50", None, "50"]),
        (".position", ["40", "20", "40"]),
        # 1, 2, 4 of 7: 14285714.3, 42857142.9, 100000000
        (".scored", ["14.285714", "28.571429", "57.142857"]),
        # w_shaped without a call: 0.3, 0.3, 0.1 of 0.7
        (".roads", ["42.857143", "42.857143", "14.285714"]),
    ],
)
def test_models_share_a_hundred(model: str, wanted: list[str | None], rewrites: Any) -> None:
    found = shares(model, [deal(1, 5, 100)], THREE, rewrites)
    numbered = enumerate(wanted, 1)
    assert found == [(number, Decimal(value)) for number, value in numbered if value is not None]


def test_decay_halves_by_the_half_life() -> None:
    """A day apart each: 1, 2, 4 of 7 in doubles, at the sixth digit."""
    found = shares(".decay", [deal(1, 5, 100)], THREE)
    assert found == [
        (1, pytest.approx(14.285714)),
        (2, pytest.approx(28.571429)),
        (3, pytest.approx(57.142857)),
    ]


def test_the_last_that_is_not_direct_or_else_the_last() -> None:
    direct = [visit(1, 2, channel="ads"), visit(2, 3, channel="direct"), visit(3, 4, channel="direct")]
    assert shares(".indirect", [deal(1, 5, 8)], direct) == [(1, Decimal(8))]
    assert shares(".indirect", [deal(1, 5, 8)], direct[1:]) == [(3, Decimal(8))]


@pytest.mark.parametrize("model", MODELS)
def test_credits_add_up_to_the_value(model: str) -> None:
    """Whatever the amount, however many touches there are."""
    amounts = ("0.000001", "-0.000005", "100", "-99999.999999", "0")
    deals, visits = [], []
    for person, (touches, amount) in enumerate(itertools.product(range(6), amounts)):
        deals.append(deal(person, 9, amount, person))
        for n in range(touches):
            channel = ("ads", "mail", None)[n % 3]
            visits.append(visit(100 * person + n, n + 1, person, channel, score=n % 3))
    found = dict(per("conversion", model, deals, visits))
    assert len(found) == len(deals)
    for each in deals:
        whole, added = each["amount"], found[each["deal_id"]]
        assert added == (pytest.approx(float(whole)) if model == ".decay" else whole), each


@pytest.mark.parametrize("rewrites", [EVERY, NONE], ids=["rewritten", "naive"])
def test_a_conversion_without_a_credit_stays_once(rewrites: Any) -> None:
    """Deal 1 has only touches without weight, deal 2 none, deal 3 nobody."""
    visits = [visit(1, 2, score=0), visit(2, 3, score=None)]
    deals = [deal(1, 5, 1), deal(2, 20, 2), deal(3, 5, 4, person=None)]
    query = january("sum(credit.scored.value)", "count(credit.scored)", "unique(credit.scored.touch)")
    assert run(query, rewrites, rows(deals, visits)) == [(7, 3, 0)]
    attributed = january(
        "count(credit.scored where is_attributed)", "count(credit.scored where not is_attributed)"
    )
    assert run(attributed, rewrites, rows(deals, visits)) == [(0, 3)]


def test_a_null_value_gives_null_credits() -> None:
    query = january("count(credit)", "min(credit.value)", "max(credit.value)")
    assert run(query, rows=rows([deal(1, 5, None)], THREE)) == [(3, None, None)]


def test_the_window_holds_both_its_ends() -> None:
    visits = [visit(1, 1), visit(2, 2), visit(3, 12), visit(4, 13)]
    assert [touch for touch, _ in shares("", [deal(1, 12, 6)], visits)] == [2, 3]


def test_touches_of_one_instant_go_by_their_keys() -> None:
    """Numbers as numbers: 9 comes before 10."""
    for order in itertools.permutations([visit(10, 4), visit(9, 4), visit(2, 4)]):
        assert shares("", [deal(1, 5, "0.000001")], order) == [(2, 0), (9, Decimal("0.000001")), (10, 0)]


def test_a_negative_weight_stops_the_query() -> None:
    with pytest.raises(duckdb.InvalidInputException, match="kpilang stops at a negative weight: visits"):
        run(january("sum(credit.scored.value)"), rows=rows([deal(1, 5, 1)], [visit(1, 2, score=-1)]))


def test_values_too_large_to_be_shared_are_an_error() -> None:
    """2·v·n must fit 38 digits; nothing wraps around."""
    huge = rows([deal(1, 5, "9" * 31)], THREE)
    with pytest.raises(duckdb.OutOfRangeException):
        run(january("max(credit.value)"), rows=huge)


# ---------------------------------------------------------------------------- what is read


def relations(query: ir.Query) -> dict[str, nodes.Relation]:
    return {node.name: node for node in plan.build(query, NOW).relations}


def text(query: ir.Query) -> str:
    return sql.compile(plan.build(query, NOW)).text


@pytest.mark.parametrize("by", [(), ("channel",)])
def test_conversions_and_touches_are_read_once(by: tuple[str, ...]) -> None:
    """The channel of the touch is handed through, not looked up again; so for three variants together."""
    query = january("sum(credit.value)", "sum(credit.first.value)", "sum(credit.last.value)", by=by)
    assert explain(plan.build(query, NOW)).times_read() == {"deals": 1, "visits": 1}


def test_a_month_reads_its_conversions_and_the_touches_of_their_window() -> None:
    tree = statement(plan.build(january("credited"), NOW), Spelling(DIALECTS["duckdb"]))
    pairs = next(cte.this for cte in tree.find_all(exp.CTE) if cte.alias == "visits_of_deals")
    where = pairs.args["where"].sql("duckdb")
    assert '"deals"."signed_at" >= CAST(\'2024-01-01 00:00:00\' AS TIMESTAMP)' in where
    assert '"deals"."signed_at" < CAST(\'2024-02-01 00:00:00\' AS TIMESTAMP)' in where
    on = pairs.args["joins"][0].args["on"].sql("duckdb")
    assert on.startswith('"deals"."person" = "visits"."person" AND')
    assert "\"visits\".\"seen_at\" >= CAST('2024-01-01 00:00:00' AS TIMESTAMP) - INTERVAL '10' DAY" in on
    assert '"visits"."seen_at" < CAST(\'2024-02-01 00:00:00\' AS TIMESTAMP)' in on


def test_windows_of_one_query_leave_room_for_all() -> None:
    """December and January, read from December on."""
    found = text(january("credited", "credited[prior]", grain="month"))
    assert "\"signed_at\" >= TIMESTAMP '2023-12-01 00:00:00'" in found
    deals = [deal(1, 5, 1), deal(2, 20, 2)]
    assert run(january("credited", "credited[prior]", grain="month"), rows=rows(deals, THREE))[0][1:] == (
        3,
        0,
    )


def test_all_time_reads_all_conversions_up_to_the_end() -> None:
    found = text(january("credited[all time]"))
    assert "\"signed_at\" < TIMESTAMP '2024-02-01 00:00:00'" in found
    assert '"signed_at" >= TIMESTAMP' not in found


def test_a_count_needs_neither_values_nor_numbers() -> None:
    """Of equal touches every pair is a credit."""
    found = text(january("credits"))
    assert "OVER" not in found
    assert "amount" not in found
    assert run(january("credits"), rows=rows([deal(1, 5, 1), deal(2, 20, 1)], THREE)) == [(4,)]


def test_the_first_takes_no_shares() -> None:
    found = text(january("sum(credit.first.value)"))
    assert "millionths" not in found
    assert found.count("OVER") == 1


def test_touches_that_need_joins_are_gathered_before() -> None:
    query = january("sum(abroad.value)", "count(abroad)")
    assert "visits_that_count" in relations(query)
    visits = [*THREE, visit(4, 4, person=2)]
    assert run(query, rows=rows([deal(1, 5, 6), deal(2, 5, 1, person=2)], visits)) == [(7, 4)]


def test_bounds_may_be_parameters() -> None:
    query = january("credited", grain="week", start="2024-01-01", end="2024-01-29")
    bound = sql.compile(plan.build(query, NOW), period="bind")
    held = rows([deal(1, 5, 1), deal(2, 20, 2)], THREE)
    assert execute(bound, query, held) == run(query, rows=held)


def test_touches_not_yet_seen_are_none() -> None:
    """As of the 4th, deal 1 (the 5th) is not there; the window of deal 2 ends with its day."""
    query = january("credits", "credited", as_of="2024-01-04T00:00:00")
    assert run(query, rows=rows([deal(1, 5, 1), deal(2, 3, 2)], THREE)) == [(2, 2)]
