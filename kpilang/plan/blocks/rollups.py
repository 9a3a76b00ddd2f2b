"""Totals across dimensions, added up from the groups of a block instead of read from the table again."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from kpilang.plan import nodes
from kpilang.plan.blocks.base import BlockBuilder
from kpilang.plan.blocks.built import Built, Laid, Place
from kpilang.plan.blocks.parts import added_up, whole
from kpilang.plan.draft import keys_of
from kpilang.plan.periods import key_type
from kpilang.plan.scalars import Column, Named


def rolled_up(block: BlockBuilder, built: Built, atoms: Sequence[Laid]) -> tuple[Built, ...]:
    """A relation for each set of dimensions that totals are wanted for, of atoms in `built`."""
    together: dict[tuple[str, ...], list[Laid]] = {}
    for each in atoms:
        if each.atom.is_rolled_up:
            together.setdefault(keys_of(each.atom.aggregate.across, built.dimensions), []).append(each)
    return tuple(_rolled(block, built, keys, found) for keys, found in together.items())


def _rolled(block: BlockBuilder, built: Built, dimensions: tuple[str, ...], wanted: list[Laid]) -> Built:
    kept = [k for d, k in zip(built.dimensions, built.keys, strict=True) if d in dimensions]
    keys = tuple(Named(k.name, Column(built.name, k.name, k.value.type)) for k in kept)
    time: tuple[Named, ...] = ()
    if built.period is not None:
        time = (Named(built.period, Column(built.name, built.period, key_type(block.grid))),)
    measures: dict[str, Named] = {}
    places: list[Place] = []
    for each in wanted:
        aggregate = each.atom.aggregate
        column = each.parts[0].name
        measures[column] = Named(column, whole(aggregate, added_up(aggregate, each.parts, built.name)))
        places.append(dataclasses.replace(each.place, column=column, flag=None))
    name = block.relations.names.take(f"{built.name}_across_{'_and_'.join(_dropped(built, dimensions))}")
    rows = nodes.Rows(nodes.RelationSource(built.name), built.name)
    about = f"{built.name} added up across {', '.join(_dropped(built, dimensions))}"
    node = nodes.Block(name, rows, (*keys, *time), tuple(measures.values()), about)
    block.relations.add(name, lambda: node)
    return Built(name, dimensions, keys, built.period, tuple(places))


def _dropped(built: Built, kept: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dimension for dimension in built.dimensions if dimension not in kept)
