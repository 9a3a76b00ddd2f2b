"""Who is a member of a set, as a relation to hold rows against: for `x in S`, and for rows among a set."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection

from kpilang import ir
from kpilang.plan import rewrites as rules
from kpilang.plan.draft import Draft, is_timed, keys_of
from kpilang.plan.gathering import GatheringBuilder
from kpilang.plan.naive import gathering_of
from kpilang.plan.relations import MemberRows, Relations
from kpilang.plan.sentences import sentences
from kpilang.types import INTEGER

_OF_COUNTS = ("together", "alone")
"""Rewrites of what is counted; here it is asked who."""


def members_of(
    relations: Relations, found: ir.Set, dimensions: tuple[ir.Dimension, ...], rewrites: Collection[str]
) -> MemberRows | None:
    """The members in the periods of the relations' grid, in groups of the dimensions that some part has.

    A set that does not look at the period has the same in all.
    """
    names = tuple(dimension.name for dimension in dimensions)
    parts = sentences(found)
    seen = {name for sentence in parts for name in keys_of(sentence.across, names)}
    grouped = tuple(dimension for dimension in dimensions if dimension.name in seen)
    lifted = tuple(name for name in names if name not in seen)
    inside = _without(found, lifted) if lifted else found
    query = ir.Query(relations.model, (), grouped)
    gathering = gathering_of(ir.CountOf(inside, INTEGER), query, relations.grid)
    within = tuple(name for name in rewrites if name not in _OF_COUNTS)
    draft = rules.apply(Draft(query, relations.grid, (), (gathering,)), within)
    calendar = relations.calendar if is_timed(found) else None
    if not gathering.blocks:
        return None
    return GatheringBuilder(relations, query, draft.gatherings[0], calendar).members(inside)


def _without(found: ir.Set, lifted: tuple[str, ...]) -> ir.Set:
    """The set without mention of dimensions that group none of its parts."""
    match found:
        case ir.AllOf(operands):
            return ir.AllOf(tuple(_without_in(operand, lifted) for operand in operands))
        case ir.AnyOf(operands):
            return ir.AnyOf(tuple(_without(operand, lifted) for operand in operands))
        case _:
            across = () if found.across == ir.ALL_DIMENSIONS else found.across
            return dataclasses.replace(found, across=tuple(name for name in across if name not in lifted))


def _without_in(found: ir.Set | ir.Outside, lifted: tuple[str, ...]) -> ir.Set | ir.Outside:
    if isinstance(found, ir.Outside):
        return ir.Outside(_without(found.operand, lifted))
    return _without(found, lifted)
