"""CSV with the names of the columns, exact values in UTF-8, lines ended by a line feed.

Null is an empty field, the empty text `""`. Values are never changed; whoever opens the file in a
spreadsheet gets what is stored.
"""

from __future__ import annotations

from collections.abc import Iterator

from kpilang.report.columns import Shown, shown
from kpilang.report.storage import Storage, storage, text
from kpilang.results import Result

_SPECIAL = frozenset(',"\r\n')


def encode(result: Result) -> bytes:
    return "".join(f"{line}\n" for line in lines(result)).encode("utf-8", "surrogatepass")


def lines(result: Result) -> Iterator[str]:
    columns = shown(result)
    how = [storage(column) for column in columns]
    yield ",".join(quoted(column.name) for column in columns)
    for row in result.rows:
        yield ",".join(_field(row, column, h) for column, h in zip(columns, how, strict=True))


def _field(row: tuple[object, ...], column: Shown, how: Storage) -> str:
    value = row[column.index]
    return "" if value is None else quoted(text(value, how))


def quoted(value: str) -> str:
    """One field of a line; quoted where it has to be, and where it is the empty text."""
    if value and not _SPECIAL & set(value) and value == value.strip():
        return value
    return '"' + value.replace('"', '""') + '"'
