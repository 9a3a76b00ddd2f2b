"""Let a row say by itself whether it is a member: of a state or a timeless set of its own entity.

`sum(live.value)` asks of each row whether its own key is in `live`. The columns that decide stand beside the
key, so no relation of the members is made, and the table is read once. Not safe where several rows have one
key (versions, several sources): any of them makes its key a member.
"""

from __future__ import annotations

import dataclasses

from kpilang import ir
from kpilang.ir import Op
from kpilang.nodes import map_children
from kpilang.plan.draft import Atom, Block, Draft
from kpilang.plan.reading import has_sources
from kpilang.plan.sentences import counted
from kpilang.types import BOOL

_TRUE, _FALSE = (ir.Literal(value, BOOL) for value in (True, False))


def own(draft: Draft) -> Draft:
    return dataclasses.replace(draft, blocks=tuple(_rewritten(block, draft) for block in draft.blocks))


def _rewritten(block: Block, draft: Draft) -> Block:
    """Blocks have one atom each: no other rewrite has brought them together."""
    (atom,) = block.atoms
    entity = draft.query.model.entity(block.entity)
    if len(entity.key) != 1 or entity.valid is not None or has_sources(entity):
        return block
    alone = _not_among(atom, entity)
    aggregate = alone.aggregate
    where, argument = (_judged(part, entity) for part in (aggregate.where, aggregate.argument))
    changed = dataclasses.replace(aggregate, where=where, argument=argument)
    if changed == atom.aggregate:
        return block
    rewritten = dataclasses.replace(alone, aggregate=changed, stands_for=atom.stands_for or atom.aggregate)
    return dataclasses.replace(block, atoms=(rewritten,))


def _not_among(atom: Atom, entity: ir.Entity) -> Atom:
    """Rows among a set of their entity, as a condition; a gathering knows its rows by what they are among."""
    if atom.among is None or atom.stands_for is None:
        return atom
    condition = _condition(atom.among.set, entity)
    if condition is None:
        return atom
    where = atom.aggregate.where
    both = condition if where is None else ir.Call(Op.AND, (where, condition), BOOL)
    return dataclasses.replace(atom, aggregate=dataclasses.replace(atom.aggregate, where=both), among=None)


def _judged(expr: ir.Expr | None, entity: ir.Entity) -> ir.Expr | None:
    """Memberships of the row itself as conditions on it; those of children and parents are left alone."""
    match expr:
        case None | ir.Child():
            return expr
        case ir.Member(ir.Field() as key, found) if _is_own_key(key, entity):
            condition = _condition(found, entity)
            return expr if condition is None else condition
        case _:
            return map_children(expr, lambda part: _judged(part, entity))


def _is_own_key(key: ir.Field, entity: ir.Entity) -> bool:
    return not key.steps and key.owner == entity.name and key.name == entity.key[0]


def _condition(found: ir.Set | ir.Outside, entity: ir.Entity) -> ir.Expr | None:
    """When a row is a member, never null; None where other rows have a say."""
    match found:
        case ir.AllOf(operands) | ir.AnyOf(operands):
            parts = tuple(_condition(operand, entity) for operand in operands)
            known = tuple(part for part in parts if part is not None)
            op = Op.AND if isinstance(found, ir.AllOf) else Op.OR
            return ir.Call(op, known, BOOL) if len(known) == len(parts) else None
        case ir.Outside(operand):
            inside = _condition(operand, entity)
            return None if inside is None else ir.Call(Op.NOT, (inside,), BOOL)
        case ir.State() | ir.Always() if found.entity == entity.name:
            where = counted(found).where
            return _TRUE if where is None else ir.Call(Op.COALESCE, (where, _FALSE), BOOL)
        case _:
            return None
