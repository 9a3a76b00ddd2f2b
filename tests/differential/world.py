"""What a world is: the text of a spec, rows per entity, the words of a query.

The form of a conformance case without its answer, so that what is found can be kept as it is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import yaml

from tests.differential.seasons import Season

Rows = dict[str, list[dict[str, Any]]]

NOW = datetime(2026, 1, 1, tzinfo=UTC)
"""The instant of the run of every world: after every row."""

_WORDS = "and as between case else end false in is like not null or per then true when where"
RESERVED = frozenset(_WORDS.split())


@dataclass(frozen=True)
class World:
    """One case; `rows` hold Python values by table and physical column, `kinds` the declared type of each,
    `owners` the entity of each table.

    `words` are constructs that only the text shows, by KPI; under `""` those of the query.
    """

    season: Season
    spec: dict[str, Any]
    rows: Rows
    query: dict[str, Any]
    kinds: dict[str, dict[str, str]] = field(default_factory=dict)
    owners: dict[str, str] = field(default_factory=dict)
    words: dict[str, frozenset[str]] = field(default_factory=dict)

    @property
    def spec_text(self) -> str:
        return str(yaml.safe_dump(self.spec, allow_unicode=True, sort_keys=False, width=1000))


def quoted(name: str) -> str:
    """A name as a formula writes it."""
    is_plain = re.fullmatch(r"[^\W\d]\w*", name) and name not in RESERVED
    return name if is_plain else f"`{name}`"
