"""`kpilang list`: what a project defines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import click

from kpilang.cli import exits, options
from kpilang.cli.listing import FORMATS, Listing
from kpilang.cli.opened import open_project
from kpilang.cli.streams import Streams
from kpilang.cli.words import label_of, ours_first, place_of, unbound_of, unit_of
from kpilang.project import Project
from kpilang.semantics.credit_names import with_variants
from kpilang.syntax.spec import BindingDecl, EntityDecl

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
    for name, kpi in ours_first(project.catalog.names.kpis, project):
        facts = unit_of(name, kpi, project), unbound_of(name, project)
        yield name, label_of(kpi.common), *facts, place_of(kpi.name, project)


def _entities(project: Project) -> Iterator[Row]:
    names = project.catalog.names
    for name, entity in ours_first(names.entities, project):
        key = ", ".join(column.value for column in entity.key) or None
        time = entity.time.text if entity.time else None
        place = place_of(entity.name, project)
        bindings = names.bindings.get(names.canonical(name), ())
        yield name, label_of(entity.common), _origin(entity, bindings), key, time, place


def _origin(entity: EntityDecl, bindings: Sequence[BindingDecl]) -> str | None:
    """None for an abstract entity, which nothing is bound to."""
    if entity.table is not None:
        return f"table {entity.table.value}"
    if entity.file is not None:
        return f"file {entity.file.value}"
    if entity.each is not None:
        return f"each {entity.each.text}"
    if bindings:
        return "binding" if len(bindings) == 1 else f"{len(bindings)} bindings"
    return "query" if entity.query is not None else None


def _dimensions(project: Project) -> Iterator[Row]:
    for name, dimension in ours_first(project.catalog.names.dimensions, project):
        entities = ", ".join(entity.value for entity, _ in dimension.paths)
        yield name, label_of(dimension.common), entities, place_of(dimension.name, project)


def _segments(project: Project) -> Iterator[Row]:
    for name, segment in ours_first(project.catalog.names.segments, project):
        definition = " ".join(segment.definition.text.split())
        yield name, label_of(segment.common), definition, place_of(segment.name, project)


def _attributions(project: Project) -> Iterator[Row]:
    """Each with its variants below it, as they are addressed."""
    for base, attribution in ours_first(project.catalog.names.attributions, project):
        for declared, whole in with_variants(attribution):
            name = base + declared.removeprefix(attribution.name.value)
            texts = (whole.convert, whole.touches, whole.model or whole.weight)
            convert, touches, shares = (" ".join(text.text.split()) if text else None for text in texts)
            place = place_of(whole.name, project)
            yield name, label_of(whole.common), convert, touches, shares, place


def _params(project: Project) -> Iterator[Row]:
    for name, param in ours_first(project.catalog.names.params, project):
        default = param.default.text if param.default else None
        yield name, label_of(param.common), default, place_of(param.name, project)


def _reports(project: Project) -> Iterator[Row]:
    for name, report in ours_first(project.catalog.names.reports, project):
        kpis = ", ".join(kpi.text for kpi in report.query.kpis)
        yield name, label_of(report.common), kpis, place_of(report.name, project)


_LISTS = {
    "kpis": (("kpi", "label", "unit", "unbound"), _kpis),
    "entities": (("entity", "label", "rows from", "key", "time"), _entities),
    "dimensions": (("dimension", "label", "entities"), _dimensions),
    "segments": (("segment", "label", "definition"), _segments),
    "attributions": (("attribution", "label", "converts", "touches", "shared by"), _attributions),
    "params": (("param", "label", "default"), _params),
    "reports": (("report", "label", "kpis"), _reports),
}
