"""Deals, touches and what the deals' values come to by touch, as the cases of attributions need them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from kpilang import ir
from kpilang.ir import Op
from kpilang.types import BOOL, Exactness, Kind, Type
from tests.reference.build import (
    ID,
    MONEY,
    call,
    column,
    count,
    dimension,
    entity,
    field,
    query,
    run,
    total,
)

DEALS = entity(
    "deals", "id", "won_at", column("id", "id"), column("contact", "id"), column("amount", "money"),
    column("won_at", "timestamp"), column("is_won", "bool"),
)  # fmt: skip
TOUCHES = entity(
    "touches", "id", "at", column("id", "id"), column("contact", "id"), column("at", "timestamp"),
    column("channel", "text"), column("score", "int"), column("points", "float"),
)  # fmt: skip

DAYS = 86_400
APPROXIMATE = replace(MONEY, exactness=Exactness.APPROXIMATE, scale=None)
SECONDS = Type(Kind.DURATION, scale=6)


def with_amount(type: Type) -> ir.Entity:
    """The deals, their amounts of another type."""
    amount = column("amount", type)
    return replace(DEALS, columns=tuple(amount if c.name == "amount" else c for c in DEALS.columns))


def later(time: ir.Field, days: int) -> ir.Call:
    return call(Op.ADD_SECONDS, time, days * DAYS, type=time.type)


def of_deal(name: str) -> ir.Field:
    return field(DEALS, name)


def of_touch(name: str) -> ir.Field:
    return field(TOUCHES, name)


def on_channel(name: str) -> ir.Call:
    return call(Op.EQ, of_touch("channel"), name)


def part(of: ir.TouchPart) -> ir.TouchValue:
    return ir.TouchValue(of, SECONDS if of is ir.TouchPart.AGE else Type(Kind.INTEGER))


def credit(shares: ir.Shares, type: Type = MONEY, **more: Any) -> ir.Entity:
    """`credit`: the amounts of deals among the touches of their contacts in the 30 days before."""
    origin = ir.Credits(
        "deals", of_deal("amount"), of_deal("won_at"),
        "touches", ((of_deal("contact"), of_touch("contact")),), of_touch("at"),
        later(of_deal("won_at"), -30), of_deal("won_at"), of_touch("at"), shares,
    )  # fmt: skip
    return as_entity(replace(origin, **more), type)


def as_entity(origin: ir.Credits, type: Type) -> ir.Entity:
    columns = (
        ir.Column(ir.CREDIT_TIME, origin.anchor.type.with_null()),
        ir.Column(ir.CREDIT_VALUE, type),
        ir.Column(ir.IS_ATTRIBUTED, BOOL),
        ir.Column(ir.CONVERSION, ID, reference=ir.Reference((ir.CONVERSION,), origin.conversions)),
        ir.Column(ir.TOUCH, ID.with_null(), reference=ir.Reference((ir.TOUCH,), origin.touches)),
    )
    return ir.Entity("credit", origin, (), ir.CREDIT_TIME, columns)


# ---------------------------------------------------------------------------- rows


def at(text: str | None) -> datetime | None:
    """`03-29` is noon of that day of 2024; a whole time is taken as it is."""
    if text is None:
        return None
    whole = f"2024-{text}T12:00" if len(text) == 5 else f"2024-{text}"
    return datetime.fromisoformat(whole).replace(tzinfo=UTC)


def deal(
    number: str, amount: str | float | None = "100", won: str | None = "03-30", **more: Any
) -> dict[str, Any]:
    money = Decimal(amount) if isinstance(amount, str) else amount
    return {"id": number, "contact": "ann", "amount": money, "won_at": at(won), "is_won": True} | more


def touch(number: str, when: str | None, channel: str | None = None, **more: Any) -> dict[str, Any]:
    given = {"id": number, "contact": "ann", "at": at(when), "channel": channel, "score": None}
    return given | {"points": None} | more


def path(*days: str) -> list[dict[str, Any]]:
    """Touches a, b, c … on these days, each on a channel of its own name."""
    return [touch(chr(ord("a") + n), day, chr(ord("a") + n)) for n, day in enumerate(days)]


# ---------------------------------------------------------------------------- asked


def by_touch(
    of: ir.Entity,
    deals: Sequence[dict[str, Any]],
    touches: Sequence[dict[str, Any]],
    sides: tuple[ir.Entity, ir.Entity] = (DEALS, TOUCHES),
    **more: Any,
) -> dict[object, object]:
    """What each touch has got in all; under None what is not attributed."""
    asked = query(
        [*sides, of],
        total(of, ir.CREDIT_VALUE),
        dimensions=(dimension("touch", (of, field(of, ir.TOUCH))),),
        **more,
    )
    return {row[0]: row[1] for row in run(asked, deals=deals, touches=touches)}


def numbers(
    of: ir.Entity, deals: Sequence[dict[str, Any]], touches: Sequence[dict[str, Any]], **more: Any
) -> tuple[object, ...]:
    """How many rows there are, how many attributed, and their values in all."""
    attributed = field(of, ir.IS_ATTRIBUTED)
    asked = query(
        [DEALS, TOUCHES, of], count(of), count(of, where=attributed), total(of, ir.CREDIT_VALUE), **more
    )
    return run(asked, deals=deals, touches=touches)[0]
