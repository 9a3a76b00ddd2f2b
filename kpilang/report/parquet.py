"""Parquet, written by DuckDB, which is always there: exact decimals, instants in UTC, nulls as nulls."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
from sqlglot import exp

from kpilang.report.columns import shown
from kpilang.report.storage import LONG_INTEGER, Held, Storage, exact, storage
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
    rows = [
        tuple(exact(row[column.index], h) for column, h in zip(columns, how, strict=True))
        for row in result.rows
    ]
    with TemporaryDirectory(prefix="kpilang-") as folder, duckdb.connect() as connection:
        connection.execute(_create([column.name for column in columns], how))
        if rows:
            connection.executemany(_insert(len(columns)), rows)
        file = Path(folder, "result.parquet")
        connection.table(_TABLE).write_parquet(str(file))
        return file.read_bytes()


def _create(names: list[str], how: list[Storage]) -> str:
    columns = [
        exp.ColumnDef(this=exp.to_identifier(name, quoted=True), kind=exp.DataType.build(_type(h), "duckdb"))
        for name, h in zip(names, how, strict=True)
    ]
    table = exp.Schema(this=exp.to_table(_TABLE), expressions=columns)
    return exp.Create(this=table, kind="TABLE").sql("duckdb")


def _insert(columns: int) -> str:
    row = exp.Tuple(expressions=[exp.Placeholder() for _ in range(columns)])
    return exp.insert(exp.Values(expressions=[row]), _TABLE).sql("duckdb")


def _type(how: Storage) -> str:
    if how.held is Held.DECIMAL:
        return f"DECIMAL({LONG_INTEGER}, {how.scale})"
    if how.held is Held.INTEGER:
        return f"DECIMAL({LONG_INTEGER}, 0)" if how.is_long else "BIGINT"
    return _TYPES[how.held]
