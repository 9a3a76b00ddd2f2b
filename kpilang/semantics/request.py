"""A query as a person asks it: words, before anything is resolved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Request:
    """The words of a query, the same on the command line, in `reports:` and in Python.

    `kpis` are names or formulas (`"open_rate"`, `"growth(revenue)"`), or the name of one report, of which the
    rest of the request then changes the words that it has. `start`, `end` and `as_of` are local
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

    @property
    def texts(self) -> dict[str, tuple[str, ...]]:
        """Its words under the names by which findings point at them, each word a line of what is shown."""
        named = {
            "KPI": self.kpis,
            "--by": self.by,
            "--grain": (self.grain,),
            "--from": (self.start,),
            "--to": (self.end,),
            "--where": (self.where,),
            "--as-of": (self.as_of,),
            "--order": self.order,
            **{f"--param {name}": (value,) for name, value in self.params.items()},
        }
        return {name: words for name, texts in named.items() if (words := _given(texts))}


def _given(texts: tuple[str | None, ...]) -> tuple[str, ...]:
    return tuple(text for text in texts if text is not None)
