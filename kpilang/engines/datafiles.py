"""Which file is which table: the `data:` patterns of a target, without opening anything.

A pattern is relative to the project; a folder stands for everything below it. The table is named by the
path below the *base*, the part of the pattern before its first wildcard: `data/*.parquet` makes
`data/orders.parquet` the table `orders`, and `data/**/*.csv` makes `data/shop/orders.csv` the table
`shop.orders`. Three rules more: a folder named like a file (`orders.parquet/`) is one table, all its files
together; folders such as `year=2024` are columns of the table that is the folder above them; files more
than three names deep are no tables. Hidden files and those that begin with `_` are skipped.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path, PurePath


class Format(Enum):
    CSV = "CSV"
    PARQUET = "Parquet"
    JSON = "JSON"

    @property
    def has_no_types(self) -> bool:
        """Whether days and times are text in it."""
        return self is not Format.PARQUET


SUFFIXES = {
    ".csv": Format.CSV,
    ".tsv": Format.CSV,
    ".csv.gz": Format.CSV,
    ".tsv.gz": Format.CSV,
    ".parquet": Format.PARQUET,
    ".pq": Format.PARQUET,
    ".json": Format.JSON,
    ".jsonl": Format.JSON,
    ".ndjson": Format.JSON,
    ".json.gz": Format.JSON,
    ".jsonl.gz": Format.JSON,
    ".ndjson.gz": Format.JSON,
}
MOST_NAMES = 3
"""Catalog, schema and table."""
_WILDCARD = re.compile(r"[*?\[]")


@dataclass(frozen=True, slots=True)
class DataTable:
    """One table made of files of one format, in the order of their names.

    `partitions` are the columns that folders such as `year=2024` add.
    """

    name: tuple[str, ...]
    format: Format
    files: tuple[Path, ...]
    partitions: tuple[str, ...] = ()


def tables(project: Path, patterns: Iterable[str]) -> list[DataTable]:
    """The tables of all patterns, by name; two tables may bear the same name, which the asker must report."""
    grouped: dict[tuple[tuple[str, ...], Path, Format], set[Path]] = {}
    for pattern in patterns:
        for base, file in _matches(project, pattern):
            found = _table_of(base, file)
            if found is not None:
                grouped.setdefault(found, set()).add(file)
    made = [_data_table(name, place, format_, files) for (name, place, format_), files in grouped.items()]
    return sorted(made, key=lambda table: (table.name, table.files))


def files_of(project: Path, pattern: str) -> list[DataTable]:
    """What a `file:` of an entity means: the files of the pattern as one table, or one for each format."""
    grouped: dict[Format, list[Path]] = {}
    for _, file in _matches(project, pattern):
        format_ = format_of(file.name)
        if format_ is not None:
            grouped.setdefault(format_, []).append(file)
    base = project / _split(pattern)[0]
    return [_data_table((pattern,), base, format_, files) for format_, files in grouped.items()]


def format_of(name: str) -> Format | None:
    """By the end of the name, upper or lower case."""
    return SUFFIXES.get(_suffix(name))


def matches_anything(project: Path, pattern: str) -> bool:
    return next(_matches(project, pattern), None) is not None


def beside(project: Path, pattern: str) -> tuple[str, list[str]]:
    """For did-you-mean: the folder that patterns start from, and the data files there, as patterns."""
    base, _ = _split(pattern)
    fixed = PurePath(base)
    folder = project / (fixed if (project / fixed).is_dir() else fixed.parent)
    names = sorted(folder.iterdir()) if folder.is_dir() else []
    start = fixed if (project / fixed).is_dir() else fixed.parent
    return project.name or ".", [(start / file.name).as_posix() for file in names if format_of(file.name)]


# ---------------------------------------------------------------------------- from patterns to files


def _matches(project: Path, pattern: str) -> Iterator[tuple[Path, Path]]:
    """Pairs of base and file, each file once, in the order of the names."""
    base, rest = _split(pattern)
    root = project / base
    if rest:
        found = sorted(path for path in root.glob(rest) if not _is_hidden(path.relative_to(root)))
    else:
        found = [root]
    seen: set[Path] = set()
    for path in found:
        start = root.parent if not rest and path.is_file() else root
        for file in _files_below(path):
            if file not in seen and not _is_hidden(file.relative_to(start)):
                seen.add(file)
                yield start, file


def _split(pattern: str) -> tuple[str, str]:
    """The folder before the first wildcard, and the rest (empty without a wildcard)."""
    parts = PurePath(pattern).parts
    fixed = next((i for i, part in enumerate(parts) if _WILDCARD.search(part)), len(parts))
    return str(PurePath(*parts[:fixed])) if fixed else ".", "/".join(parts[fixed:])


def _files_below(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
        return
    for folder, folders, names in os.walk(path):  # does not follow links to folders, so it ends
        folders.sort()
        for name in sorted(names):
            yield Path(folder, name)


def _is_hidden(path: Path) -> bool:
    return any(part.startswith((".", "_")) for part in path.parts)


# ---------------------------------------------------------------------------- from files to tables


def _table_of(base: Path, file: Path) -> tuple[tuple[str, ...], Path, Format] | None:
    """Name, place and format: files that agree in all three are one table."""
    format_ = format_of(file.name)
    parts = list(file.relative_to(base).parts)
    if format_ is None:
        return None
    partition = next((i for i, part in enumerate(parts[:-1]) if _is_partition(part)), None)
    dataset = next((i for i, part in enumerate(parts[:-1]) if format_of(part)), None)
    if partition is not None:
        names = parts[:partition] or [base.name]
    elif dataset is not None:
        names = parts[: dataset + 1]
    else:
        names = parts
    if len(names) > MOST_NAMES:
        return None
    place = base.joinpath(*names)
    return (*names[:-1], _stem(names[-1])), place, format_


def _data_table(name: tuple[str, ...], place: Path, format_: Format, files: Iterable[Path]) -> DataTable:
    ordered = tuple(sorted(files))
    keys = {tuple(_keys_below(place, file)) for file in ordered}
    return DataTable(name, format_, ordered, keys.pop() if len(keys) == 1 else ())


def _keys_below(place: Path, file: Path) -> Iterator[str]:
    if file.is_relative_to(place):
        folders = file.relative_to(place).parent.parts
        yield from (part.split("=", 1)[0] for part in folders if _is_partition(part))


def _is_partition(folder: str) -> bool:
    key, equals, _ = folder.partition("=")
    return bool(key and equals)


def _stem(name: str) -> str:
    return name[: -len(_suffix(name))] if _suffix(name) in SUFFIXES else name


def _suffix(name: str) -> str:
    parts = name.lower().rsplit(".", 2)
    double = "." + ".".join(parts[1:]) if len(parts) == 3 else ""
    return double if double in SUFFIXES else ("." + parts[-1] if len(parts) > 1 else "")
