"""Flow style that YAML cannot read, or reads in pieces, rewritten to block style: text to text.

In `{status: enum(paid, refunded), growth: revenue[prior]}` YAML splits at the first comma and stops at the
bracket. What its author meant is plain as soon as brackets and strings of expressions count: `brackets` reads
it so, and here it is found and put in its place. What cannot be read so either is left as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import yaml

from kpilang.format.brackets import Unreadable, read_collection
from kpilang.format.comments import column_of
from kpilang.format.scalars import INDENT

MOST = 500
"""Collections that are mended one by one; YAML is asked anew after each that it cannot read."""


def mended(text: str) -> str:
    """The text with broken flow collections in block style."""
    for _ in range(MOST):
        broken = sorted(set(_broken(text)), reverse=True)
        changed = text
        for start in broken:
            changed = _rewritten(changed, start)
        if changed == text:
            break
        text = changed
    return text


# ---------------------------------------------------------------------------- finding them


def _broken(text: str) -> Iterator[int]:
    """Where outermost flow collections begin that YAML stops in, or cuts an expression of."""
    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    events: Iterator[Any] = iter(yaml.parse(text, Loader=loader))
    outer, depth, end = 0, 0, 0
    try:
        for event in events:
            begin, end = event.start_mark.index, max(end, event.end_mark.index)
            match event:
                case yaml.CollectionStartEvent() if depth or event.flow_style:
                    outer = outer if depth else begin
                    depth += 1
                case yaml.CollectionEndEvent() if depth:
                    depth -= 1
                case yaml.ScalarEvent() if depth and not event.style and _is_cut(event.value):
                    yield outer
    except yaml.YAMLError as error:
        if depth:
            yield outer
        else:
            yield from _ahead(text, end, error)


def _is_cut(value: str) -> bool:
    """Whether a bracket or a string of an expression is open; an apostrophe stands behind a letter."""
    whole = re.sub(r"(?<!\w)'(?:[^']|'')*'", "", value)
    return whole.count("(") != whole.count(")") or re.search(r"(?<!\w)'", whole) is not None


_BEFORE_VALUE = re.compile(r" *(?:- +)*(?:(?:[^\s#'\"\[{][^#]*|'[^']*'|\"[^\"]*\"): +)?")


def _ahead(text: str, begin: int, error: yaml.YAMLError) -> Iterator[int]:
    """A collection of which YAML says nothing before it stops: the first that stands where a value may."""
    mark: Any = getattr(error, "problem_mark", None)
    stop = mark.index + 1 if mark is not None else len(text)
    for match in re.finditer(r"[\[{]", text[begin:stop]):
        at = begin + match.start()
        if _BEFORE_VALUE.fullmatch(_before(text, at)):
            yield at
            return


# ---------------------------------------------------------------------------- putting them in their place


def _rewritten(text: str, start: int) -> str:
    """The text with the collection at `start` in block style; the same text where that is not possible."""
    try:
        tree, end = read_collection(text, start)
    except Unreadable:
        return text
    behind = re.compile(r" *(#[^\n]*)?(?=\n|\Z)").match(text, end)
    if behind is None or not tree.parts:
        return text
    before = _before(text, start)
    column, inline = _column(before)
    comment = behind[1] or ""
    if "\n" in text[start:end]:
        tree.last += [comment] if comment else []
        comment = ""
    if inline and (comment or tree.parts[0].above):
        inline = False
    lines = list(tree.lines(column))
    if inline:
        return text[:start] + lines[0].lstrip(" ") + _below(lines[1:]) + text[behind.end() :]
    if not before.strip(" "):
        begin = start - len(before)
        above = [" " * column + comment] if comment else []
        return text[:begin] + "\n".join([*above, *lines]) + text[behind.end() :]
    head = text[:start].rstrip(" ") + (f"  {comment}" if comment else "")
    return head + _below(lines) + text[behind.end() :]


def _before(text: str, offset: int) -> str:
    return text[offset - column_of(text, offset) : offset]


def _column(before: str) -> tuple[int, bool]:
    """Where block lines begin in place of what is behind `before`, and whether the first may stay there."""
    dashes = re.match(r" *(?:- +)*", before)
    assert dashes is not None, "the pattern takes anything"
    if dashes.end() == len(before):
        return len(before), True
    return dashes.end() + INDENT, False


def _below(lines: list[str]) -> str:
    return "".join(f"\n{line}" for line in lines)
