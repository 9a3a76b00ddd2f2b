"""A block that has become a relation, and where to find what in it."""

from __future__ import annotations

from kpilang import ir
from kpilang.frozen import dataclass
from kpilang.plan.draft import Among, Atom, Cell, Lookup
from kpilang.plan.grid import Reach
from kpilang.plan.scalars import Named


@dataclass(frozen=True, slots=True)
class Place:
    """Where one cell is found: `column` (None for a witness), in the row that `lookup` names.

    Without a lookup it is the row of the period itself, if the relation has periods. `flag` is a column that
    is above 0 where the atoms of the same window have a row; None where every row means that.
    """

    cell: Cell
    column: str | None
    reaches: tuple[Reach | None, ...]
    window: ir.Window = ()
    lookup: Lookup | None = None
    flag: str | None = None
    among: Among | None = None


def place_of(atom: Atom, column: str | None, lookup: Lookup | None = None, flag: str | None = None) -> Place:
    return Place(atom.cell, column, atom.reaches, atom.aggregate.window, lookup, flag, atom.among)


Parts = tuple[Named, ...]
"""The columns that an atom is made of: one, or those from which it is added up; none for a mere witness."""


@dataclass(frozen=True, slots=True)
class Laid:
    """An atom in its block's relation: where it is found, and what it is made of."""

    atom: Atom
    place: Place
    parts: Parts


def laid(atom: Atom, parts: Parts, lookup: Lookup | None = None, flag: str | None = None) -> Laid:
    """The atom in its first column; a witness in none."""
    return Laid(atom, place_of(atom, None if atom.witness else parts[0].name, lookup, flag), parts)


@dataclass(frozen=True, slots=True)
class Built:
    """The relation `name`: its dimensions `keys`, the column `period` if it has one, and its cells.

    `is_widened` says that it holds cells of the grain besides those of the periods asked for.
    """

    name: str
    dimensions: tuple[str, ...]
    keys: tuple[Named, ...]
    period: str | None
    places: tuple[Place, ...]
    is_widened: bool = False
