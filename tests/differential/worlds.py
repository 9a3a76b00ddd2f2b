"""Worlds: a spec, rows and a query, drawn so that wrong compilers are found.

A world goes through the whole pipeline, from the spec's text. What is drawn is biased to what breaks: ties,
orphans, nulls, empty tables, days on which the clock changes, edges of periods, zero and negative
denominators, text that is not ASCII, names that look like SQL.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from tests.differential.attribution import attribute
from tests.differential.choices import Choices, Drawn
from tests.differential.formulas import Formula, Formulas
from tests.differential.model import Fact, model
from tests.differential.questions import draw_by, draw_query, draw_range
from tests.differential.rows import Moments, draw_rows
from tests.differential.seasons import DAY, SEASONS, Season
from tests.differential.storage import bindings, store, tables
from tests.differential.wording import FUNCTIONS, dressed
from tests.differential.world import World, quoted

ASKED = ((0,), (0,), (0, 1), (0, 1), (1,), (1,), (0, 2), (2,), (3, 1), (0, 3))
"""Which facts of a model a query is about: the children, their parents, costs, parents of parents."""
KPI_NAMES = ("k1", "k2", "k3", "k4", "k5")
HOSTILE_NAMES = ("k1", "group by", '"; drop table k; --', "開封率")


def world(choices: Choices) -> World:
    """One world of the choices."""
    season = choices.one_of(SEASONS)
    drawn = model(choices, season)
    if drawn.facts[0].entity.name == "orders" and choices.chance(5):
        attribute(choices, drawn)
    store(choices, drawn)
    facts = [drawn.facts[index] for index in choices.one_of(ASKED) if index < len(drawn.facts)]
    asked = draw_range(choices, season, is_hourly=all(fact.is_timestamp for fact in facts))
    by = draw_by(choices, facts)
    formulas = Formulas(choices, season, facts, drawn.families, asked, by)
    kpis, used, words = draw_kpis(choices, formulas)
    texts = f"{formulas.sets.segments} {kpis}"
    moments = Moments(choices, season, asked.days, asked.grain == "hour", texts)
    rows = draw_rows(choices, drawn, moments, [fact.entity.name for fact in facts])
    seen = [fact for fact in facts if fact.entity.name in used]
    told = {name: f"{kpi} {formulas.sets.segments}" for name, kpi in kpis.items()}
    told |= {
        f"{name}.other": told[name] for name, kpi in kpis.items() if "variants" in kpi and name in KPI_NAMES
    }
    query, said = draw_query(choices, season, told, seen, asked, by)
    bound = bindings(drawn)
    spec = drawn.spec() | ({"bindings": bound} if bound else {})
    spec |= {
        "segments": formulas.sets.segments,
        "functions": FUNCTIONS,
        "params": params(season),
        "kpis": kpis,
    }
    laid = tables(drawn)
    kinds = {place: entity.kinds() for place, entity in laid.items()}
    owners = {place: entity.name for place, entity in laid.items()}
    return World(season, spec, rows, query, kinds, owners, {**words, "": said})


def params(season: Season) -> dict[str, Any]:
    return {
        "threshold": "10 EUR",
        "least": {"default": 2, "values": "1..3"},
        "horizon": {"default": "3 days", "values": "(1 day, 3 days)"},
        "opening": (season.day - 5 * DAY).isoformat(),
        "closing": (season.day + DAY).isoformat(),
    }


def draw_kpis(
    choices: Choices, formulas: Formulas
) -> tuple[dict[str, Any], set[str], dict[str, frozenset[str]]]:
    """The `kpis` section, the entities that it aggregates, and what only its text shows."""
    made: dict[str, Formula] = {}
    kpis: dict[str, Any] = {}
    words: dict[str, frozenset[str]] = {}
    names = HOSTILE_NAMES if choices.chance(8) else KPI_NAMES
    for name in names[: choices.one_of((1, 2, 3, 3, 4, 5))]:
        found = reference(choices, formulas, made) if made and choices.chance(6) else formulas.formula()
        goal, goal_facts = draw_goal(choices, formulas, found)
        words[name] = frozenset(found.words | ({"goal"} if goal else set()) | params_in(found.text))
        other = None if goal else dressed(choices, found.text, found.is_number, list(kpis))
        kpis[name] = {"formula": found.text, "target": goal} if goal else other or found.text
        words[name] |= {word for word in ("let", "variants", "extends") if word in (other or ())}
        made[name] = Formula(found.text, found.unit, found.facts | goal_facts, set(words[name]))
        if other and "extends" in other:
            made[name] = made[other["extends"]]
    return kpis, set().union(*(formula.facts for formula in made.values())), words


def params_in(text: str) -> set[str]:
    names = ("threshold", "least", "horizon", "opening", "closing")
    return {"param"} if any(name in text.replace("least(", "") for name in names) else set()


def reference(choices: Choices, formulas: Formulas, made: dict[str, Formula]) -> Formula:
    """Another KPI, under a selector perhaps, or a share of one in another."""
    name = choices.one_of(sorted(made))
    text, other = quoted(name), made[name]
    if other.is_number and choices.chance(2):
        second = choices.one_of(sorted(made))
        if made[second].is_number:
            facts = other.facts | made[second].facts
            return Formula(
                f"{text} / {quoted(second)}{formulas.window(None)}", "double", facts, {"kpi reference"}
            )
    return Formula(f"{text}{formulas.window(None)}", other.unit, other.facts, other.words | {"kpi reference"})


def draw_goal(choices: Choices, formulas: Formulas, found: Formula) -> tuple[str | None, set[str]]:
    """A target that needs another figure, which becomes a hidden column."""
    if not found.is_number or not choices.chance(8):
        return None, set()
    other = choices.one_of(
        (f"({found.text})[prior] * 2", f"({found.text})[1 year ago]", f"{found.text} - {found.text}")
    )
    return choices.one_of((f"at least {other}", f"between 0 and {other}", f"below {other}")), set()


@st.composite
def worlds(draw: Callable[[st.SearchStrategy[Any]], Any]) -> World:
    return world(Drawn(draw))


__all__ = ["Fact", "world", "worlds"]
