"""`kpilang list`: what a project defines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

import click

from kpilang.cli import exits, options
from kpilang.cli.listing import FORMATS, Listing
from kpilang.cli.opened import open_project
from kpilang.cli.streams import Streams
from kpilang.cli.words import label_of, place_of, unit_of
from kpilang.project import Project
from kpilang.semantics.credit_names import with_variants
from kpilang.syntax.spec import (
    AttributionDecl,
    DimensionDecl,
    EntityDecl,
    ParamDecl,
    ReportDecl,
    SegmentDecl,
)

D = TypeVar("D", AttributionDecl, EntityDecl, DimensionDecl, ParamDecl, ReportDecl, SegmentDecl)
Row = tuple[str | None, ...]
SOFT = ("label", "rows from", "entities", "definition", "touches", "shared by", "default", "kpis")
"""Columns whose texts may be cut where a terminal is narrow."""


@click.command("list")
@click.option("--entities", "what", flag_value="entities", help="List entities.")
@click.option("--dimensions", "what", flag_value="dimensions", help="List conformed dimensions.")
@click.option("--segments", "what", flag_value="segments", help="List segments.")
@click.option("--attributions", "what", flag_value="attributions", help="List attributions.")
@click.option("--params", "what", flag_value="params", help="List params.")
@click.option("--reports", "what", flag_value="reports", help="List reports.")
@click.option("--kpis", "what", flag_value="kpis", default="kpis", help="List KPIs (the default).")
@options.project
@options.format(*FORMATS, default="table", of="the list")
@click.pass_obj
def command(streams: Streams, what: str, project: str | None, form: str) -> int:
    """List KPIs, or entities, dimensions, segments, attributions, params, reports, each with its place."""
    opened = open_project(project, streams)
    headings, rows = _LISTS[what]
    for line in Listing((*headings, "defined"), tuple(rows(opened)), soft=SOFT).lines(form, streams.cells()):
        streams.line(line)
    return exits.CLEAN


def _kpis(project: Project) -> Iterator[Row]:
    for kpi in sorted(project.kpis, key=lambda kpi: kpi.name.value):
        yield kpi.name.value, label_of(kpi.common), unit_of(kpi, project), place_of(kpi.name, project)


def _entities(project: Project) -> Iterator[Row]:
    for entity in _sorted(project.entities):
        key = ", ".join(name.value for name in entity.key) or None
        time = entity.time.text if entity.time else None
        place = place_of(entity.name, project)
        yield entity.name.value, label_of(entity.common), _origin(entity), key, time, place


def _origin(entity: EntityDecl) -> str | None:
    if entity.table is not None:
        return f"table {entity.table.value}"
    if entity.file is not None:
        return f"file {entity.file.value}"
    return "query" if entity.query is not None else None


def _dimensions(project: Project) -> Iterator[Row]:
    for dimension in _sorted(project.dimensions):
        entities = ", ".join(entity.value for entity, _ in dimension.paths)
        yield dimension.name.value, label_of(dimension.common), entities, place_of(dimension.name, project)


def _segments(project: Project) -> Iterator[Row]:
    for segment in _sorted(segment for file in project.files for segment in file.segments):
        definition = " ".join(segment.definition.text.split())
        yield segment.name.value, label_of(segment.common), definition, place_of(segment.name, project)


def _attributions(project: Project) -> Iterator[Row]:
    """Each with its variants below it, as they are addressed."""
    for attribution in _sorted(attribution for file in project.files for attribution in file.attributions):
        for name, whole in with_variants(attribution):
            texts = (whole.convert, whole.touches, whole.model or whole.weight)
            convert, touches, shares = (" ".join(text.text.split()) if text else None for text in texts)
            place = place_of(whole.name, project)
            yield name, label_of(whole.common), convert, touches, shares, place


def _params(project: Project) -> Iterator[Row]:
    for param in _sorted(project.params):
        default = param.default.text if param.default else None
        yield param.name.value, label_of(param.common), default, place_of(param.name, project)


def _reports(project: Project) -> Iterator[Row]:
    for report in _sorted(project.reports):
        kpis = ", ".join(kpi.text for kpi in report.query.kpis)
        yield report.name.value, label_of(report.common), kpis, place_of(report.name, project)


def _sorted(declarations: Iterable[D]) -> list[D]:
    return sorted(declarations, key=lambda declaration: declaration.name.value)


_LISTS = {
    "kpis": (("kpi", "label", "unit"), _kpis),
    "entities": (("entity", "label", "rows from", "key", "time"), _entities),
    "dimensions": (("dimension", "label", "entities"), _dimensions),
    "segments": (("segment", "label", "definition"), _segments),
    "attributions": (("attribution", "label", "converts", "touches", "shared by"), _attributions),
    "params": (("param", "label", "default"), _params),
    "reports": (("report", "label", "kpis"), _reports),
}
