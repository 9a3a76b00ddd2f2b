"""Opens the project a command line means, and answers what verbs ask of it."""

from __future__ import annotations

import sys
from typing import Any

from kpilang import files
from kpilang.cli import errors, options
from kpilang.cli.asked import asked
from kpilang.cli.streams import Streams
from kpilang.diagnostics import Diagnostics, KpilangError
from kpilang.project import PreparedQuery, Project, load
from kpilang.semantics.request import Request
from kpilang.source import Source
from kpilang.syntax.reader import read_project, read_spec
from kpilang.syntax.spec import ProjectDecl

STDIN_NAME = "<stdin>"


def open_project(path: str | None, streams: Streams, target: str | None = None) -> Project:
    """The project at `path`; its texts are made known to the streams, for excerpts."""
    project = _from_stdin(target) if path == options.STDIN else load(path, target)
    streams.sources = {**streams.sources, **project.sources}
    return project


def prepare(words: dict[str, Any], verb: str, streams: Streams, target: str | None = None) -> PreparedQuery:
    """The query that the shared options of `verb` ask; `KpilangError` with all that is wrong."""
    project = open_project(words["project"], streams, target)
    request = asked(words, verb, project)
    streams.sources = {**streams.sources, **_typed(request)}
    prepared = project.ask(request)
    if prepared.warnings:
        streams.report(prepared.warnings, streams.sources)
    return prepared


def _typed(request: Request) -> dict[str, Source]:
    """The texts of the command line under the names by which findings point at them; of several texts under
    one name it is not known which is meant, so there is no excerpt."""
    texts = {
        "KPI": request.kpis,
        "--by": request.by,
        "--grain": (request.grain,),
        "--from": (request.start,),
        "--to": (request.end,),
        "--where": (request.where,),
        "--as-of": (request.as_of,),
        "--order": request.order,
        **{f"--param {name}": (value,) for name, value in request.params.items()},
    }
    return {
        name: Source(name, values[0])
        for name, values in texts.items()
        if len(values) == 1 and values[0] is not None
    }


def _from_stdin(target: str | None) -> Project:
    """One spec from stdin, under the settings of the project around the working directory."""
    place = files.find(None)
    diags = Diagnostics()
    declaration, texts = ProjectDecl(), {}
    if place.declaration is not None and (settings := files.read(place.declaration, diags)):
        texts[settings.name] = settings
        declaration = read_project(settings, diags)
    source = Source(STDIN_NAME, _stdin())
    texts[STDIN_NAME] = source
    return Project(place.folder, declaration, (read_spec(source, diags),), texts, diags, target)


def _stdin() -> str:
    content = sys.stdin.buffer.read()
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise KpilangError(errors.stdin_not_utf8(error.start)) from error
