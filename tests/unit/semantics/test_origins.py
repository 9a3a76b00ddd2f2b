"""Where rows come from, and which of them are there: derived and bound entities, versions."""

from __future__ import annotations

import pytest

from kpilang import ir
from kpilang.types import Kind

from .asking import asked, refusals, resolved

EVENTS = """\
entities:
  contacts:
    key: contact_id
    columns:
      contact_id: id
  events:
    key: event_id
    time: occurred_on
    columns:
      event_id: id
      message: id?
      contact: -> contacts
      type: enum(sent, open)
      occurred_on: date
  messages:
    each: events.message
    carry:
      - contact
    time: sent_on
    attributes:
      sent_on: min(events.occurred_on where type = 'sent')
      opens: count(events where type = 'open')
      soon: exists(events where type = 'open' and occurred_on < this.sent_on + 7 days)
segments:
  readers: contacts with messages where opens > 0
  opened: messages with events where type = 'open'
kpis:
  sent: count(messages)
  opens: sum(messages.opens)
  soon: count(messages where soon)
  reading: count(readers)
  opening: count(opened)
"""


def _entity(query: ir.Query, name: str) -> ir.Entity:
    return query.model.entity(name)


def test_a_derived_entity_has_a_row_for_each_key() -> None:
    query = resolved(EVENTS, "sent")
    messages = _entity(query, "messages")
    assert messages.origin == ir.Each("events", "message")
    assert messages.key == ("message",)
    key = messages.column("message")
    assert key is not None and (key.type.kind, key.type.entity, key.type.nullable) == (
        Kind.ID,
        "messages",
        False,
    )


def test_what_is_carried_is_a_column_of_the_same_type() -> None:
    query = resolved(EVENTS, "reading")
    origin, contact = _entity(query, "messages").origin, _entity(query, "messages").column("contact")
    assert isinstance(origin, ir.Each) and origin.carry == ("contact",)
    assert contact is not None and contact.reference == ir.Reference(("contact",), "contacts")
    assert _entity(query, "events").column("contact") is not None


@pytest.mark.parametrize(("kpi", "attribute", "ever"), [("opens", "opens", True), ("soon", "soon", False)])
def test_ever_is_understood_over_the_own_rows(kpi: str, attribute: str, ever: bool) -> None:
    found = _entity(resolved(EVENTS, kpi), "messages").attribute(attribute)
    assert found is not None and isinstance(found.value, ir.Child)
    assert (found.value.link, found.value.ever) == (("message",), ever)


def test_the_rows_themselves_tell_the_members_of_a_derived_entity() -> None:
    value = resolved(EVENTS, "opening").outputs[0].value
    assert isinstance(value, ir.CountOf) and isinstance(value.set, ir.With)
    assert isinstance(value.set.member, ir.Field) and value.set.member.name == "message"


COSTS = """\
entities:
  costs:
    key: cost_id
    time: cost_on
    columns:
      cost_id: id
      cost_on: date
      amount: money(USD)
      campaign: string?
bindings:
  costs:
    - table: google_ads.campaign_stats
      source: google
      where: not coalesce(_deleted, false)
      values:
        cost_id: stat_id
        cost_on: stat_date
        amount: cost_micros / 1000000 as money(USD)
        campaign: campaign_name
    - table: facebook_ads.basic_ad
      values:
        cost_id: ad_id
        cost_on: ad_date
        amount: spend as money(USD)
kpis:
  spend: sum(costs.amount)
"""


def test_bindings_are_a_union() -> None:
    origin = _entity(resolved(COSTS, "spend", by=("campaign", "source")), "costs").origin
    assert isinstance(origin, ir.Union)
    first, second = origin.sources
    assert (first.name, second.name) == ("google", "facebook_ads.basic_ad")
    assert first.where is not None and second.where is None
    given = dict(second.values)
    assert set(given) == {"cost_id", "cost_on", "amount", "campaign", "source"}
    assert isinstance(given["campaign"], ir.Literal) and given["campaign"].value is None
    assert isinstance(given["source"], ir.Literal) and given["source"].value == "facebook_ads.basic_ad"


def test_only_what_is_reached_is_read() -> None:
    origin = _entity(resolved(COSTS, "spend"), "costs").origin
    assert isinstance(origin, ir.Union)
    assert {name for name, _ in origin.sources[0].values} == {"cost_id", "cost_on", "amount"}


def test_the_unit_of_a_value_is_checked() -> None:
    assert refusals(COSTS.replace("spend as money(USD)", "spend as money(EUR)"), "spend") == ["KPI301"]


def test_what_a_source_lacks_must_be_nullable() -> None:
    assert refusals(COSTS.replace("        amount: spend as money(USD)\n", ""), "spend") == ["KPI425"]


def test_an_unknown_column_of_a_binding_is_named() -> None:
    assert refusals(COSTS.replace("campaign: campaign_name", "campagne: campaign_name"), "spend") == [
        "KPI205"
    ]


VERSIONS = """\
entities:
  tiers:
    key: tier_id
    valid: valid_from to valid_to
    columns:
      tier_id: id
      valid_from: timestamp
      valid_to: timestamp?
      level: string
  orders:
    key: order_id
    time: ordered_at
    recorded: loaded_at
    duplicates: latest by loaded_at
    columns:
      order_id: id
      ordered_at: timestamp
      loaded_at: timestamp
      tier: -> tiers as of ordered_at
  visits:
    time: visited_on
    recorded:
      outcome: outcome_at
    columns:
      visited_on: date
      outcome: string
      outcome_at: timestamp?
dimensions:
  level:
    orders: tier.level
kpis:
  size: count(orders)
  won: count(visits where outcome = 'won')
"""


def test_versions_are_told_apart_by_their_times() -> None:
    query = resolved(VERSIONS, "size", by=("level",))
    orders, tiers = _entity(query, "orders"), _entity(query, "tiers")
    tier = orders.column("tier")
    assert tier is not None and tier.reference == ir.Reference(("tier",), "tiers", "ordered_at")
    assert tiers.valid == ir.Validity("valid_from", "valid_to")
    assert {column.name for column in tiers.columns} == {"tier_id", "valid_from", "valid_to", "level"}
    assert orders.recorded == "loaded_at"
    assert orders.duplicates == ir.Duplicates(True, ("loaded_at",))
    assert orders.column("loaded_at") is not None


def test_a_column_that_is_recorded_later_may_be_null() -> None:
    visits = _entity(resolved(VERSIONS, "won"), "visits")
    outcome = visits.column("outcome")
    assert outcome is not None and outcome.recorded == "outcome_at" and outcome.type.nullable
    assert visits.column("outcome_at") is not None


def test_default_dimensions_are_those_of_all_that_is_asked() -> None:
    text = VERSIONS.replace("  size: count(orders)", "  size:\n    formula: count(orders)\n    by: level")
    assert [d.name for d in resolved(text, "size").dimensions] == ["level"]
    assert resolved(text, "size", by=("none",)).dimensions == ()
    assert resolved(text, "size", "won").dimensions == ()


@pytest.mark.parametrize(
    ("formula", "words", "codes"),
    [
        ("avg(count(orders) per week)", {"grain": "month"}, ["KPI434"]),
        ("avg(count(orders) per day)", {"grain": "month"}, []),
        ("avg(count(orders) per month)[last 3 months]", {"grain": "month"}, []),
        ("avg(count(orders) per month)[last 28 days]", {"grain": "month"}, ["KPI434"]),
        ("avg(count(orders) per quarter)[1 month ago]", {"grain": "quarter"}, ["KPI434"]),
        ("avg(count(orders) per quarter)[1 year ago]", {"grain": "quarter"}, []),
        ("avg(count(orders) per month)[year to date]", {"grain": "month"}, []),
        ("avg(count(orders) per week)[1 year ago]", {"grain": "week"}, []),
        ("avg(count(orders) per day)[all time]", {"grain": "month"}, ["KPI408"]),
        ("avg(max(count(orders) per week) per month)", {"grain": "quarter"}, ["KPI434"]),
        ("avg(count(orders) per fiscal_quarter)", {"grain": "quarter"}, ["KPI434"]),
        ("avg(count(orders) per month)", {"grain": "fiscal_quarter"}, []),
    ],
)
def test_sub_periods_nest(formula: str, words: dict[str, str], codes: list[str]) -> None:
    ends = {
        "month": ("2024-01-01", "2024-02-01"),
        "quarter": ("2024-01-01", "2024-04-01"),
        "week": ("2024-01-01", "2024-01-08"),
        "fiscal_quarter": ("2024-02-01", "2024-05-01"),
    }[words["grain"]]
    found = refusals(
        VERSIONS, formula, settings="fiscal_year_starts: february\n", start=ends[0], end=ends[1], **words
    )
    assert found == codes


def test_a_range_of_params_takes_the_unit_of_its_end() -> None:
    text = VERSIONS + "params:\n  age:\n    default: 3 months\n    values: 0..24 months\n"
    recent = "count(orders)[last age]"
    assert refusals(text, recent) == []
    assert refusals(text, recent, params={"age": "24 months"}) == []
    assert refusals(text, recent, params={"age": "3 years"}) == ["KPI318"]


def test_functions_take_what_is_handed_to_them_from_the_command_line() -> None:
    text = EVENTS + "functions:\n  stay(s): count(s[before] and s) / count(s[before])\n"
    query, diags = asked(text, "stay(readers)", grain="month", start="2024-01-01", end="2024-02-01")
    assert query is not None, list(diags)
