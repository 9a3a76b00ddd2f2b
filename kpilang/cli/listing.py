"""Lists of things a project or the language has: columns of text in any of four formats."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kpilang.report import csv, json, markdown
from kpilang.terminal import pad, shortened, visible, width

FORMATS = ("table", "json", "csv", "markdown")


@dataclass(frozen=True, slots=True)
class Listing:
    """Headings are the keys of the JSON objects too; None is what a thing does not have."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str | None, ...], ...]
    widest: int = 200
    """Cells of a column of the table; more is cut."""

    def lines(self, form: str) -> Iterator[str]:
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
                yield from self._table()

    def _json(self) -> Iterator[str]:
        """One array, an object a line."""
        yield "["
        for number, row in enumerate(self.rows, 1):
            comma = "," if number < len(self.rows) else ""
            yield f"  {json.dump(dict(zip(self.headings, row, strict=True)))}{comma}"
        yield "]"

    def _cell(self, text: str | None) -> str:
        return shortened(visible(text or ""), self.widest)

    def _table(self) -> Iterator[str]:
        """Columns that are empty everywhere are left out."""
        rows = [self.headings, *([self._cell(text) for text in row] for row in self.rows)]
        kept = [i for i in range(len(self.headings)) if any(row[i] for row in self.rows)] or [0]
        widths = {i: max(width(row[i]) for row in rows) for i in kept}
        for number, row in enumerate(rows):
            yield "  ".join(pad(row[i], widths[i]) for i in kept).rstrip()
            if number == 0:
                yield "  ".join("─" * widths[i] for i in kept)
