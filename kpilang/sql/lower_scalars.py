"""From values of the plan to SQL expressions, by the tables of a dialect."""

from __future__ import annotations

from collections.abc import Callable
from typing import assert_never

from sqlglot import exp

from kpilang.diagnostics import KpilangError
from kpilang.frozen import dataclass
from kpilang.ir import Op
from kpilang.plan.scalars import (
    Apply,
    Choose,
    Column,
    Constant,
    Function,
    Operation,
    Over,
    RowNumber,
    Scalar,
    Summary,
    Windowed,
)
from kpilang.sql import errors
from kpilang.sql.dialects.base import Dialect, Refused
from kpilang.sql.identifiers import column, literal
from kpilang.types import Kind


@dataclass(frozen=True, slots=True)
class Spelling:
    """In which dialect, and how the constants are written (bounds may be parameters)."""

    dialect: Dialect
    constant: Callable[[Constant], exp.Expr] = literal


def lower(value: Scalar, spelling: Spelling) -> exp.Expr:
    """A fresh tree for the value; KPI552 if the dialect refuses an operation in it."""
    match value:
        case Column(table, name):
            return column(table, name)
        case Constant():
            return spelling.constant(value)
        case Apply():
            return _operation(value, spelling)
        case Choose(whens, otherwise):
            ifs = [exp.If(this=lower(c, spelling), true=_branch(r, value, spelling)) for c, r in whens]
            default = None if otherwise is None else _branch(otherwise, value, spelling)
            return exp.Case(ifs=ifs, default=default)
        case Summary():
            return _summary(value, spelling)
        case RowNumber(partition, order):
            return _over(exp.RowNumber(), partition, order, spelling)
        case Over(summary, partition):
            parts = [lower(part, spelling) for part in partition]
            return exp.Window(this=_summary(summary, spelling), partition_by=parts)
        case Windowed():
            return _windowed(value, spelling)
        case _:
            assert_never(value)


def _operation(value: Apply, spelling: Spelling) -> exp.Expr:
    entry = spelling.dialect.operations[value.op]
    if isinstance(entry, Refused):
        raise KpilangError(errors.refused(spelling.dialect.name, value.op.value, entry.why))
    return entry.build(tuple(_operand(arg, value.op, spelling) for arg in value.args), value)


def _operand(arg: Scalar, op: Operation, spelling: Spelling) -> exp.Expr:
    """Functions of several types need to know that of a null; after IS and LIKE it stands bare."""
    tree = lower(arg, spelling)
    if not isinstance(tree, exp.Null) or arg.type.kind is Kind.NULL or op in (Op.IS, Op.IS_NOT, Op.LIKE):
        return tree
    return exp.Cast(this=tree, to=spelling.dialect.data_type(arg.type))


def _branch(result: Scalar, whole: Choose, spelling: Spelling) -> exp.Expr:
    return spelling.dialect.branch(lower(result, spelling), result, whole.type)


def _summary(value: Summary, spelling: Spelling) -> exp.Expr:
    entry = spelling.dialect.summaries[value.op]
    if isinstance(entry, Refused):
        raise KpilangError(errors.refused(spelling.dialect.name, value.op.value, entry.why))
    argument = None if value.argument is None else lower(value.argument, spelling)
    return entry.build(argument, tuple(lower(key, spelling) for key in value.order), value)


def _windowed(value: Windowed, spelling: Spelling) -> exp.Expr:
    inner = lower(value.value, spelling)
    match value.function:
        case Function.LAG:
            return _over(exp.Lag(this=inner), value.partition, value.order, spelling)
        case Function.LEAD:
            return _over(exp.Lead(this=inner), value.partition, value.order, spelling)
        case Function.SUM_SO_FAR:
            return _over(exp.Sum(this=inner), value.partition, value.order, spelling, "CURRENT ROW")
        case Function.SUM_BEFORE:
            one = exp.Literal.number("1")
            return _over(exp.Sum(this=inner), value.partition, value.order, spelling, one)
        case _:
            assert_never(value.function)


def _over(
    function: exp.Expr,
    partition: tuple[Scalar, ...],
    order: tuple[tuple[Scalar, bool], ...],
    spelling: Spelling,
    until: str | exp.Expr | None = None,
) -> exp.Expr:
    """A function over a window: by default its frame, or the rows from the first `until` one."""
    pairs = ((lower(key, spelling), descending) for key, descending in order)
    keys = [exp.Ordered(this=key, desc=descending, nulls_first=False) for key, descending in pairs]
    frame = None
    if until is not None:
        side = None if isinstance(until, str) else "PRECEDING"
        ends = {"start": "UNBOUNDED", "start_side": "PRECEDING", "end": until, "end_side": side}
        frame = exp.WindowSpec(kind="ROWS", **ends)
    parts = [lower(part, spelling) for part in partition]
    return exp.Window(this=function, partition_by=parts, order=exp.Order(expressions=keys), spec=frame)
