"""Attributes: one aggregation of the child rows for all that look at them alike; no correlated subquery."""

from __future__ import annotations

import dataclasses
from datetime import date, datetime

import pytest
from sqlglot import exp

from kpilang import ir, plan
from kpilang.plan import nodes
from kpilang.sql.dialects import DIALECTS
from kpilang.sql.lower_scalars import Spelling
from kpilang.sql.statement import statement
from kpilang.types import BOOL
from tests.unit.plan.asking import NOW, ask, run

SPEC = """
entities:
  people:
    table: people
    key: person_id
    time: born
    columns:
      person_id: id
      born: date
      friend: -> people?
      city: string?
    attributes:
      visits_ever: count(visits[ever])
      pages_ever: sum(visits.pages[ever])
      first_seen: min(visits.seen_at)
      soon: exists(visits where day < this.born + 10 days)
      older: count(all people where born < this.born)
      nth: rank(per city by born)
      is_known: city is not null
      haunted: exists(visits[ever] where is_robot)
  visits:
    table: visits
    key: [person, number]
    time: seen_at
    columns:
      person: -> people?
      number: id
      seen_at: timestamp
      day: date
      pages: integer
      is_robot: bool
kpis:
  heads: count(people)
"""

ROWS = {
    "people": [
        {"person_id": 1, "born": date(2024, 1, 1), "friend": None, "city": "Rome"},
        {"person_id": 2, "born": date(2024, 1, 2), "friend": 1, "city": "Rome"},
        {"person_id": 3, "born": date(2024, 1, 3), "friend": 9, "city": None},
        {"person_id": 4, "born": date(2024, 1, 4), "friend": 2, "city": "Oslo"},
    ],
    "visits": [
        {"person": 1, "number": 1, "seen_at": datetime(2024, 1, 5), "day": date(2024, 1, 5), "pages": 1},
        {"person": 1, "number": 2, "seen_at": datetime(2024, 1, 6), "day": date(2024, 1, 6), "pages": 2},
        {"person": 2, "number": 1, "seen_at": datetime(2024, 3, 6), "day": date(2024, 3, 6), "pages": 4},
        {"person": None, "number": 1, "seen_at": datetime(2024, 1, 6), "day": date(2024, 1, 6), "pages": 8},
        {"person": 4, "number": 1, "seen_at": datetime(2024, 1, 6), "day": date(2024, 1, 6), "pages": 16},
    ],
}
"""Person 4 is visited by a robot, and so does not exist."""


def rows() -> dict[str, list[dict[str, object]]]:
    visits = [{**visit, "is_robot": visit["person"] == 4} for visit in ROWS["visits"]]
    return {"people": ROWS["people"], "visits": visits}


def year(*kpis: str, **words: str) -> ir.Query:
    """Of a world without the haunted: the language lets own columns decide, a plan may get more."""
    words = {"start": "2024-01-01", "end": "2025-01-01", **words}
    query = ask(*kpis, "count(people where haunted)", spec=SPEC, **words)
    people = query.model.entity("people")
    haunted = people.attribute("haunted")
    assert haunted is not None
    exist = dataclasses.replace(people, where=ir.Call(ir.Op.NOT, (haunted.value,), BOOL))
    entities = tuple(exist if entity.name == "people" else entity for entity in query.model.entities)
    model = dataclasses.replace(query.model, entities=entities)
    return dataclasses.replace(query, model=model, outputs=query.outputs[:-1])


@pytest.mark.parametrize(
    ("kpi", "wanted"),
    [
        ("heads", 3),
        ("sum(people.visits_ever)", 3),
        ("sum(people.pages_ever)", 7),
        ("count(people where visits_ever = 0)", 1),
        ("count(people where first_seen is null)", 1),
        ("count(people where soon)", 1),
        ("count(people where not soon)", 2),
        ("sum(people.older)", 3),  # 0 + 1 + 2; the fourth does not exist
        ("count(people where nth = 1)", 1),  # Rome; person 3 has no city and no rank
        ("count(people where nth is null)", 1),
        ("count(people where friend.visits_ever = 2)", 1),
        ("count(people where friend.is_known)", 1),
        ("count(people where friend.is_known is null)", 2),  # no friend, and one who is not there
        ("count(people where friend.nth = 1)", 1),
        ("count(visits where person.city is null)", 2),  # nobody's, and of one who does not exist
    ],
)
def test_values(kpi: str, wanted: int) -> None:
    assert run(year(kpi), rows=rows()) == [(wanted,)]
    assert run(year(kpi), (), rows()) == [(wanted,)]


def test_attributes_over_the_same_children_share_one_aggregation() -> None:
    kpis = ("sum(people.visits_ever)", "sum(people.pages_ever)", "count(people where soon)")
    relations = plan.build(year(*kpis), NOW).relations
    (totals,) = (node for node in relations if isinstance(node, nodes.ChildTotals))
    assert totals.name == "visits_by_person"
    assert {"visits_ever", "pages_ever", "soon"} <= {named.name for named in totals.measures}


def test_nothing_is_a_correlated_subquery() -> None:
    kpis = ("sum(people.older)", "count(people where friend.soon)", "max(people.nth)")
    tree = statement(plan.build(year(*kpis), NOW), Spelling(DIALECTS["duckdb"]))
    assert not list(tree.find_all(exp.Exists)) and not list(tree.find_all(exp.Subquery))


def test_rows_after_as_of_are_not_seen_by_attributes() -> None:
    asked = year("sum(people.visits_ever)", end="2024-02-01", as_of="2024-02-01T00:00:00")
    assert run(asked, rows=rows()) == [(2,)]
