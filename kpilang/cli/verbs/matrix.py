"""`kpilang matrix`: which KPI can be cut by which dimension."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from kpilang.cli import errors, exits, options, stairs
from kpilang.cli.listing import FORMATS, Listing
from kpilang.cli.opened import open_project
from kpilang.cli.streams import Streams
from kpilang.cli.visibility import Cell, Matrix, Row, Sight, columns, declared, matrix
from kpilang.diagnostics import KpilangError
from kpilang.project import Project
from kpilang.report import markdown

HEADINGS = ("kpi", "dimension", "cut", "lacking", "reason", "unbound")
SIGNS = {Sight.SEEN: "●", Sight.BLIND: "·", Sight.REFUSED: "×"}
LEGEND = {
    Sight.SEEN: "can be cut by it",
    Sight.BLIND: "cannot: what stands on the right has no such dimension",
    Sight.REFUSED: "refused, see below",
}


@click.command("matrix")
@click.argument("kpis", nargs=-1, metavar="[KPI]...")
@options.by
@click.option("--columns", "with_columns", is_flag=True, help="Also by columns of entities.")
@options.project
@options.format(*FORMATS, default="table", of="the list")
@click.pass_obj
def command(streams: Streams, /, kpis: tuple[str, ...], project: str | None, form: str, **words: Any) -> int:
    """Show which KPI can be cut by which dimension, and which entity is in the way.

    All KPIs by all conformed dimensions, unless some are named. json and csv have a line for each pair.
    """
    opened = open_project(project, streams)
    rows = _kpis(kpis, opened)
    found = matrix(opened, rows, _dimensions(options.listed(words["by"]), words["with_columns"], opened))
    for line in _lines(found, form, streams.cells()):
        streams.line(line)
    return exits.CLEAN


def _kpis(asked: tuple[str, ...], project: Project) -> list[str]:
    """Those that are asked for, imported ones among them; else all of the project."""
    names = project.catalog.names
    for name in asked:
        if name not in names.kpis:
            raise KpilangError(errors.not_in_project(name, list(names.kpis)))
    return list(dict.fromkeys(asked)) or sorted(names.own.kpis) or list(names.kpis)


def _dimensions(asked: tuple[str, ...], with_columns: bool, project: Project) -> list[str]:
    """Those that are asked for; else the conformed ones; else, or if so asked, columns."""
    conformed = declared(project)
    known = sorted({*conformed, *columns(project), *_members(project)})
    for name in asked:
        if name not in known:
            raise KpilangError(errors.no_such_dimension(name, known))
    if asked:
        return list(dict.fromkeys(asked))
    return sorted({*conformed, *columns(project)}) if with_columns or not conformed else list(conformed)


def _members(project: Project) -> Iterator[str]:
    for entity in project.catalog.names.entities.values():
        yield from (column.name.value for column in entity.columns)
        yield from (attribute.name.value for attribute in entity.attributes)


def _lines(found: Matrix, form: str, cells: int | None) -> Iterator[str]:
    match form:
        case "table":
            yield from _table(found, cells)
        case "markdown":
            yield from _markdown(found)
        case _:
            yield from Listing(HEADINGS, tuple(_pairs(found))).lines(form)


# ---------------------------------------------------------------------------- for people


def _table(found: Matrix, cells: int | None) -> Iterator[str]:
    if not found.kpis or not found.dimensions:
        yield "no KPIs" if not found.kpis else "no dimensions"
        return
    parts = [stairs.Part("KPI", tuple(map(_line, found.kpis)))]
    if any(row.lacking() for row in found.kpis):
        parts.append(stairs.Part("entity", tuple(_line(row, with_note=False) for row in found.entities)))
    yield from stairs.drawn(found.dimensions, parts, cells)
    yield ""
    occurring = {cell.sight for row in found.kpis for cell in row.cells}
    yield from (f"{SIGNS[sight]} {text}" for sight, text in LEGEND.items() if sight in occurring)
    yield from _refusals(found)


def _line(row: Row, with_note: bool = True) -> stairs.Line:
    note = ", ".join(row.lacking()) if with_note else ""
    return stairs.Line(row.name, tuple(SIGNS[cell.sight] for cell in row.cells), note)


def _refusals(found: Matrix) -> Iterator[str]:
    """Why, for each KPI; once where all dimensions have one reason."""
    for row in found.kpis:
        if row.error:
            yield f"  {row.name}: {row.error}"
            continue
        if row.unbound:
            yield f"  {row.name}: cannot be computed, nothing is bound to {row.unbound}"
        for dimension, cell in zip(found.dimensions, row.cells, strict=True):
            if cell.sight is Sight.REFUSED:
                yield f"  {row.name} by {dimension}: {cell.reason}"


# ---------------------------------------------------------------------------- for programs


def _markdown(found: Matrix) -> Iterator[str]:
    yield markdown.row(["kpi", *map(markdown.plain, found.dimensions), "lacking"])
    yield markdown.row([":---", *(":---:" for _ in found.dimensions), ":---"])
    for row in found.kpis:
        signs = [SIGNS[cell.sight] for cell in row.cells]
        yield markdown.row([markdown.plain(row.name), *signs, markdown.plain(", ".join(row.lacking()))])


def _pairs(found: Matrix) -> Iterator[tuple[str | None, ...]]:
    for row in found.kpis:
        for dimension, cell in zip(found.dimensions, row.cells, strict=True):
            yield (
                row.name,
                dimension,
                cell.sight.value,
                _lacking(cell),
                cell.reason or None,
                row.unbound or None,
            )


def _lacking(cell: Cell) -> str | None:
    return ", ".join(cell.lacking) or None
