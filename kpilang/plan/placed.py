"""The rows of a block as periods see them: which of its cells belong to which period of the grid."""

from __future__ import annotations

from kpilang.ir import Op
from kpilang.plan import nodes, scalars
from kpilang.plan.blocks.built import Built, Place
from kpilang.plan.grid import Grid
from kpilang.plan.lookups import is_identity
from kpilang.plan.periods import KEY, CalendarColumns, key_of, key_type, keys
from kpilang.plan.scalars import Named, Scalar
from kpilang.plan.windows import window_name
from kpilang.types import INTEGER


class Placed:
    """Reads relations of blocks by the periods of a grid; `calendar` has them, None without a grain."""

    def __init__(self, grid: Grid, calendar: CalendarColumns | None) -> None:
        self._grid = grid
        self._calendar = calendar

    def rows(self, built: Built, place: Place) -> tuple[nodes.Rows, Scalar | None]:
        """The rows that a place stands for, and the column (or value) that says of which period."""
        if built.period is None:
            return self._in_every_period(built, place)
        return self._looked_up(built, place)

    def _in_every_period(self, built: Built, place: Place) -> tuple[nodes.Rows, Scalar | None]:
        """One total for all periods: its groups have a row in each period that its interval belongs to."""
        source = nodes.RelationSource(built.name)
        if self._calendar is None:
            return nodes.Rows(source, built.name), None
        reached = tuple(reach is not None for reach in place.reaches)
        where = period_condition(self._grid, self._calendar.key, reached)
        conditions = tuple(part for part in scalars.conjuncts(where) if part != scalars.TRUE)
        every = nodes.Join(nodes.RelationSource(self._calendar.name), self._calendar.alias, (), left=False)
        return nodes.Rows(source, built.name, (every,), conditions), self._calendar.key

    def _looked_up(self, built: Built, place: Place) -> tuple[nodes.Rows, Scalar]:
        has_row: tuple[Scalar, ...] = ()
        if place.flag is not None:
            marked = scalars.Column(built.name, place.flag, INTEGER)
            has_row = (scalars.compare(Op.GT, marked, scalars.ZERO),)
        period = period_of(built, self._grid)
        assert period is not None and self._calendar is not None, "cells belong to periods"
        source = nodes.RelationSource(built.name)
        if place.lookup is None or is_identity(place.lookup, self._grid):
            return nodes.Rows(source, built.name, (), (*self._asked(built, period), *has_row)), period
        column = lookup_column(self._grid, self._calendar, place)
        on = (scalars.compare(Op.EQ, column, period),)
        join = nodes.Join(nodes.RelationSource(self._calendar.name), self._calendar.alias, on, left=False)
        return nodes.Rows(source, built.name, (join,), has_row), self._calendar.key

    def _asked(self, built: Built, period: Scalar) -> tuple[Scalar, ...]:
        """A block that was widened for some window holds cells that were not asked for."""
        if not built.is_widened:
            return ()
        first, last = self._grid.periods[0], self._grid.periods[-1]
        low, high = (key_of(self._grid, p.begin()) for p in (first, last))
        return (scalars.compare(Op.GE, period, low), scalars.compare(Op.LE, period, high))


def keys_of_rows(built: Built) -> tuple[Named, ...]:
    """The dimensions of a relation as its columns."""
    return tuple(Named(k.name, scalars.Column(built.name, k.name, k.value.type)) for k in built.keys)


def period_of(built: Built, grid: Grid) -> Scalar | None:
    return None if built.period is None else scalars.Column(built.name, built.period, key_type(grid))


def with_period(columns: tuple[Named, ...], period: Scalar | None) -> tuple[Named, ...]:
    return columns if period is None else (*columns, Named(KEY, period))


def lookup_column(grid: Grid, calendar: CalendarColumns, place: Place) -> scalars.Column:
    """The column of the calendar that says which cell a period looks up."""
    assert isinstance(place.lookup, tuple), "ranges are added up before"
    type_ = key_type(grid)
    values = [scalars.null(type_) if cell is None else key_of(grid, cell.begin()) for cell in place.lookup]
    return calendar.column(window_name(place.window), values, type_.with_null())


def period_condition(grid: Grid, key: Scalar, holds: tuple[bool, ...]) -> Scalar:
    """A condition on the key of a period that is true in the chosen periods of the grid."""
    if all(holds):
        return scalars.TRUE
    return scalars.any_of(tuple(_between(grid, key, start, end) for start, end in _runs(holds)))


def _runs(holds: tuple[bool, ...]) -> tuple[tuple[int, int], ...]:
    """The stretches of true: first index, and the one after the last."""
    edges = [i for i in range(len(holds) + 1) if (i > 0 and holds[i - 1]) != (i < len(holds) and holds[i])]
    return tuple(zip(edges[::2], edges[1::2], strict=True))


def _between(grid: Grid, key: Scalar, start: int, end: int) -> Scalar:
    bounds = keys(grid)
    found: list[Scalar] = []
    if start > 0:
        found.append(scalars.compare(Op.GE, key, bounds[start]))
    if end < len(bounds):
        found.append(scalars.compare(Op.LT, key, bounds[end]))
    return scalars.all_of(tuple(found))
