"""Expressions inside YAML scalars: from a scalar to an `Embedded` whose places are exact.

The raw slice of the file is parsed, not YAML's value, wherever both hold the same tokens: then the place of
a token is the start of the slice plus its offset, in plain, quoted, literal and folded scalars alike. Where
they differ (an escape, a line break inside a string) the value is parsed and every place is the whole
scalar. What YAML does to expressions behind the author's back is reported here.
"""

from __future__ import annotations

import re

from kpilang.diagnostics import Diagnostics
from kpilang.source import Source, Span
from kpilang.syntax.errors import files as errors
from kpilang.syntax.spec import Embedded, Start
from kpilang.syntax.yaml_tree import Scalar, Style


def embed(source: Source, scalar: Scalar, start: Start, diags: Diagnostics) -> Embedded:
    """The expression in the scalar; marked as broken after an error was added."""
    if scalar.in_flow and not _HARMLESS.fullmatch(scalar.value):
        diags.add(errors.flow_style(scalar.span))
        return broken(start, scalar.span)
    if scalar.style is Style.PLAIN and _is_cut(source, scalar, diags):
        return broken(start, scalar.span)
    if start is Start.FORMULA and scalar.style in _QUOTES and _WORD.fullmatch(scalar.value):
        diags.add(errors.stripped_quotes(scalar.value, scalar.span))
    begin, end = _inside(source.text, scalar)
    raw = source.text[begin:end]
    if _same_tokens(raw, scalar.value):
        return Embedded(start, raw, span=Span(source.name, begin, end))
    return Embedded(start, scalar.value, exact=False, span=scalar.span)


def broken(start: Start, span: Span) -> Embedded:
    """In place of an expression about which an error was already added."""
    return Embedded(start, "", exact=False, broken=True, span=span)


_QUOTES = (Style.SINGLE, Style.DOUBLE)
_WORD = re.compile(r"[^\W\d]\w*")
_HARMLESS = re.compile(r"[\w.]+|\d+(?:\.\d+)?%|\d{4}-\d{2}-\d{2}")
"""What YAML's flow style cannot hurt: a name, a path, a number, a date."""


def _inside(text: str, scalar: Scalar) -> tuple[int, int]:
    """The part of the file between the quotes, or below the sign of a block."""
    begin, end = scalar.span.start, scalar.span.end
    match scalar.style:
        case Style.PLAIN:
            return begin, end
        case Style.SINGLE | Style.DOUBLE:
            return begin + 1, end - 1
        case Style.LITERAL | Style.FOLDED:
            header = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|$)").match(text, begin)
            assert header is not None
            body = text[header.end() : end]
            begin = header.end() + len(body) - len(body.lstrip())
            return min(begin, end), max(begin, header.end() + len(body.rstrip()))


def _same_tokens(raw: str, value: str) -> bool:
    """Whether both differ by blanks between tokens at most."""
    if raw == value:
        return True
    return raw.split() == value.split() and not _broken_in_quotes(raw)


def _broken_in_quotes(raw: str) -> bool:
    """Whether a line ends inside a string or a quoted name: there blanks count."""
    closed = re.sub(r"'(?:[^'\r\n]|'')*'|`[^`\r\n]*`", "", raw)
    return "'" in closed or "`" in closed


def _is_cut(source: Source, scalar: Scalar, diags: Diagnostics) -> bool:
    """Whether YAML took the end of the value for a comment: the rest is open and a ` #` follows."""
    comment = re.compile(r"[ \t]+(#[^\r\n]*)").match(source.text, scalar.span.end)
    if comment is None or not _is_open(scalar.value):
        return False
    diags.add(errors.cut_by_comment(scalar.span, source.span(*comment.span(1))))
    return True


def _is_open(value: str) -> bool:
    closed = re.sub(r"'(?:[^']|'')*'|`[^`]*`", "", value)
    if "'" in closed or "`" in closed:
        return True
    return closed.count("(") > closed.count(")") or closed.count("[") > closed.count("]")
