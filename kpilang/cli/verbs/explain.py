"""`kpilang explain`: the page of a code, or how a KPI is computed."""

from __future__ import annotations

import re
from collections.abc import Iterator

import click

from kpilang import codes
from kpilang.cli import errors, exits, options
from kpilang.cli.formula import tree, type_text
from kpilang.cli.listing import Listing
from kpilang.cli.opened import open_project
from kpilang.cli.reads import reads
from kpilang.cli.streams import Streams
from kpilang.cli.words import about_of, label_of, place_of
from kpilang.diagnostics import Code, KpilangError
from kpilang.diagnostics.page import page
from kpilang.project import PreparedQuery, Project
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
    if _CODE.fullmatch(name):
        raise KpilangError(errors.unknown_code(name, codes.all_codes()))
    opened = open_project(project, streams)
    return _kpi(name, opened, opened.query([name]))


def _page(code: Code) -> Iterator[str]:
    text = page(code.number) or f"# {code.number}: {code.slug}\n\n{code.title}."
    yield from text.rstrip().split("\n")


def _kpi(name: str, project: Project, prepared: PreparedQuery) -> Iterator[str]:
    output = prepared.ir.outputs[0]
    yield from map(visible, _heading(name, project))
    yield f"{type_text(output.type)}"
    yield ""
    yield from _aligned([(visible(text), type) for text, type in tree(output.value)])
    yield ""
    yield from map(visible, reads(prepared))


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
    for line in Listing(("code", "name", "severity", "meaning"), rows).lines("table"):
        streams.line(line)
