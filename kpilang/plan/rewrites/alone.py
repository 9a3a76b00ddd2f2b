"""Count the members of sets that are one sentence each without gathering them.

Who has a row is counted as different keys among the rows; members whose own rows say that they are in, as
rows, for their keys differ. Not for windows of many cells: different keys of overlapping intervals are better
gathered by cell first.
"""

from __future__ import annotations

import dataclasses

from kpilang import ir
from kpilang.ir import AggregateOp, Op
from kpilang.plan.draft import Atom, Block, Draft, Gathering, Membership
from kpilang.plan.sentences import among_of
from kpilang.types import BOOL, INTEGER


def alone(draft: Draft) -> Draft:
    blocks = list(draft.blocks)
    left: list[Gathering] = []
    for gathering in draft.gatherings:
        made = _blocks(gathering, draft)
        if made is None:
            left.append(gathering)
        else:
            blocks += made
    return dataclasses.replace(draft, blocks=tuple(blocks), gatherings=tuple(left))


def _blocks(gathering: Gathering, draft: Draft) -> list[Block] | None:
    """A block for each set; None where some set has to be gathered."""
    found = {membership.sentence: membership for membership in gathering.memberships}
    made: list[Block] = []
    for count in gathering.counts:
        membership = found.get(count.set) if not isinstance(count.set, ir.AllOf | ir.AnyOf) else None
        block = None if membership is None else _block(count, membership, gathering, draft)
        if block is None:
            return None
        made.append(block)
    return made


def _block(count: ir.CountOf, membership: Membership, gathering: Gathering, draft: Draft) -> Block | None:
    if membership.having is not None or membership.dimensions != gathering.dimensions:
        return None
    block = next(b for b in gathering.blocks if b.keys == membership.keys and _counts(b, membership))
    aggregate = _aggregate(membership, draft, len(block.keys) - len(membership.dimensions))
    if aggregate is None:
        return None
    named = dataclasses.replace(aggregate, name=count.name)
    first = block.atoms[0]
    atom = Atom(named, first.reaches, gathering.witness, among=first.among, stands_for=count)
    keys = block.keys[: len(membership.dimensions)]
    return dataclasses.replace(block, keys=keys, atoms=(atom,))


def _counts(block: Block, membership: Membership) -> bool:
    """The same rows may be asked for among several sets, as `[prior]` makes another of one."""
    among = among_of(membership.sentence, membership.dimensions)
    return any((atom.aggregate, atom.among) == (membership.rows, among) for atom in block.atoms)


def _aggregate(membership: Membership, draft: Draft, columns: int) -> ir.Aggregate | None:
    """The number of members among the rows; None where they are gathered better."""
    rows, member = membership.rows, membership.keys[-1].path
    if isinstance(membership.sentence, ir.With):
        is_cut = draft.grid.is_single or rows.anchor is None or draft.grid.cells(rows.window) is not None
        if columns > 1 or not is_cut:
            return None
        return dataclasses.replace(rows, op=AggregateOp.UNIQUE, argument=member, type=INTEGER)
    known = tuple(key.path for key in membership.keys[-columns:] if key.path.type.nullable)
    there = tuple(ir.Call(Op.IS_NOT, (key, ir.Literal(None, key.type)), BOOL) for key in known)
    if not there:
        return rows
    conditions = there if rows.where is None else (rows.where, *there)
    where = conditions[0] if len(conditions) == 1 else ir.Call(Op.AND, conditions, BOOL)
    return dataclasses.replace(rows, where=where)
