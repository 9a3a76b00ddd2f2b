"""CSV files by the standard (RFC 4180), with nothing guessed but the delimiter, and all values as text.

The first line holds the names. DuckDB's own sniffer is not asked: it takes a ragged first line for a comment
and skips it, with a wrong total and no word about it. Files of one table may hold their columns in any order.
"""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import Iterable
from pathlib import Path

from sqlglot import exp

from kpilang.engines import sqltext

UNREADABLE = (OSError, UnicodeDecodeError, EOFError, zlib.error, csv.Error)
DELIMITERS = ",;\t|"
_MOST_HEADER = 1_000_000
"""Characters of a header line; a file without any line end is not read into memory to look for one."""


def rows(files: Iterable[Path], has_partitions: bool) -> exp.Select:
    """All columns of all files as text; one of `UNREADABLE` is raised where no header can be read."""
    alike: dict[tuple[str, tuple[str, ...]], list[Path]] = {}
    for file in files:
        found = header(file)
        if found is not None:
            alike.setdefault(found, []).append(file)
    selects = [_read(paths, delimiter, names, has_partitions) for (delimiter, names), paths in alike.items()]
    if not selects:
        raise EOFError("the file is empty; its first line should hold the names of the columns")
    together: exp.Select | exp.Union = selects[0]
    for select in selects[1:]:
        together = exp.Union(this=together, expression=select, distinct=False, by_name=True)
    return together if isinstance(together, exp.Select) else exp.select(exp.Star()).from_(together.subquery())


def header(file: Path) -> tuple[str, tuple[str, ...]] | None:
    """The delimiter, which is the one of `,;` tab and `|` that the first line has most of, and the names."""
    line = _first_line(file)
    if not line:
        return None
    delimiter = max(DELIMITERS, key=lambda char: len(_split(line, char)))
    return delimiter, _named(_split(line, delimiter))


def _first_line(file: Path) -> str:
    is_packed = file.suffix.lower() == ".gz"
    with (
        gzip.open(file) if is_packed else file.open("rb") as raw,
        io.TextIOWrapper(raw, "utf-8-sig", newline="") as text,
    ):
        return text.readline(_MOST_HEADER).rstrip("\r\n")


def _split(line: str, delimiter: str) -> list[str]:
    return next(csv.reader([line], delimiter=delimiter, strict=False), [])


def _named(names: Iterable[str]) -> tuple[str, ...]:
    """Every column has a name of its own, upper and lower case being one: `a`, `A_1`, `column_3`."""
    taken: set[str] = set()
    made = []
    for number, written in enumerate(names, 1):
        name = base = written.strip() or f"column_{number}"
        count = 0
        while name.casefold() in taken:
            count += 1
            name = f"{base}_{count}"
        taken.add(name.casefold())
        made.append(name)
    return tuple(made)


def _read(files: Iterable[Path], delimiter: str, names: Iterable[str], has_partitions: bool) -> exp.Select:
    columns = [
        exp.PropertyEQ(this=sqltext.string(name), expression=sqltext.string("VARCHAR")) for name in names
    ]
    return sqltext.rows_of(
        sqltext.call(
            "read_csv",
            sqltext.files(files),
            columns=exp.Struct(expressions=columns),
            auto_detect=exp.false(),
            header=exp.true(),
            delim=sqltext.string(delimiter),
            quote=sqltext.string('"'),
            escape=sqltext.string('"'),
            allow_quoted_nulls=exp.false(),
            hive_partitioning=exp.true() if has_partitions else exp.false(),
            hive_types_autocast=exp.false(),
        )
    )
