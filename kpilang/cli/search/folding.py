"""Texts as they are compared: without case, accents, width or points of vowels.

`ＣＡＣ`, `cac` and `Cac` are one, so are `Umsätze` and `umsatze`, `выручка` and `ВЫРУЧКА`, `إيراد` and
`ايراد`.
Marks that make another letter stay: `が` is not `か`, vowels of Thai and Hindi are letters.
"""

from __future__ import annotations

import unicodedata
from functools import cache

_ALIKE = str.maketrans(
    {"ø": "o", "đ": "d", "ł": "l", "ı": "i", "æ": "ae", "œ": "oe", "ى": "ي", "ة": "ه", "ـ": None}
)
"""Letters that Unicode does not take apart, and the stretch of Arabic, which says nothing."""
_POINTED = ("LATIN", "GREEK", "CYRILLIC", "ARABIC", "HEBREW")
"""Scripts whose marks a searcher leaves out."""


def folded(text: str) -> str:
    """The text under which all of its spellings meet."""
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return plain if plain.isascii() else "".join(map(_bare, plain)).translate(_ALIKE)


def words(text: str) -> tuple[str, ...]:
    """The words of a text, folded: letters, their marks and digits in a row, whatever stands between them."""
    return tuple("".join(char if _is_letter(char) else " " for char in folded(text)).split())


def is_spaced(word: str) -> bool:
    """Whether the word is of a script that parts words by blanks; in others a word is a whole sentence."""
    return all(unicodedata.name(char, "").startswith((*_POINTED, "DIGIT")) for char in word)


@cache
def _is_letter(char: str) -> bool:
    return unicodedata.category(char)[0] in "LNM"


@cache
def _bare(char: str) -> str:
    """A letter without its marks, nothing for such a mark alone."""
    name = unicodedata.name(char, "")
    if unicodedata.category(char) == "Mn" and name.startswith(("COMBINING", *_POINTED)):
        return ""
    letter = unicodedata.normalize("NFD", char)[0]
    return letter if unicodedata.name(letter, "").startswith(_POINTED) else char
