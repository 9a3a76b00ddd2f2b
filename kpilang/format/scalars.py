"""How one value is written: on one line, in quotes where YAML needs them, or in a block of lines.

A value keeps what it is to every reader of YAML: a text that looks like a number stays in quotes, a number
gets none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from kpilang.format.reading import Written
from kpilang.syntax.spec import Start
from kpilang.syntax.unparse import unparse
from kpilang.syntax.yaml_tree import Kind, Scalar, Style, kind_of

WIDTH = 100
"""Columns of a line; only what cannot be broken is longer."""
INDENT = 2

_QUOTED = (Style.SINGLE, Style.DOUBLE)
_BLOCKS = (Style.LITERAL, Style.FOLDED)
_UNSEEN = re.compile(r"[^\x20-\x7e\xa0-\u2027\u202a-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
"""What stands in a text only as an escape; line ends and tabs among them."""
_INDICATOR = re.compile(r"[\[\]{},#&*!|>'\"%@`]|[-?:](?:\s|$)|(?:---|\.\.\.)(?:\s|$)")
_TIME_1_1 = re.compile(r"\d{4}-\d\d?-\d\d?(?:(?:[Tt]|[ \t]+)\d.*)?")
_WORD = re.compile(r"[^\W\d]\w*")


@dataclass(frozen=True, slots=True)
class Value:
    """What stands behind the key, and lines below it, which are indented by what is around them."""

    head: str
    lines: tuple[str, ...] = ()


# ---------------------------------------------------------------------------- expressions


def expression(written: Written, scalar: Scalar, indent: int, column: int) -> Value:
    """The canonical text; `indent` is that of lines below, `column` where it begins on the key's line."""
    if written.start is Start.FORMULA and scalar.style in _QUOTED and _WORD.fullmatch(scalar.value):
        return Value(
            in_quotes(scalar.value)
        )  # YAML's quotes around a lone word are a finding, which must not get lost
    text = unparse(written.tree)
    if _UNSEEN.search(text.replace("\n", "")):
        return Value(in_quotes(text))
    head = text if is_plain(text) else f'"{text}"'
    if "\n" not in text and column + len(head) <= WIDTH and (head is text or not re.search(r'["\\]', text)):
        return Value(head)
    lines = unparse(written.tree, WIDTH - indent).split("\n")
    if len(lines) == 1 and head is text:
        return Value(head)
    return Value("|", tuple(lines))


# ---------------------------------------------------------------------------- all other values


def plain_value(scalar: Scalar, raw: str, indent: int, column: int) -> Value:
    """A text, a number, a truth: as it was, with the quotes that it needs."""
    value = scalar.value
    if scalar.style in _BLOCKS:
        return _block(scalar, raw)
    if "\n" in raw and (column + len(value) > WIDTH or "\n" in value):
        in_lines = _in_lines(value, WIDTH - indent)
        if in_lines is not None:
            return in_lines
    if is_plain(value) and (scalar.style is Style.PLAIN or is_text(value)):
        return Value(value)
    if scalar.style is Style.PLAIN and not value:
        return Value("")
    return Value(in_quotes(value))


def key(scalar: Scalar, written: Written | None = None) -> str:
    """A name, or a signature; one that YAML 1.1 reads as true or false gets quotes."""
    value = scalar.value if written is None else unparse(written.tree)
    kept = scalar.style is Style.PLAIN and kind_of(scalar) not in (Kind.BOOL, Kind.AMBIGUOUS)
    return value if is_plain(value) and (kept or is_text(value)) else in_quotes(value)


def in_flow(scalar: Scalar, is_key: bool = False) -> str:
    """A value inside `{…}`, where commas and brackets need quotes too."""
    value = scalar.value
    if scalar.style is Style.PLAIN:
        return key(scalar) if is_key else value
    hurt = re.search(r"[,\[\]{}]", value)
    return value if is_plain(value) and is_text(value) and not hurt else in_quotes(value)


def is_plain(text: str) -> bool:
    """Whether the text needs no quotes in block style to be this text, or whatever it is without them."""
    if not text or text != text.strip() or _UNSEEN.search(text):
        return False
    return not (_INDICATOR.match(text) or ": " in text or " #" in text or text.endswith(":"))


def is_text(text: str) -> bool:
    """Whether the text without quotes is a text to every reader of YAML, not a number or a date."""
    return kind_of(Scalar(text)) is Kind.TEXT and not _TIME_1_1.fullmatch(text) and text != "<<"


def in_quotes(text: str) -> str:
    if _UNSEEN.search(text):
        return '"' + _UNSEEN.sub(_escaped, text.replace("\\", "\\\\").replace('"', '\\"')) + '"'
    if '"' in text or "\\" in text:
        return "'" + text.replace("'", "''") + "'"
    return f'"{text}"'


def _escaped(match: re.Match[str]) -> str:
    char = match[0]
    short = {"\n": "\\n", "\t": "\\t", "\r": "\\r", "\0": "\\0"}
    return short.get(char) or (f"\\x{ord(char):02x}" if ord(char) < 256 else f"\\u{ord(char):04x}")


# ---------------------------------------------------------------------------- texts in lines


def _in_lines(text: str, width: int) -> Value | None:
    """A text that is longer than a line, as a block, if blocks can hold it."""
    if _UNSEEN.search(text.replace("\n", "")) or re.search(r"\A\s|\s\Z|\n ", text):
        return None
    return Value("|-", tuple(text.split("\n"))) if "\n" in text else Value(">-", tuple(_wrapped(text, width)))


def _wrapped(text: str, width: int) -> list[str]:
    """Lines that YAML folds into this text: they end at single blanks only."""
    lines: list[str] = []
    for word in re.split(r"(?<! ) (?! )", text):
        if lines and len(lines[-1]) + 1 + len(word) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def _block(scalar: Scalar, raw: str) -> Value:
    """The lines as they were, indented anew."""
    header, _, body = raw.partition("\n")
    lines = _dedented(body.split("\n"), scalar.value)
    keep = "+" in header.split("#")[0]
    while lines and not lines[-1] and not keep:
        lines.pop()
    if not lines:
        return Value('""') if not scalar.value else Value(in_quotes(scalar.value))
    if keep:
        lines.pop()  # behind the last line end
    begin = next((line for line in lines if line), "")
    digit = str(INDENT) if begin.startswith(" ") else ""
    chomping = "+" if keep else "" if scalar.value.endswith("\n") else "-"
    return Value(scalar.style.value + digit + chomping, tuple(lines))


def _dedented(lines: Sequence[str], value: str) -> list[str]:
    """Without the indentation, which is what the first line has more than the value."""
    first = next((line for line in lines if line.strip(" ")), "")
    wanted = next((line for line in value.split("\n") if line.strip(" ")), "")
    indent = (len(first) - len(first.lstrip(" "))) - (len(wanted) - len(wanted.lstrip(" ")))
    return [line[indent:] for line in lines]
