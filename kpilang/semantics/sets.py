"""Sets of members: names of segments, their algebra by `and`, `or` and `not`, and selectors on them.

Sentences, which sets are made of, are in `segments`; here is what formulas do with sets: `count(S)` and
`x in S`.
"""

from __future__ import annotations

from collections.abc import Sequence

from kpilang import ir
from kpilang.semantics.arguments import local_named
from kpilang.semantics.errors import joins, naming, values
from kpilang.semantics.errors import sets as errors
from kpilang.semantics.parts import is_timeless, regrouped
from kpilang.semantics.scope import Local, Scope, poison
from kpilang.semantics.selectors import selected
from kpilang.semantics.set_names import set_in
from kpilang.semantics.world import Info
from kpilang.syntax import ast
from kpilang.syntax.unparse import unparse
from kpilang.types import BOOL, Kind, Type

Term = ir.Set | ir.Outside


def resolve_set(tree: ast.Expr, scope: Scope) -> ir.Set | None:
    """The set that an expression means; None after an error."""
    found = resolve_term(tree, scope)
    if isinstance(found, ir.Outside):
        scope.diags.add(errors.bare_complement(unparse(tree), "without `and`", tree.span))
        return None
    return found


def resolve_term(tree: ast.Expr, scope: Scope) -> Term | None:
    """A set, or who is outside of one; None after an error."""
    match tree:
        case ast.Path():
            return _named(tree, scope)
        case ast.Not(operand=operand):
            inner = resolve_term(operand, scope)
            if inner is None:
                return None
            return inner.operand if isinstance(inner, ir.Outside) else ir.Outside(inner, span=tree.span)
        case ast.And(operands=operands):
            terms = _operands(operands, scope)
            return _all_of(terms, tree) if terms is not None else None
        case ast.Or(operands=operands):
            return _any_of(operands, tree, scope)
        case ast.Select(operand=operand, selector=selector):
            inner = resolve_term(operand, scope)
            return selected(inner, selector, scope) if inner is not None else None
        case ast.Call(function=function) if function.dotted in scope.world.names.functions:
            return scope.world.set_called(tree, scope)
        case _:
            scope.diags.add(errors.not_a_set(unparse(tree), tree.span))
            return None


def _named(path: ast.Path, scope: Scope) -> ir.Set | None:
    local = local_named(path, scope)
    if local is not None:
        return _of_local(local, path, scope)
    names = scope.world.names
    if path.dotted in names.segments:
        return scope.world.segment(path.dotted, path.span, scope.diags)
    if names.has_rows(path.dotted):
        scope.diags.add(errors.entity_as_set(path.dotted, path.span))
    elif names.kind_of(path.names[0].text) is not None:
        scope.diags.add(errors.not_a_set(path.dotted, path.span))
    else:
        scope.diags.add(naming.unknown_segment(path.dotted, tuple(names.segments), path.span))
    return None


def _of_local(local: Local, path: ast.Path, scope: Scope) -> ir.Set | None:
    """The set that a local name stands for, resolved where it was written."""
    if local.is_open:
        scope.diags.add(naming.cycle([(local.name, local.place)], path.span))
        return None
    local.is_open = True
    try:
        return resolve_set(local.tree, local.scope)
    finally:
        local.is_open = False


def _operands(trees: Sequence[ast.Expr], scope: Scope) -> list[Term] | None:
    """Operands of `and` or `or`: sets of one entity; None after an error."""
    first = next(tree for tree in trees if set_in(tree, scope) is not None)
    for tree in trees:
        if set_in(tree, scope) is None:
            _mixed(tree, first, scope)
            return None
    terms = [resolve_term(tree, scope) for tree in trees]
    found = [term for term in terms if term is not None]
    if len(found) < len(terms):
        return None
    for tree, term in zip(trees, found, strict=True):
        ours, theirs = entity_of_set(found[0]), entity_of_set(term)
        if ours != theirs:
            texts = (unparse(trees[0]), unparse(tree))
            scope.diags.add(
                errors.different_entities(texts[0], ours, trees[0].span, texts[1], theirs, tree.span)
            )
            return None
    return found


def _mixed(tree: ast.Expr, other: ast.Expr, scope: Scope) -> None:
    """Something that is no set beside one: said by what it is, of an argument where it was handed in."""
    local = local_named(tree, scope) if isinstance(tree, ast.Path) else None
    if local is not None:
        text = unparse(local.tree)
        local.scope.diags.add(errors.not_a_set(text, local.tree.span, parameter=local.place))
        return
    text, set_text = unparse(tree), unparse(other)
    names = scope.world.names
    if isinstance(tree, ast.Path):
        kind = names.kind_of(tree.names[0].text)
        if kind == "entity" and len(tree.names) == 1:
            scope.diags.add(errors.entity_as_set(text, tree.span))
            return
        members = [
            member for name in names.of_rows() if (info := scope.world.named(name)) for member in info.members
        ]
        if kind is None and tree.names[-1].text not in members:
            scope.diags.add(naming.unknown_segment(text, tuple(names.segments), tree.span))
            return
        found = kind if kind in ("KPI", "param") else "condition"
    else:
        found = "condition"
    scope.diags.add(errors.mixed(text, set_text, found, tree.span, other.span))


def _all_of(terms: list[Term], tree: ast.And) -> Term:
    """Flat; who is outside of each is outside of any."""
    flat = [part for term in terms for part in (term.operands if isinstance(term, ir.AllOf) else (term,))]
    outside = [part.operand for part in flat if isinstance(part, ir.Outside)]
    if len(outside) == len(flat):
        return ir.Outside(ir.AnyOf(tuple(outside), span=tree.span), span=tree.span)
    return ir.AllOf(tuple(flat), span=tree.span)


def _any_of(trees: Sequence[ast.Expr], tree: ast.Or, scope: Scope) -> ir.Set | None:
    terms = _operands(trees, scope)
    if terms is None:
        return None
    found: list[ir.Set] = []
    for term, operand in zip(terms, trees, strict=True):
        if isinstance(term, ir.Outside):
            scope.diags.add(errors.bare_complement(unparse(operand), "under `or`", operand.span))
            return None
        found.extend(_alternatives(term))
    return ir.AnyOf(tuple(found), span=tree.span)


def _alternatives(term: ir.Set) -> tuple[ir.Set, ...]:
    return term.operands if isinstance(term, ir.AnyOf) else (term,)


def entity_of_set(found: Term) -> str:
    """Of whom the members are."""
    match found:
        case ir.Outside(operand=operand):
            return entity_of_set(operand)
        case ir.AllOf(operands=operands) | ir.AnyOf(operands=operands):
            return entity_of_set(operands[0])
        case _:
            return found.entity


# ---------------------------------------------------------------------------- what formulas do with sets


def count_of(call: ast.Call, scope: Scope) -> ir.Expr:
    """`count(S)`."""
    for modifier, given in (("where", call.where), ("dated", call.dated), ("via", call.via)):
        if given is not None:
            text = unparse(call.arguments[0])
            help = (f"`count({text})[…]` puts a condition into every part of the set",)
            scope.diags.add(values.misplaced_modifier("count", modifier, given.span, help))
            return poison(call.span)
    if len(call.arguments) != 1 or call.per or call.by:
        scope.diags.add(values.wrong_count("count(segment)", len(call.arguments), call.span))
        return poison(call.span)
    found = resolve_set(call.arguments[0], scope)
    if found is None:
        return poison(call.span)
    info = scope.world.entity(entity_of_set(found))
    assert info is not None, "members are of an entity that exists"
    return ir.CountOf(found, Type(Kind.INTEGER, nullable=True, unit=info.counted), span=call.span)


def member(key: ir.Expr, tree: ast.In, place: str | None, scope: Scope) -> ir.Expr:
    """`key in S`: in the whole population, so what lies across is all the same.

    `place` says where it stands if no period is seen there: only timeless sets have members then.
    """
    item = tree.items[0]
    found = resolve_set(item, scope)
    if found is None or key.type.is_error:
        return poison(tree.span)
    entity = entity_of_set(found)
    if key.type.kind is not Kind.ID or key.type.entity not in (None, entity):
        scope.diags.add(errors.not_its_key(unparse(tree.operand), key.type, unparse(item), entity, tree.span))
        return poison(tree.span)
    if place is not None and not is_timeless(found):
        scope.diags.add(errors.segment_without_period(unparse(item), place, tree.span))
        return poison(tree.span)
    return ir.Member(key, regrouped(found, lambda across: ()), BOOL, span=tree.span)


def members_of(name: ast.Name, scope: Scope) -> tuple[Info, ir.Set] | None:
    """The entity and the set of `S` in `sum(S.x)`; None after an error."""
    found = resolve_set(ast.Path((name,), span=name.span), scope)
    if found is None:
        return None
    info = scope.world.entity(entity_of_set(found))
    assert info is not None, "members are of an entity that exists"
    return info, regrouped(found, lambda across: ())


def key_of(info: Info, scope: Scope) -> ir.Field | None:
    """The key of a row, by which it is a member; None after an error."""
    if len(info.key) != 1:
        scope.diags.add(joins.no_single_key(info.name, info.decl.name.span))
        return None
    column = scope.world.column(info, info.key[0], info.decl.name.span, scope.diags)
    if column is None:
        return None
    return ir.Field(info.name, (), info.name, column.name, column.type, span=column.span)
