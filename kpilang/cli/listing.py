"""Lists of things a project or the language has: columns of text in any of four formats."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest

from kpilang.report import csv, json, markdown
from kpilang.terminal import narrowed, pad, visible, width, wrapped

FORMATS = ("table", "json", "csv", "markdown")
_GAP = "  "
_LEAST = 10
"""Cells below which a column of texts is no narrower."""


@dataclass(frozen=True, slots=True)
class Listing:
    """Headings are the keys of the JSON objects too; None is what a thing does not have.

    `soft` names the columns of the table whose texts stand on several lines where a terminal is too narrow
    for all; nothing is ever cut.
    """

    headings: tuple[str, ...]
    rows: tuple[tuple[str | None, ...], ...]
    soft: tuple[str, ...] = ()

    def lines(self, form: str, cells: int | None = None) -> Iterator[str]:
        """The list in one of `FORMATS`; a table fits into `cells` where it can."""
        match form:
            case "json":
                yield from self._json()
            case "csv":
                yield ",".join(map(csv.quoted, self.headings))
                for row in self.rows:
                    yield ",".join("" if text is None else csv.quoted(text) for text in row)
            case "markdown":
                yield markdown.row(map(markdown.plain, self.headings))
                yield markdown.row(":---" for _ in self.headings)
                for row in self.rows:
                    yield markdown.row(markdown.plain(visible(text or "")) for text in row)
            case _:
                yield from self._table(cells)

    def _json(self) -> Iterator[str]:
        """One array, an object a line."""
        yield "["
        for number, row in enumerate(self.rows, 1):
            comma = "," if number < len(self.rows) else ""
            yield f"  {json.dump(dict(zip(self.headings, row, strict=True)))}{comma}"
        yield "]"

    def _table(self, cells: int | None) -> Iterator[str]:
        """Columns that are empty everywhere are left out."""
        rows = [list(self.headings), *([visible(text or "") for text in row] for row in self.rows)]
        kept = [i for i in range(len(self.headings)) if any(row[i] for row in self.rows)] or [0]
        widths = [max(width(row[i]) for row in rows) for i in kept]
        soft = [self.headings[i] in self.soft for i in kept]
        least = [min(w, _LEAST) if is_soft else w for w, is_soft in zip(widths, soft, strict=True)]
        gaps = len(_GAP) * (len(kept) - 1)
        widths = narrowed(widths, least, None if cells is None else cells - gaps)
        for number, row in enumerate(rows):
            texts = [wrapped(row[i], w) for i, w in zip(kept, widths, strict=True)]
            for line in zip_longest(*texts, fillvalue=""):
                yield _GAP.join(map(pad, line, widths)).rstrip()
            if number == 0:
                yield _GAP.join("─" * w for w in widths)
