"""Which tables a query reads, how often and for what, for `explain`."""

from __future__ import annotations

from collections.abc import Iterator

from kpilang import ir
from kpilang.diagnostics import KpilangError
from kpilang.nodes import Node, walk
from kpilang.plan import explain
from kpilang.project import PreparedQuery

_TIMES = {1: "once", 2: "twice"}


def reads(prepared: PreparedQuery) -> Iterator[str]:
    """One line for each entity that is read, those below it saying for what; then the references followed."""
    try:
        plan = prepared.plan()
    except KpilangError as error:
        yield f"cannot be computed: {error.diagnostics[0].message}"
        return
    explained = explain(plan)
    for entity, count in explained.times_read().items():
        origin = _origin(prepared.ir.model.entity(entity))
        yield f"reads {entity} ({origin}) {_TIMES.get(count, f'{count} times')}:"
        yield from (f"  {read.relation}: {read.why}" for read in explained.reads if read.entity == entity)
    for path in dict.fromkeys(_paths(prepared.ir)):
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
    """References that row expressions of the query follow, as they are written."""
    roots: list[Node] = [output.value for output in query.outputs]
    roots += [path for dimension in query.dimensions for _, path in dimension.paths]
    for root in roots:
        for node in walk(root):
            if isinstance(node, ir.Field) and node.steps:
                yield f"{'.'.join((node.entity, *node.steps))} → {node.owner}"
