"""The words that verbs share: one spelling, one meaning, one help text for each.

A verb picks groups; values that need a project to be judged are passed on as they stand, so that their
errors are those of the language.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

import click

from kpilang.cli import errors
from kpilang.diagnostics import KpilangError
from kpilang.semantics.request import Request

Command = TypeVar("Command", bound=Callable[..., Any])

STDIN = "-"


def project(command: Command) -> Command:
    return _stacked(
        command,
        click.option(
            "-p",
            "--project",
            metavar="PATH",
            help="Folder or spec file; `-` is one spec on stdin. Default: the project around this folder.",
        ),
    )


def target(command: Command) -> Command:
    help = "Target of kpilang.yml to run on. Default: `dev`, or the first."
    return _stacked(command, click.option("--target", metavar="NAME", help=help))


def by(command: Command) -> Command:
    help = "Cut by these; repeat, or use commas."
    return _stacked(command, click.option("--by", multiple=True, metavar="DIMENSION", help=help))


def query(command: Command) -> Command:
    """What is asked: KPIs and the words of a query."""
    grain = "hour|day|week|month|quarter|year|fiscal_quarter|fiscal_year"
    return _stacked(
        command,
        click.argument("kpis", nargs=-1, metavar="[KPI|FORMULA|REPORT]..."),
        click.option("--all", "everything", is_flag=True, help="All KPIs of the project."),
        by,
        click.option("--grain", metavar=grain, help="One row for each period of this length."),
        click.option("--from", "start", metavar="DATE", help="First day (or local time) of the range."),
        click.option("--to", "end", metavar="DATE", help="End of the range, excluded."),
        click.option("--where", metavar="CONDITION", help="Count only rows for which this is true."),
        click.option(
            "--param", "params", multiple=True, metavar="NAME=VALUE", help="Set a param; may be repeated."
        ),
        click.option("--as-of", metavar="DATE", help="Count nothing at or after this moment. Default: now."),
        click.option("--fill", is_flag=True, help="Rows also for combinations and periods without data."),
        click.option(
            "--order", multiple=True, metavar="COLUMN", help="Order by these; `-` before one: descending."
        ),
        click.option("--limit", type=click.IntRange(min=0), metavar="N", help="At most so many rows."),
        click.option("--partial", is_flag=True, help="Allow a range that cuts periods of the grain."),
    )


def compilation(command: Command) -> Command:
    """How SQL is printed."""
    return _stacked(
        command,
        click.option("--dialect", metavar="NAME", default="duckdb", show_default=True, help="Of the SQL."),
        click.option(
            "--period",
            type=click.Choice(["literal", "bind", "relative"]),
            default="literal",
            show_default=True,
            help="Bounds of periods as literals, as bind parameters, or relative to the current date.",
        ),
    )


def output(command: Command) -> Command:
    file = click.Path(dir_okay=False, path_type=Path)
    help = "Write the result to a file, as a whole or not at all; `-` is stdout."
    return _stacked(command, click.option("-o", "--output", type=file, metavar="FILE", help=help))


def format(*choices: str, default: str, of: str) -> Callable[[Command], Command]:
    """`--format` with the choices of the verb."""

    def add(command: Command) -> Command:
        choice = click.Choice(list(choices))
        words: dict[str, Any] = {
            "type": choice,
            "default": default,
            "show_default": True,
            "help": f"Format of {of}.",
        }
        return _stacked(command, click.option("--format", "form", **words))

    return add


def request(words: dict[str, Any], kpis: tuple[str, ...]) -> Request:
    """The query of a command line, from the values that click gave for `query`."""
    return Request(
        kpis=kpis,
        by=listed(words["by"]),
        grain=words["grain"],
        start=words["start"],
        end=words["end"],
        where=words["where"],
        params=dict(_param(text) for text in words["params"]),
        as_of=words["as_of"],
        fill=words["fill"],
        order=listed(words["order"]),
        limit=words["limit"],
        partial=words["partial"],
    )


def file_of(output: Path | None) -> Path | None:
    return None if output is None or str(output) == STDIN else output


def listed(values: Iterable[str]) -> tuple[str, ...]:
    """Names given one by one or with commas between them."""
    return tuple(name.strip() for value in values for name in value.split(",") if name.strip())


def _param(text: str) -> tuple[str, str]:
    name, separator, value = text.partition("=")
    if not separator or not name.strip():
        raise KpilangError(errors.bad_param(text))
    return name.strip(), value.strip()


def _stacked(command: Command, *decorators: Callable[[Command], Command]) -> Command:
    """Applies decorators so that the help lists them in the order given."""
    for decorator in reversed(decorators):
        command = decorator(command)
    return command
