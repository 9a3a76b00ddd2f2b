"""How near two words are: one and the same, a beginning, another form of it, or a slip of the fingers.

Works on folded words and knows no dictionary: a form is what shares a stem and differs by endings that are
common in English and Russian (and by the Arabic article), a slip is one letter, or two in a long word.
"""

from __future__ import annotations

from enum import IntEnum

from kpilang.cli.search.folding import is_spaced


class Grade(IntEnum):
    """From the best to the worst; the order is that of the results."""

    EXACT = 0
    """The whole text is what was asked."""
    PREFIX = 1
    """The text begins with what was asked."""
    WORD = 2
    """A word of the text, or the first letters of all of its words."""
    START = 3
    """The begin of a word."""
    INSIDE = 4
    """In the middle of a word; the usual case where words are not parted by blanks."""
    FORM = 5
    """Another form of a word."""
    SLIP = 6
    """A word that is misspelt."""


_ENGLISH = (
    "s es e d ed r er ers ing y ies ied al ally ion ions tion tions ation ations ment ments ly or ors "
    "t ts ted ting sion sions se ses sed sing ce ces ance ence ant ents ent"
)
_RUSSIAN = (
    "а я ы и у ю е о ой ей ом ем ам ям ами ями ах ях ов ев ий ия ие ию ии ый ая ое ые ого ому ых их "
    "ки ка ку кой ть л ла ло ли на ны ный ная ное ные ния ние нию ний"
)
_ENDINGS = frozenset(["", *_ENGLISH.split(), *_RUSSIAN.split()])
_STEM = 4
"""Letters that two forms have in common at the least."""
_ARTICLES = ("ال", "وال", "بال", "لل")
_SHORT = 4
"""Letters below which a slip makes another word."""
_LONG = 8


def alike(asked: str, word: str) -> Grade | None:
    """How a word of a text answers a word that was asked; None if it does not."""
    if asked == word:
        return Grade.WORD
    if word.startswith(asked):
        return Grade.START
    if asked in word and (len(asked) >= _SHORT or not is_spaced(asked)):
        return Grade.INSIDE
    if _is_form(asked, word):
        return Grade.FORM
    return Grade.SLIP if _is_slip(asked, word) else None


def _is_form(asked: str, word: str) -> bool:
    one, other = _without_article(asked), _without_article(word)
    common = next(
        (i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )
    return common >= _STEM and one[common:] in _ENDINGS and other[common:] in _ENDINGS


def _without_article(word: str) -> str:
    article = next((article for article in _ARTICLES if word.startswith(article)), "")
    return word[len(article) :] if len(word) > len(article) + 2 else word


def _is_slip(asked: str, word: str) -> bool:
    if len(asked) < _SHORT:
        return False
    most = 2 if len(asked) >= _LONG else 1
    if abs(len(asked) - len(word)) > most:
        # a beginning with a slip in it
        return len(word) > len(asked) and distance(asked, word[: len(asked)], most) <= most - 1
    return distance(asked, word, most) <= most


def distance(one: str, other: str, most: int) -> int:
    """Letters to change, add, drop or swap with their neighbour; `most + 1` as soon as it is more."""
    before: list[int] = []
    last = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        row = [i]
        for j, b in enumerate(other, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
        before, last = last, row
    return last[-1]
