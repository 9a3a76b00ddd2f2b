"""A Markdown table as people read it: rounded, with units and marks; numbers to the right."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from kpilang.report.cells import Cell, Column, sheet
from kpilang.results import Result

_MEANT = re.compile(r"([\\`*_{}\[\]<>|~])")
"""Characters that Markdown or HTML would take for markup."""


def encode(result: Result) -> bytes:
    return "".join(f"{line}\n" for line in lines(result)).encode("utf-8")


def lines(result: Result) -> Iterator[str]:
    content = sheet(result)
    yield plain(content.heading)
    yield ""
    yield row(_title(column) for column in content.columns)
    yield row("---:" if column.is_number else ":---" for column in content.columns)
    for index in range(content.height):
        yield row(_cell(column.cells[index]) for column in content.columns)
    if content.legend:
        yield ""
        yield plain(content.legend)


def _title(column: Column) -> str:
    return plain(column.title) + (f" ({plain(column.unit)})" if column.unit else "")


def _cell(cell: Cell) -> str:
    return plain(f"{cell.text} {cell.mark}".rstrip())


def row(texts: Iterable[str]) -> str:
    return f"| {' | '.join(texts)} |"


def plain(text: str) -> str:
    """The text so that Markdown shows it as it is."""
    return _MEANT.sub(r"\\\1", text)
