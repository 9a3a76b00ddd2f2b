"""Which rows a query reads and along which references, for `explain`."""

from __future__ import annotations

from collections.abc import Iterator

from kpilang import ir
from kpilang.nodes import Node, walk
from kpilang.project import PreparedQuery


def reads(prepared: PreparedQuery) -> Iterator[str]:
    """One line for each entity whose rows are aggregated, one for each reference that is followed."""
    query = prepared.ir
    aggregates = [
        node for output in query.outputs for node in walk(output.value) if isinstance(node, ir.Aggregate)
    ]
    for name in dict.fromkeys(aggregate.entity for aggregate in aggregates):
        entity = query.model.entity(name)
        yield f"rows of {name}, from {_origin(entity)}"
    for path in dict.fromkeys(_paths(query)):
        yield f"along {path}"


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
    """References that row expressions follow, as they are written."""
    roots: list[Node] = [output.value for output in query.outputs]
    roots += [path for dimension in query.dimensions for _, path in dimension.paths]
    for root in roots:
        for node in walk(root):
            if isinstance(node, ir.Field) and node.steps:
                yield f"{'.'.join((node.entity, *node.steps))} → {node.owner}"
