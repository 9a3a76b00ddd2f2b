"""A result as a pandas frame."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from kpilang.diagnostics import KpilangError
from kpilang.engines import errors
from kpilang.results import Result
from kpilang.types import Kind, Type


def to_pandas(result: Result) -> Any:
    """A `pandas.DataFrame` of the visible columns.

    Doubles are float64, counts Int64 where they fit, times datetime64 in UTC; decimals and days stay
    Python's own `Decimal` and `date`, which pandas has no exact type for. `KpilangError` (KPI614) without
    pandas.
    """
    try:
        pandas = import_module("pandas")
    except ImportError as error:
        raise KpilangError(errors.missing_package("pandas", "`.df()`", "pandas")) from error
    shown = [
        i for i, column in enumerate(result.columns) if column.output is None or not column.output.hidden
    ]
    return pandas.DataFrame(
        {
            result.columns[i].name: pandas.Series(
                [row[i] for row in result.rows],
                dtype=_dtype(result.columns[i].type, [row[i] for row in result.rows]),
            )
            for i in shown
        }
    )


_INT64 = range(-(2**63), 2**63)


def _dtype(type_: Type, values: list[object]) -> str:
    if type_.is_double:
        return "float64"
    match type_.kind:
        case Kind.INTEGER if all(value is None or value in _INT64 for value in values):
            return "Int64"
        case Kind.BOOL:
            return "boolean"
        case Kind.TIMESTAMP:
            return "datetime64[us, UTC]"
        case _:
            return "object"
