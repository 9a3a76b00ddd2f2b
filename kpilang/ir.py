"""The typed IR: what a query means, every name resolved, every type known.

`semantics` builds it; `reference` evaluates it by the laws; `plan` turns it into SQL. There are two
places for an expression. A **row expression** is evaluated for one row of one entity (`Field`, `Outer`,
`Raw`, `Child`, `Rank`, and operators over them). A **cell expression** is evaluated for one group of the
query in one period (`Aggregate`, `PeriodValue`, and operators over them). Literals and operators serve both.

Everything is frozen and compares by meaning; names of functions, KPIs, params and selectors on composed
terms are gone: a KPI that refers to another holds the other's expression, a selector on a formula has been
pushed down to every aggregate in it, params are literals.
"""

from __future__ import annotations

from dataclasses import field
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import assert_never

from kpilang.frozen import dataclass
from kpilang.nodes import Node
from kpilang.source import NOWHERE, Span
from kpilang.types import Kind, TimeUnit, Type

# ---------------------------------------------------------------------------- operators


class Op(Enum):
    """Scalar operations. Null in any operand gives null except where said (law 4, 5)."""

    # arithmetic on numbers and durations of one unit; exact operands give exact results, but for DIV
    ADD = "+"
    SUB = "-"
    MUL = "*"
    DIV = "/"  # true division, once, in double; by zero: null
    NEG = "negative"
    ABS = "abs"
    ROUND = "round"  # (x, n): n digits after the point, half away from zero; of a double: of its exact value
    FLOOR = "floor"
    CEIL = "ceil"
    SQRT = "sqrt"  # of a negative number: null
    LN = "ln"  # of zero or less: null
    EXP = "exp"  # too large for a double: null
    POWER = "power"  # not a finite double: null
    GREATEST = "greatest"
    LEAST = "least"
    # comparison: operands of one kind and unit; text by code point, ranked enum words by rank
    EQ = "="
    NE = "<>"
    LT = "<"
    LE = "<="
    GT = ">"
    GE = ">="
    IS = "is"  # never null: null is null
    IS_NOT = "is not"  # never null
    IN = "in"  # first operand among the others, as `=` joined by `or`
    LIKE = "like"  # (text, pattern, escape): `%` and `_`, case-sensitive; escape is text or null for none
    # logic in three values
    AND = "and"
    OR = "or"
    NOT = "not"
    # choice
    COALESCE = "coalesce"  # the first that is not null
    NULLIF = "nullif"
    # text
    LENGTH = "length"  # in code points
    CONCAT = "concat"
    STARTS_WITH = "starts_with"
    ENDS_WITH = "ends_with"
    CONTAINS = "contains"
    # time
    DATE_OF = "date"  # timestamp → the local day in the project's time zone
    ADD_DAYS = "add days"  # (date, whole number of days) → date
    ADD_MONTHS = (
        "add months"  # (date, whole number of months) → date; a missing day is the first of the next month
    )
    ADD_SECONDS = "add seconds"  # (timestamp, seconds) → timestamp
    DIFF_DAYS = "difference in days"  # (date, date) → a minus b, exact whole number
    DIFF_SECONDS = "difference in seconds"  # (timestamp, timestamp) → a minus b, decimal of scale 6
    # reading and `as`
    CAST = "cast"  # to `type`: rounds decimals half away from zero to its scale; null stays null


class AggregateOp(Enum):
    """What an aggregate makes of the rows. Nulls of the argument are skipped; of nothing: law 3."""

    COUNT = "count"  # rows, no argument; of nothing 0
    UNIQUE = "unique"  # different values; of nothing 0
    SUM = "sum"  # of nothing 0
    AVG = "avg"  # the exact sum over the count, divided once in double; of a condition: the share
    MIN = "min"
    MAX = "max"
    MEDIAN = "median"
    PERCENTILE = "percentile"
    STDDEV = "stddev"  # of the sample; of one value: null
    FIRST = "first"  # by the anchor, then by the key
    LAST = "last"
    EXISTS = "exists"  # only in attributes; never null


# ---------------------------------------------------------------------------- expressions


@dataclass(frozen=True, slots=True)
class Literal(Node):
    """A constant: int, Decimal, str, bool, date, aware datetime in UTC or None by `type`; never a float.

    Durations are numbers of days or seconds by their unit; calendar durations are numbers of months.
    """

    value: int | Decimal | str | bool | date | datetime | None
    type: Type

    def __post_init__(self) -> None:
        assert not isinstance(self.value, float), "a literal is exact"


@dataclass(frozen=True, slots=True)
class Field(Node):
    """A column or attribute: of `entity` itself, or of the parent reached over the references `steps`.

    `entity` is the entity whose row is at hand, `owner` the one that declares `name` (the same without
    steps). A parent that is missing gives null.
    """

    entity: str
    steps: tuple[str, ...]
    owner: str
    name: str
    type: Type


@dataclass(frozen=True, slots=True)
class Outer(Node):
    """`this.x`: a field of the row whose attribute is being computed. Only inside a `Child`."""

    field: Field

    @property
    def type(self) -> Type:
        return self.field.type


@dataclass(frozen=True, slots=True)
class Raw(Node):
    """A column of the physical table, by its own name; more names are fields of a struct.

    Only in the `value` of a column and in what a source says of itself.
    """

    path: tuple[str, ...]
    type: Type = Type(Kind.RAW, nullable=True)


@dataclass(frozen=True, slots=True)
class Call(Node):
    """A scalar operation. Operands have been made to agree: units, durations, dates beside timestamps."""

    op: Op
    args: tuple[Expr, ...]
    type: Type


@dataclass(frozen=True, slots=True)
class When(Node):
    condition: Expr
    value: Expr


@dataclass(frozen=True, slots=True)
class Case(Node):
    """The value of the first condition that is true, else `otherwise`, else null."""

    whens: tuple[When, ...]
    otherwise: Expr | None
    type: Type


# ---------------------------------------------------------------------------- time windows


@dataclass(frozen=True, slots=True)
class Prior(Node):
    pass


@dataclass(frozen=True, slots=True)
class Before(Node):
    pass


@dataclass(frozen=True, slots=True)
class AllTime(Node):
    pass


@dataclass(frozen=True, slots=True)
class Last(Node):
    count: int
    unit: TimeUnit


@dataclass(frozen=True, slots=True)
class Next(Node):
    count: int
    unit: TimeUnit


@dataclass(frozen=True, slots=True)
class Ago(Node):
    count: int
    unit: TimeUnit


@dataclass(frozen=True, slots=True)
class ToDate(Node):
    unit: TimeUnit


@dataclass(frozen=True, slots=True)
class FromTo(Node):
    """Local times without offset, `start` before `end`."""

    start: datetime
    end: datetime


Step = Prior | Before | AllTime | Last | Next | Ago | ToDate | FromTo
Window = tuple[Step, ...]
"""Steps in the order in which they act on the period: `x[a][b]` is `(b, a)`. Empty: the period itself."""


# ---------------------------------------------------------------------------- aggregates

ALL_DIMENSIONS = ("*",)
"""`across` of `[across *]`."""


@dataclass(frozen=True, slots=True)
class Aggregate(Node):
    """An aggregate over the rows of one entity in one period: the atom of every KPI.

    The rows are those of `entity` whose `anchor` lies in the interval that `window` makes of the period
    (null lies nowhere), for which `where` is true; without an anchor all rows, in every period. `where` holds
    the aggregate's own condition, those of condition selectors and that of the query. `across` names
    dimensions of the query that do not group it. `argument` is a row expression of `entity`; COUNT has none.
    `parameter` is the share of a percentile. FIRST and LAST go by the anchor, then by the entity's key.
    `name` is a hint for readers of the SQL.
    """

    op: AggregateOp
    entity: str
    anchor: Field | None
    type: Type
    argument: Expr | None = None
    parameter: Literal | None = None
    where: Expr | None = None
    window: Window = ()
    across: tuple[str, ...] = ()
    name: str | None = field(default=None, compare=False)


class PeriodPart(Enum):
    START = "start"  # a date, or a timestamp where it meets one
    END = "end"
    LENGTH = "length"  # in local days; part of a day is a fraction of 24 h


@dataclass(frozen=True, slots=True)
class PeriodValue(Node):
    """`period.start`, `period.end` or `period` of the interval that `window` makes; in cells and in rows."""

    part: PeriodPart
    type: Type
    window: Window = ()


# ---------------------------------------------------------------------------- sets of members


@dataclass(frozen=True, slots=True)
class With(Node):
    """Members that have rows: `customers with orders where is_paid`.

    The members are the keys of `entity` that `member`, a row expression of `rows`, has in the rows of `rows`
    whose `anchor` lies in the interval that `window` makes of the period (None: in every period) and for
    which `where` is true; null is nobody's key. With `among` only rows that are members of that set of
    `rows` count. With `having`, a condition over aggregates of `rows` without windows of their own, a member
    is a key whose rows make it true; rows that no aggregate of it counts are no rows of the set.

    `across`, here and in the other parts of a set, names dimensions of the query that do not group the part:
    `count(buyers and not buyers[across channel][before])`.
    """

    entity: str
    rows: str
    member: Expr
    anchor: Field | None
    where: Expr | None = None
    having: Expr | None = None
    among: Set | None = None
    window: Window = ()
    across: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class State(Node):
    """`customers while A to B`: rows with A < t and (B is null or B >= t), t the end of the interval."""

    entity: str
    start: Expr
    end: Expr
    where: Expr | None = None
    window: Window = ()
    across: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Event(Node):
    """`customers dated churned_at`: rows whose anchor lies in the interval."""

    entity: str
    anchor: Field
    where: Expr | None = None
    window: Window = ()
    across: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Always(Node):
    """`customers where tier = 'gold'`: the same members in every period."""

    entity: str
    where: Expr | None = None
    across: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AllOf(Node):
    """Members of every operand; an `Outside` among them takes its members away."""

    operands: tuple[Set | Outside, ...]


@dataclass(frozen=True, slots=True)
class AnyOf(Node):
    """Members of any operand."""

    operands: tuple[Set, ...]


@dataclass(frozen=True, slots=True)
class Outside(Node):
    """Who is no member. Only among the operands of `AllOf`, never all of them."""

    operand: Set


Set = With | State | Event | Always | AllOf | AnyOf
"""A set of keys of one entity, in a period."""


@dataclass(frozen=True, slots=True)
class CountOf(Node):
    """`count(S)`: how many members, decided within each group of the query (law 11).

    A cell expression. The conditions of selectors and of the query have been put into the `where` of every
    part. A group has a row where a part has one.
    """

    set: Set
    type: Type
    across: tuple[str, ...] = ()
    name: str | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Member(Node):
    """`customer in loyal`: whether the key is a member, in the whole population; never null (ruling 14).

    A row expression. Selectors on what it stands in have been put into the windows of the set.
    """

    key: Expr
    set: Set
    type: Type


# ---------------------------------------------------------------------------- nested aggregates


@dataclass(frozen=True, slots=True)
class PerKeys(Node):
    """For each combination of values, null included, that rows of the inner aggregates have.

    `paths` gives for each entity that is aggregated inside the row expressions to group by.
    """

    names: tuple[str, ...]
    paths: tuple[tuple[str, tuple[Expr, ...]], ...]

    def path(self, entity: str) -> tuple[Expr, ...]:
        return next(path for name, path in self.paths if name == entity)


@dataclass(frozen=True, slots=True)
class PerGrain(Node):
    """For each sub-period of a grain that nests in the interval, empty ones too (ruling 17)."""

    grain: TimeUnit


@dataclass(frozen=True, slots=True)
class Nested(Node):
    """`avg(revenue per customer)`: a cell expression for each value of `per`, then aggregated; nulls skipped.

    A cell expression. With `PerKeys` windows and `across` stand in the inner aggregates, and `window` is
    empty; with `PerGrain` `window` makes the interval that is cut into sub-periods, which are the periods of
    `value`. `across` names the dimensions that do not group the result; the inner aggregates have it too.
    """

    op: AggregateOp
    value: Expr
    per: PerKeys | PerGrain
    type: Type
    parameter: Literal | None = None
    window: Window = ()
    across: tuple[str, ...] = ()
    name: str | None = field(default=None, compare=False)


# ---------------------------------------------------------------------------- attributes


@dataclass(frozen=True, slots=True)
class Child(Node):
    """An aggregate in an attribute: over rows of `entity` that refer to the row at hand by `link`.

    `link` is the path of references from the child to the outer entity; empty with `all E`. `where` and
    `argument` are row expressions of `entity` in which `Outer` names the outer row. Rows whose `anchor` is
    null are left out when `interval` is given, which then bounds them (half-open; expressions over the outer
    row). FIRST and LAST go by `anchor` (the entity's time), then by its key. `ever` means that later rows
    may change past values.
    """

    op: AggregateOp
    entity: str
    link: tuple[str, ...]
    type: Type
    argument: Expr | None = None
    parameter: Literal | None = None
    where: Expr | None = None
    anchor: Field | None = None
    interval: tuple[Expr, Expr] | None = None
    ever: bool = False


@dataclass(frozen=True, slots=True)
class SortKey(Node):
    value: Expr
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Rank(Node):
    """`rank(per customer by ordered_at)`: 1 for the first, ties by key; null beside a null part or order."""

    per: tuple[Expr, ...]
    by: tuple[SortKey, ...]
    type: Type


class TouchPart(Enum):
    POSITION = "position"  # from 1, in order of time, ties by key
    TOUCHES = "touches"  # how many touches the conversion has in its window
    AGE = "age"  # duration from the touch to the conversion: of `touched` and `latest`


@dataclass(frozen=True, slots=True)
class TouchValue(Node):
    part: TouchPart
    type: Type


Expr = (
    Literal
    | Field
    | Outer
    | Raw
    | Call
    | Case
    | Aggregate
    | PeriodValue
    | CountOf
    | Member
    | Nested
    | Child
    | Rank
    | TouchValue
)

# ---------------------------------------------------------------------------- attribution


@dataclass(frozen=True, slots=True)
class FirstTouch:
    """All to the first touch."""


@dataclass(frozen=True, slots=True)
class LastTouch:
    """All to the last touch for which `direct` is not true; if there is none, to the last."""

    direct: Expr | None = None


@dataclass(frozen=True, slots=True)
class Evenly:
    """The same weight for each touch: `linear`."""


@dataclass(frozen=True, slots=True)
class ByPosition:
    """Shares of the first touch, of those between together (split evenly) and of the last.

    What is missing renormalises: of two touches the first has `first` and the last `last`, one has all.
    """

    first: Decimal
    between: Decimal
    last: Decimal


@dataclass(frozen=True, slots=True)
class ByDecay:
    """2 to the power of −age / half-life, the age counted from the youngest touch, in doubles.

    The half-life is in the unit of `Credits.touched`: days for dates, seconds for timestamps.
    """

    half_life: Decimal


@dataclass(frozen=True, slots=True)
class Milestone(Node):
    """The first touch for which `where` is true has `share`; a touch on two milestones carries both."""

    where: Expr
    share: Decimal


@dataclass(frozen=True, slots=True)
class ByMilestones:
    """`u_shaped`, `w_shaped`, `full_path`: the touches on no milestone share `others` evenly.

    Without any other touch, or without the touch of a milestone, the shares that are there renormalise.
    """

    milestones: tuple[Milestone, ...]
    others: Decimal


@dataclass(frozen=True, slots=True)
class ByWeight:
    """A row expression of the touch, exact or not; null counts as 0, a negative one is an error at run time.

    `TouchValue` stands only here, the conversion's fields as `Outer`.
    """

    weight: Expr


@dataclass(frozen=True, slots=True)
class InFull:
    """`any`: each pair has the whole value; what is counted over it has been made not to count it twice."""


Shares = FirstTouch | LastTouch | Evenly | ByPosition | ByDecay | ByMilestones | ByWeight | InFull
"""How the touches of a conversion share its value."""


def expressions_of(shares: Shares) -> tuple[Expr, ...]:
    """The row expressions of the touch that decide."""
    match shares:
        case LastTouch(direct):
            return () if direct is None else (direct,)
        case ByMilestones(milestones):
            return tuple(milestone.where for milestone in milestones)
        case ByWeight(weight):
            return (weight,)
        case FirstTouch() | Evenly() | ByPosition() | ByDecay() | InFull():
            return ()
        case _:
            assert_never(shares)


CREDIT_VALUE, CREDIT_TIME, IS_ATTRIBUTED = "value", "converted_at", "is_attributed"
CONVERSION, TOUCH = "conversion", "touch"


@dataclass(frozen=True, slots=True)
class Credits:
    """The rows of an attribution: one for each credited pair, one for each conversion without a credit.

    A conversion is a row of `conversions` for which `where` is true. Its touches are the rows of `touches`
    with `touch_where` whose `touched` lies from `earliest` to `latest`, both included (`earliest` None: no
    bound), and for which each pair of `keys` (expression of the conversion, of the touch) is equal, null to
    nothing. `touched` is a row expression of the touch, `earliest` and `latest` of the conversion, all of one
    type; touches are ordered by `order`, their entity's time, then by key. `where`, `value` and the first of
    each pair are expressions of the conversion, `touch_where` and the second of the touch.

    A conversion whose `anchor` or a touch whose `order` is at or after the as-of instant is not there,
    however the credits are dated. A null in `earliest`, `latest` or `touched` is in no window. A pair whose
    weight is zero is no credit. A conversion without touches, or whose weights are all zero, is one row with
    null in the touch, its full value and `is_attributed` false. A null value gives null credits. A negative
    weight is an error wherever it stands, in the range or not.

    Otherwise the credits are those of law 13, in units of 10⁻ˢ, s the scale of the value, at least 6. For
    `ByDecay` and for weights of an inexact type the column is approximate. Then, in doubles: of `ByDecay`
    wᵢ = power(2, −(age / half-life)), the age exact and the quotient one double; Sᵢ = Sᵢ₋₁ + wᵢ in order;
    Cᵢ = floor((|v| · Sᵢ) / Sₙ + 0.5) but at most |v|, the whole number of units; Cₙ = |v|. A value of an
    inexact type has no smallest unit: each credit is (value · wᵢ) / Sₙ in doubles, and nothing is rounded.

    The columns of the entity are the time of the conversion (`converted_at`, `anchor`), `value`,
    `is_attributed`, the references `conversion` and `touch` (nullable). A reference to a key of one column
    is one column of its own name; to a key of several, those columns are named `touch_a`, `touch_b`.
    The entity has no key.
    """

    conversions: str
    value: Expr
    anchor: Field
    touches: str
    keys: tuple[tuple[Expr, Expr], ...]
    touched: Expr
    earliest: Expr | None
    latest: Expr
    order: Field
    shares: Shares
    where: Expr | None = None
    touch_where: Expr | None = None

    @property
    def of_conversion(self) -> tuple[Expr, ...]:
        """What is read of each conversion."""
        given = (self.value, self.anchor, self.earliest, self.latest, self.where)
        return tuple(expr for expr in (*given, *(ours for ours, _ in self.keys)) if expr is not None)

    @property
    def of_touch(self) -> tuple[Expr, ...]:
        """What is read of each touch; a weight may look at the conversion too."""
        given = (self.touched, self.order, self.touch_where, *(theirs for _, theirs in self.keys))
        return tuple(expr for expr in (*given, *expressions_of(self.shares)) if expr is not None)


# ---------------------------------------------------------------------------- the model


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the target, one to three identifiers."""

    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class File:
    """A CSV or Parquet file or glob, relative to the project."""

    pattern: str


@dataclass(frozen=True, slots=True)
class SqlText:
    """The user's own SELECT, for one dialect or (`""`) for any."""

    texts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Each:
    """A derived entity: one row per distinct value, null excepted, of the column `column` of `entity`.

    The entity's key is a column of the same type named `column`; `carry` names columns that are the same in
    all rows of one value, and columns of the derived entity under the same names.
    """

    entity: str
    column: str
    carry: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BoundSource:
    """One source of an abstract entity: where it lies and what each column is, over the table's own (`Raw`).

    `where` is over the table's columns too. `name` is the value of the dimension `source`.
    """

    name: str
    origin: Table | File | SqlText
    values: tuple[tuple[str, Expr], ...]
    where: Expr | None = None


@dataclass(frozen=True, slots=True)
class Union:
    """The rows of several sources one after another; key and source together are unique (ruling 18)."""

    sources: tuple[BoundSource, ...]


Origin = Table | File | SqlText | Each | Union | Credits


@dataclass(frozen=True, slots=True)
class Reference:
    """Many to one: the columns of this entity that hold the key of `target`, in the order of its key.

    `as_of` names the date or timestamp column of this entity at which the version of `target` is in force.
    """

    columns: tuple[str, ...]
    target: str
    as_of: str | None = None


@dataclass(frozen=True, slots=True)
class Column(Node):
    """A typed column.

    `physical` is its name in the table; `value` an expression over the table instead (`Raw`, no fields).
    A composite reference has neither. `zone` is the zone a timestamp is stored in, None for UTC.
    Decimals are rounded to the scale of `type`, half away from zero, when read.
    """

    name: str
    type: Type
    physical: str | None = None
    value: Expr | None = None
    reference: Reference | None = None
    zone: str | None = None
    recorded: str | None = None
    """The column that says when this one's value became known; after as-of it is null (ruling 7)."""


@dataclass(frozen=True, slots=True)
class Attribute(Node):
    """One value per row, whatever the query's period: a row expression."""

    name: str
    type: Type
    value: Expr


@dataclass(frozen=True, slots=True)
class Coverage:
    """Local days from `start` (included) to `end` (excluded); None is open. Rows outside do not exist."""

    start: date | None
    end: date | None


@dataclass(frozen=True, slots=True)
class Duplicates:
    """Of several rows with one key only the latest (or earliest) by these columns is there (ruling 18).

    It is chosen among the rows recorded by as-of, before `where`; ties with different contents are an error.
    """

    latest: bool
    by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Validity:
    """Columns of a version: in force from `start` (included) to `end` (excluded; null: still)."""

    start: str
    end: str


@dataclass(frozen=True, slots=True)
class Entity(Node):
    """Rows of one kind.

    `origin` is None for an abstract entity: it can be checked and tested, not run. A row for which `where`
    is not true does not exist. `key` names columns, none if it has none. `time` is
    the default anchor. `rules` hold for every row (law 0): they are assumed, not applied.
    """

    name: str
    origin: Origin | None = None
    key: tuple[str, ...] = ()
    time: str | None = None
    columns: tuple[Column, ...] = ()
    attributes: tuple[Attribute, ...] = ()
    where: Expr | None = None
    rules: tuple[Expr, ...] = ()
    covers: Coverage | None = None
    recorded: str | None = None
    """The timestamp column that says when a row became visible; rows recorded after as-of do not exist."""
    duplicates: Duplicates | None = None
    valid: Validity | None = None
    unit: str = ""

    def column(self, name: str) -> Column | None:
        return next((column for column in self.columns if column.name == name), None)

    def attribute(self, name: str) -> Attribute | None:
        return next((attribute for attribute in self.attributes if attribute.name == name), None)


@dataclass(frozen=True, slots=True)
class Calendar:
    """How time is cut: the zone, the first day of a week (0 is Monday), the first month of a fiscal year."""

    timezone: str = "UTC"
    week_starts: int = 0
    fiscal_year_starts: int = 1


@dataclass(frozen=True, slots=True)
class Model:
    """The entities a query may touch, with everything they refer to."""

    entities: tuple[Entity, ...]
    calendar: Calendar = Calendar()

    def entity(self, name: str) -> Entity:
        """The entity `name`, which the resolver has made sure exists."""
        return next(entity for entity in self.entities if entity.name == name)


# ---------------------------------------------------------------------------- the query


@dataclass(frozen=True, slots=True)
class Axis(Node):
    """A param that groups the result: each row of the rest once for each of its values, in this order."""

    name: str
    type: Type
    values: tuple[Literal, ...]


@dataclass(frozen=True, slots=True)
class Dimension(Node):
    """A dimension of the query: for each entity that is aggregated, the row expression to group by."""

    name: str
    type: Type
    paths: tuple[tuple[str, Expr], ...]

    def path(self, entity: str) -> Expr:
        return next(path for name, path in self.paths if name == entity)


@dataclass(frozen=True, slots=True)
class Goal:
    """`>=`, `<=`, `>`, `<` or `between` and its bounds: literals, or the names of hidden outputs."""

    operator: str
    bounds: tuple[Literal | str, ...]


class Better(Enum):
    HIGHER = "higher"
    LOWER = "lower"


@dataclass(frozen=True, slots=True)
class Output(Node):
    """A column of the result: a cell expression under a name. Hidden ones feed goals and are not shown.

    Where the query has axes and the expression depends on them, `along` holds it for each combination of
    their values, the last axis fastest, and `value` is the first of these. Groups have a row, for every value
    of every axis, where any of the expressions has one.
    """

    name: str
    value: Expr
    label: str | None = None
    better: Better | None = None
    target: Goal | None = None
    warn: Goal | None = None
    alert: Goal | None = None
    matures: int | None = None
    """Days until a period's value is final."""
    hidden: bool = False
    along: tuple[Expr, ...] = ()

    @property
    def type(self) -> Type:
        return self.value.type


@dataclass(frozen=True, slots=True)
class Order:
    """Order by a column of the result: a dimension, `period` or an output; nulls last either way."""

    column: str
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Range:
    """Local times without offset, `start` before `end`, on the grid of the query's grain if it has one."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked. `range` None: all time up to as-of (then `grain` is None too).

    `as_of` is an aware instant, None for the instant of the run. Rows of the result are in law 12's order
    (dimensions, axes, then period, nulls last) after `order`; `limit` cuts them last.
    """

    model: Model
    outputs: tuple[Output, ...]
    dimensions: tuple[Dimension, ...] = ()
    grain: TimeUnit | None = None
    range: Range | None = None
    as_of: datetime | None = None
    fill: bool = False
    order: tuple[Order, ...] = ()
    limit: int | None = None
    axes: tuple[Axis, ...] = ()
    span: Span = field(default=NOWHERE, compare=False)

    @property
    def columns(self) -> tuple[str, ...]:
        """The result's columns: dimensions, axes, `period` under a grain, outputs (the hidden ones last)."""
        period = ("period",) if self.grain is not None else ()
        shown = [output.name for output in self.outputs if not output.hidden]
        hidden = [output.name for output in self.outputs if output.hidden]
        grouping = (*(d.name for d in self.dimensions), *(axis.name for axis in self.axes))
        return (*grouping, *period, *shown, *hidden)
