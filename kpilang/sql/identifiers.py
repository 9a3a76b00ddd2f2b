"""Names and literals as nodes: nothing that a name or a text contains can become SQL."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlglot import exp

from kpilang.plan.scalars import Constant


def identifier(name: str) -> exp.Identifier:
    """Always quoted; the generator doubles quotes inside."""
    return exp.Identifier(this=name.replace("\0", ""), quoted=True)


def column(table: str, name: str) -> exp.Column:
    return exp.Column(this=identifier(name), table=identifier(table))


def table(parts: tuple[str, ...], alias: str) -> exp.Table:
    """One to three identifiers, the last the table's, under an alias unless it is the same word."""
    names = [identifier(part) for part in parts]
    catalog = names[-3] if len(names) > 2 else None
    schema = names[-2] if len(names) > 1 else None
    made = exp.Table(this=names[-1], db=schema, catalog=catalog)
    if alias != parts[-1]:
        made.set("alias", exp.TableAlias(this=identifier(alias)))
    return made


def literal(constant: Constant) -> exp.Expr:
    """A literal; dates and timestamps typed, null bare."""
    match constant.value:
        case None:
            return exp.Null()
        case bool():
            return exp.Boolean(this=constant.value)
        case int() | Decimal():
            return number(constant.value)
        case str():
            return exp.Literal.string(constant.value)
        case datetime():
            return exp.cast(exp.Literal.string(constant.value.isoformat(sep=" ")), "TIMESTAMP")
        case date():
            return exp.cast(exp.Literal.string(constant.value.isoformat()), "DATE")


def number(value: int | Decimal) -> exp.Expr:
    size = exp.Literal.number(format(abs(value), "f") if isinstance(value, Decimal) else str(abs(value)))
    return exp.Neg(this=size) if value < 0 else size
