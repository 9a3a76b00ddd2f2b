"""Types and units: what a value is, and what may be done with it without saying so.

A `Type` is a kind (integer, number, text, date …) with a unit, an exactness class and whether it may be
null. Money is a number whose unit is a currency, a share is a number without a unit; a duration is a
number of days or of seconds. Nothing here knows about formulas or tables.
"""

from __future__ import annotations

import dataclasses
from enum import Enum, IntEnum

from kpilang.frozen import dataclass


class Kind(Enum):
    """What sort of value it is; how it is stored is `Type.is_double` and `Type.scale`."""

    ID = "id"
    STRING = "string"
    ENUM = "enum"
    BOOL = "bool"
    INTEGER = "integer"
    NUMBER = "number"
    PERCENT = "percent"
    DATE = "date"
    TIMESTAMP = "timestamp"
    DURATION = "duration"
    CALENDAR = "calendar duration"
    NULL = "null"
    RAW = "column of the table"
    ERROR = "error"


class Exactness(IntEnum):
    """Law 7. The class of a result is at least the greatest of its parts."""

    EXACT = 0
    """Integers and decimals, sums, counts, sets: bit-equal on every engine."""
    ROUNDED = 1
    """One correctly rounded double operation on exact operands."""
    APPROXIMATE = 2
    """Anything computed on a rounded value: equal within 1e-9."""


class Sort(Enum):
    """What a base unit measures."""

    CURRENCY = "currency"
    THING = "thing"
    TIME = "time"


@dataclass(frozen=True, slots=True, order=True)
class Base:
    """A base unit: `EUR`, `orders`, `day`."""

    name: str
    sort: str = Sort.THING.value


@dataclass(frozen=True, slots=True)
class Unit:
    """A product of base units with whole exponents, sorted; no factor at all is a plain number."""

    factors: tuple[tuple[Base, int], ...] = ()

    def __post_init__(self) -> None:
        assert self.factors == tuple(sorted(self.factors)), "factors are sorted"
        assert all(power for _, power in self.factors), "no power is zero"

    @property
    def is_plain(self) -> bool:
        return not self.factors

    @property
    def base(self) -> Base | None:
        """The only base when this is a single unit to the power of one."""
        if len(self.factors) == 1 and self.factors[0][1] == 1:
            return self.factors[0][0]
        return None

    @property
    def is_money(self) -> bool:
        return self.base is not None and self.base.sort == Sort.CURRENCY.value

    @property
    def is_time(self) -> bool:
        return self.base is not None and self.base.sort == Sort.TIME.value

    def times(self, other: Unit) -> Unit:
        powers = dict(self.factors)
        for base, power in other.factors:
            powers[base] = powers.get(base, 0) + power
        return Unit(tuple(sorted((b, p) for b, p in powers.items() if p)))

    def inverse(self) -> Unit:
        return Unit(tuple((base, -power) for base, power in self.factors))

    def per(self, other: Unit) -> Unit:
        return self.times(other.inverse())

    def __str__(self) -> str:
        """`EUR`, `EUR/orders`, `1/day`, `plain number`."""
        above = [b.name if p == 1 else f"{b.name}^{p}" for b, p in self.factors if p > 0]
        below = [b.name if p == -1 else f"{b.name}^{-p}" for b, p in self.factors if p < 0]
        if not above and not below:
            return "plain number"
        return "·".join(above or ["1"]) + "".join(f"/{name}" for name in below)


PLAIN = Unit()
DAY = Unit(((Base("day", Sort.TIME.value), 1),))
SECOND = Unit(((Base("second", Sort.TIME.value), 1),))
SECONDS_PER_DAY = 86_400


def currency(code: str) -> Unit:
    return Unit(((Base(code, Sort.CURRENCY.value), 1),))


def things(name: str) -> Unit:
    return Unit(((Base(name, Sort.THING.value), 1),))


@dataclass(frozen=True, slots=True)
class Enumeration:
    """The words of an enum in the order declared; `ranked` are those that `<` may compare, least first."""

    words: tuple[str, ...]
    ranked: tuple[str, ...] = ()

    def order(self) -> tuple[str, ...]:
        """Ruling 13: ranked first, then the unranked as declared."""
        return self.ranked + tuple(word for word in self.words if word not in self.ranked)


DEFAULT_SCALE = 6
"""Digits after the point of `number`, `money` and `percent` columns unless given."""
MAX_DIGITS = 38
"""Digits of a decimal in all; beyond is an error (ruling 16)."""


@dataclass(frozen=True, slots=True)
class Type:
    """What a value is.

    `unit` matters for integer, number, percent and duration. `scale` is the number of digits after the
    point of an exact NUMBER, PERCENT or DURATION (None for doubles and all else). `entity` is the entity
    whose key an ID is, if it is one. `money_by` names the column that holds the currency of each row of a
    `money(by c)` column, which may not be added up without an exchange.
    """

    kind: Kind
    nullable: bool = False
    unit: Unit = PLAIN
    exactness: Exactness = Exactness.EXACT
    scale: int | None = None
    enumeration: Enumeration | None = None
    entity: str | None = None
    money_by: str | None = None

    @property
    def is_numeric(self) -> bool:
        return self.kind in (Kind.INTEGER, Kind.NUMBER, Kind.PERCENT)

    @property
    def is_text(self) -> bool:
        return self.kind in (Kind.STRING, Kind.ENUM)

    @property
    def is_double(self) -> bool:
        """Whether values are binary doubles; other numbers are integers or decimals of `scale`."""
        return (self.is_numeric or self.kind is Kind.DURATION) and self.exactness is not Exactness.EXACT

    @property
    def is_error(self) -> bool:
        return self.kind is Kind.ERROR

    def with_null(self, nullable: bool = True) -> Type:
        return self if self.nullable == nullable else dataclasses.replace(self, nullable=nullable)

    def __str__(self) -> str:
        """For messages: `money (EUR)`, `integer (orders)`, `enum`, `duration (day)`."""
        if self.kind is Kind.NUMBER and self.unit.is_money:
            return f"money ({self.unit})"
        if self.unit.is_plain:
            return self.kind.value
        return f"{self.kind.value} ({self.unit})"


ERROR = Type(Kind.ERROR, nullable=True)
"""The type of what has already been reported; fits everything and is never reported again."""
BOOL = Type(Kind.BOOL)
INTEGER = Type(Kind.INTEGER)
STRING = Type(Kind.STRING)
DATE = Type(Kind.DATE)
TIMESTAMP = Type(Kind.TIMESTAMP)
NULL = Type(Kind.NULL, nullable=True)


class TimeUnit(Enum):
    """Grains, and the units of selectors. Weeks begin on the project's day."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    FISCAL_QUARTER = "fiscal_quarter"
    FISCAL_YEAR = "fiscal_year"

    @property
    def months(self) -> int | None:
        """Length in calendar months, None for hours, days and weeks."""
        return _MONTHS.get(self)


_MONTHS = {
    TimeUnit.MONTH: 1,
    TimeUnit.QUARTER: 3,
    TimeUnit.YEAR: 12,
    TimeUnit.FISCAL_QUARTER: 3,
    TimeUnit.FISCAL_YEAR: 12,
}
