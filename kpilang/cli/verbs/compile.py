"""`kpilang compile`: the SQL of a query, or an earlier stage of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from kpilang.cli import exits, options, stages
from kpilang.cli.opened import prepare
from kpilang.cli.streams import Streams
from kpilang.project import PreparedQuery


@click.command("compile")
@options.query
@options.project
@options.compilation
@click.option(
    "--stage",
    type=click.Choice(stages.STAGES),
    default="sql",
    show_default=True,
    help="What to print: the syntax tree, the typed IR, the plan, or SQL.",
)
@options.format("text", "json", default="text", of="the SQL: json adds its columns and parameters")
@options.output
@click.pass_obj
def command(
    streams: Streams, /, dialect: str, period: str, stage: str, form: str, output: Path | None, **words: Any
) -> int:
    """Print the SQL of KPIs, or another stage on the way to it.

    Needs no database. A query with a grain needs `--from` and `--to`.
    """
    prepared = prepare(words, "compile", streams)
    text = _sql(prepared, dialect, period, form) if stage == "sql" else stages.text(prepared, stage)
    streams.emit(f"{text.rstrip()}\n".encode(), options.file_of(output))
    return exits.CLEAN


def _sql(prepared: PreparedQuery, dialect: str, period: str, form: str) -> str:
    if form == "json":
        return stages.described(prepared, dialect, period)
    return prepared.sql(dialect, period)
