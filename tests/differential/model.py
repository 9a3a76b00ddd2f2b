"""The model of a world: one of two scenes, each with facts, parents, children and attributes.

`shop` has orders of customers in regions (a customer twice: who ordered and for whom; customers invite
customers, regions lie within regions), `lists` has opens of members whose key is composite. Costs stand in
both, with or without a key.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.differential.attributes import Source, child_attribute, order_attributes
from tests.differential.choices import Choices
from tests.differential.conditions import Term
from tests.differential.seasons import DAY, Season
from tests.differential.world import quoted

STORED_ZONE = "America/New_York"
HOSTILE = ("select", '"; drop table x; --', "名前", "per", "Größe 1")
"""Names that an honest compiler must quote, and one of our own reserved words."""

SORTS = {
    "id": "id",
    "string": "text",
    "bool": "bool",
    "integer": "integer",
    "float": "float",
    "percent": "percent",
    "date": "date",
    "timestamp": "timestamp",
    "duration": "seconds",
}


def sort_of(declared: str) -> str:
    kind = declared.removesuffix("?")
    if kind.startswith("enum"):
        return "ranked" if "<" in kind else "enum"
    if "->" in kind:
        return "id"
    return (
        SORTS.get(kind)
        or {"money": "money", "number": "number", "timestamp": "timestamp"}[kind.split("(")[0]]
    )


@dataclass
class Entity:
    """An entity in the making; `sorts` are those of its attributes."""

    name: str
    columns: dict[str, Any]
    key: tuple[str, ...] = ()
    time: str | None = None
    where: str | None = None
    covers: str | None = None
    attributes: dict[str, str] = field(default_factory=dict)
    sorts: dict[str, str] = field(default_factory=dict)
    valid: str | None = None
    recorded: str | dict[str, str] | None = None
    duplicates: str | None = None
    each: str | None = None
    carry: tuple[str, ...] = ()
    is_bound: bool = False
    attribution: dict[str, Any] | None = None

    @property
    def is_made(self) -> bool:
        """Whether its rows follow from others."""
        return self.each is not None or self.attribution is not None

    def spec(self) -> dict[str, Any]:
        found: dict[str, Any] = {"columns": self.columns} if self.each is None else {"each": self.each}
        if self.carry:
            found["carry"] = list(self.carry)
        if self.key and self.each is None:
            found["key"] = self.key[0] if len(self.key) == 1 else list(self.key)
        for word in ("time", "where", "covers", "valid", "recorded", "duplicates"):
            if getattr(self, word):
                found[word] = getattr(self, word)
        return found | ({"attributes": self.attributes} if self.attributes else {})

    def declared(self, column: str) -> str:
        found = self.columns[column]
        return str(found["type"] if isinstance(found, dict) else found)

    @property
    def time_sort(self) -> str | None:
        """What its time is: a column or an attribute."""
        if self.time is None:
            return None
        return self.sorts.get(self.time) or sort_of(self.declared(self.time))

    def kinds(self) -> dict[str, str]:
        """The declared type of each physical column."""
        found = {}
        for name, declared in self.columns.items():
            if isinstance(declared, dict):
                physical = declared.get("column", declared.get("value", "").split(" ")[0])
                found[physical] = "number?" if "value" in declared else declared["type"]
            elif not declared.startswith("("):
                found[name] = declared
        return found

    def terms(self, attributes: bool = True) -> list[Term]:
        """What formulas may say of its own rows, composite references left out."""
        own = [
            Term(quoted(name), sort_of(self.declared(name)))
            for name in self.columns
            if not self.declared(name).startswith("(")
        ]
        return own + (self.computed() if attributes else [])

    def computed(self) -> list[Term]:
        """Its attributes."""
        return [Term(name, sort) for name, sort in self.sorts.items()]

    def source(self, **links: str) -> Source:
        """As a child of others."""
        return Source(quoted(self.name), self.time, self.time_sort, self.terms(), links)

    def add(self, name: str, sort: str, formula: str) -> None:
        if name not in self.attributes:
            self.attributes[name], self.sorts[name] = formula, sort


@dataclass
class Fact:
    """An entity that KPIs may aggregate, with its parents by reference, and the dimensions that it sees."""

    entity: Entity
    parents: dict[str, Entity]
    dimensions: list[str]

    @property
    def name(self) -> str:
        return quoted(self.entity.name)

    @property
    def is_timestamp(self) -> bool:
        assert self.entity.time is not None
        return self.entity.time_sort == "timestamp"

    def terms(self, choices: Choices) -> list[Term]:
        """Of one kind: its own columns, its own attributes, columns or attributes of a parent."""
        own, attributes = self.entity.terms(attributes=False), self.entity.computed()
        behind = choices.one_of([*self.parents.items(), *list(self.parents.items())[:1] * 5, None])
        if behind is not None and choices.chance(4):
            reference, parent = behind
            found = parent.computed() if parent.computed() and choices.chance(2) else parent.terms(False)
            return [term.behind(reference) for term in found]
        return attributes if attributes and choices.chance(2) else own

    def among(self, choices: Choices, *sorts: str) -> list[Term]:
        """Terms of these sorts, if need be of its own columns."""
        found = [term for term in self.terms(choices) if term.sort in sorts]
        return found or self.own(*sorts)

    def own(self, *sorts: str) -> list[Term]:
        """Of its columns; a derived entity has little but attributes."""
        terms = self.entity.terms(attributes=self.entity.each is not None)
        return [term for term in terms if term.sort in sorts]


@dataclass
class Family:
    """Members with the rows that refer to them; `paths` are the references, of several one is named."""

    members: Entity
    rows: Fact
    paths: tuple[str, ...]

    @property
    def name(self) -> str:
        return quoted(self.members.name)

    @property
    def is_ambiguous(self) -> bool:
        return len(self.paths) > 1 or "." in self.paths[0]


@dataclass
class Model:
    entities: list[Entity]
    facts: list[Fact]
    dimensions: dict[str, dict[str, str]]
    families: list[Family]

    def spec(self) -> dict[str, Any]:
        credits = {e.name: e.attribution for e in self.entities if e.attribution is not None}
        return {
            "entities": {e.name: e.spec() for e in self.entities if e.attribution is None},
            "dimensions": self.dimensions,
        } | ({"attributions": credits} if credits else {})


def model(choices: Choices, season: Season) -> Model:
    text = choices.one_of(("channel", "channel", "channel", *HOSTILE[:4]))
    entity = choices.one_of(("costs", "costs", "costs", "order", "広告費"))
    spending = costs(choices, entity, text)
    return (
        lists(choices, season, spending, text) if choices.chance(4) else shop(choices, season, spending, text)
    )


def optional(choices: Choices, declared: str) -> str:
    return declared + choices.one_of(("", "?"))


def moment(choices: Choices) -> str:
    return choices.one_of(("date", "timestamp", "timestamp"))


# ---------------------------------------------------------------------------- the shop


PLAN = {"plan": "id", "since": "date", "until": "date?", "level": "string?", "price": "money(EUR)?"}


def shop(choices: Choices, season: Season, spending: Entity, text: str) -> Model:
    kind = moment(choices)
    columns = {
        "code": "id",
        "area": "string?",
        "opened": "date?",
        "size": "integer?",
        "within": "-> regions?",
    }
    plans = Entity("plans", dict(PLAN), key=("plan",), valid="since to until")
    regions = Entity("regions", columns, key=("code",), time="opened")
    people = customers(choices, season, kind)
    orders = shop_orders(choices, season, kind, text)
    children = orders.source(customer="customer", gift_for="gift_for")
    for _ in range(choices.integer(1, 3)):
        people.add(*child_attribute(choices, children, people.terms(False), "created", kind))
    if choices.chance(2):
        invited = people.source(invited_by="")
        people.add(*child_attribute(choices, invited, people.terms(False), "created", kind))
    if "tally" in people.attributes and choices.chance(2):
        orders.add("is_second", "bool", "customer.tally > 1")
    if choices.chance(2):
        inside = orders.source(**{"customer.region": "customer.region"})
        regions.add(*child_attribute(choices, inside, regions.terms(False), None, kind))
    facts = [
        Fact(
            orders,
            {
                "customer": people,
                "gift_for": people,
                "customer.region": regions,
                "customer.region.within": regions,
                "customer.invited_by": people,
            },
            [
                text,
                "status",
                "customer",
                "tier",
                "area",
                "is_paid",
                "quantity",
                "paid_on",
                *more(choices, orders),
            ],
        ),
        Fact(
            people,
            {"region": regions, "invited_by": people},
            ["tier", "area", "region", *more(choices, people)],
        ),
        Fact(spending, {}, [text, "medium"]),
    ]
    facts.append(Fact(regions, {"within": regions}, ["area", *more(choices, regions)]))
    facts[0].dimensions.append("medium")
    entities = [regions, people, orders, spending]
    if choices.chance(4):
        entities.append(plans)
        orders.columns["plan"] = f"-> plans? as of {choices.one_of(('ordered', 'ordered', 'paid_on'))}"
        facts[0].parents["plan"] = plans
        facts[0].dimensions.append("level")
    if choices.chance(4):
        found = baskets(choices, orders)
        entities.append(found)
        facts.insert(choices.one_of((1, 3)), Fact(found, {}, ["basket", "brand", *more(choices, found)]))
        facts[0].parents["basket"] = found
    dimensions = {
        "tier": {"orders": "customer.tier", "customers": "tier"},
        "area": {"orders": "customer.region.area", "customers": "region.area", "regions": "area"},
        "medium": {"orders": quoted(text), spending.name: quoted(text)},
    }
    if plans in entities:
        dimensions["level"] = {"orders": "plan.level"}
    families = [
        Family(people, facts[0], ("customer", "gift_for")),
        Family(people, facts[0], ("customer", "gift_for")),
        Family(regions, next(fact for fact in facts if fact.entity is people), ("region",)),
        Family(regions, facts[0], ("customer.region",)),
    ]
    families += [Family(entity, facts[0], ("basket",)) for entity in entities if entity.each is not None]
    return Model(entities, facts, dimensions, families)


def baskets(choices: Choices, orders: Entity) -> Entity:
    """One row for each basket that orders are in."""
    orders.columns |= {"basket": "id?", "brand": "string?"}
    entity = Entity("baskets", {"basket": "id", "brand": "string?"}, key=("basket",), time="first_seen")
    entity.each, entity.carry = "orders.basket", ("brand",)
    kind = sort_of(orders.declared("ordered"))
    entity.add("first_seen", kind, "min(orders.ordered)")
    entity.add("size", "integer", "count(orders)")
    children = orders.source(basket="")
    forms = [
        ("last_seen", kind, "max(orders.ordered)"),
        ("worth", "money", "sum(orders.amount)"),
        ("is_paid", "bool", "exists(orders where is_paid)"),
        ("first_status", "enum", "first(orders.status)"),
        ("soon", "integer", "count(orders where ordered < this.first_seen + 7 days)"),
    ]
    for name, sort, formula in choices.some(forms, 3):
        entity.add(name, sort, formula)
    if choices.chance(2):
        entity.add(*child_attribute(choices, children, entity.terms(False), "first_seen", kind))
    return entity


def more(choices: Choices, entity: Entity) -> list[str]:
    """An attribute to group by, if one has values that are compared exactly."""
    found = [n for n, sort in entity.sorts.items() if sort in ("bool", "text", "integer", "enum", "date")]
    return [choices.one_of(found)] if found else []


def customers(choices: Choices, season: Season, kind: str) -> Entity:
    entity = Entity(
        "customers",
        {
            "customer_id": "id",
            "created": optional(choices, kind),
            "left_at": f"{kind}?",
            "region": "-> regions?",
            "invited_by": "-> customers?",
            "tier": "enum(bronze < silver < gold, banned)?",
            "score": "integer?",
        },
        key=("customer_id",),
        time="created",
    )
    if choices.chance(8):
        entity.where = choices.one_of(("not tier = 'banned'", "score >= 0", "region is not null"))
    if choices.chance(8):
        entity.covers = coverage(choices, season)
    return entity


def shop_orders(choices: Choices, season: Season, kind: str, text: str) -> Entity:
    is_zoned = kind == "timestamp" and choices.chance(5)
    time = f"timestamp({STORED_ZONE})" if is_zoned else kind
    entity = Entity(
        "orders",
        {
            "order_id": "id",
            "ordered": optional(choices, time),
            "customer": "-> customers?",
            "gift_for": "-> customers?",
            "amount": "money(EUR)?",
            "fee": choices.one_of(("money(EUR)", "money(EUR, 2)")),
            "quantity": {"type": "integer", "column": "Qty 1"} if choices.chance(4) else "integer",
            "discount": {"type": "percent?", "value": "points / 100"} if choices.chance(2) else "percent?",
            "weight": "float?",
            "price": choices.one_of(("number?", "number(1)?")),
            text: "string?",
            "status": "enum(refunded, paid, open)",
            "is_paid": "bool?",
            "paid_on": "date?",
        },
        key=("order_id",),
        time="ordered",
    )
    attributes = order_attributes(kind, quoted(text))
    ranks = [attribute for attribute in attributes if attribute[2].startswith("rank")]
    for name, sort, formula in [*choices.some(ranks, 1), *choices.some(attributes, 2)]:
        entity.add(name, sort, formula)
    if choices.chance(8):
        entity.where = choices.one_of(("status <> 'open'", "is_paid is not false", "amount / quantity > 0"))
    if choices.chance(7):
        entity.covers = coverage(choices, season)
    return entity


def coverage(choices: Choices, season: Season) -> str:
    start = season.day - choices.one_of((0, 1, 40, 100, 400, 400)) * DAY
    end = season.day + choices.one_of((1, 5, 40)) * DAY
    return choices.one_of((f"from {start}", f"from {start}", f"from {start} to {end}"))


def costs(choices: Choices, name: str, text: str) -> Entity:
    time = moment(choices)
    entity = Entity(
        name,
        {"spent": time, text: "string?", "amount": "money(EUR)?", "clicks": "integer?"},
        time="spent",
    )
    if choices.chance(2):
        entity.key = ("spent", text)
        entity.columns[text] = "string"
    return entity


# ---------------------------------------------------------------------------- the lists


def lists(choices: Choices, season: Season, spending: Entity, text: str) -> Model:
    kind = moment(choices)
    members = Entity(
        "members",
        {
            "list_name": "string",
            "code": "id",
            "created": optional(choices, kind),
            "left_at": f"{kind}?",
            "tier": "enum(bronze < silver < gold, banned)?",
            "score": "integer?",
        },
        key=("list_name", "code"),
        time="created",
    )
    opens = list_opens(choices, season, kind, text)
    children = opens.source(member="")
    for _ in range(choices.integer(1, 3)):
        members.add(*child_attribute(choices, children, members.terms(False), "created", kind))
    facts = [
        Fact(opens, {"member": members}, ["list_name", "tier", text, "medium", *more(choices, opens)]),
        Fact(members, {}, ["list_name", "tier", *more(choices, members)]),
        Fact(spending, {}, [text, "medium"]),
    ]
    dimensions = {
        "tier": {"opens": "member.tier", "members": "tier"},
        "medium": {"opens": quoted(text), spending.name: quoted(text)},
    }
    # no families: a reference by several columns says nobody's membership (KPI317)
    return Model([members, opens, spending], facts, dimensions, [])


def list_opens(choices: Choices, season: Season, kind: str, text: str) -> Entity:
    entity = Entity(
        "opens",
        {
            "open_id": "id",
            "opened": optional(choices, kind),
            "list_name": "string?",
            "code": "id?",
            "member": "(list_name, code) -> members?",
            "clicks": "integer?",
            "amount": "money(EUR)?",
            "delay": "duration?",
            text: "string?",
        },
        key=("open_id",),
        time="opened",
    )
    if choices.chance(2):
        entity.add("nth", "integer", "rank(per list_name, code by opened)")
    if choices.chance(3):
        entity.add("is_late", "bool", "delay > 1 hour")
    if choices.chance(6):
        entity.covers = coverage(choices, season)
    return entity
