"""Did you mean: names that are valid at this place and look like what was written."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher

CUTOFF = 0.75
MOST = 3


def did_you_mean(word: str, valid: Iterable[str]) -> tuple[str, ...]:
    """At most three of `valid` close to `word`, the closest first, ties in order of the alphabet."""
    folded = word.casefold()
    scored = []
    for name in sorted(set(valid)):
        score = SequenceMatcher(None, folded, name.casefold()).ratio()
        if score >= CUTOFF:
            scored.append((-score, name))
    return tuple(name for _, name in sorted(scored)[:MOST])
