"""Small tables of plain values, aligned in any script: numbers to the right."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from kpilang.terminal import pad, visible, width

GAP = "  "
NULL = "–"


def grid(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> Iterator[str]:
    """The names, then a line for each row."""
    texts = [list(names), *([_text(value) for value in row] for row in rows)]
    widths = [max(width(line[index]) for line in texts) for index in range(len(names))]
    is_number = [
        any(
            isinstance(row[index], int | float | Decimal) and not isinstance(row[index], bool) for row in rows
        )
        for index in range(len(names))
    ]
    for line in texts:
        cells = (pad(text, cells, right) for text, cells, right in zip(line, widths, is_number, strict=True))
        yield GAP.join(cells).rstrip()


def _text(value: Any) -> str:
    match value:
        case None:
            return NULL
        case bool():
            return "true" if value else "false"
        case Decimal():
            return f"{value.normalize():f}"
        case datetime():
            return value.isoformat(" ").removesuffix(" 00:00:00").removesuffix("+00:00")
        case _:
            return visible(str(value))
