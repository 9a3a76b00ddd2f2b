"""Rows that change: when they were recorded, which of several is there, when a version is in force.

`recorded`, `duplicates` and `valid` of an entity, and references `as of` a time. All name columns of the
entity's own.
"""

from __future__ import annotations

from kpilang import ir
from kpilang.diagnostics import Diagnostics
from kpilang.semantics.errors import joins, naming, origins, periods
from kpilang.semantics.world import Info, World
from kpilang.source import Span
from kpilang.syntax import ast, spec
from kpilang.types import Kind

_TIMES = (Kind.DATE, Kind.TIMESTAMP)


def has_good_versions(world: World, info: Info, diags: Diagnostics) -> bool:
    """Whether all that is said of versions names columns that can bear it."""
    before = len(diags)
    recorded_of(world, info, diags)
    for text, _ in _recorded_pairs(info):
        if text.value not in info.columns:
            diags.add(naming.unknown_column(info.name, text.value, tuple(info.columns), text.span))
    for name in {text.value for text, _ in _recorded_pairs(info)} & set(info.columns):
        column_recorded(world, info, name, diags)
    duplicates_of(world, info, diags)
    validity_of(world, info, diags)
    return len(diags) == before


def _time(world: World, info: Info, tree: ast.Tree | None, diags: Diagnostics) -> ir.Column | None:
    """A column of the entity's own that is a date or timestamp; None after an error."""
    column = _own_column(world, info, tree, diags)
    if column is None or tree is None:
        return None
    if column.type.kind not in _TIMES:
        diags.add(periods.not_a_time(f"{info.name}.{column.name}", str(column.type), tree.span))
        return None
    return column


def _own_column(world: World, info: Info, tree: ast.Tree | None, diags: Diagnostics) -> ir.Column | None:
    if not isinstance(tree, ast.Path):
        return None
    is_named = len(tree.names) > 1 and world.names.canonical(tree.names[0].text) == info.name
    names = tree.names[is_named:]
    name = names[0].text
    if len(names) > 1:
        diags.add(joins.not_a_column(tree.dotted, "a path", tree.span))
        return None
    if name in info.attributes:
        diags.add(joins.not_a_column(tree.dotted, "an attribute", tree.span))
        return None
    if name not in info.columns:
        diags.add(naming.unknown_column(info.name, name, tuple(info.columns), tree.span))
        return None
    return world.column(info, name, tree.span, diags)


# ---------------------------------------------------------------------------- recorded


def recorded_of(world: World, info: Info, diags: Diagnostics) -> str | None:
    """The column that says when a row became visible."""
    if not isinstance(info.decl.recorded, spec.Embedded):
        return None
    tree = world.tree(info.decl.recorded, diags)
    column = _time(world, info, tree, diags)
    return column.name if column is not None else None


def column_recorded(world: World, info: Info, name: str, diags: Diagnostics) -> str | None:
    """The column that says when the value of this one became known."""
    for text, embedded in _recorded_pairs(info):
        if text.value == name:
            tree = world.tree(embedded, diags)
            if isinstance(tree, ast.Path) and tree.names[-1].text == name:
                diags.add(origins.recorded_by_itself(name, tree.span))
                return None
            column = _time(world, info, tree, diags)
            return column.name if column is not None else None
    return None


def _recorded_pairs(info: Info) -> tuple[tuple[spec.Text, spec.Embedded], ...]:
    recorded = info.decl.recorded
    return recorded if isinstance(recorded, tuple) else ()


# ---------------------------------------------------------------------------- duplicates and versions


def duplicates_of(world: World, info: Info, diags: Diagnostics) -> ir.Duplicates | None:
    if info.decl.duplicates is None:
        return None
    tree = world.tree(info.decl.duplicates, diags)
    if not isinstance(tree, ast.Duplicates):
        return None
    if not info.key:
        diags.add(joins.no_key("`duplicates`", info.name, tree.span))
        return None
    names = []
    for key in tree.keys:
        if key.descending or not isinstance(key.value, ast.Path):
            diags.add(origins.bad_duplicates(key.span))
            return None
        column = _own_column(world, info, key.value, diags)
        if column is None:
            return None
        names.append(column.name)
    return ir.Duplicates(tree.latest, tuple(names))


def validity_of(world: World, info: Info, diags: Diagnostics) -> ir.Validity | None:
    if info.decl.valid is None:
        return None
    tree = world.tree(info.decl.valid, diags)
    if not isinstance(tree, ast.Valid):
        return None
    start, end = _time(world, info, tree.start, diags), _time(world, info, tree.end, diags)
    if start is None or end is None:
        return None
    if start.type.kind is not end.type.kind:
        diags.add(origins.unlike_times(start.name, str(start.type), end.name, str(end.type), tree.span))
        return None
    return ir.Validity(start.name, end.name)


def as_of_column(
    world: World, info: Info, target: Info, name: str, tree: ast.ReferenceType, diags: Diagnostics
) -> str | None:
    """The column at whose time the version of `target` is meant; None without one, or after an error."""
    if tree.as_of is None:
        if target.decl.valid is not None:
            diags.add(origins.needs_as_of(name, target.name, tree.span))
        return None
    valid = validity_of(world, target, diags)
    if valid is None:
        if target.decl.valid is None:
            diags.add(origins.no_versions(name, target.name, tree.as_of.span))
        return None
    column = _time(world, info, tree.as_of, diags)
    start = world.column(target, valid.start, tree.as_of.span, diags)
    if column is None or start is None:
        return None
    if column.type.kind is not start.type.kind:
        _unlike(column, start, tree.as_of.span, diags)
        return None
    return column.name


def _unlike(column: ir.Column, start: ir.Column, span: Span, diags: Diagnostics) -> None:
    diags.add(origins.unlike_times(column.name, str(column.type), start.name, str(start.type), span))
