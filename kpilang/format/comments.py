"""The comments of a YAML file: all that stands outside of its values and begins with `#`.

YAML's own readers drop comments; but once the extent of every value is known, what is left of the text is
signs, blanks and comments.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from kpilang.format.reading import scalars
from kpilang.syntax.yaml_tree import Scalar, Style, Tree

_COMMENT = re.compile(r"#[^\n]*")
_BLOCKS = (Style.LITERAL, Style.FOLDED)


@dataclass(frozen=True, slots=True)
class Comment:
    """One comment: `column` counts from 0.

    `own_line` tells that nothing else stands on its line, `after_blank` that the line above is empty.
    Comments behind values on lines that follow each other, all at one column, are a run and have its number.
    """

    text: str
    start: int
    column: int
    own_line: bool
    after_blank: bool
    run: int | None = None


def comments(text: str, tree: Tree | None) -> tuple[Comment, ...]:
    """All comments in the order of the text, whose lines end in line feeds only."""
    found = [_comment(text, match) for match in _outside(text, tree)]
    return tuple(_in_runs(text, found))


def starts_line(text: str, offset: int) -> bool:
    """Whether nothing but blanks and dashes of lists stands before it on its line."""
    return not text[text.rfind("\n", 0, offset) + 1 : offset].strip(" -")


def is_after_blank(text: str, offset: int) -> bool:
    """Whether the line above that of the offset is empty."""
    line = text.rfind("\n", 0, offset) + 1
    return line > 0 and not text[text.rfind("\n", 0, line - 1) + 1 : line].strip()


def column_of(text: str, offset: int) -> int:
    return offset - text.rfind("\n", 0, offset) - 1


def _outside(text: str, tree: Tree | None) -> Iterator[re.Match[str]]:
    here = 0
    for scalar in scalars(tree):
        begin, end = _extent(text, scalar)
        yield from _COMMENT.finditer(text, here, begin)
        here = max(here, end)
    yield from _COMMENT.finditer(text, here)


def _extent(text: str, scalar: Scalar) -> tuple[int, int]:
    """Where the value stands; a comment may follow the sign of a block, on its line."""
    if scalar.style not in _BLOCKS:
        return scalar.span.start, scalar.span.end
    line_end = text.find("\n", scalar.span.start)
    return (line_end if line_end >= 0 else len(text)), scalar.span.end


def _comment(text: str, match: re.Match[str]) -> Comment:
    start = match.start()
    column = column_of(text, start)
    own_line = not text[start - column : start].strip()
    return Comment(match[0].rstrip(), start, column, own_line, is_after_blank(text, start))


def _in_runs(text: str, found: list[Comment]) -> Iterator[Comment]:
    linked = [_are_linked(text, *pair) for pair in pairwise(found)]
    run = 0
    for number, comment in enumerate(found):
        above, below = number > 0 and linked[number - 1], number < len(linked) and linked[number]
        run += below and not above
        yield replace(comment, run=run if above or below else None)


def _are_linked(text: str, above: Comment, below: Comment) -> bool:
    behind_values = not above.own_line and not below.own_line
    return behind_values and above.column == below.column and text.count("\n", above.start, below.start) == 1
