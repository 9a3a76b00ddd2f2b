"""Bindings: where the rows of an abstract entity come from, and what its columns are there.

Each source gives an expression over its own columns for every column of the entity; what it does not give
must be nullable. Which source a row is of is the column `source`.
"""

from __future__ import annotations

from kpilang import ir
from kpilang.diagnostics import Diagnostics
from kpilang.semantics.errors import naming, origins, values
from kpilang.semantics.expressions import resolve, resolve_condition
from kpilang.semantics.origins import named_origin, place_of
from kpilang.semantics.rows import RawScope
from kpilang.semantics.source_roles import Values, roles_of
from kpilang.semantics.units import unit_of_tree
from kpilang.semantics.world import Info, World
from kpilang.source import Span
from kpilang.syntax import ast, spec
from kpilang.types import STRING, Type

SOURCE = "source"


def source_column(decl: spec.EntityDecl) -> spec.ColumnDecl:
    """The column of every bound entity that none declares."""
    type_ = spec.Embedded(spec.Start.COLUMN_TYPE, "string", exact=False, span=decl.name.span)
    return spec.ColumnDecl(spec.Text(SOURCE, span=decl.name.span), type_, span=decl.name.span)


def is_bound_well(world: World, info: Info, diags: Diagnostics) -> bool:
    """Whether every source says what it must."""
    fine = True
    seen: dict[str, Span] = {}
    for binding in info.bindings:
        name = source_name(binding)
        if name in seen:
            diags.add(origins.source_twice(info.name, name, binding.span, seen[name]))
            fine = False
        seen.setdefault(name, binding.span)
        roles = roles_of(world, info, binding, diags)
        fine = roles is not None and _gives_columns(info, binding, roles, diags) and fine
    return fine


def _gives_columns(info: Info, binding: spec.BindingDecl, roles: Values, diags: Diagnostics) -> bool:
    given = {text.value: text for text, _ in binding.values}
    known = [name for name in info.columns if name != SOURCE]
    unknown = [text for name, text in given.items() if name not in known]
    for text in unknown:
        diags.add(naming.unknown_column(info.name, text.value, known, text.span))
    found = {*given, *roles}
    missing = [name for name in known if name not in found and not _may_lack(info.columns[name])]
    if missing:
        diags.add(origins.binding_lacks(source_name(binding), info.name, missing, binding.span))
    return not unknown and not missing


def _may_lack(column: spec.ColumnDecl) -> bool:
    """Nullable, or a reference by several columns, which are given themselves."""
    text = column.type.text.strip()
    return text.startswith("(") or text.endswith("?") or "? " in text


def source_name(binding: spec.BindingDecl) -> str:
    return binding.source.value if binding.source is not None else place_of(binding) or binding.entity.value


# ---------------------------------------------------------------------------- the union


def union_of(world: World, info: Info, columns: tuple[ir.Column, ...], diags: Diagnostics) -> ir.Union:
    """The sources, with what each gives for these columns."""
    return ir.Union(
        tuple(
            source
            for binding in info.bindings
            if (source := _source(world, info, binding, columns, diags)) is not None
        )
    )


def _source(
    world: World, info: Info, binding: spec.BindingDecl, columns: tuple[ir.Column, ...], diags: Diagnostics
) -> ir.BoundSource | None:
    world = world.at(binding.span)
    origin = named_origin(f"a binding of `{binding.entity.value}`", binding, binding.span, diags)
    if origin is None:
        return None
    where = None
    if binding.where is not None:
        tree = world.expression(binding.where, diags)
        where = resolve_condition(tree, RawScope(world, diags)) if tree is not None else None
    name = source_name(binding)
    trees = {text.value: world.expression(embedded, diags) for text, embedded in binding.values}
    given = {**trees, **(roles_of(world, info, binding, Diagnostics()) or {})}
    found = []
    for column in columns:
        if column.physical is None and column.value is None and column.name != SOURCE:
            continue
        tree = given.get(column.name)
        if column.name in given:
            value = cast_to(world, tree, column.type, column.span, diags) if tree is not None else None
        else:
            value = _not_given(column, name)
        if value is not None:
            found.append((column.name, value))
    return ir.BoundSource(name, origin, tuple(found), where)


def _not_given(column: ir.Column, source: str) -> ir.Literal:
    """The name of the source, or null."""
    if column.name == SOURCE:
        return ir.Literal(source, STRING, span=column.span)
    return ir.Literal(None, column.type, span=column.span)


def cast_to(world: World, tree: ast.Expr, type_: Type, declared: Span, diags: Diagnostics) -> ir.Expr | None:
    """An expression over the table's columns, made to be of the declared type; None after an error."""
    found = resolve(tree, RawScope(world, diags))
    if found.type.is_error:
        return None
    meant = unit_of_tree(tree.unit, Diagnostics()) if isinstance(tree, ast.As) else None
    if meant is not None and meant.unit != type_.unit:
        diags.add(values.unit_mismatch(type_.unit, declared, meant.unit, tree.span))
    return ir.Call(ir.Op.CAST, (found,), type_, span=found.span)


def check_bindings(world: World, diags: Diagnostics) -> None:
    """Bindings of entities that are not there."""
    for name, bindings in world.names.own.bindings.items():
        info = world.named(name)
        for binding in bindings:
            if info is None:
                diags.add(naming.unknown_entity(name, tuple(world.names.entities), binding.entity.span))
