"""The smallest form of a world that still shows something.

Greedy: of all worlds that are a little smaller, the first that still shows it is taken, until none does.
Formulas shrink on their syntax tree, so that what comes out is still a formula (or is refused, and then it
does not show the same).
"""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Callable, Iterator
from typing import Any

from kpilang.diagnostics import Diagnostics
from kpilang.nodes import Node
from kpilang.syntax import ast
from kpilang.syntax.parser import parse_text
from kpilang.syntax.spec import Start
from kpilang.syntax.unparse import unparse
from tests.differential.seasons import Season
from tests.differential.world import Rows, World

Shows = Callable[[World], bool]
MOST_TRIES = 3000


def shrunk(case: World, shows: Shows) -> World:
    """Smaller and smaller as long as `shows` is true of it."""
    tries = 0
    progress = True
    while progress:
        progress = False
        for step in (
            fewer_kpis,
            shorter_query,
            fewer_rows,
            smaller_spec,
            shorter_formulas,
            plainer,
            plain_values,
        ):
            while tries < MOST_TRIES:
                tries, found = first_shown(step(case), shows, tries)
                if found is None:
                    break
                case, progress = found, True
    return case


def first_shown(candidates: Iterator[World], shows: Shows, tries: int) -> tuple[int, World | None]:
    for candidate in candidates:
        tries += 1
        if shows(candidate):
            return tries, candidate
        if tries >= MOST_TRIES:
            break
    return tries, None


def without(mapping: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in mapping.items() if name != key}


# ---------------------------------------------------------------------------- what is asked


def fewer_kpis(case: World) -> Iterator[World]:
    for name in case.query["kpis"]:
        kept = [other for other in case.query["kpis"] if other != name]
        if kept:
            yield dataclasses.replace(case, query=case.query | {"kpis": kept})
    for name in case.spec["kpis"]:
        if name not in case.query["kpis"]:
            yield with_spec(case, "kpis", without(case.spec["kpis"], name))


def shorter_query(case: World) -> Iterator[World]:
    for key in ("fill", "where", "order", "limit", "params", "as_of"):
        if key in case.query:
            yield dataclasses.replace(case, query=without(case.query, key))
    for name in case.query.get("by", ()):
        kept = [other for other in case.query["by"] if other != name]
        yield dataclasses.replace(case, query=case.query | {"by": kept})


def with_spec(case: World, section: str, value: Any) -> World:
    return dataclasses.replace(case, spec=case.spec | {section: value})


# ---------------------------------------------------------------------------- rows


def fewer_rows(case: World) -> Iterator[World]:
    for name, table in case.rows.items():
        size = len(table)
        step = size
        while step:
            for start in range(0, size, step):
                yield with_rows(case, name, table[:start] + table[start + step :])
            step //= 2


def with_rows(case: World, name: str, table: list[dict[str, Any]]) -> World:
    rows: Rows = {**case.rows, name: table}
    return dataclasses.replace(case, rows=rows)


def plain_values(case: World) -> Iterator[World]:
    """Each value as in the first row, or null where that may be. Keys stay, for they are assumed (law 0)."""
    for name, table in case.rows.items():
        entity = case.spec["entities"].get(case.owners.get(name), {"columns": {}})
        key = entity.get("key", ())
        for number, row in enumerate(table):
            for column, value in row.items():
                if column == key or column in key:
                    continue
                others = (None, table[0][column]) if may_be_null(entity, column) else (table[0][column],)
                for other in others:
                    if value is not None and other is not value and other != value:
                        changed = [*table[:number], row | {column: other}, *table[number + 1 :]]
                        yield with_rows(case, name, changed)


def may_be_null(entity: dict[str, Any], column: str) -> bool:
    declared = entity["columns"].get(column)
    return isinstance(declared, str) and declared.endswith("?")


# ---------------------------------------------------------------------------- the model


def smaller_spec(case: World) -> Iterator[World]:
    for section in ("params", "dimensions", "functions", "segments", "attributions"):
        for name in case.spec.get(section, {}):
            yield with_spec(case, section, without(case.spec[section], name))
    entities = case.spec["entities"]
    for name in entities:
        yield dataclasses.replace(
            with_spec(case, "entities", without(entities, name)), rows=without(case.rows, name)
        )
    for name, entity in entities.items():
        for smaller in smaller_entities(entity, case.rows.get(name, [])):
            yield with_spec(case, "entities", {**entities, name: smaller})
        for column in entity.get("columns", ()):
            smaller = {**entity, "columns": without(entity["columns"], column)}
            table = [without(row, column) for row in case.rows.get(name, ())]
            yield with_rows(with_spec(case, "entities", {**entities, name: smaller}), name, table)


def smaller_entities(entity: dict[str, Any], table: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for key in ("where", "covers", "recorded", "duplicates"):
        if key in entity:
            yield without(entity, key)
    for name in entity.get("attributes", {}):
        yield {**entity, "attributes": without(entity["attributes"], name)}
    for name, declared in entity.get("columns", {}).items():
        if may_be_null(entity, name) and all(row.get(name) is not None for row in table):
            yield {**entity, "columns": {**entity["columns"], name: declared[:-1]}}


def plainer(case: World) -> Iterator[World]:
    plain = Season(case.season.feature, case.season.day)
    for field in ("timezone", "week_starts", "fiscal_year_starts"):
        if getattr(case.season, field) != getattr(plain, field):
            season = dataclasses.replace(case.season, **{field: getattr(plain, field)})
            yield dataclasses.replace(case, season=season)


# ---------------------------------------------------------------------------- formulas


def shorter_formulas(case: World) -> Iterator[World]:
    for path in formulas(case.spec):
        text, start = at(case.spec, path)
        for shorter in shorter_texts(text, start):
            spec = copy.deepcopy(case.spec)
            put(spec, path, shorter)
            yield dataclasses.replace(case, spec=spec)


Place = tuple[str, ...]


def formulas(spec: dict[str, Any]) -> Iterator[Place]:
    """Where formulas stand; a path that ends in nothing is a KPI that is to be its formula alone."""
    for name, kpi in spec["kpis"].items():
        if isinstance(kpi, dict):
            yield from (("kpis", name, key) for key in ("formula", "target") if key in kpi)
            yield from (
                ("kpis", name, part, inner) for part in ("let", "variants") for inner in kpi.get(part, ())
            )
            yield from [("kpis", name, "")] if "formula" in kpi else []
        else:
            yield ("kpis", name)
    yield from (("segments", name) for name in spec.get("segments", ()))
    for name, entity in spec["entities"].items():
        yield from (("entities", name, "attributes", attribute) for attribute in entity.get("attributes", ()))
        yield from (("entities", name, key) for key in ("where",) if key in entity)


def at(spec: dict[str, Any], path: Place) -> tuple[str, Start]:
    if path[-1] == "":
        return spec["kpis"][path[1]]["formula"], Start.FORMULA
    found: Any = spec
    for name in path:
        found = found[name]
    start = Start.SEGMENT if path[0] == "segments" else Start.FORMULA
    return found, Start.GOAL if path[-1] == "target" else start


def put(spec: dict[str, Any], path: Place, text: str) -> None:
    here = spec
    for name in path[:-2] if path[-1] == "" else path[:-1]:
        here = here[name]
    here[path[-2] if path[-1] == "" else path[-1]] = text


def shorter_texts(text: str, start: Start) -> Iterator[str]:
    tree = parse_text(start, text, "formula", Diagnostics())
    if not isinstance(tree, Node):
        return
    seen = {text}
    for shorter in shorter_trees(tree):
        try:
            written = unparse(shorter)
        except Exception:
            continue  # no tree that a parser makes
        if written not in seen and len(written) <= len(text):
            seen.add(written)
            yield written


def shorter_trees(node: Any) -> Iterator[Any]:
    """The children instead of the node, the node without a part, or with one part shorter."""
    for field in dataclasses.fields(node):
        value = getattr(node, field.name)
        if isinstance(value, Node):
            if not isinstance(value, ast.Name):
                yield value
                yield dataclasses.replace(node, **{field.name: None})
            for shorter in shorter_trees(value):
                yield dataclasses.replace(node, **{field.name: shorter})
        elif isinstance(value, tuple):
            for index, item in enumerate(value):
                yield dataclasses.replace(node, **{field.name: value[:index] + value[index + 1 :]})
                if isinstance(item, Node):
                    yield item
                    for shorter in shorter_trees(item):
                        changed = (*value[:index], shorter, *value[index + 1 :])
                        yield dataclasses.replace(node, **{field.name: changed})
