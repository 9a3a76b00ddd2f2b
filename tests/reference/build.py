"""Short words for building IR by hand, so that a case reads as a line of arithmetic."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from kpilang import ir, reference
from kpilang.ir import AggregateOp, Op
from kpilang.nodes import Node
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
    operands: list[Any] = [arg if isinstance(arg, Node) else lit(arg) for arg in args]
    return ir.Call(op, tuple(operands), type)


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


PRIOR: ir.Window = (ir.Prior(),)
BEFORE: ir.Window = (ir.Before(),)
ALL_TIME: ir.Window = (ir.AllTime(),)


def having_rows(
    members: ir.Entity, over: ir.Entity, by: str, dated: str | None = None, **more: Any
) -> ir.With:
    """`members with over`, by the reference `by` of `over`; dated by its time unless told."""
    anchor = field(over, dated or over.time or "")
    return ir.With(members.name, over.name, field(over, by), anchor, **more)


def event(members: ir.Entity, dated: str, **more: Any) -> ir.Event:
    return ir.Event(members.name, field(members, dated), **more)


def state(members: ir.Entity, start: str, end: str, **more: Any) -> ir.State:
    return ir.State(members.name, field(members, start), field(members, end), **more)


def without(kept: ir.Set, *taken: ir.Set) -> ir.AllOf:
    """`kept and not taken`."""
    return ir.AllOf((kept, *map(ir.Outside, taken)))


def size(of: ir.Set, **more: Any) -> ir.CountOf:
    return ir.CountOf(of, INTEGER, **more)


def member(key: ir.Expr, of: ir.Set) -> ir.Member:
    return ir.Member(key, of, BOOL)


def per_keys(op: AggregateOp, value: ir.Expr, *paths: tuple[ir.Entity, ir.Expr], **more: Any) -> ir.Nested:
    """`op(value per key)`, a single key with its path in each entity."""
    keys = ir.PerKeys(("key",), tuple((of.name, (path,)) for of, path in paths))
    return ir.Nested(op, value, keys, _natural(op, value).with_null(), **more)


def per_grain(op: AggregateOp, value: ir.Expr, grain: TimeUnit, **more: Any) -> ir.Nested:
    return ir.Nested(op, value, ir.PerGrain(grain), _natural(op, value).with_null(), **more)


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
