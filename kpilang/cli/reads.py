"""Which tables a query reads, how often and for what, for `explain`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import assert_never

from kpilang import ir
from kpilang.nodes import Node, walk
from kpilang.plan import explain
from kpilang.project import PreparedQuery

_TIMES = {1: "once", 2: "twice"}


@dataclass(frozen=True, slots=True)
class Reading:
    """An entity that is read: where its rows are, how often they are read, and for what each time."""

    entity: str
    origin: str
    times: str
    reasons: tuple[str, ...]


def reads(prepared: PreparedQuery) -> Iterator[Reading]:
    """In the order of the plan. `KpilangError` where the plan refuses the query."""
    explained = explain(prepared.plan())
    for entity, count in explained.times_read().items():
        origin = _origin(prepared.ir.model.entity(entity))
        reasons = tuple(_reason(read.why, entity) for read in explained.reads if read.entity == entity)
        yield Reading(entity, origin, _TIMES.get(count, f"{count} times"), reasons)


def _reason(why: str, entity: str) -> str:
    return why.removeprefix(f"{entity}, ").removeprefix(f"{entity} ")


def joins(query: ir.Query) -> list[str]:
    """The references that row expressions of the query follow, as they are written."""
    return list(dict.fromkeys(_paths(query)))


def _origin(entity: ir.Entity) -> str:
    match entity.origin:
        case ir.Table():
            return f"table {'.'.join(entity.origin.parts)}"
        case ir.File():
            return f"file {entity.origin.pattern}"
        case ir.SqlText():
            return "a query"
        case ir.Each(source, column):
            return f"each {column} of {source}"
        case ir.Union(sources):
            return f"from {', '.join(source.name for source in sources)}"
        case ir.Credits(conversions=conversions, touches=touches):
            return f"{conversions} credited to {touches}"
        case None:
            return "no table yet"
        case _:
            assert_never(entity.origin)


def _paths(query: ir.Query) -> Iterator[str]:
    roots: list[Node] = [value for output in query.outputs for value in (output.along or (output.value,))]
    roots += [path for dimension in query.dimensions for _, path in dimension.paths]
    roots += [attribute.value for entity in query.model.entities for attribute in entity.attributes]
    for root in roots:
        for node in walk(root):
            if isinstance(node, ir.Field) and node.steps:
                yield f"{'.'.join((node.entity, *node.steps))} → {node.owner}"
            if isinstance(node, ir.Child) and node.link:
                yield f"{'.'.join((node.entity, *node.link))} → {_end(query.model, node)}"


def _end(model: ir.Model, child: ir.Child) -> str:
    """The entity to which the link of a child leads."""
    here = child.entity
    for step in child.link:
        column = model.entity(here).column(step)
        assert column is not None and column.reference is not None, "links are references"
        here = column.reference.target
    return here
