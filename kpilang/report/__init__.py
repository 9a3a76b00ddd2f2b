"""Results for people and for programs: one file per format, all of the same `results.Result`.

Formats for people round and show units, direction and status; formats for programs give exact values.
Nothing here computes a KPI, knows SQL of the query or prints.
"""

from __future__ import annotations

from importlib import import_module

from kpilang.results import Result

FORMATS = ("table", "json", "csv", "markdown", "parquet", "arrow")
BINARY = frozenset({"parquet", "arrow"})
"""Formats that are not text: they go to a file or a pipe, never to a terminal."""


def encode(result: Result, form: str) -> bytes:
    """The result in one of `FORMATS`, text as UTF-8 with a line end after the last line.

    Raises `KpilangError` where the format needs a package that is not installed.
    """
    module = import_module(f"kpilang.report.{form}")
    encoded: bytes = module.encode(result)
    return encoded
