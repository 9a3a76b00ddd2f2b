"""What a query needs of a target, before anything is opened: tables, and how text is to be read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise, product
from typing import assert_never

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from kpilang import ir
from kpilang.diagnostics import Diagnostics
from kpilang.engines import errors, sqltext
from kpilang.engines.reach import Reach
from kpilang.engines.textual import Reading, agree
from kpilang.nodes import walk
from kpilang.source import Span
from kpilang.types import Kind

IdColumn = tuple[str, ir.Column]
"""A column of ids with the name of its entity."""
Name = tuple[str, ...]
"""One to three names of a table; the pattern alone of a file."""


@dataclass
class Need:
    """A table or file that has to be there.

    `declared` says how each physical column is declared, by its name in lower case; `undeclared` are names of
    columns that expressions use, None for all: what a `query:` takes is not known. Where only the type of an
    id is looked for, nothing is missing if the table is (`is_optional`).
    """

    name: Name
    is_file: bool
    entity: str
    span: Span
    declared: dict[str, Reading] = field(default_factory=dict)
    undeclared: set[str] | None = field(default_factory=set)
    is_optional: bool = False

    def declare(self, column: str, reading: Reading) -> None:
        key = column.casefold()
        before = self.declared.get(key)
        self.declared[key] = reading if before is None else agree(before, reading)


@dataclass
class Needs:
    """By name, in the order in which the model has the entities; `texts` are the queries of entities."""

    tables: dict[tuple[Name, bool], Need] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)

    def table(self, name: Name, entity: ir.Entity, is_optional: bool, is_file: bool = False) -> Need:
        need = Need(name, is_file, entity.name, entity.span, is_optional=is_optional)
        return self.tables.setdefault((name, is_file), need)


def needs_of(reach: Reach, engine: str, diags: Diagnostics) -> Needs:
    """Of all entities that are reached; a finding for a query that is no SQL."""
    needs = Needs()
    for entity in reach.entities():
        _add(needs, entity, reach, engine, False, diags)
    for entity in reach.around():
        _add(needs, entity, reach, engine, True, Diagnostics())
    return needs


def _add(
    needs: Needs, entity: ir.Entity, reach: Reach, engine: str, is_optional: bool, diags: Diagnostics
) -> None:
    match entity.origin:
        case None:
            assert is_optional, "the planner refuses an entity without rows"
        case ir.Table(parts):
            _declare(needs.table(parts, entity, is_optional), entity, reach)
        case ir.File(pattern):
            _declare(needs.table((pattern,), entity, is_optional, is_file=True), entity, reach)
        case ir.SqlText(texts):
            _add_query(needs, entity, dict(texts), engine, is_optional, diags)
        case ir.Each() | ir.Union() | ir.Credits():
            raise AssertionError("places hold rows themselves")
        case _:
            assert_never(entity.origin)


def columns_read(entity: ir.Entity, reach: Reach) -> Iterator[tuple[ir.Column, tuple[str, ...]]]:
    """Columns that stand for one physical column, with its name, or its path into a struct."""
    for column in reach.used(entity):
        path = physical_path(column)
        if path is not None:
            yield column, path


def physical_path(column: ir.Column) -> tuple[str, ...] | None:
    if isinstance(column.value, ir.Raw):
        return column.value.path
    return (column.physical,) if column.value is None and column.physical is not None else None


def raws(entity: ir.Entity, reach: Reach) -> Iterator[ir.Raw]:
    """Physical columns named in expressions over the table."""
    values: Iterable[ir.Expr | None] = (*(column.value for column in reach.used(entity)), entity.where)
    for value in values:
        yield from (node for node in walk(value) if isinstance(node, ir.Raw)) if value is not None else ()


def _declare(need: Need, entity: ir.Entity, reach: Reach) -> None:
    for column, path in columns_read(entity, reach):
        if len(path) == 1:
            need.declare(path[0], Reading(column.type, column.zone))
    if need.undeclared is not None:
        need.undeclared.update(raw.path[0].casefold() for raw in raws(entity, reach))


def _add_query(
    needs: Needs,
    entity: ir.Entity,
    texts: dict[str, str],
    engine: str,
    is_optional: bool,
    diags: Diagnostics,
) -> None:
    text = texts.get(engine, texts.get("", ""))
    try:
        parsed = sqlglot.parse_one(text, dialect=sqltext.DIALECT)
    except SqlglotError as error:
        diags.add(errors.query_failed(entity.name, _first_words(error), entity.span))
        return
    needs.texts[entity.name] = text
    for name in tables_in(parsed):
        needs.table(name, entity, is_optional).undeclared = None


def tables_in(query: exp.Expr) -> list[Name]:
    """Tables that the query reads and does not define itself, in the order written."""
    defined = {cte.alias_or_name.casefold() for cte in query.find_all(exp.CTE)}
    found: dict[Name, None] = {}
    for table in query.find_all(exp.Table):
        if isinstance(table.this, exp.Identifier):
            name = tuple(part.name for part in table.parts)
            if len(name) > 1 or name[0].casefold() not in defined:
                found[name] = None
    return list(found)


def id_links(reach: Reach) -> Iterator[tuple[IdColumn, IdColumn]]:
    """Pairs of columns that hold the same ids: a reference and its key, two columns of one dimension."""
    reached = {
        e.name: e for e in reach.model.entities if e.name in reach.columns or e.name in reach.neighbours
    }
    yield from _within_dimensions(reach, reached)
    for entity in reached.values():
        if isinstance(entity.origin, ir.Credits):
            yield from _within_credits(reach, entity.origin)
        for column in reach.used(entity):
            target = reached.get(column.reference.target) if column.reference is not None else None
            if column.reference is None or target is None:
                continue
            for own, key in zip(column.reference.columns, target.key, strict=False):
                ends = product(_ends(reach, entity.name, own), _ends(reach, target.name, key))
                yield from ((one, other) for one, other in ends if other[1].type.kind is not Kind.ERROR)


def _ends(reach: Reach, entity: str, column: str) -> Iterator[IdColumn]:
    """The columns that a column stands for, where its rows lie."""
    origin = reach.model.entity(entity).origin
    if isinstance(origin, ir.Each):
        yield from _ends(reach, origin.entity, column)
    if isinstance(origin, ir.Credits):
        yield from _ends_of_credit(reach, entity, column)
    for place in reach.places[entity]:
        found = place.column(column)
        if found is not None:
            yield place.name, found


def _ends_of_credit(reach: Reach, entity: str, column: str) -> Iterator[IdColumn]:
    """A credit holds the keys of its conversion and of its touch."""
    for reference in (other.reference for other in reach.model.entity(entity).columns):
        if reference is not None and column in reference.columns:
            key = reach.model.entity(reference.target).key[reference.columns.index(column)]
            yield from _ends(reach, reference.target, key)


def _within_credits(reach: Reach, credits: ir.Credits) -> Iterator[tuple[IdColumn, IdColumn]]:
    """What conversions and touches share."""
    for ours, theirs in credits.keys:
        if isinstance(ours, ir.Field) and isinstance(theirs, ir.Field) and ours.type.kind is Kind.ID:
            yield from product(_ends(reach, ours.owner, ours.name), _ends(reach, theirs.owner, theirs.name))


def _within_dimensions(reach: Reach, reached: dict[str, ir.Entity]) -> Iterator[tuple[IdColumn, IdColumn]]:
    for dimension in reach.dimensions:
        fields = [path for _, path in dimension.paths if isinstance(path, ir.Field) and path.owner in reached]
        columns = (end for field in fields for end in _ends(reach, field.owner, field.name))
        yield from pairwise(end for end in columns if end[1].type.kind is Kind.ID)


def _first_words(error: SqlglotError) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else "it is no SQL"
