"""The form for people: header, source lines with carets, notes, help.

The excerpt itself is made by `snippet`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from kpilang.diagnostics.core import Diagnostic, Severity
from kpilang.diagnostics.render import snippet
from kpilang.diagnostics.render.style import COLOUR, PLAIN, Style
from kpilang.source import Source
from kpilang.terminal import shortened, visible

MOST = 100
"""Findings shown of one run; the rest is counted."""
LONGEST = 600
"""Cells of one line of prose; only a hostile name makes it longer."""


def render(
    diagnostics: Iterable[Diagnostic], sources: Mapping[str, Source], colour: bool = False
) -> Iterator[str]:
    """Findings in their order with a blank line after each, then how many there were; nothing for none."""
    found = list(diagnostics)
    style = COLOUR if colour else PLAIN
    for diagnostic in _first(found):
        yield from render_one(diagnostic, sources, style)
        yield ""
    if len(found) > MOST:
        yield f"... and {len(found) - MOST} more"
    if found:
        yield summary(found)


def render_one(diagnostic: Diagnostic, sources: Mapping[str, Source], style: Style = PLAIN) -> Iterator[str]:
    kind = diagnostic.severity
    header = style.severity(kind, f"{kind.value}[{diagnostic.code}]")
    yield header + style.strong(f": {_prose(diagnostic.message)}")
    margin = snippet.margin(diagnostic, sources)
    yield from snippet.excerpts(diagnostic, sources, margin, style)
    for word, texts in (("note", diagnostic.notes), ("help", diagnostic.help)):
        for text in texts:
            yield from _footnote(word, text, margin, style)


def summary(diagnostics: Iterable[Diagnostic]) -> str:
    """`2 errors, 1 warning`."""
    severities = [diagnostic.severity for diagnostic in diagnostics]
    counts = [(severities.count(severity), severity.value) for severity in Severity]
    return ", ".join(f"{n} {word}{'' if n == 1 else 's'}" for n, word in counts if n)


def _first(found: list[Diagnostic]) -> list[Diagnostic]:
    """The first `MOST`; errors are not pushed out by warnings that stand before them."""
    if len(found) <= MOST:
        return found
    by_weight = sorted(range(len(found)), key=lambda i: (found[i].severity is not Severity.ERROR, i))
    return [found[i] for i in sorted(by_weight[:MOST])]


def _footnote(word: str, text: str, margin: int, style: Style) -> Iterator[str]:
    first, *more = text.split("\n")
    yield f"{' ' * (margin + 1)}{style.frame('=')} {style.strong(word + ':')} {_prose(first)}"
    for line in more:
        yield " " * (margin + len(word) + 5) + _prose(line)


def _prose(text: str) -> str:
    return shortened(visible(text), LONGEST)
