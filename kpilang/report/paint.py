"""What the forms of a table share: gaps, colours, marks. Knows nothing of where they stand."""

from __future__ import annotations

from kpilang.report.cells import Cell
from kpilang.report.goals import Status

GAP = "  "
DIM = "2"
BOLD = "1"
_COLOURS = {Status.ALERT: "31", Status.WARN: "33", Status.MISSED: "33", Status.MET: "32"}
_ARROWS = ("↑", "↓")


def paint(text: str, code: str, colour: bool) -> str:
    return f"\x1b[{code}m{text}\x1b[0m" if colour and text.strip() else text


def mark(cell: Cell, colour: bool) -> str:
    return paint(cell.mark, _COLOURS[cell.status], colour) if cell.status else cell.mark


def glued(title: str) -> str:
    """The arrow stays with the last word of the title, and words of a name can be parted."""
    words = title.rsplit(" ", 1)
    return "\u00a0".join(words) if words[-1] in _ARROWS else title
