"""Arrow: a `pyarrow.Table`, and its bytes as an IPC stream. Needs the extra `arrow`."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from kpilang.diagnostics import KpilangError
from kpilang.report import errors
from kpilang.report.columns import Shown, shown
from kpilang.report.storage import LONG_INTEGER, Held, Storage, exact, storage
from kpilang.results import Result


def encode(result: Result) -> bytes:
    """The bytes of an IPC stream; `KpilangError` (KPI690) without pyarrow."""
    pa = _pyarrow()
    made = table(result)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, made.schema) as writer:
        writer.write_table(made)
    written: bytes = sink.getvalue().to_pybytes()
    return written


def table(result: Result) -> Any:
    """The `pyarrow.Table`: decimals as decimal128, instants in UTC, label and unit as metadata."""
    pa = _pyarrow()
    columns = shown(result)
    how = [storage(column) for column in columns]
    fields = [_field(pa, column, h) for column, h in zip(columns, how, strict=True)]
    arrays = [
        pa.array([exact(value, h) for value in column.values], field.type)
        for column, h, field in zip(columns, how, fields, strict=True)
    ]
    return pa.Table.from_arrays(arrays, schema=pa.schema(fields))


def _field(pa: Any, column: Shown, how: Storage) -> Any:
    output = column.column.output
    metadata = {"role": column.role.value}
    if not column.column.type.unit.is_plain:
        metadata["unit"] = str(column.column.type.unit)
    if output is not None and output.label:
        metadata["label"] = output.label
    return pa.field(column.name, _type(pa, how), metadata=metadata)


def _type(pa: Any, how: Storage) -> Any:
    match how.held:
        case Held.INTEGER:
            return pa.decimal128(LONG_INTEGER, 0) if how.is_long else pa.int64()
        case Held.DECIMAL:
            return pa.decimal128(LONG_INTEGER, how.scale)
        case Held.DOUBLE:
            return pa.float64()
        case Held.TEXT:
            return pa.string()
        case Held.BOOLEAN:
            return pa.bool_()
        case Held.DATE:
            return pa.date32()
        case Held.TIMESTAMP:
            return pa.timestamp("us", tz="UTC")


def _pyarrow() -> Any:
    try:
        import_module("pyarrow.ipc")
        return import_module("pyarrow")
    except ImportError as error:
        raise KpilangError(errors.package_missing("arrow", "pyarrow", "arrow")) from error
