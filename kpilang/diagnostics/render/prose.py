"""All words of a finding as one text, for forms that have a single field for them."""

from __future__ import annotations

from kpilang.diagnostics.core import Diagnostic


def whole(diagnostic: Diagnostic) -> str:
    """Message and label on the first line, then a line for each note and help."""
    first = diagnostic.message + (f": {diagnostic.label}" if diagnostic.label else "")
    notes = [f"note: {text}" for text in diagnostic.notes]
    return "\n".join([first, *notes, *(f"help: {text}" for text in diagnostic.help)])
