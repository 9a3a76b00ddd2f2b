"""How the rows of a model lie: in several sources, recorded later, with several rows of one key.

Decided before rows are drawn, for it adds columns; done to the rows when they are there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from tests.differential.choices import Choices
from tests.differential.model import Entity, Model
from tests.differential.world import Rows

SOURCES = ("a", "b")
Value = Callable[[str, str, int], Any]
"""A value for a column of a declared type, in the row of some number."""


def store(choices: Choices, model: Model) -> None:
    """Choose how each entity lies."""
    for fact in model.facts:
        entity = fact.entity
        if entity.is_made:
            continue
        if choices.chance(8):
            entity.columns["seen_at"] = "timestamp"
            entity.recorded = choices.one_of(("seen_at", "seen_at", column_of(entity)))
        if entity.key and choices.chance(8):
            entity.columns["loaded_at"] = "timestamp"
            entity.duplicates = choices.one_of(("latest by loaded_at", "earliest by loaded_at"))
        elif may_be_bound(entity) and choices.chance(8):
            entity.is_bound = True
            fact.dimensions.append("source")


def column_of(entity: Entity) -> dict[str, str]:
    """A column whose values become known later."""
    name = next(name for name in ("amount", "score", "size", "effort") if name in entity.columns)
    return {name: "seen_at"}


def may_be_bound(entity: Entity) -> bool:
    """Not where a column is more than a type, or a reference made of several."""
    plain = all(isinstance(declared, str) for declared in entity.columns.values())
    return plain and not any("(" in text and "->" in text for text in entity.columns.values())


def bindings(model: Model) -> dict[str, Any]:
    return {
        entity.name: [
            {
                "table": place,
                "source": source,
                "values": {name: name for name in entity.columns if name != "source"},
            }
            for source, place in places(entity)
        ]
        for entity in model.entities
        if entity.is_bound
    }


def places(entity: Entity) -> Iterator[tuple[str, str]]:
    """The sources of a bound entity with the table of each."""
    for source in SOURCES:
        yield source, f"{entity.name}_{source}"


def tables(model: Model) -> dict[str, Entity]:
    """Where rows lie."""
    return {
        place: entity
        for entity in model.entities
        if not entity.is_made
        for place in ([p for _, p in places(entity)] if entity.is_bound else [entity.name])
    }


def lay(choices: Choices, model: Model, rows: Rows, value: Value) -> Rows:
    """The rows as they lie, by table."""
    laid: Rows = {}
    for entity in model.entities:
        if entity.is_made:
            continue
        found = rows[entity.name]
        if entity.duplicates is not None:
            found = choices.shuffled([*found, *copies(choices, entity, found, value)])
        if entity.is_bound:
            laid.update(split(choices, entity, found))
        else:
            laid[entity.name] = found
    return laid


def copies(
    choices: Choices, entity: Entity, rows: list[dict[str, Any]], value: Value
) -> Iterator[dict[str, Any]]:
    """Other rows of the same keys, loaded earlier or later; now and then the very same row again."""
    for number, row in enumerate(rows):
        for nth in range(choices.one_of((0, 0, 1, 1, 2))):
            copy = dict(row)
            if not choices.chance(6):
                kept = (*entity.key, "loaded_at", "basket", "brand")
                for column, declared in entity.kinds().items():
                    if column not in kept and choices.chance(2):
                        copy[column] = value(column, declared, number)
                hours = choices.one_of((-26, -1, 1, 30)) + nth * 100
                copy["loaded_at"] = row["loaded_at"] + timedelta(hours=hours)
            yield copy


def split(choices: Choices, entity: Entity, rows: list[dict[str, Any]]) -> Iterator[tuple[str, Any]]:
    """Each row in one of the sources; some in both, where nobody refers to them."""
    found: dict[str, list[dict[str, Any]]] = {source: [] for source in SOURCES}
    for row in rows:
        found[choices.one_of(SOURCES)].append(row)
        if entity.name in ("orders", "opens") and choices.chance(6):
            other = next(source for source in SOURCES if row not in found[source])
            found[other].append(dict(row))
    return ((place, found[source]) for source, place in places(entity))
