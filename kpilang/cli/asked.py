"""From the words of a command line to a request: KPIs, formulas, all, or a report of the project."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

from kpilang.cli import errors, options
from kpilang.diagnostics import KpilangError
from kpilang.project import Project
from kpilang.semantics.request import Request
from kpilang.syntax.spec import ReportDecl


def asked(words: dict[str, Any], verb: str, project: Project) -> Request:
    """The request; of a report what the report says, but for the options that are given besides."""
    names = tuple(words["kpis"])
    report = _report(names, project)
    if report is not None:
        return _overridden(_request(report), options.request(words, ()))
    if words["everything"]:
        names = tuple(kpi.name.value for kpi in project.kpis)
    if not names:
        raise KpilangError(errors.nothing_asked(verb, list(_askable(project))))
    return options.request(words, names)


def _askable(project: Project) -> Iterator[str]:
    """Reports first: they are what somebody thought worth asking."""
    yield from (report.name.value for report in project.reports)
    yield from (kpi.name.value for kpi in project.kpis)


def _report(names: tuple[str, ...], project: Project) -> ReportDecl | None:
    """The report that is asked for; a KPI of the same name comes first."""
    kpis = {kpi.name.value for kpi in project.kpis}
    reports = {report.name.value: report for report in project.reports}
    found = [name for name in names if name in reports and name not in kpis]
    if found and len(names) > 1:
        raise KpilangError(errors.report_not_alone(found[0]))
    return reports[found[0]] if found else None


def _request(report: ReportDecl) -> Request:
    query = report.query
    return Request(
        kpis=tuple(kpi.text for kpi in query.kpis),
        by=tuple(name.value for name in query.by),
        grain=query.grain.value if query.grain else None,
        start=query.start.value if query.start else None,
        end=query.end.value if query.end else None,
        where=query.where.text if query.where else None,
        params={name.value: value.text for name, value in query.params},
        order=tuple(column.value for column in query.order),
        limit=query.limit,
    )


def _overridden(report: Request, given: Request) -> Request:
    """What is given replaces what the report says; conditions and params add up."""
    changes = {
        field.name: value
        for field in dataclasses.fields(Request)
        if field.name not in ("kpis", "where", "params")
        and (value := getattr(given, field.name)) not in (None, (), False)
    }
    conditions = [where for where in (report.where, given.where) if where]
    where = " and ".join(f"({condition})" for condition in conditions) if len(conditions) > 1 else None
    return dataclasses.replace(
        report,
        **changes,
        where=where or next(iter(conditions), None),
        params={**report.params, **given.params},
    )
