"""A block that has become a relation, and where to find what in it."""

from __future__ import annotations

from dataclasses import dataclass

from kpilang.plan.draft import Atom, Lookup
from kpilang.plan.scalars import Named


@dataclass(frozen=True, slots=True)
class Place:
    """Where one atom is found: `column` (None for a witness), in the row that `lookup` names.

    Without a lookup it is the row of the period itself, if the relation has periods. `flag` is a column that
    is above 0 where the atoms of the same window have a row; None where every row means that.
    """

    atom: Atom
    column: str | None
    lookup: Lookup | None = None
    flag: str | None = None


@dataclass(frozen=True, slots=True)
class Built:
    """The relation `name`: its dimensions `keys`, the column `period` if it has one, and its atoms.

    `is_widened` says that it holds cells besides those of the periods asked for.
    """

    name: str
    dimensions: tuple[str, ...]
    keys: tuple[Named, ...]
    period: str | None
    places: tuple[Place, ...]
    is_widened: bool = False
