"""Attributes: aggregates over children, ranks, and what is computed of a row's own values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tests.differential.choices import Choices
from tests.differential.conditions import Term, condition

Attribute = tuple[str, str, str]
"""Name, sort, formula."""


@dataclass(frozen=True)
class Source:
    """An entity as the children of another; `links`: references to it with their `via`, if they need one."""

    name: str
    time: str | None
    time_sort: str | None
    terms: Sequence[Term]
    links: dict[str, str]

    def of(self, *sorts: str) -> list[Term]:
        return [term for term in self.terms if term.sort in sorts]


def child_attribute(
    choices: Choices, source: Source, outer: Sequence[Term], outer_time: str | None, kind: str
) -> Attribute:
    """An aggregate over children; `outer_time` is the time of the row at hand, of the sort `kind`."""
    if choices.chance(6):
        return unlinked(choices, source, outer, outer_time)
    via = choices.one_of(sorted(source.links))
    via = f" via {source.links[via]}" if source.links[via] else ""
    name, sort, call = choices.one_of(aggregates(choices, source))
    where = (
        f" where {condition(choices, lambda: source.terms, with_period=False)}" if choices.chance(2) else ""
    )
    bounded = outer_time is not None and source.time_sort == kind
    reach = choices.one_of(("ever", "ever", "early", "between", "later")) if bounded else "ever"
    this = f"this.{outer_time}"
    month = (this, f"{this} + 1 month") if kind == "date" else (this, f"{this} + 36 hours")
    match reach:
        case "early":
            bound = choices.one_of((f"{source.time} < {this} + 30 days", f"{source.time} <= {this}"))
            where = f"{where} and {bound}" if where and " or " not in where else f" where {bound}"
            return f"early_{name}", sort, f"{call}{where}{via})"
        case "between":
            start, end = choices.one_of(((this, f"{this} + 7 days"), (f"{this} - 1 days", this), month))
            return f"week_{name}", sort, f"{call}{where}{via})[from {start} to {end}]"
        case "later" if name in ("earliest", "first_word"):
            return name, sort, f"{call}{where}{via})"
        case _:
            return name, sort, f"{call}{where}{via})[ever]"


def aggregates(choices: Choices, source: Source) -> list[Attribute]:
    """Open calls: the first argument, not yet the modifiers."""
    found = [
        ("tally", "integer", f"count({source.name}"),
        ("has_any", "bool", f"exists({source.name}"),
    ]
    if source.time is not None and source.time_sort is not None:
        found.append(("earliest", source.time_sort, f"min({source.name}.{source.time}"))
        found.append(("latest", source.time_sort, f"max({source.name}.{source.time}"))
    numbers, words = source.of("money", "integer"), source.of("text", "enum", "ranked")
    for term in [choices.one_of(numbers)] if numbers else []:
        value = f"{source.name}.{term.text}"
        found += [
            ("total", term.sort, f"sum({value}"),
            ("best", term.sort, f"max({value}"),
            ("typical", "rounded", f"avg({value}"),
            ("middle", "approximate", f"median({value}"),
            ("upper", "approximate", f"percentile({value}, 90%"),
            ("spread", "approximate", f"stddev({value}"),
        ]
    for term in [choices.one_of(words)] if words else []:
        value = f"{source.name}.{term.text}"
        found += [
            ("first_word", term.sort, f"first({value}"),
            ("last_word", term.sort, f"last({value}"),
            ("words", "integer", f"unique({value}"),
        ]
    return found


def unlinked(choices: Choices, source: Source, outer: Sequence[Term], outer_time: str | None) -> Attribute:
    """Over all rows of the entity, compared with the row at hand."""
    pairs = [
        (c, o)
        for c in source.terms
        for o in outer
        if c.sort == o.sort and c.sort in ("integer", "text", "date", "timestamp")
    ]
    if not pairs:
        return "all_of_them", "integer", f"count(all {source.name})[ever]"
    child, own = choices.one_of(pairs)
    operator = choices.one_of(("=", "<", ">=", "is"))
    call = choices.one_of((f"count(all {source.name}", f"exists(all {source.name}"))
    sort = "integer" if call.startswith("count") else "bool"
    return f"alike_{sort}", sort, f"{call} where {child.text} {operator} this.{own.text})[ever]"


def order_attributes(kind: str, text: str) -> list[Attribute]:
    """What an order says of itself and of its place among others."""
    same_kind = [] if kind == "date" else [("ordered_day", "date", "date(ordered)")]
    length = "days" if kind == "date" else "seconds"
    return [
        ("net", "money", "amount - fee"),
        ("is_big", "bool", "amount > 5"),
        ("nth", "integer", "rank(per customer by ordered)"),
        ("nth", "integer", f"rank(per customer, {text} by ordered desc)"),
        ("place", "integer", "rank(per status by amount desc)"),
        ("place", "integer", "rank(per status by customer.tier, amount desc)"),
        ("place", "integer", f"rank(per is_paid by status, {text})"),
        ("is_home", "bool", "customer.tier = 'gold'"),
        ("age", length, "ordered - customer.created"),
        ("due", "date", "paid_on + 1 month"),
        ("due", "date", "paid_on + 30 days"),
        ("tag", "text", f"concat({text}, '-', 'é')"),
        ("off", "money", "coalesce(discount, 0%) * amount"),
        *same_kind,
    ]
