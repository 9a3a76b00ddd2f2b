"""The form for programs: one JSON object a line, `schema` 1.

Offsets count characters of the file from 0, lines and columns from 1; ends are excluded. `span` is null
where no file is to blame, its lines are null where the text of the file is not at hand. All output is
ASCII, so that nothing a spec holds can act on a terminal.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping

from kpilang.diagnostics.core import Diagnostic
from kpilang.diagnostics.render.place import find
from kpilang.source import Position, Source, Span

SCHEMA = 1


def render(diagnostics: Iterable[Diagnostic], sources: Mapping[str, Source]) -> Iterator[str]:
    for diagnostic in diagnostics:
        yield json.dumps(_finding(diagnostic, sources), separators=(",", ":"))


def _finding(diagnostic: Diagnostic, sources: Mapping[str, Source]) -> dict[str, object]:
    return {
        "schema": SCHEMA,
        "code": diagnostic.code.number,
        "slug": diagnostic.code.slug,
        "severity": diagnostic.severity.value,
        "message": diagnostic.message,
        "span": _span(diagnostic.span, sources),
        "label": diagnostic.label,
        "secondary": [
            {"span": _span(label.span, sources), "label": label.text} for label in diagnostic.secondary
        ],
        "notes": list(diagnostic.notes),
        "help": list(diagnostic.help),
        "edits": [{"span": _span(edit.span, sources), "text": edit.text} for edit in diagnostic.edits],
    }


def _span(span: Span, sources: Mapping[str, Source]) -> dict[str, object] | None:
    if not span.file:
        return None
    place = find(span, sources)
    return {
        "file": span.file,
        "start": _end(span.start, place.start if place else None),
        "end": _end(span.end, place.end if place else None),
    }


def _end(offset: int, position: Position | None) -> dict[str, object]:
    return {
        "offset": offset,
        "line": position.line if position else None,
        "column": position.column if position else None,
    }
