"""The one way in which the laws refuse: an answer that would be wrong, said with its reason.

Most of what is refused here was refused before by the checker, with a place and a way out; the evaluator
refuses again because it must be right on its own.
"""

from __future__ import annotations


class LawError(Exception):
    """The laws give no number. `reason` is one line; names are in back-quotes."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
