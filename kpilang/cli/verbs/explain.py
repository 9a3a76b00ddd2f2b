"""`kpilang explain`: the page of a code, or how a KPI is computed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

import click

from kpilang import codes, ir
from kpilang.cli import errors, exits, options
from kpilang.cli.additivity import additivity
from kpilang.cli.formula import tree, type_text
from kpilang.cli.listing import Listing
from kpilang.cli.opened import open_project
from kpilang.cli.reads import reads
from kpilang.cli.streams import Streams
from kpilang.cli.words import about_of, label_of, place_of
from kpilang.diagnostics import Code, Diagnostics, KpilangError, did_you_mean
from kpilang.diagnostics.page import page
from kpilang.project import PreparedQuery, Project
from kpilang.source import Source
from kpilang.terminal import pad, visible, width

_CODE = re.compile(r"kpi\d+", re.IGNORECASE)


@click.command("explain")
@click.argument("names", nargs=-1, metavar="[CODE|KPI|FORMULA]...")
@click.option("--list", "listing", is_flag=True, help="List all codes.")
@options.project
@click.pass_obj
def command(streams: Streams, names: tuple[str, ...], listing: bool, project: str | None) -> int:
    """Explain an error code, or how a KPI is computed.

    A code (`KPI203`) or its name (`unknown-dimension`) prints its page. A KPI or a formula prints its parts
    with their types, the rows they count, and the tables that are read.
    """
    if listing:
        _list(streams)
        return exits.CLEAN
    if not names:
        raise KpilangError(errors.nothing_to_explain())
    for number, name in enumerate(names):
        if number:
            streams.line("")
        for line in _explained(name, project, streams):
            streams.line(line)
    return exits.CLEAN


def _explained(name: str, project: str | None, streams: Streams) -> Iterator[str]:
    """Codes need no project, so they come first; no KPI is called `unknown-dimension` by chance."""
    code = codes.find(name)
    if code is not None:
        return _page(code)
    if _CODE.fullmatch(name) or "-" in name:
        _refuse_code(name)
    opened = open_project(project, streams)
    streams.sources = {**streams.sources, "KPI": Source("KPI", name)}
    return _kpi(name, opened, _asked(name, opened))


def _refuse_code(name: str) -> None:
    """Raises for what is written like a code, or nearly as the name of one; `a - b` is a formula."""
    close = did_you_mean(name, (code.slug for code in codes.defined()))
    if close or _CODE.fullmatch(name):
        raise KpilangError(errors.unknown_code(name, close))


def _page(code: Code) -> Iterator[str]:
    text = page(code.number) or f"# {code.number}: {code.slug}\n\n{code.title}."
    yield from text.rstrip().split("\n")


def _kpi(name: str, project: Project, prepared: PreparedQuery) -> Iterator[str]:
    value = _value(name, project, prepared)
    yield from map(visible, _heading(name, project))
    yield f"{type_text(value.type)}, {additivity(value)}"
    yield ""
    yield from _aligned([(visible(text), type) for text, type in tree(value)])
    yield ""
    yield from map(visible, reads(prepared))


def _value(name: str, project: Project, prepared: PreparedQuery) -> ir.Expr:
    """The KPI as defined: in a query, what groups nothing there is already gone."""
    declared = next((kpi for kpi in project.kpis if kpi.name.value == name), None)
    resolved = declared and project.catalog.kpi(name, declared.name.span, Diagnostics())
    return resolved.value if resolved else prepared.ir.outputs[0].value


def _asked(name: str, project: Project) -> PreparedQuery:
    """The KPI in a month, as some need a period; which one does not matter, as nothing is run."""
    return project.query([name], from_=date(2024, 1, 1), to=date(2024, 2, 1))


def _heading(name: str, project: Project) -> Iterator[str]:
    """Where the KPI is defined and as what; of a formula nothing but itself."""
    kpi = next((kpi for kpi in project.kpis if kpi.name.value == name), None)
    if kpi is None:
        yield name
        return
    label = label_of(kpi.common)
    yield f"{name}: {label}" if label else name
    if about := about_of(kpi.common):
        yield about
    yield f"defined in {place_of(kpi.name, project)}"
    if kpi.formula is not None:
        yield f"formula: {' '.join(kpi.formula.text.split())}"


def _aligned(lines: list[tuple[str, str]]) -> Iterator[str]:
    """The types in one column to the right of the tree."""
    widest = max(width(text) for text, type in lines if type)
    for text, type in lines:
        yield f"{pad(text, widest)}  {type}" if type else text


def _list(streams: Streams) -> None:
    rows = tuple((code.number, code.slug, code.severity.value, code.title) for code in codes.defined())
    for line in Listing(("code", "name", "severity", "meaning"), rows, soft=("meaning",)).lines(
        "table", streams.cells()
    ):
        streams.line(line)
