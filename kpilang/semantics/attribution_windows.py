"""How long before a conversion its touches count, as bounds of one type with the time of a touch.

Both ends are included. Beside timestamps a day is 24 hours; dates are counted in calendar days, and so are a
date and a timestamp, which becomes its local day.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from kpilang import ir
from kpilang.diagnostics import Diagnostics
from kpilang.semantics import arithmetic
from kpilang.semantics.agreement import in_seconds
from kpilang.semantics.errors import attributions as errors
from kpilang.semantics.expressions import resolve
from kpilang.semantics.rows import ConstantScope
from kpilang.semantics.world import World
from kpilang.syntax import spec
from kpilang.types import DATE, SECONDS_PER_DAY, Kind


@dataclass(frozen=True)
class Window:
    """`touched` is the time of a touch, the others bound it; `earliest` None where nothing does.

    `days` is how many days of touches a conversion looks back on, at least.
    """

    touched: ir.Expr
    earliest: ir.Expr | None
    latest: ir.Expr
    days: int | None = None


def window_of(
    world: World,
    embedded: spec.Embedded | None,
    converted: ir.Field,
    touched: ir.Field,
    diags: Diagnostics,
) -> Window | None:
    """None after an error."""
    by_day = Kind.DATE in (converted.type.kind, touched.type.kind)
    latest = _day(converted) if by_day else converted
    bounded = _day(touched) if by_day else touched
    if embedded is None:
        return Window(bounded, None, latest)
    scope = ConstantScope(world, "`window`", diags)
    tree = world.expression(embedded, diags)
    length = resolve(tree, scope) if tree is not None else None
    if length is None or length.type.is_error or not _is_length(length, embedded, diags):
        return None
    earliest = arithmetic.binary("-", latest, length, embedded.span, scope)
    return None if earliest.type.is_error else Window(bounded, earliest, latest, _days(length))


def _days(length: ir.Expr) -> int:
    """Whole days, a part of one left out."""
    seconds = in_seconds(length)
    assert isinstance(seconds, ir.Literal) and isinstance(seconds.value, int | Decimal), "it is folded"
    return int(seconds.value // SECONDS_PER_DAY)


def _day(time: ir.Field) -> ir.Expr:
    if time.type.kind is Kind.DATE:
        return time
    return ir.Call(ir.Op.DATE_OF, (time,), DATE.with_null(time.type.nullable), span=time.span)


def _is_length(length: ir.Expr, embedded: spec.Embedded, diags: Diagnostics) -> bool:
    if length.type.kind is Kind.CALENDAR:
        diags.add(errors.calendar_window(embedded.span))
        return False
    value = length.value if isinstance(length, ir.Literal) else None
    if length.type.kind is not Kind.DURATION or not isinstance(value, int | Decimal):
        diags.add(errors.no_length(length.type, embedded.span))
        return False
    if value < 0:
        diags.add(errors.negative_window(embedded.span))
    return value >= 0
