"""Which ids of text files are numbers: those that meet a number on the other side of a reference.

An id in a CSV is text. But where `orders.csv` refers to customers whose key is a whole number in Parquet or
in a database, its text is read as the number it spells; a text that spells none stops the query.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from kpilang import ir
from kpilang.engines.needs import IdColumn, Name, id_links, physical_path
from kpilang.engines.physical import Family, Physical
from kpilang.engines.reach import Reach
from kpilang.engines.workspace import Columns

Key = tuple[Name, bool]
"""A table, or (true) a file, as `needs` knows it."""


class Whole:
    """The columns found so far, by table, in lower case."""

    def __init__(self) -> None:
        self._columns: dict[Key, set[str]] = {}

    def of(self, key: Key) -> frozenset[str]:
        return frozenset(self._columns.get(key, ()))

    def grow(self, reach: Reach, there: Mapping[str, Columns], text_tables: Collection[Key]) -> bool:
        """Add what meets a number; true if anything was added, so that views have to be made anew."""
        grown = False
        for one, other in id_links(reach):
            for near, far in ((one, other), (other, one)):
                grown |= self._meets(reach, there, text_tables, near, far)
        return grown

    def _meets(
        self,
        reach: Reach,
        there: Mapping[str, Columns],
        text_tables: Collection[Key],
        near: IdColumn,
        far: IdColumn,
    ) -> bool:
        key, path = key_of(reach.place(near[0])), physical_path(near[1])
        if key is None or key not in text_tables or path is None or len(path) != 1:
            return False
        mine, others = _physical(there, *near), _physical(there, *far)
        if mine is None or others is None or mine.family is not Family.TEXT or not others.is_whole:
            return False
        known = self._columns.setdefault(key, set())
        added = path[0].casefold() not in known
        known.add(path[0].casefold())
        return added


def key_of(entity: ir.Entity) -> Key | None:
    match entity.origin:
        case ir.Table(parts):
            return parts, False
        case ir.File(pattern):
            return (pattern,), True
        case _:
            return None


def _physical(there: Mapping[str, Columns], entity: str, column: ir.Column) -> Physical | None:
    path = physical_path(column)
    return there[entity].physical(path) if entity in there and path is not None else None
