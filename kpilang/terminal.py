"""What a terminal makes of text: how wide it is, and which characters must not reach it.

Sits beside `source` at the bottom: the diagnostics and the result tables both align columns and both
print names that anybody may have written. Knows nothing of diagnostics or results.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import IO

TAB = 4

_KEPT_FORMATS = frozenset("\u200c\u200d\u00ad")
"""Format characters that ordinary text needs: joiners (Persian, emoji) and the soft hyphen."""
_DELETE = 0x7F
_PICTURES = 0x2400
"""Start of the block with a picture for each of the first 32 control characters."""


def visible(text: str) -> str:
    """The text with every character that could move, hide or turn other text replaced by a sign for it.

    Control characters become their picture (`␛`), direction overrides, isolates, line separators, lone
    surrogates and the like their number (`<U+202E>`). Ordinary text comes back as it is.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_sign, text))


@cache
def _sign(char: str) -> str:
    code = ord(char)
    if code < 0x20:
        return chr(_PICTURES + code)
    if code == _DELETE:
        return "␡"
    if is_unsafe(char):
        return f"<U+{code:04X}>"
    return char


@cache
def is_unsafe(char: str) -> bool:
    """Whether the character acts on a terminal, or on the text around it, rather than being shown."""
    category = unicodedata.category(char)
    return category in ("Cc", "Cs", "Zl", "Zp") or (category == "Cf" and char not in _KEPT_FORMATS)


def width(text: str) -> int:
    """Terminal cells of `text`: 2 for wide characters, 0 for combining ones, else 1."""
    if text.isascii():
        return len(text)
    return sum(map(_cells, text))


@cache
def _cells(char: str) -> int:
    if unicodedata.category(char) in ("Mn", "Me", "Cf") or 0x1160 <= ord(char) <= 0x11FF:
        return 0
    return 2 if unicodedata.east_asian_width(char) in ("W", "F") else 1


def pad(text: str, cells: int, right: bool = False) -> str:
    """`text` filled with spaces to `cells`; `right` aligns it to the right."""
    fill = " " * max(0, cells - width(text))
    return fill + text if right else text + fill


def shortened(text: str, cells: int) -> str:
    """`text`, cut with `…` where it is wider than `cells`."""
    if width(text) <= cells:
        return text
    kept, used = [], 1
    for char in text:
        used += width(char)
        if used > cells:
            break
        kept.append(char)
    return "".join(kept) + "…"


def wrapped(text: str, cells: int) -> list[str]:
    """`text` on lines of at most `cells`, parted at blanks, and inside of a word that is wider than a line.

    At least one line; a character that is wider than a line has one for itself.
    """
    lines = [""]
    for word in text.split(" "):
        joined = f"{lines[-1]} {word}" if lines[-1] else word
        if width(joined) <= cells:
            lines[-1] = joined
            continue
        pieces = list(_pieces(word, cells))
        lines[-1:] = [lines[-1], *pieces] if lines[-1] else pieces
    return lines


def narrowed(widths: Sequence[int], least: Sequence[int], cells: int | None) -> list[int]:
    """Widths that add up to `cells` where they can: the widest gives way first, none below its `least`."""
    made = list(widths)
    excess = sum(made) - cells if cells is not None else 0
    while excess > 0:
        wide = [i for i, width in enumerate(made) if width > least[i]]
        if not wide:
            break
        made[max(wide, key=lambda i: made[i])] -= 1
        excess -= 1
    return made


def _pieces(word: str, cells: int) -> Iterator[str]:
    """A word cut into lines, after a sign that joins its parts if there is one; marks stay on letters."""
    piece = ""
    for char in word:
        if piece and width(piece) + width(char) > cells:
            joint = max(piece.rfind(sign) for sign in _JOINTS) + 1
            cut = joint if joint > len(piece) // 3 else len(piece)
            yield piece[:cut]
            piece = piece[cut:]
        piece += char
    yield piece


_JOINTS = ("_", "-", "/", ".", "·")


def wants_colour(stream: IO[str], environment: Mapping[str, str]) -> bool:
    """Colour on a terminal only, never with `NO_COLOR` set to anything or on a dumb terminal."""
    if environment.get("NO_COLOR") or environment.get("TERM") == "dumb":
        return False
    return stream.isatty()
