"""What a row of credits sees: its own columns, and as bare names those of its touch and of its conversion.

A name that both sides have means neither. Rows of entities see their own columns alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from kpilang import ir
from kpilang.semantics.world import Info, World
from kpilang.source import Span

Steps = tuple[str, ...]


def sides(world: World, info: Info) -> Iterator[tuple[str, Info]]:
    """The touch and the conversion of a credit, each with its entity; none of an entity."""
    if info.attribution is None:
        return
    for step, name in ((ir.TOUCH, info.attribution.touches), (ir.CONVERSION, info.attribution.conversions)):
        side = world.entity(name)
        if side is not None:
            yield step, side


def ways(world: World, info: Info, word: str) -> tuple[Steps, ...]:
    """The references over which a bare name is reached: none of its own, else one for each side with it."""
    if word in info.members:
        return ((),)
    return tuple((step,) for step, side in sides(world, info) if word in side.members)


def visible(world: World, info: Info) -> tuple[str, ...]:
    """All bare names."""
    found = dict.fromkeys(info.members)
    for _, side in sides(world, info):
        found.update(dict.fromkeys(side.members))
    return tuple(found)


def declared_at(world: World, info: Info, word: str) -> Span | None:
    """The place of the column or attribute that a bare name may mean."""
    for owner in (info, *(side for _, side in sides(world, info))):
        if word in owner.columns:
            return owner.columns[word].name.span
        if word in owner.attributes:
            return owner.attributes[word].name.span
    return None
