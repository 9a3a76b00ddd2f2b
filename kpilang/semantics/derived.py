"""Derived entities: `each: email_events.message` makes one row of all rows with one value.

The key is that column, and `carry` names columns that all rows of one value share; both are columns of the
derived entity, of the type they have at the source.
"""

from __future__ import annotations

import dataclasses

from kpilang import ir
from kpilang.diagnostics import Diagnostics
from kpilang.semantics.errors import joins, naming, origins
from kpilang.semantics.names import Names
from kpilang.semantics.world import Derivation, Info, World
from kpilang.syntax import ast, spec
from kpilang.types import Kind


def derivation_of(decl: spec.EntityDecl, names: Names) -> Derivation | None:
    """Read from the text alone, as everything about names; whether it is right is asked by `is_derivable`."""
    if decl.each is None or decl.each.broken:
        return None
    entity, _, column = decl.each.text.rpartition(".")
    carry = tuple(text.value for text in decl.carry)
    return Derivation(names.canonical(entity.strip(" `")), column.strip(" `"), carry)


def columns_taken(decl: spec.EntityDecl, names: Names) -> dict[str, spec.ColumnDecl]:
    """The columns of the source that the derived entity has too."""
    source = derivation_of(decl, names)
    owner = names.entities.get(names.short(source.entity)) if source is not None else None
    if source is None or owner is None:
        return {}
    wanted = (source.column, *source.carry)
    return {column.name.value: column for column in owner.columns if column.name.value in wanted}


def is_derivable(world: World, info: Info, diags: Diagnostics) -> bool:
    decl, source = info.decl, info.source
    assert decl.each is not None, "asked only of derived entities"
    tree = world.tree(decl.each, diags)
    if source is None or not isinstance(tree, ast.Path):
        return False
    owner = world.named(tree.names[0].text)
    if owner is None:
        diags.add(naming.unknown_entity(tree.names[0].text, tuple(world.names.entities), tree.names[0].span))
        return False
    if len(tree.names) != 2 or owner is info or owner.attribution is not None:
        diags.add(origins.bad_each(tree.dotted, tree.span))
        return False
    if decl.columns or decl.key:
        place = decl.columns[0].name.span if decl.columns else decl.key[0].span
        diags.add(origins.derived_has_columns(info.name, place))
        return False
    if not world.usable(owner, tree.span, diags):
        return False
    texts = [spec.Text(source.column, span=tree.names[1].span), *decl.carry]
    taken = [_is_taken(world, owner, text, diags) for text in texts]  # each is reported
    return all(taken) and _is_key(world, owner, tree, diags)


def _is_taken(world: World, owner: Info, text: spec.Text, diags: Diagnostics) -> bool:
    if text.value not in owner.columns:
        if text.value in owner.attributes:
            diags.add(joins.not_a_column(f"{owner.name}.{text.value}", "an attribute", text.span))
        else:
            diags.add(naming.unknown_column(owner.name, text.value, tuple(owner.columns), text.span))
        return False
    column = world.column(owner, text.value, text.span, diags)
    if column is not None and column.reference is not None and len(column.reference.columns) > 1:
        diags.add(
            joins.not_a_column(f"{owner.name}.{text.value}", "a reference by several columns", text.span)
        )
        return False
    return column is not None


def _is_key(world: World, owner: Info, tree: ast.Path, diags: Diagnostics) -> bool:
    column = world.column(owner, tree.names[1].text, tree.span, diags)
    if column is None or column.type.kind is not Kind.ID:
        if column is not None:
            diags.add(origins.not_an_id(tree.dotted, str(column.type), tree.span))
        return False
    return True


def taken_column(world: World, info: Info, name: str, diags: Diagnostics) -> ir.Column | None:
    """A column of a derived entity, by that of its source."""
    source = info.source
    assert source is not None, "asked only of derived entities"
    owner = world.entity(source.entity)
    if owner is None or name not in owner.columns:
        return None
    column = world.column(owner, name, info.decl.name.span, diags)
    if column is None:
        return None
    type_, reference = column.type, column.reference
    if name == source.column:
        type_ = type_.with_null(False)
        if reference is None or reference.target == info.name:
            type_, reference = dataclasses.replace(type_, entity=info.name), None
    if reference is not None:
        reference = ir.Reference((name,), reference.target)
    return ir.Column(name, type_, name, reference=reference, span=column.span)
