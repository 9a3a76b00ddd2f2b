"""Segments of a world, and what formulas say of sets: their algebra, their size, who is in them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from tests.differential.choices import Choices
from tests.differential.conditions import condition
from tests.differential.model import Fact, Family
from tests.differential.world import quoted

NAMES = ("s1", "s2", "s3", "s4")
AT_LEAST = (
    "count({rows}{where}) >= 2",
    "count({rows}{where}) > 1",
    "count({rows}) between 1 and 2",
    "count({rows}{where}) >= least",
    "sum({number}{where}) > 2",
    "avg({number}) < 3",
    "max({number}) >= 1",
    "unique({word}) >= 2",
    "count({rows}) >= 2 and sum({number}) > 3",
    "count({rows}) >= 2 or max({number}) > 2",
)
"""What a member's rows may have to fulfil; it is never true of a member without rows."""


class Words(Protocol):
    """What sets take from formulas."""

    choices: Choices
    by: Sequence[str]
    facts: Sequence[Fact]

    def window(self, fact: Fact | None) -> str: ...

    def condition(self, fact: Fact, with_period: bool = True) -> str: ...


@dataclass(frozen=True)
class Segment:
    """`facts` are the entities whose rows say who belongs to it."""

    name: str
    facts: frozenset[str]


class Sets:
    """Draws segments over the facts that are asked about, and set expressions over those."""

    def __init__(self, words: Words, families: Sequence[Family]) -> None:
        self._words = words
        self._choices = words.choices
        self._families = [family for family in families if family.rows in words.facts]
        self._keyed = [fact for fact in words.facts if fact.entity.key]
        self.segments: dict[str, str] = {}
        self._of: dict[str, list[Segment]] = {}

    def draw(self) -> None:
        for name in NAMES[: self._choices.one_of((0, 1, 2, 3, 4))]:
            forms: tuple[Callable[[], tuple[str, str, set[str]]], ...] = ()
            if self._families:
                forms += (self._with, self._with, self._with, self._having, self._having)
            if self._keyed:
                forms += (self._state, self._event, self._always)
            if self._of:
                forms += (self._named,)
            if forms:
                entity, self.segments[name], facts = self._choices.one_of(forms)()
                self._of.setdefault(entity, []).append(Segment(name, frozenset(facts)))

    # ------------------------------------------------------------------ sentences

    def _with(self) -> tuple[str, str, set[str]]:
        choose = self._choices
        family = choose.one_of(self._families)
        rows, facts = family.rows.name, {family.rows.entity.name}
        inner = self._of.get(family.rows.entity.name)
        if inner and choose.chance(2):
            segment = choose.one_of(inner)
            text = f"{family.name} with {segment.name}{self._via(family)}"
            return family.members.name, text, {*facts, *segment.facts}
        where = f" where {self._words.condition(family.rows)}" if choose.chance(2) else ""
        first = choose.one_of((f"{rows}{where}{self._dated(family.rows)}{self._via(family)}",) * 3)
        return family.members.name, f"{family.name} with {first}", facts

    def _having(self) -> tuple[str, str, set[str]]:
        choose = self._choices
        family = choose.one_of(self._families)
        rows = family.rows
        number = choose.one_of(rows.own("integer", "money"))
        word = choose.one_of(rows.own("text", "enum", "id", "ranked"))
        where = f" where {self._words.condition(rows)}" if choose.chance(2) else ""
        text = choose.one_of(AT_LEAST).format(
            rows=rows.name, where=where, number=f"{rows.name}.{number.text}", word=f"{rows.name}.{word.text}"
        )
        return family.members.name, f"{family.name} with {text}{self._via(family)}", {rows.entity.name}

    def _state(self) -> tuple[str, str, set[str]]:
        states = [fact for fact in self._keyed if "left_at" in fact.entity.columns]
        if not states:
            return self._event()
        fact = self._choices.one_of(states)
        where = f" where {self._words.condition(fact)}" if self._choices.chance(3) else ""
        return fact.entity.name, f"{fact.name}{where} while created to left_at", {fact.entity.name}

    def _event(self) -> tuple[str, str, set[str]]:
        fact = self._choices.one_of(self._keyed)
        anchor = self._choices.one_of(fact.among(self._choices, "date", "timestamp"))
        where = f" where {self._words.condition(fact)}" if self._choices.chance(2) else ""
        return fact.entity.name, f"{fact.name} dated {anchor.text}{where}", {fact.entity.name}

    def _always(self) -> tuple[str, str, set[str]]:
        fact = self._choices.one_of(self._keyed)
        where = condition(self._choices, lambda: fact.entity.terms(attributes=False), with_period=False)
        return fact.entity.name, f"{fact.name} where {where}", {fact.entity.name}

    def _named(self) -> tuple[str, str, set[str]]:
        entity = self._choices.one_of(sorted(self._of))
        text, facts = self.expression(entity)
        return entity, text, facts

    def _via(self, family: Family) -> str:
        return f" via {self._choices.one_of(family.paths)}" if family.is_ambiguous else ""

    def _dated(self, fact: Fact) -> str:
        anchor = self._choices.one_of(fact.among(self._choices, "date", "timestamp"))
        return f" dated {anchor.text}" if self._choices.chance(4) else ""

    # ------------------------------------------------------------------ expressions

    def expression(self, entity: str) -> tuple[str, set[str]]:
        """A set, and the entities whose rows it looks at."""
        found = [self._part(entity) for _ in range(3)]
        (a, _), (b, _), (c, _) = found
        text, used = self._choices.one_of(
            (
                (a, 1),
                (a, 1),
                (f"{a} and {b}", 2),
                (f"{a} and not {b}", 2),
                (f"{a} and not {b}", 2),
                (f"{a} or {b}", 2),
                (f"({a} or {b}) and {c}", 3),
                (f"({a} or {b}){self._words.window(None)} and not {c}", 3),
                (f"not {a} and {b} and {c}", 3),
                (f"{a} and not ({b} or {c})", 3),
                (f"{a} or {b} and not {c}", 3),
            )
        )
        return text, set().union(*(facts for _, facts in found[:used]))

    def _part(self, entity: str) -> tuple[str, set[str]]:
        """A segment, moved in time perhaps, lifted out of a grouping, or under a condition."""
        choose = self._choices
        segment = choose.one_of(self._of[entity])
        text = segment.name + self._words.window(None)
        if choose.chance(3):
            text = segment.name + choose.one_of(("[prior]", "[before]", "[all time]", "[last 2 months]"))
        if self._words.by and choose.chance(6):
            text += f"[across {quoted(choose.one_of(self._words.by))}]"
        rows = [fact for fact in self._words.facts if segment.facts == {fact.entity.name}]
        if rows and choose.chance(10):
            text += f"[{self._words.condition(rows[0], with_period=False)}]"
        return text, set(segment.facts)

    # ------------------------------------------------------------------ in formulas

    def atom(self) -> tuple[str, str, set[str]]:
        """A figure of a set: its text, its unit, the entities that it aggregates."""
        choose = self._choices
        entity = choose.one_of(sorted(self._of))
        text, facts = self.expression(entity)
        members = next((fact for fact in self._words.facts if fact.entity.name == entity), None)
        form = choose.one_of(("count", "count", "count", "ratio", "sum", "kept"))
        if form == "ratio":
            return f"count({text}) / count({choose.one_of(self._of[entity]).name})", "double", facts
        if form == "kept" and len(text) < 60:
            return f"kept({text})", "double", facts
        numbers = members.own("integer", "money") if members is not None else []
        if form == "sum" and numbers and members is not None and len(members.entity.key) == 1:
            number = choose.one_of(numbers)
            segment = choose.one_of(self._of[entity])
            call = choose.one_of(("sum", "sum", "max", "avg"))
            unit = "double" if call == "avg" else {"integer": "plain", "money": "money"}[number.sort]
            return f"{call}({segment.name}.{number.text})", unit, {*segment.facts, entity}
        return f"count({text})", "count", facts

    def membership(self, fact: Fact) -> str | None:
        """A condition on rows by what they refer to."""
        paths = [
            (family.members.name, path)
            for family in self._families
            if family.rows is fact and family.members.name in self._of
            for path in family.paths
        ]
        if not paths:
            return None
        entity, path = self._choices.one_of(paths)
        text, _ = self.expression(entity)
        if " " in text and self._choices.chance(2):
            text = self._choices.one_of(self._of[entity]).name
        word = self._choices.one_of(("in", "in", "not in"))
        return f"{path} {word} {text if text.isidentifier() else f'({text})'}"
