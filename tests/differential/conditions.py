"""Conditions over the values of a row, by what the values are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tests.differential.choices import Choices


@dataclass(frozen=True)
class Term:
    """A value of a row as formulas write it; `sort` is what it is (see `CONDITIONS`).

    `parent` says that it belongs to a parent, so that it may not be added up. `approximate` values are not
    compared with anything.
    """

    text: str
    sort: str
    parent: bool = False

    def behind(self, reference: str) -> Term:
        return Term(f"{reference}.{self.text}", self.sort, parent=True)


CONDITIONS: dict[str, tuple[str, ...]] = {
    "money": (
        "{} > 5",
        "{} >= threshold",
        "{} between 0 and 20",
        "{} <> 0",
        "{} is null",
        "not {} < 5",
        "{} = 10",
    ),
    "integer": (
        "{} > 1",
        "{} >= least",
        "{} in (1, 2)",
        "{} = 0",
        "not {} in (0, 3)",
        "{} is not 1",
        "{} <= 1",
        "{} = 1",
        "{} = 1",
    ),
    "number": ("{} >= 0.5", "{} < 7.25", "{} = 0", "{} is not null", "abs({}) > 1", "round({}) = 1"),
    "percent": ("{} >= 10%", "{} < 50%", "{} is null", "{} = 100%"),
    "float": ("{} > 0.5", "{} <= 0", "{} is not null"),
    "rounded": ("{} > 3", "{} is not null"),
    "approximate": ("{} is not null", "{} is null"),
    "text": (
        "{} = 'mail'",
        "{} <> 'mail'",
        "{} in ('mail', 'web')",
        "not {} in ('mail', 'web')",
        "{} is null",
        "{} is not 'mail'",
        "{} like 'm%'",
        "not {} like '_ail'",
        "{} >= 'm'",
        "starts_with({}, 'ma')",
        "ends_with({}, 'l')",
        "contains({}, 'a')",
        "length({}) > 3",
        "length({}) = 1",
        "{} = 'é'",
        "{} in ('é', '広告', 'Mail')",
        "{} like '%告'",
        "{} like 'M_il'",
        "{} < 'é'",
        "coalesce({}, 'web') = 'web'",
        "nullif({}, 'web') is null",
        "concat({}, 'x') = 'mailx'",
    ),
    "enum": (
        "{} = 'paid'",
        "{} <> 'open'",
        "{} in ('paid', 'refunded')",
        "{} is not 'open'",
        "not {} = 'paid'",
    ),
    "ranked": (
        "{} >= 'silver'",
        "{} < 'gold'",
        "{} = 'banned'",
        "not {} = 'gold'",
        "{} is null",
        "{} > 'bronze'",
    ),
    "bool": ("{}", "not {}", "{} is null", "{} is not true"),
    "date": (
        "{} >= period.start",
        "{} < period.start + 10 days",
        "{} is not null",
        "{} + 1 month >= period.end",
        "period.end - {} <= 5 days",
    ),
    "timestamp": (
        "{} >= period.start",
        "{} - period.start <= 1 days",
        "{} is not null",
        "date({}) >= period.start",
        "period.end - {} <= 2 days",
    ),
    "days": ("{} <= 3 days", "{} > 0 days", "{} is null"),
    "seconds": ("{} <= 3 days", "{} > 1 hour", "{} is null"),
    "id": ("{} is null", "{} is not null"),
}
"""Templates by the sort of the value."""


def condition(choices: Choices, terms: Callable[[], Sequence[Term]], with_period: bool = True) -> str:
    """One condition, its negation, or two joined, each over one of the terms. Attributes see no period."""
    first = _plain(choices, terms(), with_period)
    form = choices.one_of(("plain", "plain", "plain", "plain", "not", "and", "or", "or"))
    if form == "plain":
        return first
    if form == "not":
        return f"not ({first})"
    return f"({first}) {form} ({_plain(choices, terms(), with_period)})"


def _plain(choices: Choices, terms: Sequence[Term], with_period: bool) -> str:
    term = choices.one_of([term for term in terms if term.sort in CONDITIONS] or [terms[0]])
    usual = ("{} is not null",)
    templates = [text for text in CONDITIONS.get(term.sort, usual) if with_period or "period" not in text]
    return choices.one_of(templates or usual).format(term.text)
