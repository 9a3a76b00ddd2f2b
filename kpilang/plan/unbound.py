"""Abstract entities that a query would read, refused before anything is planned."""

from __future__ import annotations

from kpilang import ir
from kpilang.diagnostics import Diagnostic, KpilangError
from kpilang.plan import errors
from kpilang.semantics.unbound import abstract


def refuse_unbound(query: ir.Query) -> None:
    """Raises KPI502 for what `unbound` finds."""
    found = unbound(query)
    if found:
        raise KpilangError(*found)


def unbound(query: ir.Query) -> list[Diagnostic]:
    """A finding for each entity without rows, with the first KPI that needs it."""
    found: dict[str, Diagnostic] = {}
    for output in query.outputs:
        for entity in abstract(output.value, query.model, query.dimensions):
            columns = [column.name for column in entity.columns]
            finding = errors.no_origin(output.name, entity.name, columns, entity.span)
            found.setdefault(entity.name, finding)
    return list(found.values())
