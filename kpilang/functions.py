"""The table of functions: what may be called, with what, and what comes out. No implementations.

`semantics` reads it to resolve calls, `kpilang functions` prints it. The meaning of each operation is that
of the `ir.Op` or `ir.AggregateOp` it becomes; how it is computed is the business of `reference` and `sql`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType

from kpilang.ir import AggregateOp, Op


class Takes(Enum):
    """What a parameter accepts."""

    ANY = "any value"
    SAME = "a value like the first"
    AMOUNT = "a number or a duration"
    PLAIN = "a number without a unit"
    MEASURE = "a number, a duration or a condition"
    ORDERED = "a value with an order"
    TEXT = "text"
    TIME = "a timestamp or a date"
    WHOLE = "a constant whole number"
    SHARE = "a constant between 0% and 100%"
    ROWS = "an entity"
    KPI = "the name of a KPI"


class Gives(Enum):
    """The typing rule: the type of a call from the types of its arguments."""

    FIRST = "the type of the first argument"
    FIRST_OR_NULL = "the type of the first argument, or null"
    COMMON = "the common type of the arguments"
    FILLED = "the common type of the arguments, null only if all are"
    ROUNDED = "the first argument's type with so many digits"
    WHOLE = "a whole number in the unit of the first argument"
    APPROXIMATE = "an approximate plain number, or null"
    LENGTH = "an integer"
    TEXT = "text"
    CONDITION = "true or false"
    DATE = "a date"
    COUNT = "an integer that counts the entity's things"
    TOTAL = "the type of the argument, exact where that is"
    MEAN = "a number in the unit of the argument, divided once"
    SPREAD = "an approximate number in the unit of the argument"
    KPI = "the type of the goal"


@dataclass(frozen=True, slots=True)
class Parameter:
    """`repeated` takes one or more, `optional` none or one; both stand last."""

    name: str
    takes: Takes
    optional: bool = False
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Example:
    """An expression, and its value in words."""

    expression: str
    value: str


@dataclass(frozen=True, slots=True)
class Scalar:
    """A function of values in one row, or in one cell of the result."""

    name: str
    op: Op
    parameters: tuple[Parameter, ...]
    gives: Gives
    doc: str
    examples: tuple[Example, ...] = ()

    @property
    def signature(self) -> str:
        return _signature(self.name, self.parameters)

    @property
    def least(self) -> int:
        """The fewest arguments."""
        return sum(not parameter.optional for parameter in self.parameters)

    @property
    def most(self) -> int | None:
        """The most arguments, None without a limit."""
        return None if any(p.repeated for p in self.parameters) else len(self.parameters)

    def parameter(self, index: int) -> Parameter:
        return self.parameters[min(index, len(self.parameters) - 1)]


@dataclass(frozen=True, slots=True)
class Aggregate:
    """A function of the rows of one entity. `additive`: sums over disjoint sets of rows add up."""

    name: str
    op: AggregateOp
    parameters: tuple[Parameter, ...]
    gives: Gives
    doc: str
    examples: tuple[Example, ...] = ()
    needs_key: bool = False
    additive: bool = False
    fans_in: bool = False
    """Whether a parent's value would be counted once per child (ruling 17)."""
    only_attributes: bool = False

    @property
    def signature(self) -> str:
        return _signature(self.name, self.parameters, "[dated column] [where condition]")


@dataclass(frozen=True, slots=True)
class Special:
    """A call with a meaning of its own."""

    name: str
    signature: str
    gives: Gives
    doc: str
    examples: tuple[Example, ...] = ()


def _signature(name: str, parameters: tuple[Parameter, ...], tail: str = "") -> str:
    words = []
    for parameter in parameters:
        text = f"{parameter.name}, …" if parameter.repeated else parameter.name
        words.append(f"[{text}]" if parameter.optional else text)
    inside = ", ".join(words)
    return f"{name}({inside} {tail})" if tail else f"{name}({inside})"


def _x(takes: Takes) -> Parameter:
    return Parameter("x", takes)


_SCALARS = (
    Scalar("abs", Op.ABS, (_x(Takes.AMOUNT),), Gives.FIRST, "The distance from zero.",
           (Example("abs(-3)", "3"),)),
    Scalar("round", Op.ROUND, (_x(Takes.AMOUNT), Parameter("digits", Takes.WHOLE, optional=True)),
           Gives.ROUNDED,
           "Rounded to so many digits after the point (0 unless given), half away from zero.",
           (Example("round(2.5)", "3"), Example("round(-1.005, 2)", "-1.01"))),
    Scalar("floor", Op.FLOOR, (_x(Takes.AMOUNT),),
           Gives.WHOLE, "The greatest whole number that is not above.",
           (Example("floor(-1.5)", "-2"),)),
    Scalar("ceil", Op.CEIL, (_x(Takes.AMOUNT),), Gives.WHOLE, "The least whole number that is not below.",
           (Example("ceil(-1.5)", "-1"),)),
    Scalar("sqrt", Op.SQRT, (_x(Takes.PLAIN),),
           Gives.APPROXIMATE, "The square root; null of a negative number.",
           (Example("sqrt(9)", "3"),)),
    Scalar("ln", Op.LN, (_x(Takes.PLAIN),), Gives.APPROXIMATE,
           "The natural logarithm; null of zero and below.", (Example("ln(1)", "0"),)),
    Scalar("exp", Op.EXP, (_x(Takes.PLAIN),), Gives.APPROXIMATE,
           "e to the power of x; null where no double is large enough.", (Example("exp(0)", "1"),)),
    Scalar("power", Op.POWER, (_x(Takes.PLAIN), Parameter("y", Takes.PLAIN)), Gives.APPROXIMATE,
           "x to the power of y; null where that is no finite number.", (Example("power(2, 10)", "1024"),)),
    Scalar("greatest", Op.GREATEST, (_x(Takes.ORDERED), Parameter("y", Takes.SAME, repeated=True)),
           Gives.COMMON,
           "The greatest of the values; null if one is null.", (Example("greatest(1, 3, 2)", "3"),)),
    Scalar("least", Op.LEAST, (_x(Takes.ORDERED), Parameter("y", Takes.SAME, repeated=True)), Gives.COMMON,
           "The least of the values; null if one is null.", (Example("least(1, 3, 2)", "1"),)),
    Scalar("coalesce", Op.COALESCE, (_x(Takes.ANY), Parameter("y", Takes.SAME, repeated=True)), Gives.FILLED,
           "The first of the values that is not null.", (Example("coalesce(null, 2)", "2"),)),
    Scalar("nullif", Op.NULLIF, (_x(Takes.ANY), Parameter("y", Takes.SAME)), Gives.FIRST_OR_NULL,
           "x, but null where it equals y.", (Example("nullif(0, 0)", "null"),)),
    Scalar("length", Op.LENGTH, (_x(Takes.TEXT),),
           Gives.LENGTH, "How many characters (code points) a text has.",
           (Example("length('名前')", "2"),)),
    Scalar("concat", Op.CONCAT, (_x(Takes.TEXT), Parameter("y", Takes.TEXT, repeated=True)), Gives.TEXT,
           "The texts one after the other; null if one is null.", (Example("concat('a', 'b')", "'ab'"),)),
    Scalar("starts_with", Op.STARTS_WITH, (_x(Takes.TEXT), Parameter("part", Takes.TEXT)), Gives.CONDITION,
           "Whether a text begins with another, case and all.",
           (Example("starts_with('email', 'e')", "true"),)),
    Scalar("ends_with", Op.ENDS_WITH, (_x(Takes.TEXT), Parameter("part", Takes.TEXT)), Gives.CONDITION,
           "Whether a text ends with another, case and all.", (Example("ends_with('email', 'l')", "true"),)),
    Scalar("contains", Op.CONTAINS, (_x(Takes.TEXT), Parameter("part", Takes.TEXT)), Gives.CONDITION,
           "Whether a text has another in it, case and all.", (Example("contains('email', 'mai')", "true"),)),
    Scalar("date", Op.DATE_OF, (_x(Takes.TIME),), Gives.DATE,
           "The day of a timestamp in the project's time zone.",
           (Example("date(orders.ordered_at)", "2024-01-31"),)),
)  # fmt: skip

_AGGREGATES = (
    Aggregate("count", AggregateOp.COUNT, (Parameter("entity", Takes.ROWS),), Gives.COUNT,
              "How many rows; 0 of nothing.", (Example("count(orders where is_paid)", "the paid orders"),),
              additive=True),
    Aggregate("unique", AggregateOp.UNIQUE, (_x(Takes.ANY),), Gives.COUNT,
              "How many different values, nulls left out; 0 of nothing.",
              (Example("unique(orders.customer)", "the customers who ordered"),)),
    Aggregate("sum", AggregateOp.SUM, (_x(Takes.AMOUNT),), Gives.TOTAL, "The sum; 0 of nothing.",
              (Example("sum(orders.amount)", "revenue"),), additive=True, fans_in=True),
    Aggregate("avg", AggregateOp.AVG, (_x(Takes.MEASURE),), Gives.MEAN,
              "The exact sum over the count, nulls left out; of a condition the share for which it is true.",
              (Example("avg(orders.amount)", "the mean order"),), fans_in=True),
    Aggregate("min", AggregateOp.MIN, (_x(Takes.ORDERED),), Gives.FIRST_OR_NULL, "The least value.",
              (Example("min(orders.ordered_on)", "the first day with an order"),)),
    Aggregate("max", AggregateOp.MAX, (_x(Takes.ORDERED),), Gives.FIRST_OR_NULL, "The greatest value.",
              (Example("max(orders.amount)", "the largest order"),)),
    Aggregate("median", AggregateOp.MEDIAN, (_x(Takes.AMOUNT),), Gives.SPREAD,
              "The value in the middle, or half way between the two there.",
              (Example("median(orders.amount)", "the order in the middle"),), fans_in=True),
    Aggregate("percentile", AggregateOp.PERCENTILE, (_x(Takes.AMOUNT),
              Parameter("share", Takes.SHARE)), Gives.SPREAD,
              "The value below which the share of values lies, interpolated linearly.",
              (Example("percentile(orders.amount, 90%)", "nine of ten orders are smaller"),), fans_in=True),
    Aggregate("stddev", AggregateOp.STDDEV, (_x(Takes.AMOUNT),), Gives.SPREAD,
              "The standard deviation of the sample; null of one value.",
              (Example("stddev(orders.amount)", "how far orders lie from their mean"),), fans_in=True),
    Aggregate("first", AggregateOp.FIRST, (_x(Takes.ANY),), Gives.FIRST_OR_NULL,
              "The earliest value that is not null, ties by the key.",
              (Example("first(balances.amount)", "the opening balance"),), needs_key=True),
    Aggregate("last", AggregateOp.LAST, (_x(Takes.ANY),), Gives.FIRST_OR_NULL,
              "The latest value that is not null, ties by the key.",
              (Example("last(balances.amount)", "the closing balance"),), needs_key=True),
    Aggregate("exists", AggregateOp.EXISTS, (Parameter("entity", Takes.ROWS),), Gives.CONDITION,
              "Whether there is such a row; never null. In attributes only.",
             
              (Example("exists(touches where touched_at < this.first_order)", "touched before"),),
              only_attributes=True),
)  # fmt: skip

_SPECIALS = (
    Special("rank", "rank(per column, … by value [desc], …)", Gives.LENGTH,
            "In attributes: the place of the row among those with one `per`, 1 the first, ties by the key.",
            (Example("rank(per customer by ordered_at)", "1 for a customer's first order"),)),
    Special("target", "target(kpi)", Gives.KPI, "The bound of the KPI's target.",
            (Example("open_rate / target(open_rate)", "how much of the target is reached"),)),
    Special("benchmark", "benchmark(kpi)", Gives.KPI, "The bound of the KPI's benchmark.",
            (Example("open_rate - benchmark(open_rate)", "ahead of the benchmark by so much"),)),
    Special("better", "better(kpi)", Gives.TEXT, "Which way the KPI is better: 'higher' or 'lower'.",
            (Example("better(open_rate)", "'higher'"),)),
)  # fmt: skip

SCALARS: Mapping[str, Scalar] = MappingProxyType({function.name: function for function in _SCALARS})
AGGREGATES: Mapping[str, Aggregate] = MappingProxyType({function.name: function for function in _AGGREGATES})
SPECIALS: Mapping[str, Special] = MappingProxyType({function.name: function for function in _SPECIALS})
NAMES = (*AGGREGATES, *SCALARS, *SPECIALS)
"""Everything that may be called without being declared."""
