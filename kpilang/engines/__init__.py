"""Engines run compiled SQL and give back a `results.Result`. One module per engine; `errors` has their codes.

They stand above `sql` and know tables, files and Python values; what a KPI is they do not know. An engine is
found by the name that `kpilang.yml` gives it and imported when it is opened.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from kpilang import ir
from kpilang.diagnostics import KpilangError
from kpilang.engines import errors
from kpilang.results import Result
from kpilang.source import NOWHERE, Span

ENGINES = {"duckdb": "kpilang.engines.duckdb"}
"""The module of each engine; it has a function `connect(target) -> Engine`."""
DEFAULT_TARGET = "dev"
DEFAULT_DATA = "data"


@dataclass(frozen=True, slots=True)
class Target:
    """Where the rows are. `data` and `database` are relative to `folder`; each knows where it was written."""

    name: str
    engine: str
    folder: Path
    data: tuple[tuple[str, Span], ...] = ()
    database: tuple[str, Span] | None = None
    schema: tuple[str, Span] | None = None
    url: tuple[str, Span] | None = None
    span: Span = NOWHERE


class Statement(Protocol):
    """What an engine needs of `sql.Compiled`: the text, and the values of its parameters in order."""

    @property
    def text(self) -> str: ...

    @property
    def parameters(self) -> Sequence[object]: ...


class Engine(Protocol):
    """Runs queries on one target, compiled for `dialect`."""

    @property
    def dialect(self) -> str: ...

    def run(self, statement: Statement, query: ir.Query, as_of: datetime) -> Result:
        """The rows of the query. `KpilangError` where the data are not as declared or the engine fails."""

    def extent(self, statement: Statement, query: ir.Query) -> tuple[object, ...] | None:
        """The only row of a statement over the same tables as `query`; None without a row."""

    def close(self) -> None: ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


def connect(target: Target) -> Engine:
    """The engine of the target, with what it takes from the environment; nothing is opened before the first
    query."""
    if target.engine not in ENGINES:
        raise KpilangError(errors.unknown_engine(target.engine, sorted(ENGINES), target.span))
    filled: Target = import_module("kpilang.engines.environment").filled(target)
    engine: Engine = import_module(ENGINES[target.engine]).Engine(filled)
    return engine


def choose(targets: Sequence[Target], name: str | None, folder: Path) -> Target:
    """The target of that name; without a name `dev`, else the first, else the project's own `data` folder."""
    if name is not None:
        found = next((target for target in targets if target.name == name), None)
        if found is None:
            raise KpilangError(errors.unknown_target(name, [target.name for target in targets]))
        return found
    if not targets:
        has_data = (folder / DEFAULT_DATA).is_dir()
        return Target(DEFAULT_TARGET, "duckdb", folder, ((DEFAULT_DATA, NOWHERE),) if has_data else ())
    return next((target for target in targets if target.name == DEFAULT_TARGET), targets[0])
