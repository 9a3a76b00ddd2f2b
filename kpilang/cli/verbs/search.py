"""`kpilang search`: the definitions that people call by some words."""

from __future__ import annotations

import click

from kpilang.cli import errors, exits, options
from kpilang.cli.listing import FORMATS, Listing
from kpilang.cli.opened import open_project
from kpilang.cli.search.ranking import Hit, ranked
from kpilang.cli.search.things import Thing, things
from kpilang.cli.streams import Streams
from kpilang.cli.words import place_of
from kpilang.project import Project

HEADINGS = ("name", "kind", "label", "found in", "defined")
SOFT = ("label", "found in")


@click.command("search")
@click.argument("words", nargs=-1, required=True, metavar="WORD...")
@options.project
@options.format(*FORMATS, default="table", of="the list")
@click.pass_obj
def command(streams: Streams, words: tuple[str, ...], project: str | None, form: str) -> int:
    """Find KPIs and all else that is declared by what people call it.

    Looks at names, labels in every language, synonyms and `about`. The best matches come first: the whole
    text, its begin, a word, another form of a word, a word with a slip. Case, accents and the width of
    letters do not matter. All words must be found; exit 1 if nothing is.
    """
    opened = open_project(project, streams)
    there = list(things(opened))
    hits = ranked(words, there)
    if not hits:
        streams.report([errors.nothing_found(" ".join(words), _called(there))], streams.sources)
        if form != "table":
            _print(streams, (), form)
        return exits.FINDINGS
    _print(streams, tuple(_row(hit, opened) for hit in hits), form)
    return exits.CLEAN


def _print(streams: Streams, rows: tuple[tuple[str | None, ...], ...], form: str) -> None:
    for line in Listing(HEADINGS, rows, soft=SOFT).lines(form, streams.cells()):
        streams.line(line)


def _row(hit: Hit, project: Project) -> tuple[str | None, ...]:
    """The text in which it was found is told where neither name nor label is that text."""
    thing = hit.thing
    text = None if hit.text in (thing.name, thing.label) else hit.text
    return thing.name, thing.kind, thing.label, text, place_of(thing.place, project)


def _called(there: list[Thing]) -> list[str]:
    return [text for thing in there for text in thing.texts]
