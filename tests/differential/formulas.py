"""Formulas of KPIs: aggregates in windows of time, and what is computed of them.

Everything is text, as a person writes it; a formula that the checker refuses is refused in both worlds, so
little care is taken to avoid them, and they are counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.differential.choices import Choices
from tests.differential.conditions import Term, condition
from tests.differential.model import Fact, Family
from tests.differential.nested import grain, keys, nested
from tests.differential.questions import Asked
from tests.differential.seasons import DAY, Season
from tests.differential.sets import Sets
from tests.differential.wording import called
from tests.differential.world import quoted

SHIFTS = (
    "prior",
    "prior",
    "1 month ago",
    "1 year ago",
    "7 days ago",
    "1 week ago",
    "1 quarter ago",
    "3 months ago",
)
RANGES = (
    "last 28 days",
    "last 2 months",
    "last 1 week",
    "last 2 days",
    "last 2 years",
    "last horizon",
    "next 7 days",
    "next 1 month",
    "next 1 year",
    "month to date",
    "year to date",
    "week to date",
    "fiscal_year to date",
    "all time",
    "all time",
    "before",
    "before",
    "from opening to closing",
)
MONTHS = ("last 1 month", "last 1 month", "last 3 months", "next 1 month", "1 month ago", "3 months ago")
HOURS = ("last 24 hours", "last 2 hours", "next 3 hours", "hour to date", "2 hours ago")


@dataclass
class Formula:
    """`unit` tells what may be done with it; `facts` are the entities that it aggregates."""

    text: str
    unit: str
    facts: set[str]
    words: set[str] = field(default_factory=set)

    @property
    def is_number(self) -> bool:
        return self.unit in ("money", "count", "plain", "double")


class Formulas:
    """Draws formulas over some facts."""

    def __init__(
        self,
        choices: Choices,
        season: Season,
        facts: Sequence[Fact],
        families: Sequence[Family],
        asked: Asked,
        by: Sequence[str],
    ) -> None:
        self.choices = choices
        self.by = by
        self.season = season
        self.facts = facts
        self._asked = asked
        self.sets = Sets(self, families)
        self.sets.draw()

    # ------------------------------------------------------------------ windows

    def window(self, fact: Fact | None) -> str:
        """No bracket, one, or two that may stand together."""
        choose = self.choices
        form = choose.integer(0, 13)
        if form < 9:
            return ""
        if form == 9 and fact is not None and fact.is_timestamp and choose.chance(2):
            return f"[{choose.one_of(HOURS)}]"
        if self.season.has_missing_days and choose.chance(3):
            return f"[{choose.one_of(MONTHS)}]"
        if form == 13:
            return f"[{self._range()}][{choose.one_of(SHIFTS)}]"
        return f"[{choose.one_of(SHIFTS) if form < 11 else self._range()}]"

    def _range(self) -> str:
        if self.choices.chance(10):
            start = self.season.day - 10 * DAY
            return f"from {start} to {self.season.day + self.choices.integer(0, 2) * DAY}"
        return self.choices.one_of(RANGES)

    # ------------------------------------------------------------------ one aggregate

    def atom(self) -> Formula:
        if self.sets.segments and self.choices.chance(3):
            text, unit, facts = self.sets.atom()
            return Formula(text + self.window(None), unit, facts & {fact.entity.name for fact in self.facts})
        plain = self._plain_atom()
        return self._nested(plain) if plain.is_number and self.choices.chance(4) else plain

    def _nested(self, plain: Formula) -> Formula:
        """Of an atom, or of a quotient of two."""
        other = self._plain_atom()
        if other.is_number and self.choices.chance(4):
            words = plain.words | other.words
            plain = Formula(f"{plain.text} / {other.text}", "double", plain.facts | other.facts, words)
        facts = [fact for fact in self.facts if fact.entity.name in plain.facts]
        sub_period = grain(self.choices, self._asked, all(fact.is_timestamp for fact in facts))
        per = sub_period if self.choices.chance(2) else None
        per = per or keys(self.choices, facts)
        if not per:
            return plain
        text, unit = nested(self.choices, plain.text, plain.unit, per)
        return Formula(text + self.window(None), unit, plain.facts, plain.words)

    def _plain_atom(self) -> Formula:
        fact = self.choices.one_of(self.facts)
        text, unit = self.aggregate(fact)
        made = Formula(text + self.window(fact if " dated " not in text else None), unit, {fact.entity.name})
        if self.choices.chance(14):
            made.text += f"[{self.condition(fact)}]"
            made.words.add("condition selector")
        return made

    def aggregate(self, fact: Fact) -> tuple[str, str]:
        choose = self.choices
        form = choose.one_of(("count", "count", "number", "number", "number", "word", "time", "ends"))
        tail = self.modifiers(fact)
        match form:
            case "number":
                return self.of_number(fact, tail)
            case "word":
                term = choose.one_of(fact.among(choose, "text", "enum", "ranked", "id"))
                call = choose.one_of(("unique", "unique", "max", "min", "unique"))
                if call != "unique" and term.sort in ("enum", "id"):
                    call = "unique"
                return self.call(fact, call, term, tail), "value" if call != "unique" else "things"
            case "time":
                term = choose.one_of(fact.among(choose, "date", "timestamp"))
                call = choose.one_of(("min", "max", "unique"))
                return self.call(fact, call, term, tail), "things" if call == "unique" else term.sort
            case "ends" if fact.entity.key:
                term = choose.one_of(
                    [t for t in fact.terms(choose) if t.sort != "approximate"] or fact.own("id")
                )
                return self.call(fact, choose.one_of(("first", "last")), term, tail), "value"
            case _:
                return f"count({fact.name}{tail})", "count"

    def of_number(self, fact: Fact, tail: str) -> tuple[str, str]:
        choose = self.choices
        if choose.chance(8):
            return f"avg({self.inside(fact, condition(choose, fact.entity.terms))}{tail})", "double"
        numeric = ("money", "integer", "number", "percent", "float", "rounded", "approximate")
        term = choose.one_of([t for t in fact.among(choose, *numeric) if not t.parent] or fact.own(*numeric))
        call = choose.one_of(("sum", "sum", "sum", "avg", "min", "max", "median", "stddev", "percentile"))
        value = self.row_value(fact, term)
        share = f", {choose.one_of((0, 10, 90, 100))}%" if call == "percentile" else ""
        if call in ("median", "stddev", "percentile") or term.sort in ("float", "rounded", "approximate"):
            unit = "approximate"
        elif call == "avg":
            unit = "double"
        else:
            unit = {"money": "money", "integer": "plain", "number": "plain", "percent": "plain"}[term.sort]
        return f"{call}({value}{share}{tail})", unit

    def call(self, fact: Fact, name: str, term: Term, tail: str) -> str:
        return f"{name}({fact.name}.{term.text}{tail})"

    def inside(self, fact: Fact, text: str) -> str:
        """A row expression whose first name says of which entity it is."""
        named = fact.own("integer", "money")[0]
        return f"case when {fact.name}.{named.text} is null or true then {text} end"

    def row_value(self, fact: Fact, term: Term) -> str:
        """The column itself, or something computed of it, in the same unit."""
        value, plain = f"{fact.name}.{term.text}", term.text
        forms = [value] * 4 + [
            f"{value} * 2",
            f"-{value}",
            f"abs({value})",
            f"case when {value} > {0 if term.sort != 'percent' else '0%'} then {plain} end",
            f"{value} + coalesce({plain}, {plain})",
            f"greatest({value}, {plain} * 2)",
            f"nullif({value}, {plain} - {plain})",
        ]
        if term.sort in ("money", "number"):
            forms += [f"round({value}, 1)", f"round({value})", f"floor({value})", f"ceil({value})"]
        if term.sort in ("money", "number", "integer"):
            forms += [
                f"coalesce({value}, 1)",
                f"least({value}, 5)",
                f"case when {value} = 0 then 1 else {plain} end",
            ]
        if term.sort in ("integer", "number"):
            forms += [f"{value} * {plain}", f"({value} * 2 as number)"]
        return str(self.choices.one_of(forms))

    def condition(self, fact: Fact, with_period: bool = True) -> str:
        found = self.sets.membership(fact) if self.sets.segments and self.choices.chance(4) else None
        if found is not None:
            return found
        return condition(self.choices, lambda: fact.terms(self.choices), with_period)

    def modifiers(self, fact: Fact) -> str:
        text = ""
        anchor = self.choices.one_of(fact.among(self.choices, "date", "timestamp"))
        if anchor.text != fact.entity.time and self.choices.chance(5):
            text += f" dated {anchor.text}"
        if self.choices.chance(4):
            text += f" where {self.condition(fact)}"
        return text

    # ------------------------------------------------------------------ formulas

    def formula(self) -> Formula:
        """One atom, or several put together; selectors may stand on the whole."""
        made = self.composed(self.atom())
        if made.is_number and self.choices.chance(10):
            text, unit = called(self.choices, made.text, made.unit, self.by)
            made = Formula(text, unit, made.facts, made.words | {"function"})
        if self.choices.chance(8):
            fact = next(f for f in self.facts if f.entity.name in made.facts)
            kind = self.choices.one_of(("window", "condition", "across"))
            selector = {
                "window": self.window(None),
                "condition": f"[{self.condition(fact, with_period=False)}]",
                "across": self.across(fact),
            }[kind]
            if selector:
                made.text = f"({made.text}){selector}"
                made.words |= {"selector on a formula"} | (
                    {"condition selector"} if kind == "condition" else set()
                )
        return made

    def across(self, fact: Fact) -> str:
        seen = [*self.by, *self.by, self.choices.one_of(fact.dimensions)]
        chosen = list(dict.fromkeys(self.choices.some(seen, 3))) or ["*"]
        return f"[across {' and '.join(chosen if chosen == ['*'] else map(quoted, chosen))}]"

    def composed(self, first: Formula) -> Formula:
        fact = next(f for f in self.facts if f.entity.name in first.facts)
        if first.unit in ("date", "timestamp"):
            return self._of_time(first)
        if not first.is_number:
            return self._of_value(first)
        form = self.choices.one_of(
            (
                "atom",
                "atom",
                "atom",
                "atom",
                "ratio",
                "ratio",
                "ratio",
                "share",
                "share",
                "change",
                "more",
                "more",
                "more",
            )
        )
        match form:
            case "ratio":
                other = self.atom()
                if not other.is_number:
                    return first
                words = first.words | other.words
                return Formula(f"{first.text} / {other.text}", "double", first.facts | other.facts, words)
            case "share":
                return self._with(first, f"{first.text} / ({first.text}){self.across(fact)}", "double")
            case "change":
                return self._with(first, f"({first.text}) / ({first.text})[prior] - 1", "approximate")
            case "more":
                return self._more(first, fact)
            case _:
                return first

    def _with(self, first: Formula, text: str, unit: str) -> Formula:
        return Formula(text, unit, first.facts, first.words)

    def _more(self, first: Formula, fact: Fact) -> Formula:
        x, count = first.text, f"count({fact.name})"
        text, unit = self.choices.one_of(
            (
                (f"coalesce({x} / {count}, 0)", "double"),
                (f"case when {count} > 1 then {x} end", first.unit),
                (f"case when {x} > 0 then 'up' when {x} is null then 'unknown' else 'down' end", "value"),
                (f"round({x}, 1)", first.unit),
                (f"floor({x})", first.unit),
                (f"ceil({x} / {count})", "approximate"),
                (f"abs({x})", first.unit),
                (f"-({x})", first.unit),
                (f"{x} - {x}[prior]", first.unit),
                (f"{x} + {x}[1 year ago]", first.unit),
                (f"{x} * 3", first.unit),
                (f"greatest({x}, ({x})[prior])", first.unit),
                (f"least({x}, ({x})[prior], 7)", first.unit),
                (f"{x} / nullif({x}, 0)", "double"),
                (f"sqrt({count} / ({count})[across *])", "approximate"),
                (f"ln({count} / ({count})[across *])", "approximate"),
                (f"ln({count} / ({count})[prior])", "approximate"),
                (f"exp({count} / ({count})[across *])", "approximate"),
                (f"power({count} / ({count})[across *], 2)", "approximate"),
                (f"{x} / period", "double"),
                (f"({x} / period)[last 2 months]", "double"),
                (f"{count} / period * 1 week", "approximate"),
                (f"({x} as number)", "plain"),
                (f"{count} > 1 and {x} is not null", "value"),
                (f"{count} between 1 and least or not {count} in (2, 3)", "value"),
            )
        )
        return self._with(first, text, unit)

    def _of_time(self, first: Formula) -> Formula:
        x = first.text
        length = "1 day" if first.unit == "date" else "1 hour"
        forms = [x, x, f"(period.end - {x}) / {length}", f"({x} - period.start) / {length}"]
        forms += (
            [f"{x} + 1 month", f"{x} + 3 days"] if first.unit == "date" else [f"date({x})", f"{x} + 36 hours"]
        )
        forms += [f"{x} - ({x})[prior]", f"{x} is not null", f"coalesce({x}, period.start)"]
        return self._with(first, self.choices.one_of(forms), "value")

    def _of_value(self, first: Formula) -> Formula:
        x = first.text
        forms = [x, x, x, x, x, f"({x}) is ({x})[prior]", f"coalesce({x}, ({x})[prior])", f"{x} is null"]
        return self._with(first, self.choices.one_of(forms), first.unit)
