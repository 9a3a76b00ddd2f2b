"""7xx: legal, and probably not what was meant."""

from __future__ import annotations

from kpilang.diagnostics import Code, Diagnostic, Severity
from kpilang.source import Span

NEGATED_NULL = Code("KPI701", "negated-null", "A negation over something that may be null", Severity.WARNING)


def negated_null(form: str, instead: str, span: Span) -> Diagnostic:
    return Diagnostic(
        NEGATED_NULL,
        f"{form} leaves out the rows where this is null",
        span,
        "may be null",
        notes=("a condition that is null keeps no row, and neither does its negation",),
        help=(f"write {instead} if those rows are meant too",),
    )


APPROXIMATE_EQUALITY = Code(
    "KPI702", "approximate-equality", "An equality of approximate numbers", Severity.WARNING
)


def approximate_equality(operator: str, span: Span) -> Diagnostic:
    return Diagnostic(
        APPROXIMATE_EQUALITY,
        f"`{operator}` on an approximate number",
        span,
        "its last digits differ between engines",
        help=("compare with `round(…)`, or with `between`",),
    )


LOOKS_AHEAD = Code(
    "KPI703", "unstable-attribute", "An attribute that later rows can change", Severity.WARNING
)


def unstable(what: str, span: Span) -> Diagnostic:
    return Diagnostic(
        LOOKS_AHEAD,
        f"{what} can change when later rows arrive",
        span,
        notes=("so can the KPIs of past periods that use it",),
        help=("bound it by a condition on `this.`, or write `[ever]` to say that this is meant",),
    )
