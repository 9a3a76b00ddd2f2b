"""Which tables a query reads, how often and for what, for `explain`."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

from kpilang import ir
from kpilang.diagnostics import KpilangError
from kpilang.nodes import Node, walk
from kpilang.plan import Plan
from kpilang.plan.nodes import TableSource
from kpilang.project import PreparedQuery

_TIMES = {1: "once", 2: "twice"}


def reads(prepared: PreparedQuery) -> Iterator[str]:
    """One line for each entity that is read, those below it saying for what; then the references followed."""
    try:
        plan = prepared.plan()
    except KpilangError as error:
        yield f"cannot be computed: {error.diagnostics[0].message}"
        return
    for entity, purposes in _by_entity(plan).items():
        origin = _origin(prepared.ir.model.entity(entity))
        times = _TIMES.get(len(purposes), f"{len(purposes)} times")
        yield f"reads {entity} ({origin}) {times}:"
        yield from (f"  {purpose}" for purpose in purposes)
    for path in dict.fromkeys(_paths(prepared.ir)):
        yield f"along {path}"


def _by_entity(plan: Plan) -> dict[str, list[str]]:
    """For each entity the relations that read its table, in the order of the plan."""
    found: dict[str, list[str]] = {}
    for relation in plan.relations:
        for source in _tables(relation):
            found.setdefault(source.entity, []).append(f"{relation.name}: {relation.describe()}")
    for source in _tables(plan.answer):
        found.setdefault(source.entity, []).append("the result")
    return found


def _tables(value: object) -> Iterator[TableSource]:
    """Every table that a part of the plan reads itself."""
    if isinstance(value, TableSource):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from _tables(item)
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from _tables(getattr(value, field.name))


def _origin(entity: ir.Entity) -> str:
    match entity.origin:
        case ir.Table():
            return f"table {'.'.join(entity.origin.parts)}"
        case ir.File():
            return f"file {entity.origin.pattern}"
        case ir.SqlText():
            return "a query"
        case None:
            return "no table yet"


def _paths(query: ir.Query) -> Iterator[str]:
    """References that row expressions of the query follow, as they are written."""
    roots: list[Node] = [output.value for output in query.outputs]
    roots += [path for dimension in query.dimensions for _, path in dimension.paths]
    for root in roots:
        for node in walk(root):
            if isinstance(node, ir.Field) and node.steps:
                yield f"{'.'.join((node.entity, *node.steps))} → {node.owner}"
