"""Parquet, written by DuckDB, which is always there: exact decimals, instants in UTC, nulls as nulls."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
from sqlglot import exp

from kpilang.report.columns import shown
from kpilang.report.storage import LONG_INTEGER, Held, Storage, storage, text
from kpilang.results import Result

_TYPES = {
    Held.DOUBLE: "DOUBLE",
    Held.TEXT: "VARCHAR",
    Held.BOOLEAN: "BOOLEAN",
    Held.DATE: "DATE",
    Held.TIMESTAMP: "TIMESTAMPTZ",
}
_TABLE = "result"


def encode(result: Result) -> bytes:
    columns = shown(result)
    how = [storage(column) for column in columns]
    texts = [
        [None if value is None else text(value, h) for value in column.values]
        for column, h in zip(columns, how, strict=True)
    ]
    with TemporaryDirectory(prefix="kpilang-") as folder, duckdb.connect() as connection:
        connection.execute(_create([column.name for column in columns], how), texts)
        file = Path(folder, "result.parquet")
        connection.table(_TABLE).write_parquet(str(file))
        return file.read_bytes()


def _create(names: list[str], how: list[Storage]) -> str:
    """A table of the columns; each travels as one parameter, a list of exact texts, and is cast by DuckDB."""
    texts = exp.cast(exp.Placeholder(), "VARCHAR[]", dialect="duckdb")
    columns = [
        exp.alias_(exp.cast(exp.Explode(this=texts.copy()), _type(h), dialect="duckdb"), name, quoted=True)
        for name, h in zip(names, how, strict=True)
    ]
    return exp.Create(this=exp.to_table(_TABLE), kind="TABLE", expression=exp.select(*columns)).sql("duckdb")


def _type(how: Storage) -> str:
    if how.held is Held.DECIMAL:
        return f"DECIMAL({LONG_INTEGER}, {how.scale})"
    if how.held is Held.INTEGER:
        return f"DECIMAL({LONG_INTEGER}, 0)" if how.is_long else "BIGINT"
    return _TYPES[how.held]
