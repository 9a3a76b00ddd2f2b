"""`kpilang functions`: what can be called in a formula."""

from __future__ import annotations

from collections.abc import Iterator

import click

from kpilang.cli import exits, options
from kpilang.cli.listing import FORMATS, Listing
from kpilang.cli.streams import Streams
from kpilang.functions import AGGREGATES, SCALARS, SPECIALS

HEADINGS = ("function", "kind", "gives", "meaning", "example")
SOFT = ("function", "gives", "meaning", "example")


@click.command("functions")
@click.argument("names", nargs=-1, metavar="[NAME]...")
@options.format(*FORMATS, default="table", of="the list")
@click.pass_obj
def command(streams: Streams, names: tuple[str, ...], form: str) -> int:
    """List the functions of the language, or those whose name holds one of the words."""
    rows = tuple(row for row in _rows() if not names or any(name in row[0] for name in names))
    for line in Listing(HEADINGS, rows, soft=("function", "gives", "meaning", "example")).lines(
        form, streams.cells()
    ):
        streams.line(line)
    return exits.CLEAN


def _rows() -> Iterator[tuple[str, ...]]:
    tables = (("aggregate", AGGREGATES), ("scalar", SCALARS), ("special", SPECIALS))
    for kind, table in tables:
        for function in table.values():
            examples = "; ".join(f"{example.expression} → {example.value}" for example in function.examples)
            yield function.signature, kind, function.gives.value, function.doc, examples
