"""What is to be computed, before it is said how: aggregates gathered in blocks, sets, nested aggregates.

`naive` gives the plainest draft there is: one block for each aggregate, one gathering for each set. Rewrites
turn a draft into a better one that means the same; `blocks`, `sets` and `nested` then make relations of it.
"""

from __future__ import annotations

from dataclasses import field

from kpilang import ir
from kpilang.frozen import dataclass
from kpilang.nodes import Node, walk
from kpilang.plan.grid import Grid, Reach
from kpilang.plan.intervals import Interval

Cell = ir.Aggregate | ir.CountOf | ir.Nested
"""What a cell expression reads from relations."""


@dataclass(frozen=True, slots=True)
class Among:
    """A further condition on rows: members of a set of their entity, within groups of these dimensions."""

    set: ir.Set
    dimensions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Atom:
    """One aggregate and the rows it sees in each period; None where it sees none.

    A witness is not shown: it only says which groups have a row (an `across` aggregate's groups are those
    before the across); with `is_rolled_up` the total across is added up from these groups. `cell` is what the
    aggregate stands for, if that is something else: the size of a set, or the same in other words.
    """

    aggregate: ir.Aggregate
    reaches: tuple[Reach | None, ...]
    witness: bool = False
    is_rolled_up: bool = False
    among: Among | None = None
    stands_for: ir.Aggregate | ir.CountOf | None = None

    @property
    def cell(self) -> ir.Aggregate | ir.CountOf:
        return self.stands_for or self.aggregate


@dataclass(frozen=True, slots=True)
class Spread:
    """Rows meet a calendar of intervals, which may overlap. All atoms of the block have the same ones.

    Without an anchor rows meet periods; atoms see rows in the same ones, but may judge them by any window.
    """


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


@dataclass(frozen=True, slots=True)
class Distinct:
    """One distinct count: who is seen in which cell, and in which periods therefore."""

    ranges: Ranges


Timing = Spread | Fixed | Cells | Distinct


@dataclass(frozen=True, slots=True)
class Key:
    """A column to group by: a dimension, a value of `per`, a member."""

    name: str
    path: ir.Expr


@dataclass(frozen=True, slots=True)
class Block:
    """Atoms over the rows of one entity, dated by one anchor (None: in every period), grouped alike."""

    entity: str
    anchor: ir.Field | None
    keys: tuple[Key, ...]
    timing: Timing
    atoms: tuple[Atom, ...]

    @property
    def dimensions(self) -> tuple[str, ...]:
        """The names of the keys."""
        return tuple(key.name for key in self.keys)


@dataclass(frozen=True, slots=True)
class Draft:
    """The blocks of a query, its sets and nested aggregates.

    `lone_spine`: the groups are read off the only relation that makes them instead of a union. `has_series`:
    long calendars are generated.
    """

    query: ir.Query
    grid: Grid = field(repr=False)
    blocks: tuple[Block, ...]
    gatherings: tuple[Gathering, ...] = ()
    foldings: tuple[Folding, ...] = ()
    lone_spine: bool = False
    has_series: bool = False

    @property
    def dimensions(self) -> tuple[str, ...]:
        return tuple(dimension.name for dimension in self.query.dimensions)


Sentence = ir.With | ir.State | ir.Event | ir.Always
"""What sets are made of."""


@dataclass(frozen=True, slots=True)
class Membership:
    """One sentence of a set, as a gathering computes it.

    Its members are, in the groups of `dimensions`, those for whom `rows` counts some row and `having` is
    true. Both stand in blocks of the gathering that are grouped by `keys`: the dimensions, then the columns
    of the member's key. A witness says only which groups have a row.
    """

    sentence: Sentence
    dimensions: tuple[str, ...]
    keys: tuple[Key, ...]
    rows: ir.Aggregate
    having: ir.Expr | None = None
    witness: bool = False


@dataclass(frozen=True, slots=True)
class Gathering:
    """Sets of members of one entity that are counted in groups of the same `dimensions`.

    A witness is not shown: its counts only say which groups have a row.
    """

    entity: str
    dimensions: tuple[str, ...]
    counts: tuple[ir.CountOf, ...]
    memberships: tuple[Membership, ...]
    blocks: tuple[Block, ...]
    witness: bool = False


@dataclass(frozen=True, slots=True)
class Folding:
    """A nested aggregate: `inner` computes its value, for finer groups or for sub-periods.

    `slots` has for each period of the outer grid the indexes of its sub-periods in that of `inner`; None
    where they share the periods and the value is grouped by further keys.
    """

    nested: ir.Nested
    dimensions: tuple[str, ...]
    inner: Draft
    slots: tuple[tuple[int, ...], ...] | None = None
    witness: bool = False


def keys_of(across: tuple[str, ...], dimensions: tuple[str, ...]) -> tuple[str, ...]:
    """The dimensions that group what has `across`."""
    if across == ir.ALL_DIMENSIONS:
        return ()
    return tuple(name for name in dimensions if name not in across)


def is_by_time(anchor: ir.Field | None, entity: ir.Entity) -> bool:
    """Whether rows are dated by the time of their entity."""
    return anchor is not None and anchor.name == entity.time and not anchor.steps


def stored_zone(anchor: ir.Field, query: ir.Query) -> str | None:
    """The zone in which a timestamp lies in its table, None for UTC."""
    column = query.model.entity(anchor.owner).column(anchor.name)
    return None if column is None else column.zone


def plain_timing(atom: Atom, grid: Grid) -> Timing:
    """How an atom sees time before any rewrite."""
    same = atom.aggregate.anchor is None and not uses_period(atom)
    return Fixed() if same or grid.is_single else Spread()


def uses_period(atom: Atom) -> bool:
    """Whether its rows are judged by the period itself."""
    if atom.among is not None and is_timed(atom.among.set):
        return True
    parts = (atom.aggregate.argument, atom.aggregate.where)
    return any(is_timed(part) for part in parts if part is not None)


def is_timed(node: Node) -> bool:
    """Whether something in it looks at the period."""
    return any(
        isinstance(part, ir.PeriodValue | ir.State | ir.Event)
        or (isinstance(part, ir.With) and part.anchor is not None)
        for part in walk(node)
    )
