"""A query as a person asks it: words, before anything is resolved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Request:
    """The words of a query, the same on the command line, in `reports:` and in Python.

    `kpis` are names or formulas (`"open_rate"`, `"growth(revenue)"`). `start`, `end` and `as_of` are local
    dates or times as text (`2024-01-31`, `2024-01-31T10:00:00`), `end` excluded; `partial` allows a range off
    the grid of `grain`. `order` holds column names, with a leading `-` for descending.
    """

    kpis: tuple[str, ...]
    by: tuple[str, ...] = ()
    grain: str | None = None
    start: str | None = None
    end: str | None = None
    where: str | None = None
    params: Mapping[str, str] = field(default_factory=dict)
    as_of: str | None = None
    fill: bool = False
    order: tuple[str, ...] = ()
    limit: int | None = None
    partial: bool = False
