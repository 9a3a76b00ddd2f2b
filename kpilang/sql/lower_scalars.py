"""From values of the plan to SQL expressions, by the tables of a dialect."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import assert_never

from sqlglot import exp

from kpilang.diagnostics import KpilangError
from kpilang.ir import Op
from kpilang.plan.scalars import Apply, Choose, Column, Constant, Operation, Over, RowNumber, Scalar, Summary
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
        case RowNumber():
            return _row_number(value, spelling)
        case Over(summary, partition):
            parts = [lower(part, spelling) for part in partition]
            return exp.Window(this=_summary(summary, spelling), partition_by=parts)
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


def _row_number(value: RowNumber, spelling: Spelling) -> exp.Expr:
    order = [
        exp.Ordered(this=lower(key, spelling), desc=descending, nulls_first=False)
        for key, descending in value.order
    ]
    return exp.Window(
        this=exp.RowNumber(),
        partition_by=[lower(part, spelling) for part in value.partition],
        order=exp.Order(expressions=order),
    )
