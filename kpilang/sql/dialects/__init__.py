"""The dialects there are. Nothing outside this folder may ask which one is at hand."""

from __future__ import annotations

from kpilang.diagnostics import KpilangError
from kpilang.sql import errors
from kpilang.sql.dialects.base import Dialect
from kpilang.sql.dialects.duckdb import DUCKDB

DIALECTS = {dialect.name: dialect for dialect in (DUCKDB,)}


def dialect_named(name: str) -> Dialect:
    if name not in DIALECTS:
        raise KpilangError(errors.unknown_dialect(name, tuple(DIALECTS)))
    return DIALECTS[name]
