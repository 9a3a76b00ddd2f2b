"""Derived entities: their rows, and what the rows of each add up to, take one look at the source."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from kpilang import ir, plan
from tests.unit.plan.asking import NOW, Rows, ask, run
from tests.unit.plan.test_rewrites import reads

SPEC = """
entities:
  events:
    table: events
    key: event_id
    time: happened_at
    columns:
      event_id: id
      message: id?
      happened_at: timestamp
      type: enum(sent, bounce, open)
      list: string?
      size: integer
    attributes:
      is_open: type = 'open'
      nth: rank(per message by happened_at)
  messages:
    each: events.message
    carry:
      - list
    time: sent_at
    attributes:
      sent_at: min(events.happened_at where type = 'sent')
      bounced: exists(events where type = 'bounce')
      opens: count(events where is_open)
      first_size: first(events.size)
      soon: exists(events where type = 'open' and happened_at < this.sent_at + 1 day)
      later: count(events where nth > 1)
dimensions:
  list:
    messages: list
kpis:
  sent: count(messages)
  delivered: count(messages where not bounced)
  opened: count(messages where opens > 0)
  opens: sum(messages.opens)
  sizes: sum(messages.first_size)
  opened_soon: count(messages where soon)
  repeated: sum(messages.later)
"""


def events() -> Rows:
    def event(number: int, message: int | None, day: int, type_: str, size: int, name: str | None) -> Any:
        return {
            "event_id": number,
            "message": message,
            "happened_at": datetime(2024, 1, day),
            "type": type_,
            "list": name,
            "size": size,
        }

    return {
        "events": [
            event(1, 1, 1, "sent", 1, "a"),
            event(2, 1, 1, "open", 2, "a"),
            event(3, 1, 9, "open", 4, "a"),
            event(4, 2, 2, "sent", 8, "b"),
            event(5, 2, 3, "bounce", 16, "b"),
            event(6, 3, 4, "sent", 32, None),
            event(7, 3, 6, "open", 64, None),
            event(8, None, 4, "sent", 128, "a"),
            event(9, 4, 5, "open", 256, "b"),
        ]
    }


def january(*kpis: str, **words: Any) -> ir.Query:
    return ask(*kpis, spec=SPEC, start="2024-01-01", end="2024-02-01", **words)


@pytest.mark.parametrize("rewrites", [plan.ALL, ()], ids=["all", "none"])
def test_values(rewrites: Any) -> None:
    """Message 4 was never sent, and so is in no month; event 8 is of no message."""
    query = january("sent", "delivered", "opened", "opens", "sizes", "opened_soon", "repeated")
    assert run(query, rewrites, events()) == [(3, 2, 2, 3, 41, 1, 4)]
    by_list = january("sent", "opens", by=("list",))
    assert run(by_list, rewrites, events()) == [("a", 1, 2), ("b", 1, 0), (None, 1, 1)]


def test_what_the_rows_of_each_add_up_to_takes_no_second_look() -> None:
    query = january("sent", "delivered", "opened", "opens", "sizes", by=("list",))
    assert reads(query) == {"events": 1}
    names = [node.name for node in plan.build(query, NOW).relations]
    assert names == ["each_messages", "messages_by_list"]


@pytest.mark.parametrize("kpi", ["opened_soon", "repeated"])
def test_what_looks_further_does(kpi: str) -> None:
    """At another attribute of the message, or at the rank of an event."""
    assert reads(january(kpi))["events"] > 1
