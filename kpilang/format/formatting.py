"""From the text of a file to its canonical text, in two steps: everything in block style, then each value.

A file with findings is not touched, but for those that the form itself mends: expressions in flow style, and
keys that want quotes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kpilang.diagnostics import Diagnostic, Diagnostics
from kpilang.format import errors, scalars
from kpilang.format.comments import comments
from kpilang.format.comparison import difference
from kpilang.format.mending import mended
from kpilang.format.printer import Printer, rendered
from kpilang.format.reading import Reading, read, read_again
from kpilang.format.rows import rows
from kpilang.source import BYTE_ORDER_MARK, Source
from kpilang.syntax.errors.files import BOOLEAN_KEY, FLOW_STYLE
from kpilang.syntax.yaml_tree import Mapping, Scalar, Sequence, Style, Tree

_QUOTED = (Style.SINGLE, Style.DOUBLE)


def formatted(source: Source, is_project: bool, diags: Diagnostics) -> str | None:
    """The canonical text; None after findings, which `check` has too, or one about ourselves (KPI902).

    Lines end as the first one does. A byte order mark is gone.
    """
    original = read(source, is_project)
    whole = _readable(original, is_project)
    block = _in_block_style(whole, is_project)
    if not whole.is_clear or not block.is_clear:
        diags.extend(_findings(original, block))
        return None
    text = _printed(block, _Canonical(block))
    trouble = difference(whole, block, read_again(block, text, is_project))
    if trouble:
        diags.add(errors.unsafe_format(source.name, trouble))
        return None
    return text.replace("\n", "\r\n") if _first_line_end(source.text) == "\r\n" else text


def _findings(original: Reading, block: Reading) -> Iterator[Diagnostic]:
    """What is wrong in the file as it is; where that is flow style only, also what is wrong inside."""
    inside = [item for item in block.errors if item.code is not BOOLEAN_KEY]
    for item in original.errors:
        only_flow = original.is_clear and item.code is FLOW_STYLE and inside
        yield errors.wrong_in_block_style(item, inside[0]) if only_flow else item


def _readable(original: Reading, is_project: bool) -> Reading:
    """The file with line feeds, and with flow style that YAML cannot read in block style."""
    text = original.source.text.removeprefix(BYTE_ORDER_MARK).replace("\r\n", "\n").replace("\r", "\n")
    return read_again(original, mended(text) if original.errors else text, is_project)


def _in_block_style(whole: Reading, is_project: bool) -> Reading:
    """The file without flow style, every value as it is."""
    return read_again(whole, _printed(whole, _Verbatim(whole)), is_project)


def _first_line_end(text: str) -> str:
    end = text.find("\n")
    return text[max(0, end - 1) : end + 1] if end > 0 and text[end - 1] == "\r" else "\n"


def _printed(reading: Reading, writer: _Verbatim | _Canonical) -> str:
    text = reading.source.text
    kept = rows(reading)

    def keeps(tree: Tree) -> bool:
        """Rows of data that stand on one line."""
        if not isinstance(tree, Mapping | Sequence) or not tree.is_flow:
            return False
        return tree.span.start in kept and "\n" not in text[tree.span.start : tree.span.end]

    waiting = list(comments(text, reading.tree))
    return rendered(Printer(text, waiting, writer, keeps).print(reading.tree))


@dataclass(frozen=True)
class _Verbatim:
    """Writes values as they are: what they hold is not looked at yet."""

    reading: Reading

    def key(self, scalar: Scalar) -> str:
        return scalars.key(scalar)

    def value(self, scalar: Scalar, indent: int, column: int) -> scalars.Value:
        raw = _raw(self.reading, scalar)
        if scalar.style in _QUOTED and "\n" not in raw:
            return scalars.Value(raw)
        return scalars.plain_value(scalar, raw, indent, column)


@dataclass(frozen=True)
class _Canonical:
    """Writes expressions as their trees say."""

    reading: Reading

    def key(self, scalar: Scalar) -> str:
        return scalars.key(scalar, self.reading.expressions.get(scalar.span.start))

    def value(self, scalar: Scalar, indent: int, column: int) -> scalars.Value:
        written = self.reading.expressions.get(scalar.span.start)
        if written is not None:
            return scalars.expression(written, scalar, indent, column)
        return scalars.plain_value(scalar, _raw(self.reading, scalar), indent, column)


def _raw(reading: Reading, scalar: Scalar) -> str:
    return reading.source.text[scalar.span.start : scalar.span.end]
