"""Colours of the text form, or none."""

from __future__ import annotations

from dataclasses import dataclass

from kpilang.diagnostics.core import Severity

_SEVERITY = {Severity.ERROR: "1;31", Severity.WARNING: "1;33"}
_FRAME = "1;34"
_STRONG = "1"


@dataclass(frozen=True, slots=True)
class Style:
    """Wraps a piece of text in the escape codes of its role; plain when not `coloured`."""

    coloured: bool

    def severity(self, severity: Severity, text: str) -> str:
        return self._wrap(_SEVERITY[severity], text)

    def frame(self, text: str) -> str:
        """Gutter, arrows and secondary marks."""
        return self._wrap(_FRAME, text)

    def strong(self, text: str) -> str:
        return self._wrap(_STRONG, text)

    def _wrap(self, code: str, text: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.coloured and text.strip() else text


PLAIN = Style(coloured=False)
COLOUR = Style(coloured=True)
