"""Opens the project a command line means, and answers what verbs ask of it."""

from __future__ import annotations

import sys
from typing import Any

from kpilang.cli import errors, options
from kpilang.cli.asked import asked
from kpilang.cli.streams import Streams
from kpilang.diagnostics import KpilangError
from kpilang.project import PreparedQuery, Project, load, of_text
from kpilang.semantics.request import Request
from kpilang.source import Source

STDIN_NAME = "<stdin>"


def open_project(path: str | None, streams: Streams, target: str | None = None) -> Project:
    """The project at `path`; its texts are made known to the streams, for excerpts."""
    project = of_text(Source(STDIN_NAME, _stdin()), target) if path == options.STDIN else load(path, target)
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
    """The texts of the command line under the names by which findings point at them."""
    return {name: Source(name, "\n".join(words)) for name, words in request.texts.items()}


def _stdin() -> str:
    content = sys.stdin.buffer.read()
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise KpilangError(errors.stdin_not_utf8(error.start)) from error
