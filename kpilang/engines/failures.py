"""DuckDB's exceptions as findings: what the user can act on, with the value where DuckDB tells it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import takewhile
from pathlib import Path

import duckdb

from kpilang.diagnostics import Diagnostic
from kpilang.engines import errors
from kpilang.plan.scalars import NEGATIVE, STOPPED
from kpilang.source import NOWHERE, Span

REFUSED = "\x01kpilang refuses "
IN_COLUMN = "\x01 in "
IS_NOT = "\x01 as "
"""Around the text, the column and what was wanted, when a view of ours refuses to read a value."""


@dataclass(frozen=True)
class Scene:
    """What a message of DuckDB's is about: the project's folder, and where physical columns are declared.

    Columns are named in lower case.
    """

    folder: Path = Path()
    places: Mapping[str, Span] = field(default_factory=dict)

    def place(self, column: str) -> Span:
        return self.places.get(column.casefold(), NOWHERE)

    def words(self, error: Exception) -> str:
        """What DuckDB found, on one line, with files as the project knows them."""
        return first_line(error).replace(f"{self.folder.absolute()}/", "").replace(f"{self.folder}/", "")


def failure(error: duckdb.Error, scene: Scene) -> Diagnostic | None:
    """The finding for an error of a running query; None where the fault can only be ours."""
    words = scene.words(error)
    match error:
        case duckdb.InterruptException():
            return errors.interrupted()
        case duckdb.OutOfMemoryException():
            return errors.out_of_memory(words)
        case duckdb.OutOfRangeException():
            return errors.overflow(words)
        case duckdb.ConversionException():
            return errors.overflow(words) if "overflow" in words.lower() else _unconverted(words, scene)
        case duckdb.IOException() | duckdb.PermissionException() | duckdb.HTTPException():
            return errors.unreadable_data("the data", words)
        case duckdb.InvalidInputException() if REFUSED in str(error):
            return _refused(str(error), scene)
        case duckdb.InvalidInputException() if NEGATIVE in words:
            return errors.negative_weight(words.partition(NEGATIVE)[2])
        case duckdb.InvalidInputException() if STOPPED in words:
            return errors.ambiguous_rows(words.partition(STOPPED)[2])
        case duckdb.InvalidInputException() if _is_file_trouble(words):
            return errors.unreadable_data("the data", words)
        case _:
            return None


def unopened(error: duckdb.Error, file: str, span: Span, scene: Scene) -> Diagnostic:
    """A database that cannot be opened: another program holds it, or it is none."""
    words = scene.words(error)
    if "lock" in words.lower():
        return errors.database_busy(file, words, span)
    return errors.unreadable_data(f"the database `{file}`", words, span)


def _refused(message: str, scene: Scene) -> Diagnostic:
    """Our own refusal: text, column, what was wanted."""
    value, _, rest = message.split(REFUSED, 1)[1].partition(IN_COLUMN)
    column, _, wanted = rest.partition(IS_NOT)
    return errors.bad_value(value, column, wanted.splitlines()[0], scene.place(column))


def _unconverted(words: str, scene: Scene) -> Diagnostic:
    column = _COLUMN.search(words)
    place = scene.place(column[1]) if column is not None else NOWHERE
    return errors.bad_conversion(words, value_in(words), place)


def first_line(error: Exception) -> str:
    """What DuckDB found, on one line: without its kind, the SQL it shows and its advice to programmers."""
    lines = [line.strip() for line in str(error).split("\n\nLINE ")[0].splitlines()]
    said = list(takewhile(lambda line: not line.startswith(_ADVICE), filter(None, lines)))
    said += [line for line in lines if line.startswith("file = ")]
    words = "; ".join(said[:_MOST_LINES]) or type(error).__name__
    return re.sub(r"^(?:[A-Za-z]+ )+Error: ", "", words)


_ADVICE = ("Possible", "Column ", "This type was", "Did you mean", "* ")
_MOST_LINES = 5
_VALUE = re.compile(
    r"""could not (?:convert|cast) (?:string|value) (?:["'](.*?)["']|(\S+)) to"""
    r"""|with value (\S+) can't be cast""",
    re.IGNORECASE,
)
_ANY_QUOTED = re.compile(r"""(?:format|field|value)[^"']*["'](.*?)["']""")
_COLUMN = re.compile(r"""source column "?([^\s"]+)""")


def value_in(words: str) -> str | None:
    for pattern in (_VALUE, _ANY_QUOTED):
        found = pattern.search(words)
        if found:
            return next(group for group in found.groups() if group is not None)
    return None


def _is_file_trouble(words: str) -> bool:
    lowered = words.lower()
    return any(word in lowered for word in ("csv", "parquet", "json", "magic bytes", "file"))
