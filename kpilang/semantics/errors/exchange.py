"""KPI460 to KPI462: rates that cannot be rates, and amounts that cannot be converted."""

from __future__ import annotations

from collections.abc import Sequence

from kpilang.diagnostics import Code, Diagnostic
from kpilang.semantics.errors.naming import listed
from kpilang.source import Span

BAD_RATES = Code("KPI460", "bad-exchange", "An `exchange` that names no rates")

_SHAPES = (
    "one row for each currency: `key: currency`",
    "one row for each currency and day: a key of the two",
    "one row for each currency and time: `key: currency` and `valid: from_date to to_date`",
)


def no_currency(span: Span) -> Diagnostic:
    return Diagnostic(
        BAD_RATES,
        "`exchange` without a `currency` to convert to",
        span,
        help=("say in `kpilang.yml` what the totals are in: `currency: EUR`",),
    )


def bad_rates(path: str, trouble: str, span: Span) -> Diagnostic:
    return Diagnostic(
        BAD_RATES,
        f"`exchange: {path}` {trouble}",
        span,
        notes=("a rate is a number: how much of the project's currency one unit of the other is worth",),
        help=("name the entity and its column: `exchange: fx_rates.rate`",),
    )


def bad_rates_key(entity: str, key: Sequence[str], span: Span) -> Diagnostic:
    known = f"its key is {listed(key)}" if key else "it has no key"
    return Diagnostic(
        BAD_RATES,
        f"`{entity}` does not say which rate is meant",
        span,
        known,
        notes=tuple(f"rates are {shape}" for shape in _SHAPES),
        help=("the key is one column of text, the currency, and perhaps one date, the day",),
    )


def unlike_currencies(entity: str, found: str, wanted: str, span: Span) -> Diagnostic:
    return Diagnostic(
        BAD_RATES,
        f"the currency of this amount is {found}, that of `{entity}` is {wanted}",
        span,
        "no rate can be found by it",
        help=("declare both as text: `string` or `enum(…)`",),
    )


NO_RATE_DATE = Code("KPI461", "no-date-to-convert-at", "Money converted at no date")


def no_date(entity: str, span: Span) -> Diagnostic:
    return Diagnostic(
        NO_RATE_DATE,
        "there is no date at which to convert",
        span,
        f"the rates of `{entity}` differ from day to day",
        notes=("rows of members, and of entities without `time`, are taken whatever their dates",),
        help=("give the entity a `time`, or aggregate rows that have one",),
    )


def date_in_versions(entity: str, span: Span) -> Diagnostic:
    return Diagnostic(
        NO_RATE_DATE,
        f"`{entity}` has rates by the hour, and this amount only has a day",
        span,
        "which of the day's rates?",
        help=("use rates that are valid by dates",),
    )


NOT_AN_AMOUNT = Code("KPI462", "not-convertible", "Money of several currencies that no rate converts")


def not_an_amount(function: str, found: str, span: Span) -> Diagnostic:
    return Diagnostic(
        NOT_AN_AMOUNT,
        f"`{function}` of {found} cannot be converted",
        span,
        "not an amount of money of one row",
        notes=("an amount is multiplied by the rate of its row's currency; this is none",),
        help=("aggregate the amounts themselves, and compute with the totals",),
    )
