"""`kpilang show`: a definition as it stands in the project."""

from __future__ import annotations

from collections.abc import Iterator

import click

from kpilang.cli import errors, exits, options
from kpilang.cli.opened import open_project
from kpilang.cli.streams import Streams
from kpilang.cli.words import place_of, unit_of
from kpilang.diagnostics import KpilangError
from kpilang.project import Project
from kpilang.source import Source
from kpilang.syntax.spec import Embedded, Text
from kpilang.terminal import TAB, visible


@click.command("show")
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
@options.project
@click.pass_obj
def command(streams: Streams, names: tuple[str, ...], project: str | None) -> int:
    """Show a definition as the project writes it.

    Names may be those of KPIs, entities, dimensions, segments, attributions, functions, params and reports.
    Below a KPI that extends another one stands that one, too.
    """
    opened = open_project(project, streams)
    blocks = [block for name in names for block in _blocks(name, opened)]
    for number, block in enumerate(blocks):
        if number:
            streams.line("")
        for line in block:
            streams.line(line)
    return exits.CLEAN


def _blocks(name: str, project: Project) -> Iterator[list[str]]:
    """One block for each thing of the name; a dimension may share its name with a KPI."""
    declared = list(_declared(project))
    short = project.catalog.names.short(project.catalog.names.canonical(name))
    found = [(text, section) for called, text, section in declared if called in (name, short)]
    if not found:
        raise KpilangError(errors.not_in_project(name, (called for called, _, _ in declared)))
    for text, section in found:
        yield _block(text, section, _unit(name, section, project), project)
        if section == "kpis":
            yield from _taken_over(name, project)


def _block(text: Text, section: str, further: str | None, project: Project) -> list[str]:
    """The definition below its place and one more fact."""
    lines = _definition(text, project.sources[text.span.file])
    facts = " · ".join(filter(None, (place_of(text, project), further)))
    return [f"# {facts}", f"{section}:", *map(visible, lines)]


def _taken_over(name: str, project: Project) -> Iterator[list[str]]:
    """The KPIs that say what this one does not, the nearest first."""
    kpis, seen = project.catalog.names.kpis, {name}
    extends = kpis[name].extends if name in kpis else None
    while extends is not None:
        base = kpis.get(extends.value.split(".")[0])  # a variant stands in its KPI
        if base is None or base.name.value in seen:
            return
        seen.add(base.name.value)
        yield _block(base.name, "kpis", f"for all that `{name}` does not say", project)
        name, extends = base.name.value, base.extends


def _unit(name: str, section: str, project: Project) -> str | None:
    """What the KPI is measured in; None for what is no KPI, or has an error, which `check` reports."""
    kpi = project.catalog.names.kpis.get(name)
    return unit_of(name, kpi, project) if section == "kpis" and kpi is not None else None


def _declared(project: Project) -> Iterator[tuple[str, Text, str]]:
    """Each thing by its name in the project, with where that is written and its section."""
    names = project.catalog.names
    yield from ((name, entity.name, "entities") for name, entity in names.entities.items())
    yield from ((name, dimension.name, "dimensions") for name, dimension in names.dimensions.items())
    yield from ((name, param.name, "params") for name, param in names.params.items())
    yield from ((name, segment.name, "segments") for name, segment in names.segments.items())
    yield from ((name, attribution.name, "attributions") for name, attribution in names.attributions.items())
    yield from ((name, _name(function.signature), "functions") for name, function in names.functions.items())
    yield from ((name, kpi.name, "kpis") for name, kpi in names.kpis.items())
    yield from ((name, report.name, "reports") for name, report in names.reports.items())


def _name(signature: Embedded) -> Text:
    """`lift` of `lift(x)`."""
    name = signature.text.split("(", 1)[0].strip()
    return Text(name, span=signature.span)


def _definition(name: Text, source: Source) -> list[str]:
    """The line of the name and those below it that are indented deeper, moved to an indent of two."""
    first = source.position(name.span.start).line
    last = source.position(len(source.text)).line
    head = source.line(first).expandtabs(TAB)
    indent = _indent(head)
    lines = [head]
    for number in range(first + 1, last + 1):
        line = source.line(number).expandtabs(TAB)
        if line.strip() and _indent(line) <= indent:
            break
        lines.append(line)
    while not lines[-1].strip():
        lines.pop()
    return [f"  {line[indent:]}" if line.strip() else "" for line in lines]


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
