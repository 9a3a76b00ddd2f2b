"""Columns of text as what they are declared to be: CSV files, JSON strings and names of folders have no
types.

Each column is read as its declaration says, never through a double: a decimal is rounded half away from
zero at its scale, a timestamp is the instant it names. What cannot be read that way stops the query and
tells the value. An `id` is text, since `007` and `7` are two customers, unless the key it refers to is a
number elsewhere. Columns nobody declares (a `value:` or a `query:` uses them) are typed by all of their
values: whole numbers without leading zeros, decimals, days, instants, truth values; else text.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlglot import exp

from kpilang.engines import sqltext
from kpilang.engines.failures import IN_COLUMN, IS_NOT, REFUSED
from kpilang.types import DEFAULT_SCALE, MAX_DIGITS, Kind, Type


@dataclass(frozen=True, slots=True)
class Reading:
    """How a column of text is to be read. `is_whole` makes a number of an id."""

    type: Type
    zone: str | None = None
    is_whole: bool = False


TEXT = Reading(Type(Kind.STRING))

_WHOLE = r"[+-]?[0-9]+(\.0*)?"
_CANONICAL = r"0|-?[1-9][0-9]{0,17}"
_DECIMAL = r"-?(0|[1-9][0-9]{0,18})(\.[0-9]{1,12})?"
_DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_COMPACT_DAY = r"[0-9]{8}"
_MIDNIGHT = rf"{_DAY}[ T]00:00(:00(\.0*)?)?( ?UTC|Z|\+00(:?00)?)?"
_INSTANT = (
    rf"{_DAY}[ T][0-9]{{2}}:[0-9]{{2}}(:[0-9]{{2}}(\.[0-9]+)?)?( ?UTC|Z|[+-][0-9]{{2}}(:?[0-9]{{2}})?)?"
)
_OFFSET = r":[0-9]{2}(\.[0-9]+)?\s*([A-Za-z].*|[+-][0-9:]+)$"
_TRUTH = r"true|false|TRUE|FALSE|True|False"
_LOOKS = {1: _CANONICAL, 2: _DECIMAL, 4: _DAY, 8: _INSTANT, 16: _TRUTH}
"""What a value looks like, the first that fits; the looks of a column are or-ed together."""
_OTHER = 32


def read_as(column: str, reading: Reading) -> exp.Expression | None:
    """The column, converted; None where the text is what is wanted."""
    match reading.type.kind:
        case Kind.STRING | Kind.ENUM | Kind.NULL | Kind.RAW | Kind.ERROR:
            return None
        case Kind.ID:
            return _whole_id(column) if reading.is_whole else _filled(column)
        case Kind.BOOL:
            return _truth(column)
        case Kind.INTEGER:
            return _integer(column)
        case Kind.NUMBER | Kind.PERCENT | Kind.DURATION | Kind.CALENDAR:
            return _number(column, reading.type)
        case Kind.DATE:
            return _date(column)
        case Kind.TIMESTAMP:
            return _instant(column) if reading.zone is None else _local(column)


def agree(one: Reading, other: Reading) -> Reading:
    """One reading where two entities declare one column; text where they are at odds, which `check` finds."""
    if one == other:
        return one
    if one.type.kind is other.type.kind and one.zone == other.zone:
        return one if (one.type.scale or 0) >= (other.type.scale or 0) else other
    if one.type.is_numeric and other.type.is_numeric:
        return next(reading for reading in (one, other) if reading.type.kind is not Kind.INTEGER)
    return TEXT


def evidence(columns: Iterable[str], rows: exp.Select) -> exp.Select:
    """One row: for each column two facts over all of its values, from which `found` tells its type."""
    facts: list[exp.Expression] = []
    for column in columns:
        looks = exp.Case()
        for look, pattern in _LOOKS.items():
            looks = looks.when(_matches(sqltext.column(column), pattern), exp.Literal.number(look))
        looks = looks.when(
            exp.NEQ(this=sqltext.column(column), expression=sqltext.string("")), exp.Literal.number(_OTHER)
        )
        facts.append(sqltext.call("bit_or", looks))
        fraction = sqltext.call(
            "split_part", sqltext.column(column), sqltext.string("."), exp.Literal.number(2)
        )
        facts.append(exp.Max(this=sqltext.call("length", fraction)))
    return exp.select(*facts).from_(rows.subquery())


FACTS = 2


def found(looks: object, digits: object) -> Reading:
    """The type of a column by its two facts; a column without values is text."""
    match looks:
        case 1:
            return Reading(Type(Kind.ID), is_whole=True)
        case 2 | 3:
            return Reading(Type(Kind.NUMBER, scale=digits if isinstance(digits, int) else DEFAULT_SCALE))
        case 4:
            return Reading(Type(Kind.DATE))
        case 8 | 12:
            return Reading(Type(Kind.TIMESTAMP))
        case 16:
            return Reading(Type(Kind.BOOL))
        case _:
            return TEXT


# ---------------------------------------------------------------------------- conversions


def _filled(column: str) -> exp.Expression:
    """An empty text is no value, of whatever type but text."""
    return exp.Nullif(this=sqltext.column(column), expression=sqltext.string(""))


def _matches(value: exp.Expression, pattern: str) -> exp.Expression:
    return sqltext.call("regexp_full_match", value, sqltext.string(pattern))


def _tried(value: exp.Expression, type_: str) -> exp.Expression:
    return exp.TryCast(this=value, to=exp.DataType.build(type_, dialect=sqltext.DIALECT), safe=True)


def _or_refuse(column: str, value: exp.Expression, wanted: str) -> exp.Expression:
    """The value; null where there is no text; an error that tells the text where that could not be read."""
    parts = (
        sqltext.string(REFUSED),
        sqltext.column(column),
        sqltext.string(f"{IN_COLUMN}{column}{IS_NOT}{wanted}"),
    )
    refuse = sqltext.call("error", sqltext.call("concat", *parts))
    blank = exp.EQ(this=sqltext.call("trim", sqltext.column(column)), expression=sqltext.string(""))
    return exp.Coalesce(this=value, expressions=[exp.Case().when(exp.not_(blank), refuse)])


def _truth(column: str) -> exp.Expression:
    text = sqltext.call("trim", sqltext.column(column))
    return _or_refuse(column, _tried(text, "BOOLEAN"), "neither true nor false")


def _number(column: str, type_: Type) -> exp.Expression:
    if type_.is_double:
        return _or_refuse(column, _tried(sqltext.column(column), "DOUBLE"), "no number")
    exact = f"DECIMAL({MAX_DIGITS}, {type_.scale or 0})"
    return _or_refuse(column, _tried(sqltext.column(column), exact), "no number of at most 38 digits")


def _integer(column: str) -> exp.Expression:
    """DuckDB would round `1.5` to 2."""
    whole = sqltext.call("split_part", sqltext.column(column), sqltext.string("."), exp.Literal.number(1))
    is_whole = _matches(sqltext.call("trim", sqltext.column(column)), _WHOLE)
    return _or_refuse(
        column, exp.Case().when(is_whole, _tried(whole, "BIGINT")), "no whole number of at most 18 digits"
    )


def _whole_id(column: str) -> exp.Expression:
    """Only the one spelling of a number: `007` is not 7."""
    is_canonical = _matches(sqltext.column(column), _CANONICAL)
    number = exp.Case().when(is_canonical, _tried(sqltext.column(column), "BIGINT"))
    return _or_refuse(column, number, "no whole number, as the key it refers to is")


def _date(column: str) -> exp.Expression:
    """`2024-01-31`, `20240131`, or midnight of a day; a time of day is never dropped in silence."""
    value = sqltext.column(column)
    compact = sqltext.call("try_strptime", value, sqltext.string("%Y%m%d"))
    day = sqltext.call("left", sqltext.column(column), exp.Literal.number(10))
    read = (
        exp.Case()
        .when(_matches(value, _DAY), _tried(sqltext.column(column), "DATE"))
        .when(_matches(value, _COMPACT_DAY), _tried(compact, "DATE"))
        .when(_matches(value, _MIDNIGHT), _tried(day, "DATE"))
    )
    return _or_refuse(column, read, "no day (2024-01-31)")


def _instant(column: str) -> exp.Expression:
    """By way of the type with a zone: a plain cast would drop an offset without a word."""
    instant = _tried(sqltext.column(column), "TIMESTAMPTZ")
    return _or_refuse(column, sqltext.call("timezone", sqltext.string("UTC"), instant), "no time")


def _local(column: str) -> exp.Expression:
    """A local time of the zone declared; one with an offset contradicts the declaration."""
    offset = sqltext.call("regexp_matches", sqltext.column(column), sqltext.string(_OFFSET))
    local = exp.Case().when(exp.not_(offset), _tried(sqltext.column(column), "TIMESTAMP"))
    return _or_refuse(column, local, "no local time without an offset, as its declared zone wants")
