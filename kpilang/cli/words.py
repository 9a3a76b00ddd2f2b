"""Small facts about declarations that several verbs print."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from kpilang import ir
from kpilang.diagnostics import Diagnostics
from kpilang.project import Project
from kpilang.report.units import unit_text
from kpilang.semantics.models import model_of
from kpilang.semantics.unbound import abstract
from kpilang.source import NOWHERE
from kpilang.syntax.spec import (
    AttributionDecl,
    Common,
    DimensionDecl,
    EntityDecl,
    KpiDecl,
    ParamDecl,
    ReportDecl,
    SegmentDecl,
    Text,
)
from kpilang.types import DAY, SECOND, Kind

D = TypeVar("D", AttributionDecl, EntityDecl, DimensionDecl, KpiDecl, ParamDecl, ReportDecl, SegmentDecl)

LANGUAGES = ("", "en")
"""Which label is shown: the one without a language, else English, else the first there is."""


def label_of(common: Common) -> str | None:
    return _said(common.label)


def about_of(common: Common) -> str | None:
    return _said(common.about)


def place_of(name: Text, project: Project) -> str | None:
    """`specs/growth.yml:14`."""
    source = project.sources.get(name.span.file)
    return f"{name.span.file}:{source.position(name.span.start).line}" if source else None


_KINDS = {
    Kind.ID: "id",
    Kind.STRING: "text",
    Kind.ENUM: "word",
    Kind.BOOL: "yes or no",
    Kind.DATE: "date",
    Kind.TIMESTAMP: "time",
    Kind.CALENDAR: "months",
}
_CENT_SIGN = "%"


def unit_words(expr: ir.Expr, in_percent: bool = False) -> str:
    """What a value is, as people say it: `€/order`, `orders`, `%`, `days`, `ratio`, `number`, `text`.

    `in_percent`: a plain share whose goals are written in percent.
    """
    type = expr.type
    if type.kind is Kind.PERCENT or (in_percent and type.unit.is_plain and type.kind is Kind.NUMBER):
        return f"{_CENT_SIGN}{unit_text(type.unit)}"
    if type.kind in _KINDS:
        return _KINDS[type.kind]
    if type.kind is Kind.DURATION:
        return {DAY: "days", SECOND: "seconds"}.get(type.unit, unit_text(type.unit))
    is_ratio = isinstance(expr, ir.Call) and expr.op is ir.Op.DIV
    return unit_text(type.unit) or ("ratio" if is_ratio else "number")


def ours_first(seen: Mapping[str, D], project: Project) -> list[tuple[str, D]]:
    """Declarations by the names that they have in the project: its own, then those of imports."""
    own = project.catalog.names.own
    return sorted(seen.items(), key=lambda pair: (not own.has(pair[1].name.span), pair[0]))


def unit_of(name: str, kpi: KpiDecl, project: Project) -> str | None:
    """The unit that the checker infers; None for a KPI with an error, which `check` reports."""
    found = project.catalog.inspected.kpi(name, kpi.name.span, Diagnostics())
    return unit_words(found.value, has_goal_in_percent(kpi)) if found is not None else None


def unbound_of(name: str, project: Project) -> str | None:
    """The abstract entities for want of whose rows a KPI cannot be computed; None if there are none."""
    catalog, ignored = project.catalog, Diagnostics()
    found = catalog.kpi(name, NOWHERE, ignored)
    if found is None:
        return None
    names = [entity.name for entity in abstract(found.value, model_of(catalog, [found.value], ignored))]
    return ", ".join(sorted(names)) or None


def has_goal_in_percent(kpi: KpiDecl) -> bool:
    """Whether results show a share of the KPI in percent."""
    goals = (kpi.target, kpi.warn, kpi.alert)
    return any(goal is not None and _CENT_SIGN in goal.text for goal in goals)


def _said(texts: tuple[tuple[str, str], ...]) -> str | None:
    by_language = dict(texts)
    known = [by_language[language] for language in LANGUAGES if language in by_language]
    return next(iter([*known, *by_language.values()]), None)
