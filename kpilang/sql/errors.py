"""What a dialect cannot say, with a code each (KPI55x to KPI59x). The only place with prose of this layer."""

from __future__ import annotations

from collections.abc import Sequence

from kpilang.diagnostics import Code, Diagnostic
from kpilang.diagnostics.suggest import did_you_mean
from kpilang.source import NOWHERE, Span

UNKNOWN_DIALECT = Code("KPI551", "unknown-dialect", "A dialect that is not known")
REFUSED = Code("KPI552", "dialect-cannot", "An operation that the dialect cannot express")
BAD_QUERY_TEXT = Code("KPI553", "unreadable-query", "An entity's own query cannot be read")
NO_QUERY_TEXT = Code(
    "KPI554", "query-for-another-dialect", "An entity's own query is for other dialects only"
)
NOT_RELATIVE = Code("KPI556", "not-relative", "A period that cannot be said relative to the current date")


def unknown_dialect(name: str, known: Sequence[str]) -> Diagnostic:
    close = did_you_mean(name, known)
    offers = (f"did you mean {' or '.join(f'`{word}`' for word in close)}?",) if close else ()
    return Diagnostic(
        UNKNOWN_DIALECT,
        f"unknown dialect `{name}`",
        NOWHERE,
        notes=(f"known: {', '.join(f'`{word}`' for word in known)}",),
        help=offers,
    )


def refused(dialect: str, operation: str, why: str, span: Span = NOWHERE) -> Diagnostic:
    return Diagnostic(REFUSED, f"`{operation}` cannot be said in {dialect}", span, notes=(why,))


def bad_query_text(entity: str, dialect: str, reason: str, span: Span) -> Diagnostic:
    return Diagnostic(
        BAD_QUERY_TEXT,
        f"the query of `{entity}` cannot be read as {dialect}",
        span,
        notes=(reason,),
        help=("write one SELECT statement, without a semicolon at its end",),
    )


def no_query_text(entity: str, dialect: str, written: Sequence[str], span: Span) -> Diagnostic:
    return Diagnostic(
        NO_QUERY_TEXT,
        f"`{entity}` has no query for {dialect}",
        span,
        notes=(f"there is one for {', '.join(f'`{name}`' for name in written)}",),
        help=(f"add a query for `{dialect}`, or one for any dialect",),
    )


def not_relative(why: str) -> Diagnostic:
    return Diagnostic(
        NOT_RELATIVE,
        "the periods of this query cannot be said relative to the current date",
        NOWHERE,
        notes=(why,),
        help=("compile it with `--period literal` or `--period bind`",),
    )
