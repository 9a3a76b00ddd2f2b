"""Abstract entities that a value needs rows of: it can be checked, not computed. Works on the typed IR."""

from __future__ import annotations

from collections.abc import Iterator

from kpilang import ir
from kpilang.nodes import Node, walk
from kpilang.types import Type


def abstract(
    value: ir.Expr, model: ir.Model, dimensions: tuple[ir.Dimension, ...] = ()
) -> Iterator[ir.Entity]:
    """The entities without rows that a value needs."""
    return (entity for entity in _read(value, model, dimensions) if entity.origin is None)


def _read(value: ir.Expr, model: ir.Model, dimensions: tuple[ir.Dimension, ...]) -> Iterator[ir.Entity]:
    """The entities whose rows a value needs, directly or over others, each once."""
    seen: set[str] = set()
    members: set[tuple[str, str]] = set()
    waiting: list[Node] = [value]
    while waiting:
        for node in walk(waiting.pop()):
            if isinstance(node, ir.Field):
                waiting.extend(_behind(node, model, members))
            for name in _entities(node, model):
                if name in seen:
                    continue
                seen.add(name)
                entity = model.entity(name)
                yield entity
                waiting.extend(_needs(entity))
                waiting.extend(path for d in dimensions for owner, path in d.paths if owner == name)


def _entities(node: Node, model: ir.Model) -> Iterator[str]:
    match node:
        case ir.Field(entity=entity, steps=steps):
            yield entity
            for step in steps:
                column = model.entity(entity).column(step)
                if column is None or column.reference is None:
                    return
                entity = column.reference.target
                yield entity
        case ir.Aggregate(entity=entity) | ir.State(entity=entity) | ir.Event(entity=entity):
            yield entity
        case ir.Always(entity=entity) | ir.With(rows=entity) | ir.Child(entity=entity):
            yield entity
        case _:
            pass


def _behind(field: ir.Field, model: ir.Model, members: set[tuple[str, str]]) -> Iterator[ir.Expr]:
    """The value of an attribute, when it is met for the first time."""
    attribute = model.entity(field.owner).attribute(field.name)
    if attribute is not None and (field.owner, field.name) not in members:
        members.add((field.owner, field.name))
        yield attribute.value


def _needs(entity: ir.Entity) -> Iterator[Node]:
    """What it takes to know which rows there are."""
    if entity.where is not None:
        yield entity.where
    match entity.origin:
        case ir.Each(entity=source, column=column):
            yield ir.Field(source, (), source, column, _type_of(entity, column))
        case ir.Credits() as credits:
            yield from (credits.value, credits.anchor, credits.touched, credits.order)
            yield from (part for pair in credits.keys for part in pair)
        case _:
            pass


def _type_of(entity: ir.Entity, column: str) -> Type:
    found = entity.column(column)
    assert found is not None, "it is the key"
    return found.type
