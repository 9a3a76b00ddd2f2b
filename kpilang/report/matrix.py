"""One KPI by dimensions, or params, and periods: groups downwards, periods across; so cohorts are read.

Makes another sheet of a sheet, which `table` lays out as any other.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from kpilang.report.cells import Cell, Column, Sheet
from kpilang.report.columns import Role

_ABSENT = Cell("")
_LEAST_GROUPS = 2


def pivoted(content: Sheet) -> Sheet | None:
    """The sheet with a column for each period; None where it has another form or another order."""
    dimensions = [column for column in content.columns if column.role in (Role.DIMENSION, Role.PARAM)]
    periods = [column for column in content.columns if column.role is Role.PERIOD]
    kpis = [column for column in content.columns if column.role is Role.KPI]
    if not dimensions or len(periods) != 1 or len(kpis) != 1:
        return None
    groups = [tuple(column.cells[row].text for column in dimensions) for row in range(content.height)]
    names = [cell.text for cell in periods[0].cells]
    if not _in_order(groups, names) or len(set(groups)) < _LEAST_GROUPS or len(set(names)) < _LEAST_GROUPS:
        return None
    return _sheet(content, dimensions, kpis[0], groups, names)


def _in_order(groups: Sequence[tuple[str, ...]], names: Sequence[str]) -> bool:
    """Whether each group stands in one piece, its periods one after the other: not ordered by values."""
    pieces = [group for row, group in enumerate(groups) if row == 0 or group != groups[row - 1]]
    later = all(
        group != groups[row] or names[row] < name
        for row, (group, name) in enumerate(zip(groups[1:], names[1:], strict=True))
    )
    return len(pieces) == len(set(pieces)) and later


def _sheet(
    content: Sheet,
    dimensions: Sequence[Column],
    kpi: Column,
    groups: Sequence[tuple[str, ...]],
    names: Sequence[str],
) -> Sheet:
    cells = {(group, name): cell for group, name, cell in zip(groups, names, kpi.cells, strict=True)}
    firsts = [row for row, group in enumerate(groups) if row == 0 or group != groups[row - 1]]
    columns = [
        dataclasses.replace(column, cells=tuple(column.cells[row] for row in firsts)) for column in dimensions
    ]
    columns += [
        dataclasses.replace(
            kpi, title=name, unit="", cells=tuple(cells.get((groups[row], name), _ABSENT) for row in firsts)
        )
        for name in sorted(set(names))
    ]
    title = f"{kpi.title} ({kpi.unit})" if kpi.unit else kpi.title
    return Sheet(f"{title} · {content.heading}", tuple(columns), content.legend)
