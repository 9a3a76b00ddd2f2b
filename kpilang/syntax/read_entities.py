"""The sections `entities`, `bindings` and `dimensions`: what the rows are and where they come from."""

from __future__ import annotations

from kpilang.syntax import keys
from kpilang.syntax.fields import COMMON_NAMES, Fields, File, is_empty, named
from kpilang.syntax.spec import (
    AttributeDecl,
    BindingDecl,
    ColumnDecl,
    Common,
    DimensionDecl,
    EntityDecl,
    Start,
    Text,
)
from kpilang.syntax.yaml_tree import Mapping, Tree


def read_entity(file: File, name: Text, tree: Tree) -> EntityDecl:
    """One entry of `entities`."""
    fields = file.fields(tree, f"entity `{name.value}`", keys.ENTITY, name.span)
    return EntityDecl(
        name,
        table=fields.text("table"),
        file=fields.text("file"),
        query=fields.query("query"),
        each=fields.embedded("each"),
        where=fields.embedded("where"),
        key=fields.names("key"),
        time=fields.embedded("time"),
        columns=tuple(_column(file, *pair) for pair in named(fields.entries("columns"), file)),
        attributes=tuple(_attribute(file, *pair) for pair in named(fields.entries("attributes"), file)),
        rules=fields.embeddeds("rules"),
        carry=fields.names("carry"),
        valid=fields.embedded("valid"),
        recorded=fields.embedded_or_pairs("recorded"),
        duplicates=fields.embedded("duplicates"),
        covers=fields.embedded("covers"),
        unit=fields.name("unit"),
        common=fields.common(),
        span=name.span.to(tree.span),
    )


def _column(file: File, name: Text, tree: Tree) -> ColumnDecl:
    """A type, or a map with one."""
    span = name.span.to(tree.span)
    if not isinstance(tree, Mapping):
        return ColumnDecl(name, file.short(tree, keys.COLUMN, f"column `{name.value}`"), span=span)
    fields = file.fields(tree, f"column `{name.value}`", keys.COLUMN, name.span)
    return ColumnDecl(
        name,
        fields.required("type"),
        physical=fields.text("column"),
        value=fields.embedded("value"),
        unit=fields.name("unit"),
        common=fields.common(),
        span=span,
    )


def _attribute(file: File, name: Text, tree: Tree) -> AttributeDecl:
    """A formula, or a map with one."""
    span = name.span.to(tree.span)
    if not isinstance(tree, Mapping):
        return AttributeDecl(name, file.short(tree, keys.ATTRIBUTE, f"attribute `{name.value}`"), span=span)
    fields = file.fields(tree, f"attribute `{name.value}`", keys.ATTRIBUTE, name.span)
    return AttributeDecl(
        name,
        fields.required("formula"),
        unit=fields.name("unit"),
        common=fields.common(),
        span=span,
    )


def read_binding(file: File, entity: Text, tree: Tree) -> BindingDecl:
    """One source of an entity: an item of its list in `bindings`."""
    fields = file.fields(tree, f"a binding of `{entity.value}`", keys.BINDING)
    return BindingDecl(
        entity,
        source=fields.name("source"),
        table=fields.text("table"),
        file=fields.text("file"),
        query=fields.query("query"),
        where=fields.embedded("where"),
        values=fields.pairs("values"),
        key=fields.names("key"),
        time=fields.embedded("time"),
        recorded=fields.embedded_or_pairs("recorded"),
        duplicates=fields.embedded("duplicates"),
        covers=fields.embedded("covers"),
        span=tree.span,
    )


def read_dimension(file: File, name: Text, tree: Tree) -> DimensionDecl:
    """Entities with the path to the dimension in each, among the keys that every entry may have."""
    what = f"dimension `{name.value}`"
    entries = file.entries(tree, what)
    common = {entry.key.value: entry.value for entry in entries if entry.key.value in COMMON_NAMES}
    paths = tuple(
        (
            file.name(entry.key, is_reference=True),
            file.embedded(entry.value, Start.REFERENCE, f"`{entry.key.value}`"),
        )
        for entry in entries
        if entry.key.value not in COMMON_NAMES
    )
    described = Fields(file, what, keys.DIMENSION, common, tree.span).common() if common else Common()
    if not paths and (common or is_empty(tree)):
        Fields(file, what, keys.DIMENSION, {}, name.span).missing("entity: path")
    return DimensionDecl(name, paths, described, span=name.span.to(tree.span))
