"""Short words for building IR by hand, so that a case reads as a line of arithmetic."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from kpilang import ir, reference
from kpilang.ir import AggregateOp, Op
from kpilang.types import (
    BOOL,
    DATE,
    INTEGER,
    STRING,
    TIMESTAMP,
    Enumeration,
    Exactness,
    Kind,
    TimeUnit,
    Type,
)

NOW = datetime(2026, 1, 1, tzinfo=UTC)
ID = Type(Kind.ID)
MONEY = Type(Kind.NUMBER, nullable=True, scale=6)
DOUBLE = Type(Kind.NUMBER, nullable=True, exactness=Exactness.APPROXIMATE)
RATIO = Type(Kind.NUMBER, nullable=True, exactness=Exactness.ROUNDED)

TYPES = {"id": ID, "text": STRING, "date": DATE, "timestamp": TIMESTAMP, "money": MONEY, "int": INTEGER}
TYPES |= {"bool": BOOL, "float": DOUBLE}

Rows = Sequence[Mapping[str, Any]]


def enum(*words: str, ranked: Sequence[str] = ()) -> Type:
    return Type(Kind.ENUM, nullable=True, enumeration=Enumeration(words, tuple(ranked)))


def column(name: str, type: str | Type, to: str | None = None, **more: Any) -> ir.Column:
    kind = TYPES[type] if isinstance(type, str) else type
    reference_ = None if to is None else ir.Reference((name,), to)
    return ir.Column(name, kind, physical=name, reference=reference_, **more)


def entity(
    name: str, key: str | Sequence[str], time: str | None, *columns: ir.Column, **more: Any
) -> ir.Entity:
    keys = (key,) if isinstance(key, str) else tuple(key)
    return ir.Entity(name, key=keys, time=time, columns=columns, **more)


def field(of: ir.Entity, name: str, *steps: str, owner: ir.Entity | None = None) -> ir.Field:
    """`field(orders, "region", "customer", owner=customers)` is `customer.region` of an order."""
    declared = owner or of
    there = declared.column(name) or declared.attribute(name)
    assert there is not None, name
    return ir.Field(of.name, steps, declared.name, name, there.type)


def lit(value: Any, type: Type | None = None) -> ir.Literal:
    return ir.Literal(value, type or _type_of(value))


def _type_of(value: Any) -> Type:
    match value:
        case None:
            return Type(Kind.NULL, nullable=True)
        case bool():
            return BOOL
        case int():
            return INTEGER
        case Decimal():
            exponent = value.as_tuple().exponent
            assert isinstance(exponent, int)
            return Type(Kind.NUMBER, scale=max(0, -exponent))
        case datetime():
            return TIMESTAMP
        case date():
            return DATE
        case _:
            return STRING


def call(op: Op, *args: Any, type: Type = BOOL) -> ir.Call:
    return ir.Call(op, tuple(arg if isinstance(arg, ir.Node) else lit(arg) for arg in args), type)


def aggregate(
    op: AggregateOp,
    over: ir.Entity,
    argument: Any = None,
    type: Type | None = None,
    dated: str | None = None,
    **more: Any,
) -> ir.Aggregate:
    """`argument` is a column's name or an expression; the type is the natural one unless given."""
    expr = field(over, argument) if isinstance(argument, str) else argument
    anchor = field(over, dated or over.time or "")
    return ir.Aggregate(op, over.name, anchor, type or _natural(op, expr), argument=expr, **more)


def _natural(op: AggregateOp, argument: ir.Expr | None) -> Type:
    match op:
        case AggregateOp.COUNT | AggregateOp.UNIQUE:
            return INTEGER
        case AggregateOp.AVG:
            return RATIO
        case AggregateOp.MEDIAN | AggregateOp.PERCENTILE | AggregateOp.STDDEV:
            return DOUBLE
        case _:
            assert argument is not None
            return argument.type


def count(over: ir.Entity, **more: Any) -> ir.Aggregate:
    return aggregate(AggregateOp.COUNT, over, **more)


def total(over: ir.Entity, argument: Any, **more: Any) -> ir.Aggregate:
    return aggregate(AggregateOp.SUM, over, argument, **more)


def dimension(name: str, *paths: tuple[ir.Entity, ir.Expr]) -> ir.Dimension:
    return ir.Dimension(name, paths[0][1].type, tuple((of.name, path) for of, path in paths))


def local(text: str) -> datetime:
    return datetime.fromisoformat(text)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def query(
    entities: Sequence[ir.Entity],
    *outputs: ir.Expr,
    start: str | None = None,
    end: str | None = None,
    grain: TimeUnit | None = None,
    calendar: ir.Calendar | None = None,
    **more: Any,
) -> ir.Query:
    """Outputs are named `a`, `b`, `c` …"""
    named = tuple(ir.Output(chr(ord("a") + index), value) for index, value in enumerate(outputs))
    within = None if start is None or end is None else ir.Range(local(start), local(end))
    model = ir.Model(tuple(entities), calendar or ir.Calendar())
    return ir.Query(model, named, grain=grain, range=within, **more)


def run(asked: ir.Query, **rows: Rows) -> list[tuple[object, ...]]:
    return reference.evaluate(asked, rows, NOW)
