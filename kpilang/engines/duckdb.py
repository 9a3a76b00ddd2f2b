"""DuckDB, embedded: data files, a database file, or both; nothing to install, no server.

A query runs in an in-memory database made for it (`workspace`), after every table and column it reads has
been held against the spec (`check`). What goes wrong is a finding (`failures`), never a traceback.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

import duckdb

from kpilang import __version__, errors, ir
from kpilang.diagnostics import Diagnostics, KpilangError
from kpilang.engines import Statement, Target, failures, links, sqltext, values, workspace
from kpilang.engines import errors as engine_errors
from kpilang.engines.catalogue import Catalogue, data_tables
from kpilang.engines.check import check
from kpilang.engines.datafiles import DataTable
from kpilang.engines.failures import Scene
from kpilang.engines.needs import Needs, columns_read, needs_of
from kpilang.engines.reach import Reach
from kpilang.engines.workspace import Columns, Connection, Place
from kpilang.results import Result
from kpilang.source import NOWHERE, Span

Rows = list[tuple[object, ...]]


class Engine:
    """A target of `engine: duckdb`. Opens its data anew for each query, so files may change in between."""

    dialect = "duckdb"

    def __init__(self, target: Target) -> None:
        self.target = target

    def run(self, statement: Statement, query: ir.Query, as_of: datetime) -> Result:
        """The rows of the query. `KpilangError` where the data are not as declared or DuckDB fails."""
        return values.result(self._rows(statement, query), query, as_of)

    def extent(self, statement: Statement, query: ir.Query) -> tuple[object, ...] | None:
        """The only row of a statement over the tables of `query`."""
        return next(iter(self._rows(statement, query)), None)

    def close(self) -> None:
        """Nothing stays open between queries."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _rows(self, statement: Statement, query: ir.Query) -> Rows:
        reach = Reach.of(query)
        scene = Scene(self.target.folder, _places(reach))
        with workspace.connect() as connection:

            def work() -> Rows:
                self._prepare(connection, reach, scene)
                return _answered(connection, statement, scene)

            return _interruptible(connection, work)

    # ------------------------------------------------------------------ tables

    def _prepare(self, connection: Connection, reach: Reach, scene: Scene) -> None:
        """Views for all that the query reads, checked; raises what is wrong, all at once."""
        diags = Diagnostics()
        needs = needs_of(reach, self.dialect, diags)
        catalogue = self._catalogue(connection, scene, diags) if needs.tables else Catalogue(self.target, ())
        raise_errors(diags)
        places = {
            key: catalogue.find(need, Diagnostics() if need.is_optional else diags)
            for key, need in needs.tables.items()
        }
        raise_errors(diags)
        found = {key: place for key, place in places.items() if place is not None}
        workspace.make_room(connection, [need.name for need in needs.tables.values()])
        workspace.lock(connection, _files(found.values()))
        there = _views(workspace.Views(connection, scene, diags), reach, needs, found)
        check(reach, there, diags)
        raise_errors(diags)

    def _catalogue(self, connection: Connection, scene: Scene, diags: Diagnostics) -> Catalogue:
        files = data_tables(self.target, diags)
        self._refuse_settings(diags)
        if self.target.database is None:
            return Catalogue(self.target, files)
        name, span = self.target.database
        path = self.target.folder / name
        schema = self.target.schema[0] if self.target.schema is not None else "main"
        stored: Iterable[tuple[str, ...]] = ()
        if not path.is_file():
            diags.add(engine_errors.missing_database(name, self.target.folder.name or ".", span))
        else:
            try:
                connection.execute(sqltext.attach(str(path), workspace.DATABASE, read_only=True))
                stored = _stored(connection)
                self._find_schema(name, stored, diags)
            except duckdb.Error as error:
                diags.add(failures.unopened(error, name, span, scene))
        return Catalogue(self.target, files, tuple(stored), schema, path.stem)

    def _refuse_settings(self, diags: Diagnostics) -> None:
        """What would be left out in silence."""
        if self.target.url is not None:
            help = "name the file of the database by `database:`"
            diags.add(engine_errors.unusable_setting("url", "duckdb", help, self.target.url[1]))
        if self.target.schema is not None and self.target.database is None:
            help = "a schema is one of a `database:`; data files have the name of their folder before theirs"
            diags.add(engine_errors.unusable_setting("schema", "duckdb", help, self.target.schema[1]))

    def _find_schema(self, database: str, stored: Iterable[tuple[str, ...]], diags: Diagnostics) -> None:
        if self.target.schema is None:
            return
        name, span = self.target.schema
        known = {table[0] for table in stored}
        if name.casefold() not in {schema.casefold() for schema in known}:
            diags.add(engine_errors.unknown_schema(name, database, known, span))


def fetch(connection: Connection, statement: Statement, scene: Scene | None = None) -> Rows:
    """The rows of a statement on any connection in UTC, times as times of UTC without a zone."""
    return _interruptible(connection, lambda: _answered(connection, statement, scene or Scene()))


def _answered(connection: Connection, statement: Statement, scene: Scene) -> Rows:
    try:
        return _fetched(connection, statement)
    except duckdb.Error as error:
        found = failures.failure(error, scene)
        if found is None:
            found = errors.refused_sql("DuckDB", failures.first_line(error), __version__)
        raise KpilangError(found) from error


def _fetched(connection: Connection, statement: Statement) -> Rows:
    relation = connection.sql(statement.text, params=list(statement.parameters) or None)
    return _without_zones(relation).fetchall()


def _interruptible(connection: Connection, work: Callable[[], Rows]) -> Rows:
    """In a thread of its own, so that no Ctrl-C is lost: DuckDB looks for it only while it computes."""
    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(work)
        try:
            return future.result()
        except KeyboardInterrupt:
            # again and again, for an interrupt before the query has begun is forgotten
            while not future.done():
                connection.interrupt()
                wait((future,), timeout=0.05)
            raise


def execute(connection: Connection, statement: Statement, query: ir.Query, as_of: datetime) -> Result:
    """The result on a connection whose tables are there already, unchecked: for tests and generated rows."""
    return values.result(fetch(connection, statement), query, as_of)


def raise_errors(diags: Diagnostics) -> None:
    if diags.has_errors:
        raise KpilangError(*diags)


def _without_zones(relation: duckdb.DuckDBPyRelation) -> duckdb.DuckDBPyRelation:
    """DuckDB needs a package of its own to hand over times with a zone; in UTC they say nothing more."""
    if not any(type_.id == "timestamp with time zone" for type_ in relation.types):
        return relation
    columns = []
    for name, type_ in zip(relation.columns, relation.types, strict=True):
        column: duckdb.Expression = duckdb.ColumnExpression(name)
        if type_.id == "timestamp with time zone":
            column = duckdb.FunctionExpression("timezone", duckdb.ConstantExpression("UTC"), column)
        columns.append(column.alias(name))
    return relation.select(*columns)


def _views(
    views: workspace.Views, reach: Reach, needs: Needs, places: Mapping[links.Key, Place]
) -> dict[str, Columns]:
    """The physical columns of each entity, views made anew until ids that meet are of one type."""
    whole = links.Whole()
    text_tables = {key for key, place in places.items() if _is_text(place)}
    while True:
        made = {key: views.make(needs.tables[key], place, whole.of(key)) for key, place in places.items()}
        there = _entities(views, reach, needs, made)
        if views.diags.has_errors or not whole.grow(reach, there, text_tables):
            return there


def _entities(
    views: workspace.Views, reach: Reach, needs: Needs, made: Mapping[links.Key, Columns | None]
) -> dict[str, Columns]:
    there: dict[str, Columns] = {}
    for entity in (*reach.entities(), *reach.around()):
        key = links.key_of(entity)
        columns = made.get(key) if key is not None else None
        if columns is not None:
            there[entity.name] = columns
        elif entity.name in needs.texts and not views.diags.has_errors:
            columns = _query_columns(views, entity, needs.texts[entity.name], reach.is_read(entity))
            if columns is not None:
                there[entity.name] = columns
    return there


def _query_columns(views: workspace.Views, entity: ir.Entity, text: str, is_needed: bool) -> Columns | None:
    try:
        return workspace.columns_of(views.connection, text)
    except duckdb.Error as error:
        if is_needed:
            words = views.scene.words(error)
            views.diags.add(engine_errors.query_failed(entity.name, words, entity.span))
        return None


def _places(reach: Reach) -> dict[str, Span]:
    """Where physical columns are declared; of those that two entities have, none."""
    found: dict[str, Span] = {}
    for entity in reach.entities():
        for column, path in columns_read(entity, reach):
            word = path[0].casefold()
            found[word] = NOWHERE if word in found else column.span
    return found


def _is_text(place: Place) -> bool:
    return isinstance(place, DataTable) and place.format.has_no_types


def _files(places: Iterable[Place]) -> list[Path]:
    return [file for place in places if isinstance(place, DataTable) for file in place.files]


def _stored(connection: Connection) -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = []
    for listing, name in (("duckdb_tables", "table_name"), ("duckdb_views", "view_name")):
        found += connection.execute(sqltext.listing(listing, name, workspace.DATABASE)).fetchall()
    return sorted(found)
