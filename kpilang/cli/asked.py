"""From the words of a command line to a request: KPIs, formulas, all, or a report of the project."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kpilang.cli import errors, options
from kpilang.diagnostics import KpilangError
from kpilang.project import Project
from kpilang.semantics.request import Request


def asked(words: dict[str, Any], verb: str, project: Project) -> Request:
    names = tuple(words["kpis"])
    if words["everything"]:
        names = tuple(kpi.name.value for kpi in project.kpis)
    if not names:
        raise KpilangError(errors.nothing_asked(verb, list(_askable(project))))
    return options.request(words, names)


def _askable(project: Project) -> Iterator[str]:
    """Reports first: they are what somebody thought worth asking."""
    yield from (report.name.value for report in project.reports)
    yield from (kpi.name.value for kpi in project.kpis)
