"""What compiling gives."""

from __future__ import annotations

from kpilang.frozen import dataclass
from kpilang.types import Type


@dataclass(frozen=True, slots=True)
class Compiled:
    """One SQL statement.

    `columns` are names and types in the order of the select list, hidden outputs last. `parameters` are the
    values of `$1`, `$2` … in the text; none with literal bounds.
    """

    text: str
    columns: tuple[tuple[str, Type], ...]
    parameters: tuple[object, ...] = ()
    dialect: str = "duckdb"
