"""Money of each row's own currency in the project's currency: `exchange: fx_rates.rate` (DESIGN 2.1).

An amount that is aggregated is multiplied by the rate of its row's currency at the aggregate's date: how much
of the project's currency one unit of the other is worth, and 1 for the project's own. It is looked up among
the rows of the rates by currency alone, by currency and day, or by currency and the version in force. An
amount without a rate is unknown, and so is every total that it would be part of.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from kpilang import ir
from kpilang.diagnostics import Diagnostics
from kpilang.semantics import arithmetic
from kpilang.semantics.agreement import agree, common, family
from kpilang.semantics.comparison import both, compare, conjunction, disjunction, same
from kpilang.semantics.errors import exchange as errors
from kpilang.semantics.errors import naming, values
from kpilang.semantics.expressions import with_type
from kpilang.semantics.row_money import by_row, mixes_currencies, unit_by
from kpilang.semantics.rows import Place, RowScope
from kpilang.semantics.scope import Scope
from kpilang.semantics.versions import validity_of
from kpilang.semantics.world import Info, Rates, World
from kpilang.source import Span
from kpilang.syntax import ast
from kpilang.types import BOOL, DATE, INTEGER, NULL, STRING, Kind, currency

_TEXT = ("text", "id")
_UNCONVERTED = (ir.AggregateOp.UNIQUE,)
"""What may be asked of amounts as they are."""


# ---------------------------------------------------------------------------- where the rates are


def rates_of(world: World, diags: Diagnostics) -> Rates | None:
    """The rates that the project names; None if it names none, or after an error."""
    embedded = world.settings.exchange
    tree = world.tree(embedded, diags) if embedded is not None else None
    if not isinstance(tree, ast.Path):
        return None
    if world.settings.currency is None:
        diags.add(errors.no_currency(tree.span))
        return None
    info = world.named(tree.names[0].text)
    if info is None:
        diags.add(naming.unknown_entity(tree.names[0].text, tuple(world.names.entities), tree.names[0].span))
        return None
    if not world.usable(info, tree.span, diags):
        return None
    scope = RowScope(world, info, Place.PATH, diags)
    rate = scope.field(tree.names[1:], tree) if len(tree.names) > 1 else None
    if rate is None:
        diags.add(errors.bad_rates(tree.dotted, "names no column of rates", tree.span))
    if not isinstance(rate, ir.Field) or not _is_rate(rate, world, tree, diags):
        return None
    return _keyed(info, rate, tree, scope)


def _is_rate(rate: ir.Field, world: World, tree: ast.Path, diags: Diagnostics) -> bool:
    own = currency(world.settings.currency or "")
    is_number = rate.type.kind is not Kind.PERCENT and family(rate.type) == "number"
    if is_number and (rate.type.unit.is_plain or rate.type.unit == own):
        return True
    diags.add(errors.bad_rates(tree.dotted, f"is {rate.type}, no rate", tree.span))
    return False


def _keyed(info: Info, rate: ir.Field, tree: ast.Path, scope: RowScope) -> Rates | None:
    """By currency, and perhaps by day: as the key says."""
    if rate.steps:
        scope.diags.add(errors.bad_rates(tree.dotted, "is a column of another entity", tree.span))
        return None
    keys = [scope.field((ast.Name(name, span=tree.span),), tree) for name in info.key]
    fields = [key for key in keys if isinstance(key, ir.Field)]
    if len(fields) < len(keys):
        return None
    currencies = [key for key in fields if family(key.type) in _TEXT]
    days = [key for key in fields if key.type.kind is Kind.DATE]
    if len(currencies) != 1 or len(days) > 1 or len(keys) != len(currencies) + len(days):
        scope.diags.add(errors.bad_rates_key(info.name, info.key, tree.span))
        return None
    valid = validity_of(scope.world, info, scope.diags)
    return Rates(info, rate, currencies[0], days[0] if days else None, valid)


# ---------------------------------------------------------------------------- amounts at their rate


@dataclass(frozen=True)
class Exchanged:
    """The argument of an aggregate in the project's currency; `unknown` holds for amounts without a rate."""

    argument: ir.Expr | None
    unknown: ir.Expr | None = None


def exchanged(
    op: ir.AggregateOp, function: str, argument: ir.Expr, anchor: ir.Field | None, inside: RowScope
) -> Exchanged | None:
    """The argument in one currency, as it is where it has one already; None after an error."""
    unit = argument.type.unit
    if op in _UNCONVERTED or argument.type.is_error or not mixes_currencies(unit):
        return Exchanged(argument)
    factors = tuple(by_row(unit))
    path = factors[0][0]
    if inside.world.settings.exchange is None:
        inside.diags.add(values.money_by(function, _what(argument), path, argument.span))
        return None
    if len(factors) > 1 or factors[0][1] != 1 or path.startswith("this."):
        inside.diags.add(errors.not_an_amount(function, str(argument.type), argument.span))
        return None
    rates = inside.world.rates(argument.span, inside.diags)
    held = _path(path, argument.span, inside)
    if rates is None or held is None:
        return None
    rate = _rate(rates, held, anchor, argument.span, inside)
    return _at(rate, argument, path, inside) if rate is not None else None


def _what(argument: ir.Expr) -> str:
    if not isinstance(argument, ir.Field):
        return "money"
    return f"`{argument.owner}.{argument.name}`, which is money"


def _path(path: str, span: Span, inside: RowScope) -> ir.Field | None:
    names = tuple(ast.Name(name, span=span) for name in path.split("."))
    found = inside.field(names, ast.Path(names, span=span))
    return found if isinstance(found, ir.Field) else None


def _at(rate: ir.Expr, argument: ir.Expr, path: str, scope: Scope) -> Exchanged | None:
    product = arithmetic.binary("*", argument, rate, argument.span, scope)
    if product.type.is_error:
        return None
    own = scope.world.settings.currency
    assert own is not None, "there are no rates without a currency to convert to"
    unit = argument.type.unit.per(unit_by(path)).times(currency(own))
    type_ = dataclasses.replace(product.type, unit=unit, money_by=None)
    nothing = ir.Literal(None, NULL, span=argument.span)
    is_given = same(argument, nothing, True, argument.span, scope)
    has_no_rate = same(rate, nothing, False, argument.span, scope)
    return Exchanged(with_type(product, type_), conjunction((is_given, has_no_rate), argument.span, scope))


def _rate(rates: Rates, held: ir.Field, anchor: ir.Field | None, span: Span, scope: Scope) -> ir.Expr | None:
    """1 for the project's own currency, else the rate of the currency at the date; None after an error."""
    if family(held.type) not in _TEXT or family(held.type) != family(rates.currency.type):
        scope.diags.add(
            errors.unlike_currencies(rates.info.name, str(held.type), str(rates.currency.type), span)
        )
        return None
    found = _found(rates, held, anchor, span, scope)
    own = scope.world.settings.currency
    enumeration = held.type.enumeration
    if found is None or (enumeration is not None and own not in enumeration.words):
        return found
    one = ir.Literal(1, dataclasses.replace(INTEGER, unit=found.type.unit), span=span)
    is_own = compare(ir.Op.EQ, held, ir.Literal(own, STRING, span=span), span, scope)
    agreed = agree((one, found), scope)
    if is_own.type.is_error or agreed is None:
        return None
    when = ir.When(is_own, agreed[0], span=span)
    return ir.Case((when,), agreed[1], common(agreed).with_null(), span=span)


def _found(
    rates: Rates, held: ir.Field, anchor: ir.Field | None, span: Span, scope: Scope
) -> ir.Child | None:
    """The rate among the rows of the rates; that there is one at most is what their key says (law 0)."""
    is_at = _at_date(rates, anchor, span, scope)
    if is_at is None:
        return None
    outer = ir.Outer(held, span=span)
    is_of = compare(ir.Op.EQ, rates.currency, outer, span, scope)
    where = conjunction((is_of, *is_at), span, scope)
    time = scope.world.time(rates.info, span, scope.diags) if rates.info.decl.time is not None else None
    if where.type.is_error:
        return None
    type_ = rates.rate.type.with_null()
    return ir.Child(
        ir.AggregateOp.MAX, rates.info.name, (), type_, rates.rate, where=where, anchor=time, span=span
    )


def _at_date(rates: Rates, anchor: ir.Field | None, span: Span, scope: Scope) -> tuple[ir.Expr, ...] | None:
    """What is asked of the date of the rate; None after an error."""
    if rates.day is None and rates.valid is None:
        return ()
    if anchor is None:
        scope.diags.add(errors.no_date(rates.info.name, span))
        return None
    at: ir.Expr = ir.Outer(anchor, span=span)
    day = at
    if anchor.type.kind is Kind.TIMESTAMP:
        day = ir.Call(ir.Op.DATE_OF, (at,), DATE.with_null(anchor.type.nullable), span=span)
    asked: list[ir.Expr] = []
    if rates.day is not None:
        asked.append(compare(ir.Op.EQ, rates.day, day, span, scope))
    if rates.valid is not None:
        in_force = _in_force(rates, rates.valid, at, day, span, scope)
        if in_force is None:
            return None
        asked.extend(in_force)
    return tuple(asked)


def _in_force(
    rates: Rates, valid: ir.Validity, at: ir.Expr, day: ir.Expr, span: Span, scope: Scope
) -> tuple[ir.Expr, ...] | None:
    """Half-open, and without an end still in force (ruling 19)."""
    row = RowScope(scope.world, rates.info, Place.PATH, scope.diags)
    start, end = _path(valid.start, span, row), _path(valid.end, span, row)
    if start is None or end is None:
        return None
    if start.type.kind is Kind.TIMESTAMP and at.type.kind is Kind.DATE:
        scope.diags.add(errors.date_in_versions(rates.info.name, span))
        return None
    meant = day if start.type.kind is Kind.DATE else at
    begun = compare(ir.Op.LE, start, meant, span, scope)
    nothing = ir.Literal(None, NULL, span=span)
    open_end = same(end, nothing, False, span, scope)
    ended = compare(ir.Op.LT, meant, end, span, scope)
    return begun, disjunction((open_end, ended), span, scope)


# ---------------------------------------------------------------------------- totals


def known_total(made: ir.Aggregate | ir.Child, unknown: ir.Expr | None) -> ir.Expr:
    """The aggregate, null where an amount that it takes has no rate."""
    if unknown is None:
        return made
    without_rate = dataclasses.replace(
        made,
        op=ir.AggregateOp.COUNT,
        argument=None,
        parameter=None,
        where=both(made.where, unknown),
        type=INTEGER.with_null(),
    )
    zero = ir.Literal(0, INTEGER, span=made.span)
    lacks = ir.Call(ir.Op.GT, (without_rate, zero), BOOL.with_null(), span=made.span)
    null = ir.Literal(None, made.type.with_null(), span=made.span)
    return ir.Case((ir.When(lacks, null, span=made.span),), made, made.type.with_null(), span=made.span)
