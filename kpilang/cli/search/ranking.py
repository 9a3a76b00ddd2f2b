"""Which things answer some words, the best answers first.

Every word must be found in a thing, whichever of its texts has it. How well the worst word is found decides,
then all of them together, then in which text it was found (the name, the labels and synonyms, `about`), then
the kind of thing, then the shorter name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from kpilang.cli.search.alike import Grade, alike
from kpilang.cli.search.folding import words
from kpilang.cli.search.things import Thing

_KINDS = ("KPI", "segment", "attribution", "dimension", "entity", "param", "function")
_NAME, _CALLED, _ABOUT = range(3)
_ABOUT_AT_MOST = Grade.FORM
"""What is said about a thing has many words: a slip is found in one of them too easily."""
_FEWEST_INITIALS = 2


@dataclass(frozen=True, slots=True)
class Hit:
    """A thing that was found: how well, and the text that was nearest."""

    thing: Thing
    grade: Grade
    text: str
    order: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class _Found:
    """An answer to a word or to all of them; the less, the better."""

    grade: Grade
    where: int
    text: str

    @property
    def order(self) -> tuple[int, int]:
        return self.grade, self.where


def ranked(asked: Sequence[str], things: Iterable[Thing]) -> list[Hit]:
    """The things that have all the words, the best first."""
    wanted = words(" ".join(asked))
    if not wanted:
        return []
    hits = [hit for thing in things if (hit := _hit(wanted, thing)) is not None]
    return sorted(hits, key=lambda hit: hit.order)


def _hit(wanted: tuple[str, ...], thing: Thing) -> Hit | None:
    whole = _whole(wanted, thing)
    answers = [whole] if whole and whole.grade <= Grade.PREFIX else [_best(word, thing) for word in wanted]
    kept = [answer for answer in answers if answer is not None]
    if len(kept) < len(answers):
        kept = [whole] if whole else []
    if not kept:
        return None
    worst = max(kept, key=lambda answer: answer.order)
    order = (
        worst.grade,
        sum(answer.grade for answer in kept),
        worst.where,
        _KINDS.index(thing.kind),
        len(thing.name),
        thing.name,
    )
    return Hit(thing, worst.grade, worst.text, order)


def _whole(wanted: tuple[str, ...], thing: Thing) -> _Found | None:
    """What was asked as one word, however words are parted: a whole text, its begin, a form, a slip."""
    asked = "".join(wanted)
    found = [
        _Found(grade, where, text)
        for text, where in _texts(thing)
        if where < _ABOUT and (grade := _as_one(asked, "".join(words(text)))) is not None
    ]
    return min(found, key=lambda answer: answer.order, default=None)


def _as_one(asked: str, whole: str) -> Grade | None:
    if whole == asked:
        return Grade.EXACT
    if whole.startswith(asked):
        return Grade.PREFIX
    grade = alike(asked, whole)
    return grade if grade is not None and grade >= Grade.FORM else None


def _best(word: str, thing: Thing) -> _Found | None:
    found = [
        _Found(grade, where, text)
        for text, where in _texts(thing)
        if (grade := _grade(word, text)) is not None and (where < _ABOUT or grade <= _ABOUT_AT_MOST)
    ]
    return min(found, key=lambda answer: answer.order, default=None)


def _texts(thing: Thing) -> Iterator[tuple[str, int]]:
    """Every text of a thing with where it stands."""
    yield thing.name, _NAME
    yield from ((text, _CALLED) for text in thing.texts if text != thing.name)
    yield from ((text, _ABOUT) for text in thing.about)


def _grade(word: str, text: str) -> Grade | None:
    parts = words(text)
    if len(word) >= _FEWEST_INITIALS and word == "".join(part[0] for part in parts):
        return Grade.WORD
    grades = [grade for part in parts if (grade := alike(word, part)) is not None]
    return min(grades, default=None)
