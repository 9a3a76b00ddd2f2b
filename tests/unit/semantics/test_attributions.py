"""What an attribution becomes: its credits, their columns, what their rows see, how they are counted."""

from __future__ import annotations

from decimal import Decimal

import pytest

from kpilang import ir
from kpilang.diagnostics import Severity
from kpilang.types import DAY, SECOND, Exactness, Kind, TimeUnit, Type

from .asking import asked, catalog_of, resolved

SALES = """\
entities:
  contacts:
    key: contact_id
    time: created_on
    columns:
      contact_id: id
      created_on: date
      country: string
  touchpoints:
    key: touch_id
    time: touched_at
    columns:
      touch_id: id
      contact: -> contacts
      touched_at: timestamp
      touched_on: date
      channel: string
      cost: money(EUR)
      score: number(3)
      rate: float
      position: integer
      campaign: -> campaigns?
      stage: enum(visit, lead, opportunity, close)
  campaigns:
    key: campaign_id
    columns:
      campaign_id: id
      name: string
  deals:
    key: deal_id
    time: closed_at
    columns:
      deal_id: id
      contact: -> contacts
      closed_at: timestamp
      signed_on: date?
      amount: money(EUR)
      seats: integer
      fine: number(8)
      region: string
      name: string
attributions:
  credit:
    convert: deals.amount
    touches: touchpoints
    via: contact
    window: 30 days
    model: linear
    direct: channel = 'direct'
    milestones:
      lead: stage = 'lead'
      opportunity: stage = 'opportunity'
      close: stage = 'close'
    variants:
      first:
        model: first
      weighed:
        weight: score
      clean:
        model: last_non_direct
      full:
        model: full_path
      influence:
        model: any
dimensions:
  country:
    deals: contact.country
    credit: conversion.contact.country
kpis:
  credited: sum(credit.value)
"""


def credits_of(text: str = SALES, name: str = "credit") -> ir.Credits:
    catalog, diags = catalog_of(text)
    info = catalog.entity(name)
    assert info is not None
    found = catalog.credits(info, info.decl.name.span, diags)
    assert found is not None, [str(one) for one in diags]
    return found


def entity_of(query: ir.Query, name: str = "credit") -> ir.Entity:
    return query.model.entity(name)


def with_line(old: str, new: str) -> str:
    assert SALES.count(old) == 1, old
    return SALES.replace(old, new)


def codes(text: str, *formulas: str) -> list[str]:
    _, diags = asked(text, *formulas)
    return sorted({one.code.number for one in diags if one.severity is Severity.ERROR})


# ---------------------------------------------------------------------------- the rows


def test_conversions_and_touches_meet_by_what_both_share() -> None:
    found = credits_of()
    assert (found.conversions, found.touches) == ("deals", "touchpoints")
    ((ours, theirs),) = found.keys
    assert isinstance(ours, ir.Field) and isinstance(theirs, ir.Field)
    assert (ours.owner, ours.name, theirs.owner, theirs.name) == (
        "deals",
        "contact",
        "touchpoints",
        "contact",
    )
    assert found.anchor.name == "closed_at" and found.order.name == "touched_at"


def test_beside_timestamps_a_day_is_24_hours() -> None:
    found = credits_of()
    assert isinstance(found.earliest, ir.Call) and found.earliest.op is ir.Op.ADD_SECONDS
    assert found.earliest.args[1] == ir.Literal(-2_592_000, Type(Kind.DURATION, unit=SECOND, scale=0))
    assert found.latest == found.anchor and found.touched == found.order


def test_a_date_beside_a_timestamp_makes_local_days_of_both() -> None:
    found = credits_of(
        with_line("    touches: touchpoints\n", "    dated: signed_on\n    touches: touchpoints\n")
    )
    assert isinstance(found.touched, ir.Call) and found.touched.op is ir.Op.DATE_OF
    assert found.latest == found.anchor
    assert isinstance(found.earliest, ir.Call) and found.earliest.op is ir.Op.ADD_DAYS
    assert found.earliest.args[1] == ir.Literal(-30, Type(Kind.DURATION, unit=DAY, scale=0))


def test_no_window_is_no_bound_and_a_remark() -> None:
    text = with_line("    window: 30 days\n", "")
    assert credits_of(text).earliest is None
    catalog, diags = catalog_of(text)
    catalog.check(diags)
    assert [one.code.number for one in diags] == ["KPI705"], "said once, whatever variants there are"


def test_a_good_one_is_checked_without_a_word() -> None:
    catalog, diags = catalog_of(SALES)
    catalog.check(diags)
    assert not list(diags)


def test_the_model_of_a_query_has_what_credits_are_made_of() -> None:
    query = resolved(SALES, "count(credit.clean)")
    names = {entity.name: [c.name for c in entity.columns] for entity in query.model.entities}
    assert names["credit.clean"] == ["value", "converted_at", "is_attributed", "conversion", "touch"]
    assert names["touchpoints"] == ["touch_id", "contact", "touched_at", "channel"]
    assert names["deals"] == ["deal_id", "contact", "closed_at", "amount"]
    assert "credit" not in names, "a variant stands for itself"


# ---------------------------------------------------------------------------- how value is shared


@pytest.mark.parametrize(
    ("model", "wanted"),
    [
        ("first", ir.FirstTouch()),
        ("last", ir.LastTouch()),
        ("linear", ir.Evenly()),
        ("position(40%, 20%, 40%)", ir.ByPosition(Decimal("0.4"), Decimal("0.2"), Decimal("0.4"))),
        ("time_decay(7 days)", ir.ByDecay(Decimal(604_800))),
        ("time_decay(12 hours)", ir.ByDecay(Decimal(43_200))),
        ("any", ir.InFull()),
    ],
)
def test_models(model: str, wanted: ir.Shares) -> None:
    assert credits_of(with_line("    model: linear\n", f"    model: {model}\n")).shares == wanted


def test_a_half_life_is_in_days_beside_dates() -> None:
    text = SALES.replace("    time: touched_at\n", "    time: touched_on\n").replace(
        "    model: linear\n", "    model: time_decay(36 hours)\n"
    )
    assert credits_of(text).shares == ir.ByDecay(Decimal("1.5"))


def test_what_is_not_known_to_be_direct_is_a_condition_of_the_touch() -> None:
    shares = credits_of(name="credit.clean").shares
    assert isinstance(shares, ir.LastTouch) and isinstance(shares.direct, ir.Call)


def test_a_missing_first_milestone_is_the_first_touch() -> None:
    shares = credits_of(name="credit.full").shares
    assert isinstance(shares, ir.ByMilestones) and shares.others == Decimal("0.1")
    first, *others = shares.milestones
    assert first.where == ir.Literal(True, Type(Kind.BOOL)) and first.share == Decimal("0.225")
    assert all(isinstance(milestone.where, ir.Call) for milestone in others)
    assert sum(milestone.share for milestone in shares.milestones) + shares.others == 1


def weight_of(weight: str) -> ir.Expr:
    shares = credits_of(with_line("    model: linear\n", f"    weight: {weight}\n")).shares
    assert isinstance(shares, ir.ByWeight)
    return shares.weight


@pytest.mark.parametrize(
    ("weight", "wanted"),
    [
        ("position", ir.TouchValue(ir.TouchPart.POSITION, Type(Kind.INTEGER))),
        ("touches", ir.TouchValue(ir.TouchPart.TOUCHES, Type(Kind.INTEGER))),
        ("age", ir.TouchValue(ir.TouchPart.AGE, Type(Kind.DURATION, unit=SECOND, scale=6))),
    ],
)
def test_words_of_a_weight(weight: str, wanted: ir.Expr) -> None:
    assert weight_of(weight) == wanted


def test_a_word_in_back_quotes_is_a_column() -> None:
    column = weight_of("touchpoints.position")
    assert isinstance(column, ir.Field) and column.name == "position"
    quoted = weight_of('"`position`"')
    assert quoted == column


def test_the_conversion_is_the_outer_row_of_a_weight() -> None:
    outer = weight_of("conversion.seats")
    assert isinstance(outer, ir.Outer) and outer.field.owner == "deals"


# ---------------------------------------------------------------------------- the columns


@pytest.mark.parametrize(
    ("value", "kind", "scale"),
    [("deals.amount", Kind.NUMBER, 6), ("deals.seats", Kind.NUMBER, 6), ("deals.fine", Kind.NUMBER, 8)],
)
def test_credits_are_at_the_scale_of_the_value_and_6_at_least(value: str, kind: Kind, scale: int) -> None:
    query = resolved(with_line("convert: deals.amount", f"convert: {value}"), "credited")
    column = entity_of(query).column("value")
    assert column is not None
    assert (column.type.kind, column.type.scale, column.type.exactness) == (kind, scale, Exactness.EXACT)


@pytest.mark.parametrize("share", ["model: time_decay(7 days)", "weight: rate", "weight: 1 / position"])
def test_credits_by_inexact_weights_are_approximate(share: str) -> None:
    query = resolved(with_line("    model: linear\n", f"    {share}\n"), "credited")
    assert query.outputs[0].type.exactness is Exactness.APPROXIMATE


def test_the_entity_alone_is_1_for_each_conversion_in_its_unit() -> None:
    query = resolved(with_line("convert: deals.amount", "convert: deals"), "credited / count(deals)")
    assert str(query.outputs[0].type.unit) == "plain number"


def test_variants_count_the_same_things() -> None:
    query = resolved(SALES, "count(credit) - count(credit.first)")
    assert str(query.outputs[0].type.unit) == "credit"


COMPOSITE = """\
entities:
  members:
    key:
      - member_id
      - list_id
    columns:
      member_id: id
      list_id: id
  visits:
    key:
      - site
      - number
    time: visited_on
    columns:
      site: id
      number: id
      member_id: id
      list_id: id
      member: (member_id, list_id) -> members
      visited_on: date
  orders:
    key:
      - site
      - number
    time: ordered_on
    columns:
      site: id
      number: id
      member_id: id
      list_id: id
      member: (member_id, list_id) -> members
      ordered_on: date
      amount: money(EUR)
attributions:
  credit:
    convert: orders.amount
    touches: visits
    via: member
    window: 7 days
    model: any
"""


def test_keys_of_several_columns() -> None:
    query = resolved(COMPOSITE, "count(credit)")
    credit = entity_of(query)
    held = {c.name: c.reference.columns for c in credit.columns if c.reference is not None}
    assert held == {
        "conversion": ("conversion_site", "conversion_number"),
        "touch": ("touch_site", "touch_number"),
    }
    assert isinstance(credit.origin, ir.Credits)
    assert [ours.name for ours, _ in credit.origin.keys if isinstance(ours, ir.Field)] == [
        "member_id",
        "list_id",
    ]
    counted = query.outputs[0].value
    assert isinstance(counted, ir.Nested) and isinstance(counted.per, ir.PerKeys)
    assert counted.per.names == ("conversion_site", "conversion_number")


# ---------------------------------------------------------------------------- what a credit sees


def where_of(formula: str) -> ir.Field:
    found = resolved(SALES, formula).outputs[0].value
    assert isinstance(found, ir.Aggregate) and isinstance(found.where, ir.Call)
    field = found.where.args[0]
    assert isinstance(field, ir.Field)
    return field


@pytest.mark.parametrize(
    ("condition", "steps"),
    [
        ("channel = 'web'", ("touch",)),
        ("touch.channel = 'web'", ("touch",)),
        ("campaign.name = 'x'", ("touch", "campaign")),
        ("region = 'x'", ("conversion",)),
        ("conversion.contact.country = 'x'", ("conversion", "contact")),
        ("credit.channel = 'web'", ("touch",)),
    ],
)
def test_names_of_a_credit(condition: str, steps: tuple[str, ...]) -> None:
    assert where_of(f"sum(credit.value where {condition})").steps == steps
    assert where_of(f"sum(credit.value)[{condition.removeprefix('credit.')}]").steps == steps


def test_a_conversion_is_always_there_and_a_touch_is_not() -> None:
    assert not where_of("sum(credit.value where region = 'x')").type.nullable
    assert where_of("sum(credit.value where channel = 'x')").type.nullable


@pytest.mark.parametrize("formula", ["sum(credit.value where contact is not null)", "unique(credit.contact)"])
def test_a_name_of_both_sides_is_neither(formula: str) -> None:
    assert codes(SALES, formula) == ["KPI456"]


def test_a_dimension_is_declared_once_for_all_variants() -> None:
    query = resolved(SALES, "sum(credit.first.value)", by=("country",))
    path = query.dimensions[0].path("credit.first")
    assert isinstance(path, ir.Field) and path.steps == ("conversion", "contact")


def test_a_dimension_of_one_side_needs_no_word() -> None:
    for name, step in (("channel", "touch"), ("region", "conversion")):
        path = resolved(SALES, "credited", by=(name,)).dimensions[0].path("credit")
        assert isinstance(path, ir.Field) and path.steps == (step,)


def test_a_dimension_of_both_sides_is_refused_until_it_is_declared() -> None:
    text = with_line("    credit: conversion.contact.country\n", "    touchpoints: contact.country\n")
    _, diags = asked(text, "credited", by=("country",))
    assert [one.code.number for one in diags] == ["KPI456"]
    (found,) = diags
    assert any("`credit: touch.country`" in line for line in found.help)


def test_credits_are_as_complete_as_their_conversions() -> None:
    covered = SALES.replace("  deals:\n", "  deals:\n    covers: from 2024-01-01\n", 1).replace(
        "dimensions:\n  country:\n    covers: from 2024-01-01\n", "dimensions:\n  country:\n"
    )
    assert entity_of(resolved(covered, "credited")).covers is not None
    elsewhere = covered.replace(
        "    touches: touchpoints\n", "    dated: signed_on\n    touches: touchpoints\n"
    )
    assert entity_of(resolved(elsewhere, "credited")).covers is None


# ---------------------------------------------------------------------------- in full


def test_in_full_each_conversion_counts_once() -> None:
    total = resolved(SALES, "sum(credit.influence.value where channel = 'web')[7 days ago]").outputs[0].value
    assert isinstance(total, ir.Nested) and total.op is ir.AggregateOp.SUM and total.window == ()
    inner = total.value
    assert isinstance(inner, ir.Aggregate) and inner.op is ir.AggregateOp.MAX
    assert inner.where is not None and inner.window == (ir.Ago(7, TimeUnit.DAY),)
    assert isinstance(total.per, ir.PerKeys) and total.per.names == ("conversion",)


def test_in_full_a_count_is_of_conversions() -> None:
    counted = resolved(SALES, "count(credit.influence)").outputs[0].value
    assert isinstance(counted, ir.Aggregate) and counted.op is ir.AggregateOp.UNIQUE
    assert str(counted.type.unit) == "deals"


@pytest.mark.parametrize("op", ["min", "max", "unique"])
def test_what_does_not_count_stays_as_it_is(op: str) -> None:
    found = resolved(SALES, f"{op}(credit.influence.value)").outputs[0].value
    assert isinstance(found, ir.Aggregate)


@pytest.mark.parametrize(
    "formula",
    [
        "avg(credit.influence.is_attributed)",
        "sum(case when channel = 'web' then credit.influence.value else 0 EUR end)",
    ],
)
def test_what_would_count_touches_is_refused(formula: str) -> None:
    assert codes(SALES, formula) == ["KPI457"]


# ---------------------------------------------------------------------------- refused


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("convert: deals.amount", "convert: credit.value", "KPI451"),
        ("convert: deals.amount", "convert: deals.name", "KPI451"),
        ("convert: deals.amount", "convert: deals.amount / 2", "KPI451"),
        ("convert: deals.amount", "convert: nobody.amount", "KPI204"),
        ("convert: deals.amount", "convert: deals.nothing", "KPI205"),
        ("touches: touchpoints", "touches: credit", "KPI204"),
        ("via: contact", "via: region", "KPI452"),
        ("via: contact", "via: channel", "KPI452"),
        ("touches: touchpoints", "touches: campaigns", "KPI401"),
        ("touches: touchpoints", "touches: touchpoints where nothing", "KPI205"),
        ("window: 30 days", "window: 1 quarter", "KPI307"),
        ("window: 30 days", "window: '30'", "KPI453"),
        ("model: linear", "model: position(1, 1, 1)", "KPI303"),
        ("model: linear", "model: position(40%, 60%)", "KPI304"),
        ("model: linear", "model: position(-40%, 100%, 40%)", "KPI455"),
        ("model: linear", "model: time_decay", "KPI304"),
        ("model: linear", "model: time_decay(1 month)", "KPI455"),
        ("model: linear", "model: linear(1)", "KPI304"),
        ("model: linear", "weight: -1", "KPI455"),
        ("model: linear", "weight: count(touchpoints)", "KPI414"),
        ("model: linear", "weight: period", "KPI219"),
    ],
)
def test_what_an_attribution_may_not_say(old: str, new: str, code: str) -> None:
    text = SALES.replace(f"    {old}\n", f"    {new}\n", 1)
    assert text != SALES
    catalog, diags = catalog_of(text)
    catalog.check(diags)
    assert code in {one.code.number for one in diags}
    assert code in codes(text, "credited")


def test_an_attribution_is_no_value_and_no_set() -> None:
    assert codes(SALES, "credit") == ["KPI218"]
    assert codes(SALES, "sum(credit)") == ["KPI218"]
    assert codes(SALES, "sum(credit.first)") == ["KPI218"]
    assert codes(SALES, "credit.value + 1") == ["KPI413"]
    assert codes(SALES, "sum(credit.frist.value)") == ["KPI205"]
    assert codes(SALES, "first(credit.value)") == ["KPI407"]


def test_a_value_of_one_side_is_not_added_up_over_credits() -> None:
    assert codes(SALES, "sum(credit.cost)") == ["KPI402"]
    assert codes(SALES, "sum(credit.amount)") == ["KPI402"]


@pytest.mark.parametrize(("known", "remarks"), [("2024-03-01", ["KPI709"]), ("2024-03-02", [])])
def test_conversions_that_look_back_to_before_touches_are_known(known: str, remarks: list[str]) -> None:
    text = with_line("    time: touched_at\n", "    time: touched_at\n    covers: from 2024-02-01\n")
    text = text.replace("    time: closed_at\n", f"    time: closed_at\n    covers: from {known}\n", 1)
    catalog, diags = catalog_of(text)
    catalog.check(diags)
    assert [one.code.number for one in diags] == remarks


def test_an_entity_beside_it_whose_key_is_not_there_is_no_traceback() -> None:
    query, _ = asked(with_line("      contact_id: id\n", ""), "credited")
    assert query is not None, "what nobody asks for is no trouble of the query"
    catalog, diags = catalog_of(with_line("      contact_id: id\n", ""))
    catalog.check(diags)
    assert "KPI205" in {one.code.number for one in diags}
