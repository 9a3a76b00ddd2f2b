"""A world as a conformance case, so that what was found can be kept in `tests/soundness`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import yaml

from kpilang import ir
from tests.differential.world import World


class Quoted(str):
    pass


class Block(str):
    pass


class Dumper(yaml.SafeDumper):
    """Quotes what should stay text, prints specs as literal blocks."""

    def ignore_aliases(self, data: object) -> bool:
        return True


TEXT = "tag:yaml.org,2002:str"
Dumper.add_representer(Quoted, lambda d, text: d.represent_scalar(TEXT, str(text), style='"'))
Dumper.add_representer(Block, lambda d, text: d.represent_scalar(TEXT, str(text), style="|"))
Dumper.add_representer(Decimal, lambda d, number: d.represent_float(float(number)))


def case_text(world: World, query: ir.Query, expected: Sequence[Sequence[Any]], name: str = "found") -> str:
    """The world with the reference's answer as `want`: to be read and judged, not believed."""
    case = {
        "id": name,
        "law": [],
        "construct": [],
        "note": "To be worked out by hand.",
        "project": world.season.project,
        "spec": Block(world.spec_text),
        "rows": {
            n: [{c: plain(v) for c, v in row.items()} for row in table] for n, table in world.rows.items()
        },
        "query": world.query,
        "want": [shown(query, row) for row in expected],
    }
    return str(yaml.dump([case], Dumper=Dumper, allow_unicode=True, sort_keys=False, width=160))


def shown(query: ir.Query, row: Sequence[Any]) -> dict[str, Any]:
    """A row of the answer; what only goals need is not shown."""
    hidden = {output.name for output in query.outputs if output.hidden}
    pairs = zip(query.columns, map(plain, row), strict=True)
    return {name: value for name, value in pairs if name not in hidden}


def plain(value: Any) -> Any:
    if isinstance(value, datetime):
        if value.tzinfo is None:
            return Quoted(value.isoformat())
        return Quoted(value.astimezone(UTC).isoformat().replace("+00:00", "Z"))
    if isinstance(value, date):
        return Quoted(value.isoformat())
    if isinstance(value, str):
        return Quoted(value)
    return value
