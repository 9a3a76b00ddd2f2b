"""Expressions: from embedded text to the syntax tree, or to a diagnostic that says what was expected.

The way in for everybody else: `parse` for what `reader` found in a spec file, `parse_text` for text from
the command line or from Python. Places in the tree are places in the file from the start. Nothing is looked
up: a tree only says what was written.
"""

from __future__ import annotations

from kpilang.diagnostics import Diagnostics
from kpilang.source import Span
from kpilang.syntax import advice, ast
from kpilang.syntax.builder import Builder, Place
from kpilang.syntax.errors import expressions as errors
from kpilang.syntax.machine import MAX_DEPTH, MAX_TERMS, Refused, TooDeep, TooLong, run
from kpilang.syntax.spec import Embedded, Start

MAX_LENGTH = 100_000
"""Characters of one expression."""


def parse(embedded: Embedded, diags: Diagnostics) -> ast.Tree | None:
    """The tree of the expression; None after an error was added to `diags`."""
    if embedded.broken:
        return None
    place = Place(embedded.span, embedded.exact)
    found = Diagnostics()
    tree = _parse(embedded.start, embedded.text, place, found)
    diags.extend(found)
    return None if found.has_errors else tree


def parse_text(start: Start, text: str, name: str, diags: Diagnostics) -> ast.Tree | None:
    """The tree of `text`, whose spans lie in a file called `name`."""
    return parse(Embedded(start, text, span=Span(name, 0, len(text))), diags)


def _parse(start: Start, text: str, place: Place, diags: Diagnostics) -> ast.Tree | None:
    if len(text) > MAX_LENGTH:
        diags.add(errors.expression_too_long("characters", MAX_LENGTH, place.span))
        return None
    try:
        tree: ast.Tree = run(start.value, text, Builder(place, diags).build)
        return tree
    except Refused as refused:
        diags.add(advice.explain(start, text, place, refused))
    except TooLong as trouble:
        diags.add(
            errors.expression_too_long("operators in a row", MAX_TERMS, place.at(trouble.start, trouble.end))
        )
    except TooDeep as trouble:
        diags.add(errors.nested_too_deep(MAX_DEPTH, place.at(trouble.start, trouble.end)))
    return None
