"""An in-memory DuckDB in which each table that a query needs is a view under the name the query uses.

Data files and the tables of a database are looked up by `catalogue`; every view reads its columns as
declared. Time zone UTC, no extensions, no network, no files but those of the target, nothing written.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import duckdb
from duckdb.sqltypes import DuckDBPyType
from sqlglot import exp

from kpilang.diagnostics import Diagnostics
from kpilang.engines import csvfiles, errors, jsonfiles, sqltext, textual
from kpilang.engines.datafiles import DataTable, Format
from kpilang.engines.failures import Scene
from kpilang.engines.needs import Name, Need
from kpilang.engines.physical import Physical, physical
from kpilang.engines.textual import Reading
from kpilang.types import Kind

Connection = duckdb.DuckDBPyConnection
Place = DataTable | Name
"""Data files, or schema and name of a table of the database."""
DATABASE = "kpilang database"
"""The alias of the target's database; views hide it."""

_CONFIG = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "python_enable_replacements": "false",
    "disabled_optimizers": "common_subplan",  # loses rows: tests/upstream/test_duckdb.py
}


@dataclass(frozen=True, slots=True)
class Columns:
    """Columns of a view or query by name, in order, with their physical types."""

    types: Mapping[str, DuckDBPyType] = field(default_factory=dict)

    def name(self, column: str) -> str | None:
        """The column's own spelling; upper and lower case are one, as in DuckDB."""
        if column in self.types:
            return column
        return next((name for name in self.types if name.casefold() == column.casefold()), None)

    def physical(self, path: tuple[str, ...]) -> Physical | None:
        """The type at a path into structs; None where there is no such column or field."""
        name = self.name(path[0])
        type_ = self.types[name] if name is not None else None
        for step in path[1:]:
            type_ = _field(type_, step)
        return _physical(type_) if type_ is not None else None


def connect() -> Connection:
    """An empty in-memory DuckDB in UTC that loads nothing by itself and does not see Python's variables."""
    connection = duckdb.connect(":memory:", config=dict(_CONFIG))
    connection.execute(sqltext.setting("TimeZone", sqltext.string("UTC")))
    spill = os.path.join(tempfile.gettempdir(), f"kpilang-{os.getpid()}-{id(connection):x}")
    connection.execute(sqltext.setting("temp_directory", sqltext.string(spill)))
    return connection


def lock(connection: Connection, files: Iterable[os.PathLike[str]]) -> None:
    """From here on no file can be read but these, none written, and no setting changed."""
    paths = sqltext.list_of(os.fspath(file) for file in files)
    connection.execute(sqltext.setting("allowed_paths", paths))
    connection.execute(sqltext.setting("enable_external_access", exp.false()))
    connection.execute(sqltext.setting("lock_configuration", exp.true()))


def columns_of(connection: Connection, rows: str) -> Columns:
    """The columns of a query, which is bound but not run."""
    relation = connection.sql(rows)
    return Columns(dict(zip(relation.columns, relation.types, strict=True)))


def make_room(connection: Connection, names: Iterable[tuple[str, ...]]) -> None:
    """Catalogs and schemas for views with more than one name."""
    catalogs = {name[0] for name in names if len(name) == 3}
    for catalog in sorted(catalogs):
        connection.execute(sqltext.attach(":memory:", catalog))
    for path in sorted({name[:-1] for name in names if len(name) > 1}):
        connection.execute(sqltext.schema(path))


# ---------------------------------------------------------------------------- views


@dataclass(frozen=True)
class Views:
    """Makes views over places; what cannot be read is added to `diags`."""

    connection: Connection
    scene: Scene
    diags: Diagnostics

    def make(self, need: Need, place: Place, whole_ids: frozenset[str]) -> Columns | None:
        """The view for `need`, and its columns; `whole_ids` names ids of text that are numbers."""
        try:
            rows = self._rows(need, place, whole_ids)
            self.connection.execute(sqltext.view(need.name, rows))
            return self._columns(exp.select(exp.Star()).from_(sqltext.table(need.name)))
        except csvfiles.UNREADABLE as error:
            self._unreadable(need, place, str(error))
        except duckdb.Error as error:
            self._unreadable(need, place, self.scene.words(error))
        return None

    def _unreadable(self, need: Need, place: Place, words: str) -> None:
        is_one = isinstance(place, DataTable) and len(place.files) == 1
        shown = place.files[0].name if isinstance(place, DataTable) and is_one else ".".join(need.name)
        if not need.is_optional:
            self.diags.add(errors.unreadable_data(f"`{shown}`", words, need.span))

    def _columns(self, rows: exp.Select) -> Columns:
        return columns_of(self.connection, sqltext.text(rows))

    def _rows(self, need: Need, place: Place, whole_ids: frozenset[str]) -> exp.Select:
        if not isinstance(place, DataTable):
            return self._typed(exp.select(exp.Star()).from_(sqltext.table((DATABASE, *place))))
        has_partitions = bool(place.partitions)
        known: dict[str, Reading | None]
        match place.format:
            case Format.CSV:
                rows = csvfiles.rows(place.files, has_partitions)
                known = dict.fromkeys(self._columns(rows).types)
            case Format.JSON:
                rows, known = jsonfiles.rows(self.connection, place.files, has_partitions)
            case Format.PARQUET:
                rows = self._typed(_parquet(place))
                known = dict.fromkeys(place.partitions)
        return self._converted(need, rows, known, whole_ids)

    def _typed(self, rows: exp.Select) -> exp.Select:
        """DuckDB orders enums as declared, not by code point (law 8); other precisions do not compare."""
        changed: dict[str, exp.Expression] = {}
        for name, type_ in self._columns(rows).types.items():
            if type_.id == "enum":
                changed[name] = sqltext.cast(sqltext.column(name), "VARCHAR")
            elif type_.id in ("timestamp_s", "timestamp_ms", "timestamp_ns"):
                changed[name] = sqltext.cast(sqltext.column(name), "TIMESTAMP")
        return sqltext.replacing(rows, changed)

    def _converted(
        self, need: Need, rows: exp.Select, text: Mapping[str, Reading | None], whole_ids: frozenset[str]
    ) -> exp.Select:
        """Columns of text read as declared, those nobody declares by what they hold."""
        readings: dict[str, Reading] = {}
        unknown = []
        for name, otherwise in text.items():
            key = name.casefold()
            declared = need.declared.get(key)
            if declared is not None:
                is_whole = declared.type.kind is Kind.ID and key in whole_ids
                readings[name] = Reading(declared.type, declared.zone, is_whole)
            elif otherwise is not None:
                readings[name] = otherwise
            elif need.undeclared is None or key in need.undeclared:
                unknown.append(name)
        readings.update(self._by_content(rows, unknown))
        made = {name: textual.read_as(name, reading) for name, reading in readings.items()}
        return sqltext.replacing(rows, {name: value for name, value in made.items() if value is not None})

    def _by_content(self, rows: exp.Select, columns: list[str]) -> dict[str, Reading]:
        if not columns:
            return {}
        facts = self.connection.execute(sqltext.text(textual.evidence(columns, rows))).fetchone() or ()
        return {name: textual.found(*facts[2 * i : 2 * i + 2]) for i, name in enumerate(columns)}


def _parquet(table: DataTable) -> exp.Select:
    return sqltext.rows_of(
        sqltext.call(
            "read_parquet",
            sqltext.files(table.files),
            union_by_name=exp.true() if len(table.files) > 1 else exp.false(),
            hive_partitioning=exp.true() if table.partitions else exp.false(),
            hive_types_autocast=exp.false(),
        )
    )


# ---------------------------------------------------------------------------- DuckDB's types


def _field(type_: DuckDBPyType | None, name: str) -> DuckDBPyType | None:
    if type_ is None or type_.id != "struct":
        return None
    for key, child in type_.children:
        if key.casefold() == name.casefold() and isinstance(child, DuckDBPyType):
            return child
    return None


def _physical(type_: DuckDBPyType) -> Physical:
    name = str(type_)
    scale = dict(type_.children).get("scale", 0) if type_.id == "decimal" else 0
    return physical(name, "json" if name == "JSON" else type_.id, int(str(scale)))
