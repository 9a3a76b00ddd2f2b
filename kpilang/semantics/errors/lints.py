"""7xx: legal, and probably not what was meant."""

from __future__ import annotations

from kpilang.diagnostics import Code, Diagnostic, Label, Severity
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


HIDDEN_IMPORT = Code(
    "KPI708", "hidden-import", "A name of the project's own that hides an imported one", Severity.WARNING
)


def hidden_import(name: str, kind: str, package: str, span: Span, hidden: Span) -> Diagnostic:
    return Diagnostic(
        HIDDEN_IMPORT,
        f"{kind} `{name}` hides `{package}.{name}`",
        span,
        secondary=(Label(hidden, "hidden"),),
        notes=(f"`{name}` means this one here, and the other one in formulas of `{package}`",),
        help=("give it another name; a KPI that takes over the other by `extends` hides it on purpose",),
    )


def hidden_path(dimension: str, entity: str, span: Span, hidden: Span) -> Diagnostic:
    return Diagnostic(
        HIDDEN_IMPORT,
        f"another path of `{entity}` to the dimension `{dimension}` than in an import",
        span,
        "comes first, in all packages",
        secondary=(Label(hidden, "hidden"),),
        help=("give the dimension another name if both are wanted",),
    )


MEAN_OF_RATIOS = Code("KPI706", "mean-of-ratios", "A mean of ratios", Severity.WARNING)


def mean_of_ratios(ratio: str, span: Span) -> Diagnostic:
    return Diagnostic(
        MEAN_OF_RATIOS,
        "a mean of ratios, in which small groups count as much as large ones",
        span,
        "each value of `per` counts alike",
        help=(
            f"`{ratio}` alone, over all of them, weighs each by its size",
            "`median` says what is usual among them, whatever their size",
        ),
    )


BEFORE_WITHIN_GROUPS = Code(
    "KPI707", "before-within-groups", "Members before, told apart by what their rows say", Severity.WARNING
)


def before_within_groups(dimension: str, rows: str, kpi: str, span: Span) -> Diagnostic:
    return Diagnostic(
        BEFORE_WITHIN_GROUPS,
        f"`{kpi}` asks within each `{dimension}` who was a member before",
        span,
        f"a column of `{rows}`, not of the member",
        notes=("a member that was in another group before is new in this one",),
        help=(f"write `[across {dimension}][before]` if members of any group before are meant",),
    )
