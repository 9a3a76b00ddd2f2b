"""Declared against physical: whether a column of a table can be read as what the spec says it is.

Physical types are DuckDB's. What fits is decided by one table; what does not is refused before the query
runs, with the way out, since an engine would either fail in the middle or convert by rules of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from kpilang.types import Kind, Type


class Family(Enum):
    """Physical types that behave alike."""

    TEXT = "text"
    BOOL = "boolean"
    INTEGER = "whole numbers"
    DECIMAL = "decimals"
    DOUBLE = "doubles"
    DATE = "dates"
    TIMESTAMP = "timestamps"
    INSTANT = "timestamps with a time zone"
    UUID = "UUIDs"
    OTHER = "something else"


_FAMILIES = {
    **dict.fromkeys(("varchar", "enum", "char", "bpchar", "text"), Family.TEXT),
    "boolean": Family.BOOL,
    **dict.fromkeys(("tinyint", "smallint", "integer", "bigint", "hugeint"), Family.INTEGER),
    **dict.fromkeys(("utinyint", "usmallint", "uinteger", "ubigint", "uhugeint"), Family.INTEGER),
    "decimal": Family.DECIMAL,
    **dict.fromkeys(("float", "double"), Family.DOUBLE),
    "date": Family.DATE,
    **dict.fromkeys(("timestamp", "timestamp_s", "timestamp_ms", "timestamp_ns"), Family.TIMESTAMP),
    "timestamp with time zone": Family.INSTANT,
    "uuid": Family.UUID,
}
_NUMBERS = (Family.INTEGER, Family.DECIMAL, Family.DOUBLE)
_FITS = {
    Kind.ID: (Family.TEXT, Family.INTEGER, Family.UUID),
    Kind.STRING: (Family.TEXT, Family.UUID),
    Kind.ENUM: (Family.TEXT,),
    Kind.BOOL: (Family.BOOL,),
    Kind.INTEGER: (Family.INTEGER,),
    Kind.NUMBER: _NUMBERS,
    Kind.PERCENT: _NUMBERS,
    Kind.DURATION: _NUMBERS,
    Kind.DATE: (Family.DATE,),
    Kind.TIMESTAMP: (Family.TIMESTAMP, Family.INSTANT),
}


@dataclass(frozen=True, slots=True)
class Physical:
    """A physical type: DuckDB's name of it, its family, and the digits after the point of a decimal."""

    name: str
    family: Family
    scale: int = 0

    @property
    def is_whole(self) -> bool:
        return self.family is Family.INTEGER or (self.family is Family.DECIMAL and self.scale == 0)

    def __str__(self) -> str:
        return self.name if len(self.name) <= 40 else f"{self.name[:37]}..."


def physical(name: str, identity: str, scale: int = 0) -> Physical:
    """`identity` is DuckDB's name without parameters: `decimal` of `DECIMAL(18,3)`."""
    return Physical(name, _FAMILIES.get(identity.lower(), Family.OTHER), scale)


def fits(declared: Type, zone: str | None, found: Physical) -> bool:
    """Whether values of `found` are read as `declared` without a conversion that could go wrong."""
    if found.family is Family.INSTANT and zone is not None:
        return False
    if declared.kind in (Kind.ID, Kind.INTEGER) and found.is_whole:
        return True
    return found.family in _FITS.get(declared.kind, tuple(Family))


def way_out(column: str, declared: Type, found: Physical) -> str:
    """What to write instead, for `help`."""
    match declared.kind, found.family:
        case Kind.TIMESTAMP, Family.INSTANT:
            return "such a column holds instants already; declare it `timestamp`, without a zone"
        case Kind.BOOL, Family.INTEGER:
            return f"`value: {column} = 1` makes a condition of it"
        case Kind.BOOL, Family.TEXT:
            return f"`value: {column} = 'true'` makes a condition of it"
        case Kind.DATE, Family.TIMESTAMP | Family.INSTANT:
            return f"declare it `timestamp`, or write `value: date({column})`"
        case Kind.TIMESTAMP, Family.DATE:
            return "declare it `date`"
        case Kind.INTEGER, Family.DECIMAL | Family.DOUBLE:
            return f"declare it `number`, or write `value: round({column})`"
        case ((Kind.STRING | Kind.ENUM), _):
            return "declare it as what it is, or turn it into text in a `query:` of the entity"
        case _:
            return "declare it as what it is, or convert it with `value:` or in a `query:` of the entity"


def meet(one: Physical, other: Physical) -> bool:
    """Whether a reference of one type can hold a key of the other."""
    return one.family is other.family or (one.is_whole and other.is_whole)
