"""The rows of a test: a few columns of a few rows, made into rows of the whole model.

A test gives the values that matter. What the query reads and a row leaves out is filled in: keys with values
of their own, a reference with the only row it can mean, anything that may be null with null; the rest has to
be given. Entities stand on the rows of the test, whatever table or binding they have otherwise. A name is
that of a declared column, whose `value:` then plays no part, or of a column of the table that one reads.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from kpilang import ir
from kpilang.diagnostics import Diagnostics
from kpilang.engines.reach import Reach
from kpilang.nodes import walk
from kpilang.semantics.catalog import Catalog
from kpilang.source import Span
from kpilang.syntax.spec import TestDecl
from kpilang.testing import errors
from kpilang.types import Kind

Row = dict[str, Any]
Rows = dict[str, list[Row]]


def made_of_given(
    query: ir.Query, catalog: Catalog, test: TestDecl, diags: Diagnostics
) -> tuple[ir.Query, Rows]:
    """The query over the rows of the test, and these rows as it reads them; what is wrong is added."""
    names_here = catalog.at(test.span).names
    given = {names_here.canonical(name.value): rows for name, rows in test.given}
    names = {name: {key for _, row in rows for key in _keys(row)} for name, rows in given.items()}
    entities = tuple(_as_given(entity, names.get(entity.name, set())) for entity in query.model.entities)
    model = dataclasses.replace(query.model, entities=entities)
    changed = dataclasses.replace(query, model=model)
    reach = Reach.of(changed)
    made = {
        entity.name: [_typed(entity, row, span, diags) for span, row in given.get(entity.name, ())]
        for entity in entities
    }
    for entity in entities:
        _fill_keys(entity, made)
    for entity in entities:
        read = {column.name for column in reach.used(entity)} if entity.name in reach.columns else set()
        spans = [span for span, _ in given.get(entity.name, ())]
        for row, span in zip(made[entity.name], spans, strict=True):
            _fill(entity, read, row, model, made, span, diags)
    return changed, made


def check_given(catalog: Catalog, test: TestDecl, diags: Diagnostics) -> None:
    """Whether all that is given belongs to the model."""
    here = catalog.at(test.span)
    for name, rows in test.given:
        if name.value not in here.names.entities:
            diags.add(errors.no_such_entity(name.value, here.names.of_rows(), name.span))
            continue
        entity = here.whole_entity(name.value)
        if entity is None:
            continue
        made_of = _made_of(entity.origin)
        if made_of and rows:
            diags.add(errors.made_of_others(entity.name, made_of, name.span))
            continue
        known = [column.name for column in entity.columns] + list(_raw_names(entity))
        for span, row in rows:
            for key in _keys(row):
                if key not in known:
                    diags.add(errors.no_such_column(entity.name, key, known, span))


def _keys(row: object) -> tuple[str, ...]:
    return tuple(row) if isinstance(row, Mapping) else ()


def _made_of(origin: ir.Origin | None) -> tuple[str, ...]:
    match origin:
        case ir.Each(source):
            return (source,)
        case ir.Credits():
            return tuple(dict.fromkeys((origin.conversions, origin.touches)))
        case _:
            return ()


# ---------------------------------------------------------------------------- the model of the test


def _as_given(entity: ir.Entity, names: set[str]) -> ir.Entity:
    """The entity on a table of its own name with the columns that the rows name."""
    if _made_of(entity.origin):
        return entity
    columns = tuple(_column(column, names) for column in entity.columns)
    where = entity.where if _is_given(entity.where, entity, names) else None
    keeps_versions = entity.duplicates is not None and names.issuperset(entity.duplicates.by)
    return dataclasses.replace(
        entity,
        origin=ir.Table((entity.name,)),
        columns=columns,
        where=where,
        recorded=entity.recorded if entity.recorded in names else None,
        duplicates=entity.duplicates if keeps_versions else None,
    )


def _column(column: ir.Column, names: set[str]) -> ir.Column:
    recorded = column.recorded if column.recorded in names else None
    is_computed = (
        column.value is not None and column.name not in names and names.intersection(_raws(column.value))
    )
    if is_computed or (column.reference is not None and len(column.reference.columns) > 1):
        return dataclasses.replace(column, recorded=recorded)
    return dataclasses.replace(column, physical=column.name, value=None, recorded=recorded)


def _is_given(where: ir.Expr | None, entity: ir.Entity, names: set[str]) -> bool:
    """Whether some row says anything about who exists; else all that are given do."""
    if where is None:
        return False
    read = {node.name for node in walk(where) if isinstance(node, ir.Field)}
    raw = {
        name
        for column in entity.columns
        if column.name in read and column.value
        for name in _raws(column.value)
    }
    return bool(names & (read | raw))


def _raws(value: ir.Expr) -> Iterator[str]:
    return (node.path[0] for node in walk(value) if isinstance(node, ir.Raw))


def _raw_names(entity: ir.Entity) -> Iterator[str]:
    for column in entity.columns:
        if column.value is not None:
            yield from _raws(column.value)


# ---------------------------------------------------------------------------- values


def _typed(entity: ir.Entity, row: object, span: Span, diags: Diagnostics) -> Row:
    typed: Row = {}
    for name, value in row.items() if isinstance(row, Mapping) else ():
        column = entity.column(name)
        if column is None or column.value is not None:
            typed[name] = _by_look(value)
            continue
        try:
            typed[name] = _value(column, value)
        except (ValueError, ArithmeticError):
            wanted, found = _wanted(column), "null" if value is None else f"`{value}`"
            diags.add(errors.wrong_value(entity.name, name, wanted, found, span))
            typed[name] = None
    return typed


def _wanted(column: ir.Column) -> str:
    if column.type.enumeration is not None:
        return "one of " + ", ".join(f"'{word}'" for word in column.type.enumeration.words)
    return f"{column.type}" + ("" if not column.type.nullable else " or null")


def _value(column: ir.Column, value: Any) -> Any:
    """`ValueError` where it is not of the column's type."""
    type_ = column.type
    if value is None:
        if not type_.nullable:
            raise ValueError
        return None
    match type_.kind:
        case Kind.ID:
            return _of(value, int, str)
        case Kind.STRING:
            return str(_of(value, str, int, Decimal))
        case Kind.ENUM:
            assert type_.enumeration is not None, "an enum has words"
            if str(value) not in type_.enumeration.words:
                raise ValueError
            return str(value)
        case Kind.BOOL:
            return _of(value, bool)
        case Kind.INTEGER:
            return _of(value, int)
        case Kind.NUMBER | Kind.PERCENT | Kind.DURATION:
            number = _number(value)
            return float(number) if type_.is_double else number
        case Kind.DATE:
            return date.fromisoformat(_of(value, str))
        case Kind.TIMESTAMP:
            return datetime.fromisoformat(_of(value, str))
        case _:
            raise ValueError


def _of(value: Any, *types: type) -> Any:
    if not isinstance(value, types) or (isinstance(value, bool) and bool not in types):
        raise ValueError
    return value


def _number(value: Any) -> Decimal:
    """Also as a share: `25%`."""
    if isinstance(value, str) and value.endswith("%"):
        return Decimal(value[:-1].strip()) / 100
    return Decimal(_of(value, int, Decimal))


def _by_look(value: Any) -> Any:
    """Of a column of the table, whose type nobody declares."""
    if isinstance(value, Mapping):
        return {name: _by_look(inner) for name, inner in value.items()}
    if isinstance(value, str):
        for read in (date.fromisoformat, datetime.fromisoformat):
            try:
                return read(value)
            except ValueError:
                continue
    return value


# ---------------------------------------------------------------------------- what is left out


def _fill_keys(entity: ir.Entity, made: Mapping[str, Sequence[Row]]) -> None:
    """Each row that has no key gets one that no other row has."""
    for name in entity.key:
        column = entity.column(name)
        if column is None or column.reference is not None:
            continue
        taken = {row[name] for row in made[entity.name] if name in row}
        fresh = _fresh(column, taken)
        for row in made[entity.name]:
            if name not in row:
                row[name] = next(fresh)


def _fresh(column: ir.Column, taken: Iterable[Any]) -> Iterator[Any]:
    seen = set(taken)
    is_text = column.type.kind is Kind.STRING or any(isinstance(value, str) for value in seen)
    number = 0
    while True:
        number += 1
        value = f"row {number}" if is_text else number
        if value not in seen:
            yield value


def _fill(
    entity: ir.Entity,
    read: set[str],
    row: Row,
    model: ir.Model,
    made: Mapping[str, Sequence[Row]],
    span: Span,
    diags: Diagnostics,
) -> None:
    for column in entity.columns:
        if column.name not in read or column.name in row or column.physical is None:
            continue
        only = _only_target(column, model, made)
        if only is not None:
            row[column.name] = only
        elif column.type.nullable:
            row[column.name] = None
        else:
            diags.add(errors.not_given(entity.name, column.name, span))


def _only_target(column: ir.Column, model: ir.Model, made: Mapping[str, Sequence[Row]]) -> Any:
    """The key of the only row that a reference which is never null can mean."""
    if column.reference is None or column.type.nullable:
        return None
    target = model.entity(column.reference.target)
    rows = made.get(target.name, ())
    return rows[0].get(target.key[0]) if len(rows) == 1 and len(target.key) == 1 else None
