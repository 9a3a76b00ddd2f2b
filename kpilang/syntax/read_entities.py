"""The sections `entities`, `bindings` and `dimensions`: what the rows are and where they come from."""

from __future__ import annotations

from kpilang.syntax.fields import COMMON, Fields, File, is_empty, named
from kpilang.syntax.spec import (
    AttributeDecl,
    BindingDecl,
    ColumnDecl,
    Common,
    DimensionDecl,
    Embedded,
    EntityDecl,
    Start,
    Text,
)
from kpilang.syntax.yaml_tree import Mapping, Tree

_ENTITY_KEYS = (
    "table",
    "file",
    "query",
    "each",
    "where",
    "key",
    "time",
    "columns",
    "attributes",
    "rules",
    "carry",
    "valid",
    "recorded",
    "duplicates",
    "covers",
    "unit",
    *COMMON,
)
_COLUMN_KEYS = ("type", "column", "value", "unit", *COMMON)
_ATTRIBUTE_KEYS = ("formula", "unit", *COMMON)
_BINDING_KEYS = (
    "source",
    "table",
    "file",
    "query",
    "where",
    "values",
    "key",
    "time",
    "recorded",
    "duplicates",
    "covers",
    *COMMON,
)


def read_entity(file: File, name: Text, tree: Tree) -> EntityDecl:
    """One entry of `entities`."""
    fields = file.fields(tree, f"entity `{name.value}`", _ENTITY_KEYS, name.span)
    return EntityDecl(
        name,
        table=fields.text("table"),
        file=fields.text("file"),
        query=fields.query("query"),
        each=fields.embedded("each", Start.REFERENCE),
        where=fields.embedded("where", Start.CONDITION),
        key=fields.names("key"),
        time=fields.embedded("time", Start.REFERENCE),
        columns=tuple(_column(file, *pair) for pair in named(fields.entries("columns"), file)),
        attributes=tuple(_attribute(file, *pair) for pair in named(fields.entries("attributes"), file)),
        rules=fields.embeddeds("rules", Start.CONDITION),
        carry=fields.names("carry"),
        valid=fields.embedded("valid", Start.VALID),
        recorded=_recorded(fields),
        duplicates=fields.embedded("duplicates", Start.DUPLICATES),
        covers=fields.embedded("covers", Start.COVERS),
        unit=fields.name("unit"),
        common=fields.common(),
        span=name.span.to(tree.span),
    )


def _column(file: File, name: Text, tree: Tree) -> ColumnDecl:
    """A type, or a map with one."""
    span = name.span.to(tree.span)
    if not isinstance(tree, Mapping):
        return ColumnDecl(name, file.embedded(tree, Start.COLUMN_TYPE, f"column `{name.value}`"), span=span)
    fields = file.fields(tree, f"column `{name.value}`", _COLUMN_KEYS, name.span)
    return ColumnDecl(
        name,
        fields.required("type", Start.COLUMN_TYPE),
        physical=fields.text("column"),
        value=fields.embedded("value", Start.FORMULA),
        unit=fields.name("unit"),
        common=fields.common(),
        span=span,
    )


def _attribute(file: File, name: Text, tree: Tree) -> AttributeDecl:
    """A formula, or a map with one."""
    span = name.span.to(tree.span)
    if not isinstance(tree, Mapping):
        return AttributeDecl(name, file.embedded(tree, Start.FORMULA, f"attribute `{name.value}`"), span=span)
    fields = file.fields(tree, f"attribute `{name.value}`", _ATTRIBUTE_KEYS, name.span)
    return AttributeDecl(
        name,
        fields.required("formula", Start.FORMULA),
        unit=fields.name("unit"),
        common=fields.common(),
        span=span,
    )


def _recorded(fields: Fields) -> Embedded | tuple[tuple[Text, Embedded], ...] | None:
    """One column for the whole row, or one for each column that is recorded by itself."""
    if isinstance(fields.values.get("recorded"), Mapping):
        return fields.pairs("recorded", Start.REFERENCE)
    return fields.embedded("recorded", Start.REFERENCE)


def read_binding(file: File, entity: Text, tree: Tree) -> BindingDecl:
    """One source of an entity: an item of its list in `bindings`."""
    fields = file.fields(tree, f"a binding of `{entity.value}`", _BINDING_KEYS)
    return BindingDecl(
        entity,
        source=fields.name("source"),
        table=fields.text("table"),
        file=fields.text("file"),
        query=fields.query("query"),
        where=fields.embedded("where", Start.CONDITION),
        values=fields.pairs("values", Start.FORMULA),
        key=fields.names("key"),
        time=fields.embedded("time", Start.REFERENCE),
        recorded=_recorded(fields),
        duplicates=fields.embedded("duplicates", Start.DUPLICATES),
        covers=fields.embedded("covers", Start.COVERS),
        span=tree.span,
    )


def read_dimension(file: File, name: Text, tree: Tree) -> DimensionDecl:
    """Entities with the path to the dimension in each, among the keys that every entry may have."""
    what = f"dimension `{name.value}`"
    entries = file.entries(tree, what)
    common = {entry.key.value: entry.value for entry in entries if entry.key.value in COMMON}
    paths = tuple(
        (file.name(entry.key), file.embedded(entry.value, Start.REFERENCE, f"`{entry.key.value}`"))
        for entry in entries
        if entry.key.value not in COMMON
    )
    described = Fields(file, what, common, tree.span).common() if common else Common()
    if not paths and (common or is_empty(tree)):
        Fields(file, what, {}, name.span).missing("entity: path")
    return DimensionDecl(name, paths, described, span=name.span.to(tree.span))
