"""Keys of tables and references between them, guessed by names and held against the values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from kpilang.cli.start.columns import is_id
from kpilang.cli.start.names import identifier, singular, tokens
from kpilang.engines.physical import Family, meet
from kpilang.engines.survey import Column, Survey, Table

_KEY_FAMILIES = (Family.TEXT, Family.INTEGER, Family.UUID)
_NAMED_KEYS = frozenset({"email", "slug", "name"})
_MOST_TRIES = 12
"""Sets of columns that are tried as a key of several columns."""
_OWN = 1
"""The rank of a column that is called after its own table; less likely ones have more."""
_FEWEST_ROWS = 10
"""Rows below which columns are different by chance."""
_ROUGH = 0.85
"""Part of the rows that an estimate of different values must reach before they are counted."""
_FEWEST_VALUES = 20
"""Different values below which values alone say nothing of what they refer to."""
_MOST_PART = 0.5
"""Part of the values that must be found where the name says what they refer to."""
_SUFFIXES = frozenset({"id", "key", "uuid", "guid", "no", "number", "code", "fk", "ref"})


@dataclass(frozen=True, slots=True)
class Key:
    """Physical columns; `check` says what was counted. No columns: no key was found."""

    columns: tuple[str, ...]
    check: str


@dataclass(frozen=True, slots=True)
class Link:
    """The physical `column` holds the key of `parent`; without one it only looks so, and `check` says why."""

    column: str
    parent: Table | None
    check: str


Keys = Mapping[tuple[str, ...], Key]
"""By the name of the table."""


# ---------------------------------------------------------------------------- keys


def key_of(table: Table, survey: Survey) -> Key:
    """The first column, or set of columns, that is different in all rows, the likeliest names first."""
    if not table.rows:
        return Key((), "")
    for column in sorted(_single(table), key=lambda column: _rank(column, table)):
        if table.rows < _FEWEST_ROWS and _rank(column, table) > _OWN:
            continue  # different by chance: it may be the key of another
        if survey.is_key(table, (column.name,)):
            return Key((column.name,), f"check: different in all {table.rows:,} rows")
    if table.rows >= _FEWEST_ROWS:
        for names in _sets(table):
            if survey.is_key(table, names):
                return Key(names, f"check: together different in all {table.rows:,} rows")
    return Key((), "")


def _single(table: Table) -> Iterator[Column]:
    for index, column in enumerate(table.columns):
        name = identifier(column.name)
        likely = is_id(name) or name in _NAMED_KEYS or index == 0
        if likely and _is_whole(column, table) and column.different >= _ROUGH * table.rows:
            yield column


def _is_whole(column: Column, table: Table) -> bool:
    return column.physical.family in _KEY_FAMILIES and column.filled == table.rows and not column.blank


def _rank(column: Column, table: Table) -> int:
    """`id`, then `order_id` of orders, then another id, then whatever stands first."""
    name, own = identifier(column.name), singular(identifier(table.name[-1]))
    if name in ("id", own):
        return 0
    if is_id(name) and "_".join(tokens(name)[:-1]) == own:
        return _OWN
    return 2 if is_id(name) else 3


def _sets(table: Table) -> Iterator[tuple[str, ...]]:
    """Pairs, then threes, of ids, days and words."""
    usable = [column for column in table.columns if _is_part(column, table)]
    tried = 0
    for size in (2, 3):
        for columns in combinations(usable, size):
            product = 1
            for column in columns:
                product *= max(column.different, 1)
            if product < table.rows or tried >= _MOST_TRIES:
                continue
            tried += 1
            yield tuple(column.name for column in columns)


def _is_part(column: Column, table: Table) -> bool:
    if column.filled < table.rows or column.blank:
        return False
    name = identifier(column.name)
    return (
        is_id(name)
        or column.physical.family is Family.DATE
        or (column.physical.family is Family.TEXT and bool(column.values))
    )


# ---------------------------------------------------------------------------- references


def links(table: Table, tables: Sequence[Table], keys: Keys, survey: Survey) -> list[Link]:
    """What the columns of a table refer to; each column at most once."""
    parents = [other for other in tables if len(keys[other.name].columns) == 1]
    made = (_link(table, column, parents, keys, survey) for column in table.columns if column.filled)
    return [link for link in made if link is not None]


def _link(table: Table, column: Column, parents: Sequence[Table], keys: Keys, survey: Survey) -> Link | None:
    own, name = keys[table.name].columns, identifier(column.name)
    if own == (column.name,):  # the key of another table as well, if it is called after that one
        others = [parent for parent in parents if parent.name != table.name and _is_of(name, parent)]
        return _named(table, column, others, keys, survey)
    link = _named(table, column, parents, keys, survey)
    return link if link or column.name in own else _valued(table, column, parents, keys, survey)


def _named(table: Table, column: Column, parents: Sequence[Table], keys: Keys, survey: Survey) -> Link | None:
    """What its name says; the name of a table says more than that of a key."""
    for parent in _namesakes(table, identifier(column.name), parents, keys):
        key = keys[parent.name].columns[0]
        if not _meets(column, parent, key):
            words = "but is stored otherwise"
            return Link(column.name, None, f"check: named as if it referred to {parent.name[-1]}, {words}")
        found, all_ = survey.found(table, column.name, parent, key)
        if found < _MOST_PART * all_:
            words = f"but {all_ - found:,} of {all_:,} values are not there"
            return Link(column.name, None, f"check: named as if it referred to {parent.name[-1]}, {words}")
        return Link(column.name, parent, f"check: {_counted(found, all_)} in {parent.name[-1]}")
    return None


def _namesakes(table: Table, name: str, parents: Sequence[Table], keys: Keys) -> Iterator[Table]:
    """Tables that the name of a column may mean, the likeliest first."""
    if tokens(name)[:1] in (("parent",), ("manager",)) and is_id(name):
        yield from (parent for parent in parents if parent.name == table.name)
    others = [parent for parent in parents if parent.name != table.name]
    yield from (parent for parent in others if _is_of(name, parent))
    ends = [parent for parent in others if _ends_in(name, parent)]
    yield from sorted(ends, key=lambda parent: -len(parent.name[-1]))
    for parent in others:
        key = identifier(keys[parent.name].columns[0])
        if name == key and len(tokens(key)) > 1:
            yield parent


def _is_of(name: str, parent: Table) -> bool:
    """`customer_id` or `customer` for customers."""
    return singular(_base(name)) == singular(identifier(parent.name[-1]))


def _ends_in(name: str, parent: Table) -> bool:
    """`billing_customer_id` for customers."""
    return _base(name) != name and _base(name).endswith(f"_{singular(identifier(parent.name[-1]))}")


def _base(name: str) -> str:
    parts = tokens(name)
    return "_".join(parts[:-1]) if len(parts) > 1 and parts[-1] in _SUFFIXES else name


def _valued(
    table: Table, column: Column, parents: Sequence[Table], keys: Keys, survey: Survey
) -> Link | None:
    """Texts that are all in the key of another table, whatever they are called; numbers are in any."""
    if column.physical.family not in (Family.TEXT, Family.UUID) or column.different < _FEWEST_VALUES:
        return None
    for parent in parents:
        key = keys[parent.name].columns[0]
        if parent.name == table.name or not _meets(column, parent, key):
            continue
        found, all_ = survey.found(table, column.name, parent, key)
        if found == all_:
            words = f"{_counted(found, all_)} in {parent.name[-1]}"
            return Link(column.name, parent, f"check: by its values alone; {words}")
    return None


def _meets(column: Column, parent: Table, key: str) -> bool:
    """Texts of a CSV are read as what they meet."""
    theirs = next(other for other in parent.columns if other.name == key)
    return parent.is_text or meet(column.physical, theirs.physical)


def _counted(found: int, all_: int) -> str:
    if found == all_:
        return "its only value is" if all_ == 1 else f"all {all_:,} values are"
    return f"{found:,} of {all_:,} values are"
