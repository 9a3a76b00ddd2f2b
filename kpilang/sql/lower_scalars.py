"""From values of the plan to SQL expressions, by the tables of a dialect."""

from __future__ import annotations

from typing import assert_never

from sqlglot import exp

from kpilang.diagnostics import KpilangError
from kpilang.plan.scalars import Apply, Choose, Column, Constant, RowNumber, Scalar, Summary
from kpilang.sql import errors
from kpilang.sql.dialects.base import Dialect, Refused
from kpilang.sql.identifiers import column, literal


def lower(value: Scalar, dialect: Dialect) -> exp.Expr:
    """A fresh tree for the value; KPI552 if the dialect refuses an operation in it."""
    match value:
        case Column(table, name):
            return column(table, name)
        case Constant():
            return literal(value)
        case Apply():
            return _operation(value, dialect)
        case Choose(whens, otherwise):
            ifs = [exp.If(this=lower(c, dialect), true=_branch(r, value, dialect)) for c, r in whens]
            default = None if otherwise is None else _branch(otherwise, value, dialect)
            return exp.Case(ifs=ifs, default=default)
        case Summary():
            return _summary(value, dialect)
        case RowNumber():
            return _row_number(value, dialect)
        case _:
            assert_never(value)


def _operation(value: Apply, dialect: Dialect) -> exp.Expr:
    entry = dialect.operations[value.op]
    if isinstance(entry, Refused):
        raise KpilangError(errors.refused(dialect.name, value.op.value, entry.why))
    return entry.build(tuple(lower(arg, dialect) for arg in value.args), value)


def _branch(result: Scalar, whole: Choose, dialect: Dialect) -> exp.Expr:
    return dialect.branch(lower(result, dialect), result, whole.type)


def _summary(value: Summary, dialect: Dialect) -> exp.Expr:
    entry = dialect.summaries[value.op]
    if isinstance(entry, Refused):
        raise KpilangError(errors.refused(dialect.name, value.op.value, entry.why))
    argument = None if value.argument is None else lower(value.argument, dialect)
    return entry.build(argument, tuple(lower(key, dialect) for key in value.order), value)


def _row_number(value: RowNumber, dialect: Dialect) -> exp.Expr:
    order = [
        exp.Ordered(this=lower(key, dialect), desc=descending, nulls_first=False)
        for key, descending in value.order
    ]
    return exp.Window(
        this=exp.RowNumber(),
        partition_by=[lower(part, dialect) for part in value.partition],
        order=exp.Order(expressions=order),
    )
