"""`kpilang test`: the tests that stand beside the definitions."""

from __future__ import annotations

import re
from collections.abc import Iterator

import click

from kpilang.cli import errors, exits, options
from kpilang.cli.grid import grid
from kpilang.cli.opened import open_project
from kpilang.cli.streams import Streams
from kpilang.diagnostics import KpilangError, Severity
from kpilang.diagnostics.render import FORMS
from kpilang.project import Project
from kpilang.testing import tables
from kpilang.testing.examples import Example, Outcome, examples, run


@click.command("test")
@click.argument("kpis", nargs=-1)
@options.project
@click.option(
    "-k", "pattern", metavar="TEXT", help="Only tests whose name has this text; `*` stands for any."
)
@options.format(*FORMS, default="text", of="the findings")
@click.pass_obj
def command(
    streams: Streams, kpis: tuple[str, ...], project: str | None, pattern: str | None, form: str
) -> int:
    """Run the tests beside the definitions.

    Examples are run by the laws and by SQL on DuckDB: all of the project, or those of the KPIs that are
    named. Findings go to stdout. Exit 1 if one fails.
    """
    opened = open_project(project, streams)
    _stop_at_errors(opened)
    chosen = [
        example for example in examples(opened.kpis, opened.files) if _is_chosen(example, kpis, pattern)
    ]
    _check_names(opened, kpis)
    with tables.connect() as connection:
        outcomes = [run(example, opened.catalog, connection) for example in chosen]
    found = [finding for outcome in outcomes for finding in outcome.findings]
    streams.findings(found, form)
    if form == "text":
        for outcome in outcomes:
            for line in _shown(outcome):
                streams.line(line)
        streams.say(_summary(outcomes, len(opened.kpis)))
    return exits.FINDINGS if found else exits.CLEAN


def _stop_at_errors(project: Project) -> None:
    """Specs that are wrong are not tested."""
    wrong = [found for found in project.check() if found.severity is Severity.ERROR]
    if wrong:
        raise KpilangError(*wrong)


def _check_names(project: Project, kpis: tuple[str, ...]) -> None:
    known = [kpi.name.value for kpi in project.kpis]
    for name in kpis:
        if name.partition(".")[0] not in known:
            raise KpilangError(errors.not_in_project(name, known))


def _is_chosen(example: Example, kpis: tuple[str, ...], pattern: str | None) -> bool:
    named = not kpis or example.kpi in kpis or (example.kpi or "").partition(".")[0] in kpis
    return named and (pattern is None or _fits(example.name, pattern))


def _fits(name: str, pattern: str) -> bool:
    words = ".*".join(re.escape(part) for part in pattern.split("*"))
    return re.search(words, name) is not None


def _summary(outcomes: list[Outcome], kpis: int) -> str:
    failed = sum(not outcome.passed for outcome in outcomes)
    tested = len({outcome.example.kpi for outcome in outcomes} - {None})
    if not outcomes:
        return "no tests"
    words = "1 example" if len(outcomes) == 1 else f"{len(outcomes)} examples"
    result = f"{failed} failed" if failed else "all passed"
    return f"{words} of {tested} of {kpis} KPIs: {result}"


def _shown(outcome: Outcome) -> Iterator[str]:
    """What was expected and what came, and the rows that made it so."""
    if not outcome.columns:
        return
    yield f"{outcome.example.name}"
    for title, rows in (("expected", outcome.expected), ("actual", outcome.actual)):
        yield f"  {title}"
        yield from (f"    {line}" for line in grid(outcome.columns, rows))
    for entity, given in outcome.mattered:
        names = tuple(dict.fromkeys(name for row in given for name in row))
        yield f"  {entity}"
        yield from (
            f"    {line}" for line in grid(names, [[row.get(name) for name in names] for row in given])
        )
    yield ""
