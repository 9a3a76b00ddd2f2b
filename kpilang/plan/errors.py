"""What the planner cannot do, with a code each (KPI50x to KPI54x). All prose of this layer."""

from __future__ import annotations

from collections.abc import Sequence

from kpilang.diagnostics import Code, Diagnostic
from kpilang.source import NOWHERE, Span
from kpilang.types import TimeUnit

TOO_MANY_PERIODS = Code("KPI501", "too-many-periods", "More periods than one query may have")
NO_ORIGIN = Code("KPI502", "abstract-entity", "An entity without a table cannot be compiled")

BEYOND_GROUPS = Code(
    "KPI503", "set-beyond-groups", "A set whose members lie in no group, where groups are not known"
)


def too_many_periods(grain: TimeUnit, most: int) -> Diagnostic:
    return Diagnostic(
        TOO_MANY_PERIODS,
        f"the range holds more than {most} periods of grain `{grain.value}`",
        NOWHERE,
        help=("ask for a shorter range or a coarser grain",),
    )


def no_origin(kpi: str, entity: str, columns: Sequence[str], span: Span) -> Diagnostic:
    """`columns` are those of the entity that the query reads."""
    values = ", ".join(f"`{column}`" for column in columns)
    return Diagnostic(
        NO_ORIGIN,
        f"`{kpi}` needs rows of `{entity}`, which has no table",
        span,
        label="neither `table`, `file` nor `query`, and no binding",
        notes=("an entity without a table is abstract: it can be checked and tested, not run",),
        help=(
            "say here where the rows are: `table: schema.name`, `file: path` or `query:`",
            f"or bind it: under `bindings:` an entry `{entity}:` with a list of sources, each a `table:` and "
            f"`values:` for {values or 'its columns'}",
        ),
    )


def set_beyond_groups(entity: str, span: Span) -> Diagnostic:
    return Diagnostic(
        BEYOND_GROUPS,
        f"nobody knows the groups of some members of this set of `{entity}`",
        span,
        notes=("a part with `[across …]` alone makes members here, and it does not know their groups",),
        help=("join it by `and` to a part that knows them, or leave the `[across …]` out",),
    )
