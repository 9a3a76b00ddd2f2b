"""Where a span lies, in lines and columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kpilang.source import Position, Source, Span


@dataclass(frozen=True, slots=True)
class Place:
    """A span in a file that is at hand; `end` is excluded, as in the span."""

    span: Span
    start: Position
    end: Position


def find(span: Span, sources: Mapping[str, Source]) -> Place | None:
    """The place of a span; None for a span of nowhere or of a file whose text is not at hand."""
    source = sources.get(span.file)
    if source is None:
        return None
    return Place(span, source.position(span.start), source.position(max(span.start, span.end)))
