"""Orders credited to the visits before them: touches and an attribution, whose credits are a fact."""

from __future__ import annotations

from typing import Any

from tests.differential.choices import Choices
from tests.differential.model import Entity, Fact, Model, sort_of

MODELS: tuple[dict[str, Any], ...] = (
    {"model": "linear"},
    {"model": "linear"},
    {"model": "first"},
    {"model": "last"},
    {"model": "last_non_direct", "direct": "way = 'mail'"},
    {"model": "position(40%, 20%, 40%)"},
    {"model": "position(30%, 20%, 50%)"},
    {"model": "time_decay(2 days)"},
    {"model": "any"},
    {"weight": "abs(effort)"},
    {"weight": "case when position = 1 then 2 else 1 end"},
    {"weight": "case when way = 'mail' then 0 else touches - position end"},
    {"model": "u_shaped", "milestones": {"lead": "way = 'mail'"}},
    {"model": "w_shaped", "milestones": {"lead": "way = 'mail'", "opportunity": "effort > 0"}},
)


def attribute(choices: Choices, model: Model) -> None:
    """Add visits and what orders credit to them."""
    orders = model.facts[0].entity
    kind = sort_of(orders.declared("ordered"))
    visits = Entity(
        "visits",
        {
            "visit_id": "id",
            "seen": f"{kind}?",
            "customer": "-> customers?",
            "way": "string?",
            "effort": "integer?",
        },
        key=("visit_id",),
        time="seen",
    )
    credit = Entity(
        "credit",
        {"converted_at": kind, "value": "money(EUR)?", "is_attributed": "bool", "touch": "-> visits?"},
        time="converted_at",
    )
    credit.attribution = {
        "convert": "orders.amount",
        "touches": choices.one_of(("visits", "visits", "visits where way is not null")),
        "via": "customer",
        "window": choices.one_of(("7 days", "7 days", "2 days", "30 days")),
        **choices.one_of(MODELS),
    }
    if choices.chance(3):
        credit.attribution["where"] = choices.one_of(("is_paid", "amount > 0", "status <> 'open'"))
    model.entities += [visits, credit]
    parents = {"touch": visits, "conversion": orders}
    made = Fact(credit, parents, ["way", "status", "is_attributed"])
    people = model.facts[0].parents["customer"]
    model.facts.insert(choices.one_of((0, 1, 1)), made)
    model.facts.append(Fact(visits, {"customer": people}, ["way"]))
