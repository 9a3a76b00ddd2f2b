"""`kpilang check`: all that is wrong with the specs of a project."""

from __future__ import annotations

import click

from kpilang.cli import exits, options
from kpilang.cli.opened import open_project
from kpilang.cli.streams import Streams
from kpilang.diagnostics.render import FORMS
from kpilang.project import Project


@click.command("check")
@options.project
@options.format(*FORMS, default="text", of="the findings")
@click.pass_obj
def command(streams: Streams, project: str | None, form: str) -> int:
    """Check all specs of a project and show what is wrong.

    Findings go to stdout. Exit 1 with an error among them; warnings alone are clean.
    """
    opened = open_project(project, streams)
    found = opened.check()
    streams.findings(found, form)
    if form == "text" and not found:
        streams.say(f"no findings: {_size(opened)}")
    return exits.code_of(found)


def _size(project: Project) -> str:
    imported = len(project.packages) - 1
    counts = (
        (len(project.files), "file", "files"),
        *(((imported, "imported package", "imported packages"),) if imported else ()),
        (len(project.entities), "entity", "entities"),
        (len(project.kpis), "KPI", "KPIs"),
    )
    return ", ".join(f"{count} {one if count == 1 else many}" for count, one, many in counts)
