"""Entities: columns, keys, references, attributes, the default anchor, where rows come from, what is covered.

Each part is resolved on its own when it is asked for; `models` puts together the entities of a query from the
parts it reaches.
"""

from __future__ import annotations

import dataclasses
from datetime import date, datetime

from kpilang import ir
from kpilang.diagnostics import Diagnostics
from kpilang.semantics.attributes import AttributeScope
from kpilang.semantics.column_types import declared_type
from kpilang.semantics.credit_columns import credit_column
from kpilang.semantics.derived import columns_taken, derivation_of, is_derivable, taken_column
from kpilang.semantics.errors import joins, naming, origins, periods, values
from kpilang.semantics.expressions import resolve, resolve_condition, with_type
from kpilang.semantics.names import Names
from kpilang.semantics.origins import has_one_origin, named_origin
from kpilang.semantics.rows import ConstantScope, Place, RowScope
from kpilang.semantics.sizes import is_small
from kpilang.semantics.sources import SOURCE, cast_to, is_bound_well, source_column, union_of
from kpilang.semantics.units import unit_of_text
from kpilang.semantics.versions import as_of_column, column_recorded, has_good_versions
from kpilang.semantics.world import Info, World
from kpilang.syntax import ast, spec
from kpilang.types import Kind, Type

_TIMES = (Kind.DATE, Kind.TIMESTAMP)


def info_of(decl: spec.EntityDecl, name: str, names: Names) -> Info:
    """`name` is what the IR calls it, `names` what its package sees."""
    columns = {column.name.value: column for column in decl.columns}
    columns = columns_taken(decl, names) | columns
    bindings = tuple(names.bindings.get(name, ()))
    if bindings:
        columns.setdefault(SOURCE, source_column(decl))
    attributes = {attribute.name.value: attribute for attribute in decl.attributes}
    return Info(name, decl, columns, attributes, derivation_of(decl, names), bindings)


# ---------------------------------------------------------------------------- the entity itself


def is_usable(world: World, info: Info, diags: Diagnostics) -> bool:
    """Whether the language has all of what is declared about its rows, and its key exists."""
    if info.attribution is not None:
        return world.credits(info, info.decl.name.span, diags) is not None
    if not has_one_origin(info, diags):
        return False
    if info.decl.each is not None and not is_derivable(world, info, diags):
        return False
    if info.decl.carry and info.decl.each is None:
        diags.add(origins.carry_without_each(info.name, info.decl.carry[0].span))
        return False
    fine = is_bound_well(world, info, diags)
    fine = has_good_versions(world, info, diags) and fine
    return _has_clear_names(info, diags) and _has_good_key(world, info, diags) and fine


def _has_clear_names(info: Info, diags: Diagnostics) -> bool:
    clashes = [name for name in info.attributes if name in info.columns]
    for name in clashes:
        attribute, column = info.attributes[name].name.span, info.columns[name].name.span
        diags.add(naming.column_clash(info.name, name, attribute, column))
    return not clashes


def _has_good_key(world: World, info: Info, diags: Diagnostics) -> bool:
    fine = True
    for text in info.decl.key:
        decl = info.columns.get(text.value)
        if decl is None:
            if text.value in info.attributes:
                diags.add(joins.unknown_key(info.name, text.value, "an attribute", text.span))
            else:
                diags.add(naming.unknown_column(info.name, text.value, tuple(info.columns), text.span))
            fine = False
            continue
        column = world.column(info, text.value, text.span, diags)
        if (
            column is not None
            and column.reference is not None
            and column.physical is None
            and column.value is None
        ):
            diags.add(joins.unknown_key(info.name, text.value, "a reference by several columns", text.span))
            fine = False
    return fine


def where_of(world: World, info: Info, diags: Diagnostics) -> ir.Expr | None:
    """The condition for a row to exist, over the entity's own columns."""
    if info.decl.where is None:
        return None
    tree = world.expression(info.decl.where, diags)
    return resolve_condition(tree, ColumnScope(world, info, diags)) if tree is not None else None


class ColumnScope(RowScope):
    """The entity's own columns, before it is known which rows exist."""

    def __init__(self, world: World, info: Info, diags: Diagnostics) -> None:
        super().__init__(world, info, Place.WHERE, diags)

    def member(self, steps: tuple[str, ...], owner: Info, name: ast.Name, path: ast.Path) -> ir.Expr:
        if steps or name.text not in owner.columns:
            what = "a parent's column" if steps else "an attribute"
            self.diags.add(joins.not_a_column(path.dotted, what, path.span))
        return super().member(steps, owner, name, path)


def rules_of(world: World, info: Info, diags: Diagnostics) -> tuple[ir.Expr, ...]:
    found = []
    for embedded in info.decl.rules:
        tree = world.expression(embedded, diags)
        if tree is not None:
            found.append(resolve_condition(tree, RowScope(world, info, Place.RULE, diags)))
    return tuple(rule for rule in found if rule is not None)


def origin_of(
    world: World, info: Info, columns: tuple[ir.Column, ...], diags: Diagnostics
) -> ir.Origin | None:
    """`columns` are those that are asked for."""
    if info.attribution is not None:
        return world.credits(info, info.decl.name.span, diags)
    if info.source is not None:
        carried = tuple(column.name for column in columns if column.name in info.source.carry)
        return ir.Each(info.source.entity, info.source.column, carried)
    if info.bindings:
        return union_of(world, info, columns, diags)
    return named_origin(info.name, info.decl, info.decl.name.span, diags)


def covers_of(world: World, info: Info, diags: Diagnostics) -> ir.Coverage | None:
    """Of several sources what all of them cover: beyond it a total of all is not known."""
    found = [_covered(world, covers, diags) for covers in info.covers]
    starts = [covered.start for covered in found if covered is not None and covered.start is not None]
    ends = [covered.end for covered in found if covered is not None and covered.end is not None]
    if starts and ends and max(starts) >= min(ends) and len(found) > 1:
        diags.add(origins.nothing_covered(info.name, info.decl.name.span))
    return ir.Coverage(max(starts, default=None), min(ends, default=None)) if starts or ends else None


def _covered(world: World, covers: spec.Embedded, diags: Diagnostics) -> ir.Coverage | None:
    tree = world.tree(covers, diags)
    if not isinstance(tree, ast.Covers):
        return None
    start = _day(tree.start, world, diags)
    end = _day(tree.end, world, diags) if tree.end is not None else None
    if start is not None and end is not None and start >= end:
        diags.add(periods.reversed_interval(start.isoformat(), end.isoformat(), tree.span))
    return ir.Coverage(start, end)


def _day(tree: ast.Expr, world: World, diags: Diagnostics) -> date | None:
    found = resolve(tree, ConstantScope(world, "coverage", diags))
    value = found.value if isinstance(found, ir.Literal) else None
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if not found.type.is_error:
        diags.add(periods.bad_covers(tree.span))
    return None


def time_name(world: World, info: Info) -> str | None:
    """The column or attribute named as `time`, whether it exists or not."""
    tree = world.tree(info.decl.time, Diagnostics()) if info.decl.time is not None else None
    return tree.names[0].text if isinstance(tree, ast.Path) and len(tree.names) == 1 else None


def time_of(world: World, info: Info, diags: Diagnostics) -> ir.Field | None:
    """The default anchor: a column or attribute of its own that is a date or timestamp."""
    assert info.decl.time is not None, "asked only where there is one"
    tree = world.tree(info.decl.time, diags)
    if not isinstance(tree, ast.Path):
        return None
    scope = RowScope(world, info, Place.PATH, diags)
    if len(tree.names) > 1:
        diags.add(joins.not_a_column(tree.dotted, "a path", tree.span))
        return None
    found = scope.field(tree.names, tree)
    if not isinstance(found, ir.Field):
        return None
    if found.type.kind not in _TIMES:
        if not found.type.is_error:
            diags.add(periods.not_a_time(f"{info.name}.{tree.dotted}", str(found.type), tree.span))
        return None
    return found


# ---------------------------------------------------------------------------- columns


def column_of(world: World, info: Info, name: str, diags: Diagnostics) -> ir.Column | None:
    if info.attribution is not None:
        return credit_column(world, info, name, diags)
    if info.source is not None:
        return taken_column(world, info, name, diags)
    decl = info.columns[name]
    tree = world.tree(decl.type, diags)
    if not isinstance(tree, ast.ReferenceType | ast.ScalarType):
        return None
    declared = declared_type(tree, decl.unit, world.settings, diags)
    if declared.type.is_error:
        return None
    if declared.type.money_by is not None and declared.type.money_by not in info.columns:
        diags.add(
            naming.unknown_column(info.name, declared.type.money_by, tuple(info.columns), decl.type.span)
        )
    recorded = column_recorded(world, info, name, diags)
    if recorded is not None:
        declared = dataclasses.replace(declared, type=declared.type.with_null())
    if declared.reference is not None:
        found = _reference(world, info, decl, declared.reference, declared.type, diags)
        return dataclasses.replace(found, recorded=recorded) if found is not None else None
    type_ = _as_key(info, name, declared.type)
    physical = decl.physical.value if decl.physical else None if decl.value else name
    value = _value(world, decl, type_, diags)
    return ir.Column(name, type_, physical, value, zone=declared.zone, recorded=recorded, span=decl.name.span)


def _as_key(info: Info, name: str, type_: Type) -> Type:
    """The key of an entity, where it is one column, is a key of that entity like a reference to it."""
    if type_.kind is Kind.ID and info.key == (name,):
        return dataclasses.replace(type_, entity=info.name)
    return type_


def _value(world: World, decl: spec.ColumnDecl, type_: Type, diags: Diagnostics) -> ir.Expr | None:
    """The expression over the table's columns, made to be of the declared type."""
    if decl.value is None:
        return None
    tree = world.expression(decl.value, diags)
    if tree is None:
        return None
    return cast_to(world, tree, type_, decl.type.span, diags)


def _reference(
    world: World, info: Info, decl: spec.ColumnDecl, tree: ast.ReferenceType, type_: Type, diags: Diagnostics
) -> ir.Column | None:
    name = decl.name.value
    target = world.named(tree.target.dotted)
    if target is None:
        diags.add(naming.unknown_entity(tree.target.dotted, tuple(world.names.entities), tree.target.span))
        return None
    type_ = dataclasses.replace(type_, entity=target.name)
    as_of = as_of_column(world, info, target, f"{info.name}.{name}", tree, diags)
    if tree.as_of is not None and as_of is None:
        return None
    if not target.key:
        diags.add(joins.reference_without_key(f"{info.name}.{name}", target.name, tree.span))
        return None
    held = tuple(column.text for column in tree.columns) or (name,)
    if len(held) != len(target.key):
        diags.add(joins.key_sizes(f"{info.name}.{name}", len(held), target.name, target.key, tree.span))
        return None
    unknown = [column for column in tree.columns if column.text not in info.columns]
    if unknown:
        diags.add(naming.unknown_column(info.name, unknown[0].text, tuple(info.columns), unknown[0].span))
        return None
    reference = ir.Reference(held, target.name, as_of)
    if tree.columns:
        return ir.Column(name, type_, reference=reference, span=decl.name.span)
    physical = decl.physical.value if decl.physical else None if decl.value else name
    value = _value(world, decl, type_, diags)
    return ir.Column(name, type_, physical, value, reference, span=decl.name.span)


# ---------------------------------------------------------------------------- attributes


def attribute_of(world: World, info: Info, name: str, diags: Diagnostics) -> ir.Attribute | None:
    decl = info.attributes[name]
    tree = world.expression(decl.formula, diags)
    if tree is None:
        return None
    value = resolve(tree, AttributeScope(world, info, f"{info.name}.{name}", diags))
    if decl.unit is not None and not value.type.is_error:
        value = _with_unit(value, decl.unit, diags)
    if value.type.is_error:
        return None
    if value.type.kind is Kind.NULL:
        diags.add(values.not_a_value(f"{info.name}.{name}", decl.formula.span))
        return None
    if not is_small(f"{info.name}.{name}", value, decl.name.span, diags):
        return None
    return ir.Attribute(name, value.type, value, span=decl.name.span)


def _with_unit(value: ir.Expr, text: spec.Text, diags: Diagnostics) -> ir.Expr:
    meant = unit_of_text(text, diags)
    if meant is None:
        return value
    if not value.type.is_numeric:
        diags.add(values.bad_type(f"a unit for {value.type}", text.span, ("units are for numbers",)))
        return value
    return with_type(value, dataclasses.replace(value.type, unit=meant.unit))
