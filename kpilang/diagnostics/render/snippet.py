"""Source excerpts: the lines of a finding with `^^^^` under its place and `----` under the others.

Columns here are terminal cells of the line as shown, not characters: a tab is some spaces, `開` is two
cells, a combining accent none. What to show is decided first (`_Line`), then drawn.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from kpilang.diagnostics.core import Diagnostic, Label
from kpilang.diagnostics.render.place import Place, find
from kpilang.diagnostics.render.style import Style
from kpilang.source import Source
from kpilang.terminal import TAB, shortened, visible, width

WIDEST = 140
"""Cells of a source line; of a longer one the part with the marks is shown."""
LEAD = 40
"""Cells kept before the first mark of a line that is cut."""
BETWEEN = 2
"""Lines of a span of several lines that are shown between its first and its last."""
LONGEST_LABEL = 300

_Paint = Callable[[str, bool], str]
"""Colours a text of the drawing; the second argument tells whether it belongs to the primary place."""


@dataclass(frozen=True, slots=True)
class _Mark:
    """Cells `start` to `end` of a shown line; at least one."""

    start: int
    end: int
    text: str
    primary: bool


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    text: str
    marks: tuple[_Mark, ...] = ()


def margin(diagnostic: Diagnostic, sources: Mapping[str, Source]) -> int:
    """Digits of the greatest line number that the excerpts show; 0 when there is none."""
    places = (find(label.span, sources) for label, _ in _labels(diagnostic))
    return max((len(str(place.end.line)) for place in places if place), default=0)


def excerpts(
    diagnostic: Diagnostic, sources: Mapping[str, Source], margin: int, style: Style
) -> Iterator[str]:
    """One block a file, that of the finding itself first."""
    labels = _labels(diagnostic)
    for file in dict.fromkeys(label.span.file for label, _ in labels):
        here = [(label, primary) for label, primary in labels if label.span.file == file]
        arrow = "-->" if file == diagnostic.span.file else ":::"
        yield _heading(arrow, here[0][0], sources, margin, style)
        if file in sources:
            yield from _block(here, sources[file], margin, style, diagnostic)


def _labels(diagnostic: Diagnostic) -> list[tuple[Label, bool]]:
    """The places that lie in a file, with whether they are the finding's own."""
    own = [(Label(diagnostic.span, diagnostic.label), True)]
    others = [(label, False) for label in diagnostic.secondary]
    return [(label, primary) for label, primary in own + others if label.span.file]


def _heading(arrow: str, label: Label, sources: Mapping[str, Source], margin: int, style: Style) -> str:
    place = find(label.span, sources)
    at = f":{place.start.line}:{place.start.column}" if place else ""
    return f"{' ' * margin}{style.frame(arrow)} {visible(label.span.file)}{at}"


def _block(
    labels: list[tuple[Label, bool]], source: Source, margin: int, style: Style, diagnostic: Diagnostic
) -> Iterator[str]:
    bar = style.frame("|")
    empty = f"{' ' * (margin + 1)}{bar}"
    yield empty
    for line in _lines(labels, source):
        if line is None:
            yield style.frame("...")
            continue
        yield f"{style.frame(str(line.number).rjust(margin))} {bar} {line.text}".rstrip()
        for row in _rows(line.marks, style, diagnostic):
            yield f"{empty} {row}"


# ---------------------------------------------------------------------------- what to show


def _lines(labels: list[tuple[Label, bool]], source: Source) -> Iterator[_Line | None]:
    """The lines to show in order, None where some are left out; a gap of one line is shown instead."""
    marked: dict[int, list[_Mark]] = {}
    for label, primary in labels:
        for number, mark in _marks(label, primary, source):
            line_marks = marked.setdefault(number, [])
            if mark:
                line_marks.append(mark)
    before = None
    for number in sorted(marked):
        if before is not None and number - before == 2:
            yield _cut(_Line(number - 1, _shown(source.line(number - 1))))
        elif before is not None and number - before > 2:
            yield None
        yield _cut(_Line(number, _shown(source.line(number)), tuple(marked[number])))
        before = number


def _marks(label: Label, primary: bool, source: Source) -> Iterator[tuple[int, _Mark | None]]:
    """The line numbers a label touches with its mark there, if it has one."""
    place = _visible_place(label, source)
    first, last = place.start, place.end
    begin = _cell(source, first.line, first.column)
    if first.line == last.line:
        end = _cell(source, last.line, last.column)
        yield first.line, _Mark(begin, max(end, begin + 1), label.text, primary)
        return
    line_end = max(width(_shown(source.line(first.line))), begin + 1)
    yield first.line, _Mark(begin, line_end, "", primary)
    between = range(first.line + 1, last.line)
    if len(between) <= BETWEEN:
        yield from ((number, None) for number in between)
    text = source.line(last.line)
    indent = width(_shown(text)) - width(_shown(text.lstrip()))
    end = _cell(source, last.line, last.column)
    yield last.line, _Mark(min(indent, end - 1), end, label.text, primary)


def _visible_place(label: Label, source: Source) -> Place:
    """The place without the white space that ends it: a span over a block ends on its last line with text."""
    span = label.span
    text = source.text[span.start : span.end]
    span = replace(span, end=span.start + len(text.rstrip()) if text.strip() else span.end)
    place = find(span, {source.name: source})
    assert place is not None, "the source is the label's own"
    return place


def _cell(source: Source, line: int, column: int) -> int:
    """The cell at which character `column` of a line begins as shown; just past the line for its end."""
    return width(_shown(source.line(line)[: column - 1]))


def _shown(text: str) -> str:
    """A source line as it is printed."""
    return visible(text.replace("\t", " " * TAB))


def _cut(line: _Line) -> _Line:
    """The line itself, or of one wider than `WIDEST` the part around its marks."""
    if width(line.text) <= WIDEST:
        return line
    left = max(0, min((mark.start for mark in line.marks), default=0) - LEAD)
    kept, start = _slice(line.text, left)
    shift = (1 if start else 0) - start
    limit = width(kept)
    marks = tuple(
        replace(mark, start=min(mark.start + shift, limit - 1), end=min(mark.end + shift, limit))
        for mark in line.marks
    )
    return replace(line, text=kept, marks=marks)


def _slice(text: str, left: int) -> tuple[str, int]:
    """At most `WIDEST` cells of `text` from about cell `left`, and the cell at which they begin."""
    skipped = 0
    for index, char in enumerate(text):
        if skipped >= left and width(char):
            kept = shortened(text[index:], WIDEST)
            return ("…" + kept if index else kept), skipped
        skipped += width(char)
    return "…", skipped


# ---------------------------------------------------------------------------- drawing


def _rows(marks: tuple[_Mark, ...], style: Style, diagnostic: Diagnostic) -> Iterator[str]:
    """The rows under a line: all marks with the text of the last, then the other texts, hung below."""
    if not marks:
        return

    def paint(text: str, primary: bool) -> str:
        return style.severity(diagnostic.severity, text) if primary else style.frame(text)

    inline = max(marks, key=lambda mark: (mark.end, mark.start, mark.primary))
    row = _underline(marks, paint)
    yield f"{row} {paint(_label(inline.text), inline.primary)}" if inline.text else row
    hung = sorted((m for m in marks if m.text and m is not inline), key=lambda m: m.start)
    if hung:
        yield _connectors(hung, paint)
    while hung:
        mark = hung.pop()
        left = [other for other in hung if other.start < mark.start]
        row = _connectors(left, paint)
        gap = mark.start - (max((other.start for other in left), default=-1) + 1)
        yield row + " " * gap + paint(_label(mark.text), mark.primary)


def _underline(marks: tuple[_Mark, ...], paint: _Paint) -> str:
    """`^^^^` and `----`; where they overlap the primary is seen."""
    cells: dict[int, bool] = {}
    for mark in sorted(marks, key=lambda mark: mark.primary):
        cells.update((cell, mark.primary) for cell in range(mark.start, mark.end))
    return _draw({cell: ("^" if primary else "-", primary) for cell, primary in cells.items()}, paint)


def _connectors(marks: list[_Mark], paint: _Paint) -> str:
    return _draw({mark.start: ("|", mark.primary) for mark in marks}, paint)


def _draw(cells: dict[int, tuple[str, bool]], paint: _Paint) -> str:
    """A row of signs at their cells, runs of one role painted together."""
    row, run, role, at = "", "", False, 0
    for cell in sorted(cells):
        sign, primary = cells[cell]
        if run and (cell != at or primary != role):
            row, run = row + paint(run, role), ""
        row, run, role, at = row + " " * (cell - at), run + sign, primary, cell + 1
    return row + paint(run, role) if run else row


def _label(text: str) -> str:
    return shortened(visible(text), LONGEST_LABEL)
