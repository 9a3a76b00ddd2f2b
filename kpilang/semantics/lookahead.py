"""Which attributes of a query look at later rows, so that its past values can still change.

An aggregate in an attribute that is not bounded by the row at hand says so by `[ever]`; whoever shows a KPI
says it again. Works on the typed IR and asks nothing of the specs.
"""

from __future__ import annotations

from kpilang import ir
from kpilang.nodes import walk


def looks_ahead(model: ir.Model, expr: ir.Expr) -> tuple[str, ...]:
    """The attributes, as `entity.attribute`, through which later rows change past values of `expr`."""
    seen: dict[tuple[str, str], bool] = {}
    waiting: list[ir.Expr] = [expr]
    while waiting:
        for node in walk(waiting.pop()):
            if not isinstance(node, ir.Field) or (node.owner, node.name) in seen:
                continue
            origin = model.entity(node.owner).origin
            if isinstance(origin, ir.Credits):
                waiting += (*origin.of_conversion, *origin.of_touch)
            attribute = model.entity(node.owner).attribute(node.name)
            value = attribute.value if attribute is not None else None
            seen[node.owner, node.name] = value is not None and _is_open(value)
            if value is not None:
                waiting.append(value)
    return tuple(sorted(f"{owner}.{name}" for (owner, name), ahead in seen.items() if ahead))


def _is_open(value: ir.Expr) -> bool:
    return any(isinstance(node, ir.Child) and node.ever for node in walk(value))
