"""`kpilang explain`: the page of a code, or how a KPI is computed."""

from __future__ import annotations

import re
from collections.abc import Iterator

import click

from kpilang import codes
from kpilang.cli import errors, exits, options
from kpilang.cli.explained import explained, lines
from kpilang.cli.listing import Listing
from kpilang.cli.opened import open_project
from kpilang.cli.streams import Streams
from kpilang.diagnostics import Code, KpilangError, did_you_mean
from kpilang.diagnostics.page import page
from kpilang.source import Source

_CODE = re.compile(r"kpi\d+", re.IGNORECASE)


@click.command("explain")
@click.argument("names", nargs=-1, metavar="[CODE|KPI|FORMULA]...")
@click.option("--list", "listing", is_flag=True, help="List all codes.")
@options.project
@click.pass_obj
def command(streams: Streams, names: tuple[str, ...], listing: bool, project: str | None) -> int:
    """Explain an error code, or how a KPI is computed.

    A code (`KPI203`) or its name (`unknown-dimension`) prints its page. Of a KPI or a formula: its parts with
    unit, exactness and whether they add up, the laws that decide, the tables that are read and how often,
    whether later rows change past values, and what it can be cut by.
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
    bold, plain = ("\x1b[1m", "\x1b[0m") if streams.colour() else ("", "")
    return lines(explained(name, opened), streams.cells(), bold, plain)


def _refuse_code(name: str) -> None:
    """Raises for what is written like a code, or nearly as the name of one; `a - b` is a formula."""
    close = did_you_mean(name, (code.slug for code in codes.defined()))
    if close or _CODE.fullmatch(name):
        raise KpilangError(errors.unknown_code(name, close))


def _page(code: Code) -> Iterator[str]:
    text = page(code.number) or f"# {code.number}: {code.slug}\n\n{code.title}."
    yield from text.rstrip().split("\n")


def _list(streams: Streams) -> None:
    rows = tuple((code.number, code.slug, code.severity.value, code.title) for code in codes.defined())
    for line in Listing(("code", "name", "severity", "meaning"), rows, soft=("meaning",)).lines(
        "table", streams.cells()
    ):
        streams.line(line)
