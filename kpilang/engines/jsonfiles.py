"""JSON files: an array of objects, or one object a line; objects within objects become structs.

What JSON has a type for keeps it (truth values, whole numbers, structs, lists). Texts are read as text,
also those that look like days or times, and are converted by the column's declaration; so are numbers with
a point, which arrive as the shortest decimal of their double: up to 15 digits that is what was written.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import duckdb
from sqlglot import exp

from kpilang.engines import sqltext
from kpilang.engines.textual import Reading
from kpilang.types import Exactness, Kind, Type

_AS_TEXT = frozenset(
    ("VARCHAR", "DATE", "TIME", "UUID", "DOUBLE", "TIMESTAMP", "TIMESTAMP_NS", "TIMESTAMP WITH TIME ZONE")
)
_DOUBLE = Reading(Type(Kind.NUMBER, exactness=Exactness.APPROXIMATE))


def rows(
    connection: duckdb.DuckDBPyConnection, files: Iterable[Path], has_partitions: bool
) -> tuple[exp.Select, dict[str, Reading | None]]:
    """All columns, and those of text with how to read them if nobody declares them (None: by content)."""
    paths = list(files)
    seen = connection.sql(sqltext.text(_read(paths, has_partitions)))
    types = {name: str(type_) for name, type_ in zip(seen.columns, seen.types, strict=True)}
    textual = {
        name: _DOUBLE if type_ == "DOUBLE" else None for name, type_ in types.items() if type_ in _AS_TEXT
    }
    columns = exp.Struct(
        expressions=[
            exp.PropertyEQ(
                this=sqltext.string(name), expression=sqltext.string("VARCHAR" if name in textual else type_)
            )
            for name, type_ in types.items()
        ]
    )
    return _read(paths, has_partitions, columns=columns), textual


def _read(files: list[Path], has_partitions: bool, **options: exp.Expression) -> exp.Select:
    partitions = exp.true() if has_partitions else exp.false()
    return sqltext.rows_of(
        sqltext.call(
            "read_json",
            sqltext.files(files),
            **options,
            union_by_name=exp.true(),
            sample_size=exp.Literal.number(-1),
            hive_partitioning=partitions,
            hive_types_autocast=exp.false(),
        )
    )
