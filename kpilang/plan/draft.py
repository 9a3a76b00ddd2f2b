"""What is to be computed, before it is said how: aggregates gathered in blocks.

`naive` gives the plainest draft there is: one block for each aggregate. Rewrites turn a draft into a better
one that means the same; `blocks` then makes relations of it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from kpilang import ir
from kpilang.nodes import walk
from kpilang.plan.grid import Grid, Reach
from kpilang.plan.intervals import Interval


@dataclass(frozen=True, slots=True)
class Atom:
    """One aggregate and the rows it sees in each period; None where it sees none.

    A witness is not shown: it only says which groups have a row (an `across` aggregate's groups are those
    before the across).
    """

    aggregate: ir.Aggregate
    reaches: tuple[Reach | None, ...]
    witness: bool = False


@dataclass(frozen=True, slots=True)
class Spread:
    """Rows meet a calendar of intervals, which may overlap. All atoms of the block have the same ones."""


@dataclass(frozen=True, slots=True)
class Fixed:
    """Every period sees the same interval (or there is one period): one total for all.

    Intervals are literal and stand in the aggregates; atoms may have different ones.
    """


@dataclass(frozen=True, slots=True)
class Ranges:
    """For each period the cells to be added up: whole cells from a start (None: all) to an end."""

    intervals: tuple[Interval | None, ...]


Lookup = tuple[Interval | None, ...] | Ranges
"""For each period its cell, or its range of cells; None where it sees no row."""


@dataclass(frozen=True, slots=True)
class Cells:
    """Rows fall into cells of the grain; a period looks up the cell or cells that its window names.

    `lookups` says so for each atom of the block.
    """

    lookups: tuple[Lookup, ...]


Timing = Spread | Fixed | Cells


@dataclass(frozen=True, slots=True)
class Block:
    """Atoms over the rows of one entity, dated by one anchor, grouped by the same dimensions."""

    entity: str
    anchor: ir.Field
    keys: tuple[str, ...]
    timing: Timing
    atoms: tuple[Atom, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """The blocks of a query. `lone_spine`: the groups are read off the only block instead of a union."""

    query: ir.Query
    grid: Grid = field(repr=False)
    blocks: tuple[Block, ...]
    lone_spine: bool = False


def aggregates(query: ir.Query) -> tuple[ir.Aggregate, ...]:
    """The different aggregates of a query, in the order in which they first appear."""
    found = (part for output in query.outputs for part in walk(output.value))
    return tuple(dict.fromkeys(part for part in found if isinstance(part, ir.Aggregate)))


def naive(query: ir.Query, grid: Grid) -> Draft:
    """One block for each aggregate, and one for each `across` aggregate's groups."""
    names = tuple(dimension.name for dimension in query.dimensions)
    blocks: list[Block] = []
    for aggregate in aggregates(query):
        reaches = reaches_of(aggregate, query, grid)
        if not any(reaches):
            continue
        keys = keys_of(aggregate, names)
        timing = Fixed() if grid.is_single else Spread()
        parts = (aggregate.entity, aggregate.anchor)
        if keys != names:
            blocks.append(Block(*parts, names, timing, (Atom(aggregate, reaches, witness=True),)))
        blocks.append(Block(*parts, keys, timing, (Atom(aggregate, reaches),)))
    return Draft(query, grid, tuple(blocks))


def reaches_of(aggregate: ir.Aggregate, query: ir.Query, grid: Grid) -> tuple[Reach | None, ...]:
    return grid.reaches(aggregate.window, query.model.entity(aggregate.entity).covers)


def keys_of(aggregate: ir.Aggregate, dimensions: tuple[str, ...]) -> tuple[str, ...]:
    """The dimensions that group an aggregate."""
    if aggregate.across == ir.ALL_DIMENSIONS:
        return ()
    return tuple(name for name in dimensions if name not in aggregate.across)


def stored_zone(anchor: ir.Field, query: ir.Query) -> str | None:
    """The zone in which a timestamp lies in its table, None for UTC."""
    column = query.model.entity(anchor.owner).column(anchor.name)
    return None if column is None else column.zone


def uses_period(aggregate: ir.Aggregate) -> bool:
    """Whether its rows are judged by the period itself."""
    return any(isinstance(part, ir.PeriodValue) for part in walk(aggregate))
