"""The syntax tree of expressions: what was written, nothing resolved.

One family for everything the grammar has a start for: formulas, segment sentences, goals, column types
and the rest of DESIGN's small languages inside YAML values. Built by `parser`, printed by `unparse`,
read by `semantics`. Parentheses leave no trace but the shape of the tree.
"""

from __future__ import annotations

from decimal import Decimal

from kpilang.frozen import dataclass
from kpilang.nodes import Node

# ---------------------------------------------------------------------------- names


@dataclass(frozen=True, slots=True)
class Name(Node):
    """One word; back-quotes are gone. `quoted` tells that they were there, so no word means a keyword."""

    text: str
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Path(Node):
    """`a`, `a.b`, `a.b.c`: a name, or steps from a name."""

    names: tuple[Name, ...]

    @property
    def dotted(self) -> str:
        return ".".join(name.text for name in self.names)


# ---------------------------------------------------------------------------- literals


@dataclass(frozen=True, slots=True)
class Number(Node):
    """`12`, `0.05`; `is_integer` tells `2` from `2.0`."""

    value: Decimal
    is_integer: bool


@dataclass(frozen=True, slots=True)
class Quantity(Node):
    """`1000 EUR`, `30 days`."""

    value: Decimal
    is_integer: bool
    unit: Name


@dataclass(frozen=True, slots=True)
class Percent(Node):
    """`25%`; `value` is 25."""

    value: Decimal


@dataclass(frozen=True, slots=True)
class DateLiteral(Node):
    """`2024-01-31`, kept as text: whether such a day exists is asked later."""

    text: str


@dataclass(frozen=True, slots=True)
class TimestampLiteral(Node):
    """`2024-01-31T10:00:00Z`, kept as text."""

    text: str


@dataclass(frozen=True, slots=True)
class String(Node):
    value: str


@dataclass(frozen=True, slots=True)
class Bool(Node):
    value: bool


@dataclass(frozen=True, slots=True)
class Null(Node):
    pass


# ---------------------------------------------------------------------------- calls


@dataclass(frozen=True, slots=True)
class OrderKey(Node):
    """`ordered_on desc` in a `by`."""

    value: Expr
    descending: bool = False


@dataclass(frozen=True, slots=True)
class AllRows(Node):
    """`all sessions`: rows without a link, as the first argument of an aggregate."""

    entity: Path


@dataclass(frozen=True, slots=True)
class Call(Node):
    """`f(arguments modifiers)`; every call of the language, aggregates among them."""

    function: Path
    arguments: tuple[Expr, ...] = ()
    where: Expr | None = None
    dated: Path | None = None
    via: Path | None = None
    per: tuple[Path, ...] = ()
    by: tuple[OrderKey, ...] = ()


@dataclass(frozen=True, slots=True)
class When(Node):
    condition: Expr
    value: Expr


@dataclass(frozen=True, slots=True)
class Case(Node):
    whens: tuple[When, ...]
    otherwise: Expr | None = None


# ---------------------------------------------------------------------------- operators


@dataclass(frozen=True, slots=True)
class Negative(Node):
    operand: Expr


@dataclass(frozen=True, slots=True)
class Binary(Node):
    """`+ - * /`; chains lean to the left."""

    operator: str
    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True)
class Compare(Node):
    """`= <> < <= > >=`; `!=` is read as `<>`."""

    operator: str
    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True)
class Is(Node):
    """`a is b`, `a is not null`: null-safe equality."""

    left: Expr
    right: Expr
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Between(Node):
    operand: Expr
    low: Expr
    high: Expr
    negated: bool = False


@dataclass(frozen=True, slots=True)
class In(Node):
    """`x in (a, b)` or `customer in loyal`; one item may be a list of one or a segment: types decide."""

    operand: Expr
    items: tuple[Expr, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Like(Node):
    operand: Expr
    pattern: Expr
    escape: Expr | None = None
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Not(Node):
    operand: Expr


@dataclass(frozen=True, slots=True)
class And(Node):
    """Two or more operands, in one row: a chain of any length is one node."""

    operands: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Or(Node):
    operands: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class UnitName(Node):
    """`EUR`, `money(USD)`, `clicks/email` after `as`: first name, its argument, what it is divided by."""

    name: Name
    argument: Name | None = None
    divisors: tuple[Name, ...] = ()


@dataclass(frozen=True, slots=True)
class As(Node):
    """`x as EUR`."""

    operand: Expr
    unit: UnitName


# ---------------------------------------------------------------------------- selectors


@dataclass(frozen=True, slots=True)
class Amount(Node):
    """`28 days`: a whole number of units; or a param that holds one (then `param` alone is set)."""

    count: int | None = None
    unit: Name | None = None
    param: Path | None = None


@dataclass(frozen=True, slots=True)
class Prior(Node):
    """`[prior]`."""


@dataclass(frozen=True, slots=True)
class Before(Node):
    """`[before]`."""


@dataclass(frozen=True, slots=True)
class Ever(Node):
    """`[ever]`."""


@dataclass(frozen=True, slots=True)
class AllTime(Node):
    """`[all time]`."""


@dataclass(frozen=True, slots=True)
class Last(Node):
    """`[last 28 days]`."""

    amount: Amount


@dataclass(frozen=True, slots=True)
class Next(Node):
    """`[next 30 days]`."""

    amount: Amount


@dataclass(frozen=True, slots=True)
class Ago(Node):
    """`[1 year ago]`."""

    amount: Amount


@dataclass(frozen=True, slots=True)
class ToDate(Node):
    """`[year to date]`."""

    unit: Name


@dataclass(frozen=True, slots=True)
class FromTo(Node):
    """`[from A to B]`."""

    start: Expr
    end: Expr


@dataclass(frozen=True, slots=True)
class Across(Node):
    """`[across channel and campaign]`; no dimension means `[across *]`."""

    dimensions: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Condition(Node):
    """`[channel = 'email']`."""

    condition: Expr


Selector = Prior | Before | Ever | AllTime | Last | Next | Ago | ToDate | FromTo | Across | Condition


@dataclass(frozen=True, slots=True)
class Select(Node):
    """`x[selector]`; repeated brackets nest, the right-most outermost."""

    operand: Expr
    selector: Selector


Expr = (
    Path
    | Number
    | Quantity
    | Percent
    | DateLiteral
    | TimestampLiteral
    | String
    | Bool
    | Null
    | AllRows
    | Call
    | Case
    | Negative
    | Binary
    | Compare
    | Is
    | Between
    | In
    | Like
    | Not
    | And
    | Or
    | As
    | Select
)

# ---------------------------------------------------------------------------- segment sentences


@dataclass(frozen=True, slots=True)
class With(Node):
    """`with orders where is_paid via customer dated paid_at`: `source` is a path or compares an aggregate."""

    source: Expr
    where: Expr | None = None
    via: Path | None = None
    dated: Path | None = None


@dataclass(frozen=True, slots=True)
class While(Node):
    """`while created_at to churned_at`."""

    start: Expr
    end: Expr


@dataclass(frozen=True, slots=True)
class Dated(Node):
    """`dated churned_at where …`."""

    anchor: Path
    where: Expr | None = None


@dataclass(frozen=True, slots=True)
class Sentence(Node):
    """`customers where tier = 'gold' with orders`: members of an entity, at least one clause."""

    entity: Path
    where: Expr | None = None
    clause: With | While | Dated | None = None


# ---------------------------------------------------------------------------- column types


@dataclass(frozen=True, slots=True)
class ReferenceType(Node):
    """`-> customers?`, `-> tiers as of ordered_at`, `(member_id, list_id) -> members`."""

    target: Path
    columns: tuple[Name, ...] = ()
    nullable: bool = False
    as_of: Path | None = None


@dataclass(frozen=True, slots=True)
class ScalarType(Node):
    """`money(EUR)?`, `money(by currency)`, `enum(lead < mql, rejected)`, `timestamp(Europe/Paris)`.

    `ladders` holds the arguments: one word each, or several joined by `<`. A zone is one word with slashes.
    """

    name: Name
    ladders: tuple[tuple[Name, ...], ...] = ()
    by: Path | None = None
    nullable: bool = False


ColumnType = ReferenceType | ScalarType

# ---------------------------------------------------------------------------- the other small languages


@dataclass(frozen=True, slots=True)
class Goal(Node):
    """`at least 25%` (`>=`), `at most` (`<=`), `above` (`>`), `below` (`<`), `between A and B`.

    `bounds` holds one expression, or two for `between`.
    """

    operator: str
    bounds: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Covers(Node):
    """`from 2023-03-01 [to 2024-01-01]`."""

    start: Expr
    end: Expr | None = None


@dataclass(frozen=True, slots=True)
class Duplicates(Node):
    """`latest by loaded_at, id`; `latest` false means `earliest`."""

    latest: bool
    keys: tuple[OrderKey, ...]


@dataclass(frozen=True, slots=True)
class Model(Node):
    """An attribution model: `linear`, `position(40%, 20%, 40%)`."""

    name: Name
    arguments: tuple[Expr, ...] = ()


@dataclass(frozen=True, slots=True)
class Signature(Node):
    """`retention(s)`: the name of a function and its parameters."""

    name: Name
    parameters: tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class Values(Node):
    """`0..24 months`, or a list: what a param may be. A range has `items` of two and `is_range`."""

    items: tuple[Expr, ...]
    is_range: bool = False


@dataclass(frozen=True, slots=True)
class Valid(Node):
    """`valid_from to valid_to`."""

    start: Path
    end: Path


@dataclass(frozen=True, slots=True)
class Touches(Node):
    """`touchpoints where is_marketing`."""

    entity: Path
    where: Expr | None = None


Tree = (
    Expr | Sentence | ColumnType | Goal | Covers | Duplicates | Model | Signature | Values | Valid | Touches
)
"""What a start symbol of the grammar yields."""
