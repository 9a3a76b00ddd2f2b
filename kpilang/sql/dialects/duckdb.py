"""DuckDB: what it has by another name, and where its own answer would be another number.

Facts that the entries rest on are pinned in `tests/upstream/test_duckdb.py`: `x / 0` is an infinity, a CASE
over decimals of different scales takes the wrong one, `round` of a double rounds a product.
"""

from __future__ import annotations

from typing import ClassVar

from sqlglot import exp
from sqlglot.dialects.duckdb import DuckDB
from sqlglot.generators.duckdb import DuckDBGenerator

from kpilang.ir import AggregateOp, Op
from kpilang.plan.scalars import Made, Operation, Summary
from kpilang.sql.dialects import duckdb_numbers as numbers
from kpilang.sql.dialects import duckdb_time as time
from kpilang.sql.dialects.base import Args, Capability, Dialect, Entry, Lowered, Native, SummaryEntry
from kpilang.sql.dialects.standard import STANDARD
from kpilang.sql.identifiers import number


class ReadableGenerator(DuckDBGenerator):
    """DuckDB's own text, as a person would write it."""

    TYPE_MAPPING: ClassVar = {**DuckDBGenerator.TYPE_MAPPING, exp.DType.INT128: "HUGEINT"}

    def cast_sql(self, expression: exp.Cast, safe_prefix: str | None = None) -> str:
        """`DATE '…'` rather than a cast of text."""
        value, kind = expression.this, self.sql(expression, "to")
        is_text = isinstance(value, exp.Literal) and value.is_string
        if is_text and kind in ("DATE", "TIMESTAMP") and type(expression) is exp.Cast:
            return f"{kind} {self.sql(value)}"
        return str(super().cast_sql(expression, safe_prefix))

    def not_sql(self, expression: exp.Not) -> str:
        """`x IS NOT NULL` rather than `NOT x IS NULL`."""
        inside = expression.this
        if isinstance(inside, exp.Is) and isinstance(inside.expression, exp.Null):
            return f"{self.sql(inside, 'this')} IS NOT NULL"
        return str(super().not_sql(expression))


class Readable(DuckDB):
    """DuckDB's grammar with that generator."""

    Generator = ReadableGenerator


OPERATIONS: dict[Operation, Entry] = {
    **STANDARD,
    Op.ADD: Lowered(numbers.arithmetic, "integers as HUGEINT, doubles guarded where they may overflow"),
    Op.SUB: Lowered(numbers.arithmetic, "integers as HUGEINT, doubles guarded where they may overflow"),
    Op.MUL: Lowered(numbers.arithmetic, "integers as HUGEINT, doubles guarded where they may overflow"),
    Op.DIV: Lowered(numbers.division, "in double, decimals as whole numbers, NULLIF for zero"),
    Op.NEG: Lowered(numbers.negative, "integers as HUGEINT"),
    Op.ABS: Lowered(numbers.absolute, "integers as HUGEINT"),
    Op.ROUND: Lowered(numbers.rounded, "doubles by their exact decimal expansion"),
    Op.FLOOR: Native(numbers.to_whole),
    Op.CEIL: Native(numbers.to_whole),
    Op.SQRT: Lowered(numbers.transcendental, "null instead of NaN"),
    Op.LN: Lowered(numbers.transcendental, "null instead of an infinity or NaN"),
    Op.EXP: Lowered(numbers.transcendental, "null instead of an infinity"),
    Op.POWER: Lowered(numbers.transcendental, "null instead of an infinity or NaN"),
    Op.COALESCE: Lowered(numbers.first_known, "decimals brought to one scale"),
    Op.NULLIF: Native(lambda args, node: exp.Nullif(this=args[0], expression=args[1])),
    Op.CAST: Lowered(numbers.cast, "halves away from zero"),
    Op.DATE_OF: Native(time.date_of),
    Op.ADD_DAYS: Native(time.add_days),
    Op.ADD_MONTHS: Lowered(time.add_months, "a missing day becomes the first of the next month"),
    Op.ADD_SECONDS: Native(time.add_seconds),
    Op.DIFF_DAYS: Native(time.difference_in_days),
    Op.DIFF_SECONDS: Lowered(time.difference_in_seconds, "microseconds as a decimal"),
    Made.READ: Lowered(numbers.read, "decimals rounded, floats finite"),
    Made.FINITE: Lowered(lambda args, node: numbers.finite(args[0]), "NULLIF for infinities and NaN"),
    Made.UNITS: Lowered(numbers.units, "a whole multiple as HUGEINT"),
    Made.OF_UNITS: Lowered(numbers.of_units, "a decimal fraction of the whole number"),
    Made.HALVED: Lowered(numbers.halved, "a power of one half"),
    Made.PART: Lowered(numbers.part, "whole numbers as HUGEINT, halves up"),
    Made.FLOOR_TO: Native(time.floor_to),
    Made.MOVE: Native(time.moved),
    Made.NOW: Native(time.now),
    Made.SHIFT: Native(time.shifted),
    Made.ROW: Native(lambda args, node: exp.Anonymous(this="ROW", expressions=list(args))),
    Made.STOP: Native(
        lambda args, node: exp.Anonymous(this="ERROR", expressions=[exp.Literal.string(node.words[0])])
    ),
    Made.STRUCT_FIELD: Native(
        lambda args, node: exp.StructExtract(this=args[0], expression=exp.Literal.string(node.words[0]))
    ),
}


def _count(argument: exp.Expr | None, order: Args, node: Summary) -> exp.Expr:
    return exp.Count(this=exp.Star() if argument is None else argument, big_int=True)


def _unique(argument: exp.Expr | None, order: Args, node: Summary) -> exp.Expr:
    return exp.Count(this=exp.Distinct(expressions=[argument]), big_int=True)


def _percentile(argument: exp.Expr | None, order: Args, node: Summary) -> exp.Expr:
    """Over doubles: of decimals DuckDB would give a decimal of the same scale."""
    assert node.share is not None
    return exp.PercentileCont(this=numbers.double(argument), expression=number(node.share))


def _at_the_end(argument: exp.Expr | None, order: Args, node: Summary) -> exp.Expr:
    """ARG_MIN and ARG_MAX skip rows whose value is null, and order rows of a struct field by field."""
    kind = exp.ArgMin if node.op is AggregateOp.FIRST else exp.ArgMax
    return kind(this=argument, expression=exp.Anonymous(this="ROW", expressions=list(order)))


SUMMARIES: dict[AggregateOp, SummaryEntry] = {
    AggregateOp.COUNT: SummaryEntry(_count),
    AggregateOp.UNIQUE: SummaryEntry(_unique),
    AggregateOp.SUM: SummaryEntry(lambda argument, order, node: exp.Sum(this=argument)),
    AggregateOp.MIN: SummaryEntry(lambda argument, order, node: exp.Min(this=argument)),
    AggregateOp.MAX: SummaryEntry(lambda argument, order, node: exp.Max(this=argument)),
    AggregateOp.PERCENTILE: SummaryEntry(_percentile, "over doubles"),
    AggregateOp.STDDEV: SummaryEntry(
        lambda argument, order, node: exp.StddevSamp(this=numbers.double(argument)), "over doubles"
    ),
    AggregateOp.FIRST: SummaryEntry(_at_the_end, "ARG_MIN by anchor and key"),
    AggregateOp.LAST: SummaryEntry(_at_the_end, "ARG_MAX by anchor and key"),
}

DUCKDB = Dialect(
    name="duckdb",
    grammar=Readable,
    capability=Capability(
        null_safe_equality=True,
        nulls_last_by_default=True,
        max_decimal_digits=38,
        documentation="https://duckdb.org/docs/stable/sql/introduction",
    ),
    operations=OPERATIONS,
    summaries=SUMMARIES,
    data_type=numbers.data_type,
    branch=numbers.fitted,
    series=time.series,
    functions=frozenset({"ERROR", "ROW", "TO_MICROSECONDS"}),
)
