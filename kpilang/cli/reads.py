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
    reasons: dict[tuple[str, str], list[str]] = {}
    for read in explain(prepared.plan()).reads:
        reasons.setdefault((read.entity, _origin(read.origin)), []).append(_reason(read.why, read.entity))
    for (entity, origin), found in reasons.items():
        times = _TIMES.get(len(found), f"{len(found)} times")
        yield Reading(entity, origin, times, tuple(dict.fromkeys(found)))


def _reason(why: str, entity: str) -> str:
    return why.removeprefix(f"{entity}, ").removeprefix(f"{entity} ")


def joins(query: ir.Query) -> list[str]:
    """The references that row expressions of the query follow, as they are written."""
    return list(dict.fromkeys(_paths(query)))


def _origin(origin: ir.Origin) -> str:
    match origin:
        case ir.Table():
            return f"table {'.'.join(origin.parts)}"
        case ir.File():
            return f"file {origin.pattern}"
        case ir.SqlText():
            return "a query"
        case ir.Each(source, column):
            return f"each {column} of {source}"
        case ir.Union(sources):
            return f"from {', '.join(source.name for source in sources)}"
        case ir.Credits(conversions=conversions, touches=touches):
            return f"{conversions} credited to {touches}"
        case _:
            assert_never(origin)


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
        assert column is not None, "links are columns"
        if column.reference is None:
            return derived_by(model, here, step)
        here = column.reference.target
    return here


def derived_by(model: ir.Model, entity: str, column: str) -> str:
    """The entity that is made of the values of a column."""
    return next(made.name for made in model.entities if made.origin == ir.Each(entity, column))
