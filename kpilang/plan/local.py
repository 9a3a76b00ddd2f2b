"""Which entities tell by their own columns alone which of their rows exist.

Such a condition stands in the join or the filter; any other needs a relation of its own.
"""

from __future__ import annotations

from kpilang import ir
from kpilang.nodes import Node, walk


def is_local(entity: ir.Entity) -> bool:
    if entity.where is not None and not looks_at_own(entity.where, entity):
        return False
    attribute = None if entity.time is None else entity.attribute(entity.time)
    return entity.covers is None or attribute is None or looks_at_own(attribute.value, entity)


def looks_at_own(expr: ir.Expr, entity: ir.Entity) -> bool:
    """Whether an expression is made of the columns of the entity's own row."""
    return all(_is_own(part, entity) for part in walk(expr))


def _is_own(part: Node, entity: ir.Entity) -> bool:
    if isinstance(part, ir.Child | ir.Rank | ir.Member):
        return False
    if not isinstance(part, ir.Field):
        return True
    attribute = entity.attribute(part.name)
    return not part.steps and (attribute is None or looks_at_own(attribute.value, entity))
