"""Values inside a plan: what a select list, a join or a filter is made of.

Smaller than the IR: no entities, windows or attributes are left, only columns of relations, constants,
operations, summaries of a group and row numbers. Every value knows its type. Operations keep the meaning that
`ir.Op` gives them (division by zero is null, decimals keep their scale); how a dialect says so is its affair.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from enum import Enum

from kpilang import ir
from kpilang.frozen import dataclass
from kpilang.ir import AggregateOp, Op
from kpilang.types import BOOL, DATE, INTEGER, NULL, TIMESTAMP, Exactness, Kind, TimeUnit, Type


class Made(Enum):
    """Operations that the planner adds to those of the language."""

    READ = "read"  # (raw column) → a value of `type`, decimals rounded half away from zero
    FINITE = "finite"  # (double) → null instead of an infinity or NaN
    FLOOR_TO = "start of the unit"  # (date or UTC timestamp) → the first day of `unit`, or its midnight
    MOVE = "moved by units"  # (first day of a unit, whole number of units) → the same of another unit
    NOW = "now"  # () → the UTC timestamp of the statement
    SHIFT = "shifted by seconds"  # (timestamp, whole seconds) → timestamp
    POSITION = "position among words"  # (text) → 1 for the first of `words`, null if it is none of them
    WORD_AT = "word at a position"  # the way back
    STRUCT_FIELD = "field of a struct"  # (struct) → the field `words[0]`
    ROW = "row of values"  # (values) → one value, null in no case, that can be compared as a whole
    UNITS = "in units of the last digit"  # (decimal of some scale) → whole number
    OF_UNITS = "of units of the last digit"  # (whole number) → decimal of the scale of `type`
    PART = (
        "part of a whole"  # (whole number or double, weights, all weights) → the whole number nearest to it
    )
    HALVED = "halved so many times"  # (0 or more) → double, 1 for 0 times
    STOP = "stop of the query"  # () → nothing: the query ends with the words `words[0]`


Operation = Op | Made

STOPPED = "kpilang stops: "
"""How the words of STOP begin, by which engines know them."""
NEGATIVE = "kpilang stops at a negative weight: "
"""The same for a touch that weighs less than nothing."""


@dataclass(frozen=True, slots=True)
class Column:
    """The column `name` of the relation that is called `table` in the FROM clause.

    `wide` says of an integer that it has 64 bits at least: a count or a sum; columns of tables may have any.
    """

    table: str
    name: str
    type: Type
    wide: bool = False


@dataclass(frozen=True, slots=True)
class Constant:
    """A literal. Timestamps are UTC and naive. Booleans, numbers and text are told apart by `type`.

    `is_bound` says that it follows from the periods asked for: it may become a parameter.
    """

    value: int | Decimal | str | bool | date | datetime | None
    type: Type
    is_bound: bool = False


@dataclass(frozen=True, slots=True)
class Apply:
    """An operation.

    `unit` belongs to FLOOR_TO and MOVE, `words` to READ (a zone), POSITION, WORD_AT, STRUCT_FIELD and STOP.
    `first` is FLOOR_TO's first day of a week (0 is Monday) or first month of a year (1 is January).
    """

    op: Operation
    args: tuple[Scalar, ...]
    type: Type
    unit: TimeUnit | None = None
    first: int = 0
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Choose:
    """The value of the first condition that is true, else `otherwise`, else null."""

    whens: tuple[tuple[Scalar, Scalar], ...]
    otherwise: Scalar | None
    type: Type


@dataclass(frozen=True, slots=True)
class Summary:
    """One value of a group of rows; nulls of the argument are skipped, nothing at all gives SQL's answer.

    FIRST and LAST go by `order`. `share` belongs to PERCENTILE. AVG and EXISTS are spelt out by the planner.
    """

    op: AggregateOp
    argument: Scalar | None
    type: Type
    share: Decimal | None = None
    order: tuple[Scalar, ...] = ()


@dataclass(frozen=True, slots=True)
class RowNumber:
    """1, 2, 3 … within a partition; nulls of the order come last."""

    partition: tuple[Scalar, ...]
    order: tuple[tuple[Scalar, bool], ...]
    type: Type = INTEGER


@dataclass(frozen=True, slots=True)
class Over:
    """The summary of all rows of a partition, beside each of them."""

    summary: Summary
    partition: tuple[Scalar, ...]

    @property
    def type(self) -> Type:
        return self.summary.type


class Function(Enum):
    """What a row knows of its neighbours within a partition."""

    LAG = "of the row before"
    LEAD = "of the row after"
    SUM_SO_FAR = "sum up to this row"
    SUM_BEFORE = "sum of the rows before"


@dataclass(frozen=True, slots=True)
class Windowed:
    """A value over the rows of a partition in an order; null where there is no such row."""

    function: Function
    value: Scalar
    partition: tuple[Scalar, ...]
    order: tuple[tuple[Scalar, bool], ...]
    type: Type


Scalar = Column | Constant | Apply | Choose | Summary | RowNumber | Over | Windowed


@dataclass(frozen=True, slots=True)
class Named:
    """A value under the name of a column."""

    name: str
    value: Scalar


# ---------------------------------------------------------------------------- small builders

TRUE = Constant(True, BOOL)
FALSE = Constant(False, BOOL)
ONE = Constant(1, INTEGER)
ZERO = Constant(0, INTEGER)
DOUBLE = Type(Kind.NUMBER, nullable=True, exactness=Exactness.APPROXIMATE)


def null(type_: Type = NULL) -> Constant:
    return Constant(None, type_)


def day(value: date) -> Constant:
    """A bound among dates."""
    return Constant(value, DATE, is_bound=True)


def instant(value: datetime) -> Constant:
    """A bound among timestamps, in UTC; `value` may be aware."""
    return Constant(value.replace(tzinfo=None), TIMESTAMP, is_bound=True)


def compare(op: Op, left: Scalar, right: Scalar) -> Apply:
    return Apply(op, (left, right), BOOL)


def all_of(conditions: tuple[Scalar, ...]) -> Scalar:
    """The conjunction; TRUE of nothing."""
    kept = tuple(dict.fromkeys(c for part in conditions for c in conjuncts(part) if c != TRUE))
    if not kept:
        return TRUE
    return kept[0] if len(kept) == 1 else Apply(Op.AND, kept, BOOL)


def any_of(conditions: tuple[Scalar, ...]) -> Scalar:
    """The disjunction; FALSE of nothing."""
    kept = tuple(dict.fromkeys(c for c in conditions if c != FALSE))
    if not kept:
        return FALSE
    if TRUE in kept:
        return TRUE
    return kept[0] if len(kept) == 1 else Apply(Op.OR, kept, BOOL)


def conjuncts(condition: Scalar) -> tuple[Scalar, ...]:
    if isinstance(condition, Apply) and condition.op is Op.AND:
        return tuple(part for arg in condition.args for part in conjuncts(arg))
    return (condition,)


def given(condition: Scalar, value: Scalar) -> Scalar:
    """`value` where the condition holds, null elsewhere."""
    return value if condition == TRUE else Choose(((condition, value),), None, value.type.with_null())


def is_null(value: Scalar) -> Apply:
    return compare(Op.IS, value, null(value.type))


def is_not_null(value: Scalar) -> Apply:
    return compare(Op.IS_NOT, value, null(value.type))


def or_else(value: Scalar, default: Scalar) -> Apply:
    return Apply(Op.COALESCE, (value, default), value.type.with_null(False))


def zero(type_: Type) -> Constant:
    return Constant(0, type_)


def parts(value: Scalar) -> tuple[Scalar, ...]:
    """The values directly inside."""
    match value:
        case Column() | Constant():
            return ()
        case Apply():
            return value.args
        case Choose(whens, otherwise):
            inside = tuple(part for when in whens for part in when)
            return inside if otherwise is None else (*inside, otherwise)
        case Summary(_, argument):
            return value.order if argument is None else (argument, *value.order)
        case RowNumber(partition, order):
            return (*partition, *(key for key, _ in order))
        case Over(summary, partition):
            return (summary, *partition)
        case Windowed(_, inner, partition, order):
            return (inner, *partition, *(key for key, _ in order))


def walk(value: Scalar) -> Iterator[Scalar]:
    yield value
    for part in parts(value):
        yield from walk(part)


def tables(value: Scalar) -> frozenset[str]:
    """The relations whose columns appear in a value."""
    return frozenset(part.table for part in walk(value) if isinstance(part, Column))


def rebuilt(value: Scalar, change: Callable[[Scalar], Scalar]) -> Scalar:
    """The same value with `change` applied to what is directly inside."""
    match value:
        case Column() | Constant():
            return value
        case Apply(_, args):
            return dataclasses.replace(value, args=tuple(map(change, args)))
        case Choose(whens, otherwise):
            changed = tuple((change(condition), change(result)) for condition, result in whens)
            return Choose(changed, None if otherwise is None else change(otherwise), value.type)
        case Summary(_, argument):
            inner = None if argument is None else change(argument)
            return dataclasses.replace(value, argument=inner, order=tuple(map(change, value.order)))
        case RowNumber(partition, order):
            keys = tuple((change(key), descending) for key, descending in order)
            return RowNumber(tuple(map(change, partition)), keys)
        case Over(summary, partition):
            inside = change(summary)
            assert isinstance(inside, Summary), "a summary stays one"
            return Over(inside, tuple(map(change, partition)))
        case Windowed(_, inner, partition, order):
            keys = tuple((change(key), descending) for key, descending in order)
            parted = tuple(map(change, partition))
            return dataclasses.replace(value, value=change(inner), partition=parted, order=keys)


def literal(node: ir.Literal) -> Constant:
    """A constant of the IR; instants lose their zone, which is UTC."""
    if isinstance(node.value, datetime):
        return Constant(node.value.replace(tzinfo=None), node.type)
    return Constant(node.value, node.type)
