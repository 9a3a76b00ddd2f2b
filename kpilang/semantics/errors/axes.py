"""KPI463 to KPI465: params that cannot group a result."""

from __future__ import annotations

from collections.abc import Sequence

from kpilang.diagnostics import Code, Diagnostic, Label
from kpilang.semantics.errors.naming import listed
from kpilang.source import Span

BAD_AXIS = Code("KPI463", "bad-grouping-param", "A param by which nothing can be grouped")


def no_values(name: str, span: Span) -> Diagnostic:
    return Diagnostic(
        BAD_AXIS,
        f"param `{name}` has no `values` to group by",
        span,
        "one value, not several",
        help=(f"list them where `{name}` is declared: `values: 0..24 months`",),
    )


def no_steps(name: str, text: str, span: Span) -> Diagnostic:
    return Diagnostic(
        BAD_AXIS,
        f"the values of param `{name}` cannot be told one by one",
        span,
        f"from {' '.join(text.split()).replace('..', ' to ')} in what steps?",
        notes=("whole numbers go up by 1, quantities by one of their unit, dates by a day",),
        help=("list them: `(0.5, 1, 2)`",),
    )


def empty_range(name: str, span: Span) -> Diagnostic:
    return Diagnostic(
        BAD_AXIS,
        f"the range of param `{name}` has no values",
        span,
        "it ends before it begins",
        help=("write the lesser value first",),
    )


def null_among_values(span: Span) -> Diagnostic:
    return Diagnostic(BAD_AXIS, "null among the values of a param", span, help=("leave it out",))


def nothing_depends(name: str, kpis: Sequence[str], span: Span) -> Diagnostic:
    return Diagnostic(
        BAD_AXIS,
        f"{listed(kpis)} {'does' if len(kpis) == 1 else 'do'} not depend on param `{name}`",
        span,
        "every row would stand here once for each of its values",
        help=(f"use `{name}` in a KPI that is asked for, or leave it out",),
    )


TOO_MANY = Code("KPI464", "too-many-combinations", "More combinations of params than one query may have")


def too_many_combinations(names: Sequence[str], count: int, most: int, span: Span) -> Diagnostic:
    return Diagnostic(
        TOO_MANY,
        f"{listed(names)} {'has' if len(names) == 1 else 'have'} {count:,} combinations of values",
        span,
        f"{most:,} are the most",
        notes=("every KPI is computed anew for each of them",),
        help=("give one of them a value (`--param name=…`), or ask for a part of its `values` at a time",),
    )


ROW_DEPENDS = Code("KPI465", "param-in-a-row", "A value of rows that depends on a param to group by")


def row_depends(what: str, place: Span, names: Sequence[str], span: Span) -> Diagnostic:
    return Diagnostic(
        ROW_DEPENDS,
        f"{what} depends on {listed(names)}, by which the query groups",
        span,
        "several values at once",
        secondary=(Label(place, "one value in each row"),),
        help=("compare with the param in the KPI (`where age_at_order = age`), not in the attribute",),
    )
