"""`kpilang run`: the numbers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from kpilang import report
from kpilang.cli import exits, options
from kpilang.cli.opened import prepare
from kpilang.cli.streams import Streams
from kpilang.report import table
from kpilang.report.columns import shown
from kpilang.report.goals import Status, status
from kpilang.results import Result

_GRAVITY = {"alert": {Status.ALERT}, "warn": {Status.ALERT, Status.WARN}}


@click.command("run")
@options.query
@options.project
@options.target
@options.format(*report.FORMATS, default="table", of="the result")
@options.output
@click.option("--fail-on", type=click.Choice(list(_GRAVITY)), help="Exit 1 if a value is so bad, or worse.")
@click.pass_obj
def command(
    streams: Streams, /, target: str | None, form: str, output: Path | None, fail_on: str | None, **words: Any
) -> int:
    """Compute KPIs and show the numbers.

    Asks for KPIs by name, formulas or a report of the project: `kpilang run open_rate "revenue / orders"`.
    """
    result = prepare(words, "run", streams, target).run(target)
    file = options.file_of(output)
    if form == "table" and file is None:
        for line in table.lines(result, streams.colour(), streams.cells()):
            streams.line(line)
    else:
        streams.emit(report.encode(result, form), file, form in report.BINARY, form)
    failed = fail_on is not None and not _GRAVITY[fail_on].isdisjoint(_statuses(result))
    return exits.FINDINGS if failed else exits.CLEAN


def _statuses(result: Result) -> Iterator[Status | None]:
    names = [column.name for column in result.columns]
    outputs = [column.column.output for column in shown(result)]
    for values in result.rows:
        row = dict(zip(names, values, strict=True))
        yield from (status(output, row) for output in outputs if output is not None)
