"""Workflow commands, which GitHub turns into annotations of a change: `::error file=…,line=…::message`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from kpilang.diagnostics.core import Diagnostic
from kpilang.diagnostics.render.place import Place, find
from kpilang.diagnostics.render.prose import whole
from kpilang.source import Source
from kpilang.terminal import visible


def render(diagnostics: Iterable[Diagnostic], sources: Mapping[str, Source]) -> Iterator[str]:
    for diagnostic in diagnostics:
        properties = ",".join(f"{key}={_property(value)}" for key, value in _properties(diagnostic, sources))
        yield f"::{diagnostic.severity.value} {properties}::{_data(_text(diagnostic))}"


def _properties(diagnostic: Diagnostic, sources: Mapping[str, Source]) -> Iterator[tuple[str, str]]:
    if diagnostic.span.file:
        yield "file", diagnostic.span.file
        place = find(diagnostic.span, sources)
        if place:
            yield from _lines(place)
    yield "title", f"{diagnostic.code} {diagnostic.code.slug}"


def _lines(place: Place) -> Iterator[tuple[str, str]]:
    """Columns only within one line, which is all that GitHub understands; it includes the last one."""
    yield "line", str(place.start.line)
    yield "endLine", str(place.end.line)
    if place.start.line == place.end.line:
        yield "col", str(place.start.column)
        yield "endColumn", str(max(place.start.column, place.end.column - 1))


def _text(diagnostic: Diagnostic) -> str:
    return "\n".join(map(visible, whole(diagnostic).split("\n")))


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(visible(text)).replace(":", "%3A").replace(",", "%2C")
