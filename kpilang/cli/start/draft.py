"""A draft of a spec from data files: every table an entity, and what can be counted and added at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from kpilang.cli.start.columns import Guess, guess
from kpilang.cli.start.links import Key, Link, key_of, links
from kpilang.cli.start.model import Column, Dimension, Draft, Entity, Kpi
from kpilang.cli.start.names import identifier, listed, singular, tokens, unused, words
from kpilang.engines.survey import Survey, Table
from kpilang.semantics.currencies import CODES

DEFAULT_CURRENCY = "EUR"
_FIRST = listed("ordered occurred sent started created placed purchased paid signed event")
_LAST = listed(
    "updated modified deleted loaded synced imported inserted birth born expires expired ended end due valid "
    "cancelled closed refunded fivetran"
)
"""First words of times that rows are dated by, and of those that they are not."""
_NAME = re.compile(r"[^\W\d]\w*")
_MOST_DIMENSIONS = 8


def draft(survey: Survey, watch: Callable[[str], None]) -> Draft:
    """Everything that is guessed of all tables of the survey; `watch` hears what it looks at."""
    read = list(_looked_at(survey, watch))
    watch("looking at keys and references")
    tables = [table for table in read if not _is_unsayable(table)]
    keys = {table.name: key_of(table, survey) for table in tables}
    found = {table.name: links(table, tables, keys, survey) for table in tables}
    names = _entity_names(tables)
    made = [_Table(table, names, keys[table.name], found[table.name]).entity() for table in tables]
    entities = tuple(_dated_by_parents(made))
    currencies = sorted({code for table in tables for code in _codes(table)})
    currency = currencies[0] if len(currencies) == 1 else DEFAULT_CURRENCY
    check = "" if len(currencies) == 1 else "check: no column tells it"
    left_out = tuple(".".join(table.name) for table in read if _is_unsayable(table))
    return Draft(entities, _dimensions(entities), tuple(_kpis(entities)), currency, check, left_out)


def _looked_at(survey: Survey, watch: Callable[[str], None]) -> Iterator[Table]:
    tables = survey.tables()
    for name in survey.names:
        watch(f"looking at {name}")
        yield next(tables)


def _is_unsayable(table: Table) -> bool:
    """Whether `table:` has no way to name it."""
    return any("`" in part for part in table.name)


def _entity_names(tables: Sequence[Table]) -> dict[tuple[str, ...], str]:
    """The last name of a table, with its schema before it where two have the same."""
    taken: dict[tuple[str, ...], str] = {}
    last = [identifier(table.name[-1]) for table in tables]
    for table, name in zip(tables, last, strict=True):
        whole = identifier("_".join(table.name)) if last.count(name) > 1 else name
        taken[table.name] = unused(whole, taken.values())
    return taken


def _codes(table: Table) -> tuple[str, ...]:
    """The currencies that a column of the table names."""
    column = _currency_column(table)
    values = next((c.values for c in table.columns if c.name == column), ())
    return tuple(str(value) for value in values)


def _currency_column(table: Table) -> str | None:
    for column in table.columns:
        is_named = "currency" in tokens(identifier(column.name))
        if is_named and column.values and all(str(value) in CODES for value in column.values):
            return column.name
    return None


# ---------------------------------------------------------------------------- one table


@dataclass(frozen=True)
class _Table:
    table: Table
    entities: Mapping[tuple[str, ...], str]
    key: Key
    links: Sequence[Link]

    def entity(self) -> Entity:
        guesses = {column.name: self._guess(column.name) for column in self.table.columns}
        kept = {name: made for name, made in guesses.items() if made.type}
        names = self._names(kept)
        columns = tuple(self._column(names[name], name, made) for name, made in kept.items())
        time = _time(columns)
        name = self.entities[self.table.name]
        one = singular(name)
        return Entity(
            name,
            self._origin(),
            self._about(one, names),
            one if one != name else None,
            columns,
            tuple(names[column] for column in self.key.columns),
            self.key.check,
            time,
            "check: which of its times a row belongs to" if _has_times(columns) > 1 else "",
            left_out=tuple((name, made.check) for name, made in guesses.items() if not made.type),
            is_empty=not self.table.rows,
        )

    def _about(self, one: str, names: Mapping[str, str]) -> str:
        """By its key, where that is of several columns; without one it is not known what a row is."""
        if len(self.key.columns) == 1:
            return f"One row per {' '.join(tokens(one))}."
        *first, last = [" ".join(tokens(names[column])) for column in self.key.columns] or [""]
        return f"One row per {', '.join(first)} and {last}." if first else ""

    def _origin(self) -> tuple[str, str]:
        parts = self.table.name
        return "table", ".".join(part if _is_plain(part) else f"`{part}`" for part in parts)

    def _names(self, kept: Mapping[str, Guess]) -> dict[str, str]:
        """The spec's names of physical columns, each once; a reference is called after what it refers to."""
        made: dict[str, str] = {}
        linked = {link.column for link in self.links if link.parent is not None}
        for column in kept:
            name = identifier(column)
            parts = tokens(name)
            if column in linked and len(parts) > 1 and parts[-1] in ("id", "key", "uuid", "guid", "fk"):
                shorter = "_".join(parts[:-1])
                name = shorter if shorter not in map(identifier, kept) else name
            made[column] = unused(name, made.values())
        return made

    def _column(self, name: str, physical: str, made: Guess) -> Column:
        elsewhere = physical if physical != name and made.value is None else None
        return Column(name, made.type, elsewhere, made.value, made.check)

    def _guess(self, column: str) -> Guess:
        facts = next(facts for facts in self.table.columns if facts.name == column)
        made = guess(facts, self.table.rows, self.table.is_text, self._currency())
        link = next((link for link in self.links if link.column == column), None)
        if link is None and column in self.key.columns:
            is_plain = made.type in ("date", "timestamp") or made.type.startswith("enum")
            return Guess(made.type if is_plain else "id")
        if link is None:
            return made
        null = "?" if made.type.endswith("?") else ""
        if link.parent is None:
            return Guess(f"id{null}", None, link.check)
        return Guess(f"-> {self.entities[link.parent.name]}{null}", None, link.check)

    def _currency(self) -> str:
        codes = _codes(self.table)
        if len(codes) == 1:
            return f"({codes[0]})"
        column = _currency_column(self.table)
        return f"(by {identifier(column)})" if column is not None else ""


def _is_plain(name: str) -> bool:
    """Whether a name stands in `table:` as it is."""
    return bool(_NAME.fullmatch(name)) and identifier(name.lower()) == name.lower()


def _has_times(columns: Sequence[Column]) -> int:
    return sum(column.type.rstrip("?") in ("date", "timestamp") for column in columns)


def _time(columns: Sequence[Column]) -> str | None:
    """The likeliest of its times: one that is never empty, that is called so, that comes first."""
    times = [column for column in columns if column.type.rstrip("?") in ("date", "timestamp")]
    return min(times, key=_time_rank).name if times else None


def _time_rank(column: Column) -> tuple[bool, int]:
    parts = tokens(column.name)
    first = next((index for index, word in enumerate(_FIRST) if word in parts), len(_FIRST))
    is_odd = any(word in parts for word in _LAST)
    return column.type.endswith("?"), len(_FIRST) + 1 if is_odd else first


# ---------------------------------------------------------------------------- what several tables make


def _dated_by_parents(entities: Sequence[Entity]) -> Iterator[Entity]:
    """An entity without a time takes that of one it refers to: order lines are of their order's day."""
    known = {entity.name: entity for entity in entities}
    for entity in entities:
        for column, parent in _parents(entity):
            time = known[parent].time if parent in known else None
            if entity.time is None and time is not None:
                name = unused(time, [column.name for column in entity.columns])
                attributes = ((name, f"{column}.{time}"),)
                entity = replace(
                    entity, time=name, attributes=attributes, time_check=f"check: that of its {column}"
                )
        yield entity


def _parents(entity: Entity) -> Iterator[tuple[str, str]]:
    for column in entity.columns:
        if column.type.startswith("-> "):
            yield column.name, column.type.removeprefix("-> ").rstrip("?")


def _dimensions(entities: Sequence[Entity]) -> tuple[Dimension, ...]:
    """Words of an entity by which those that refer to it can be cut too."""
    known = {entity.name: entity for entity in entities}
    paths: dict[str, dict[str, str]] = {}
    for entity in entities:
        own = {column.name for column in entity.columns}
        for reference, parent in _parents(entity):
            for column in known[parent].columns:
                if column.type.startswith("enum(") and column.name not in own:
                    found = paths.setdefault(column.name, {parent: column.name})
                    found.setdefault(entity.name, f"{reference}.{column.name}")
    made = (Dimension(name, tuple(found.items())) for name, found in sorted(paths.items()))
    return tuple(made)[:_MOST_DIMENSIONS]


def _kpis(entities: Sequence[Entity]) -> Iterator[Kpi]:
    """How many rows, and how much money, of each entity that has a time."""
    taken = {entity.name for entity in entities}
    for entity in entities:
        if entity.time is None:
            continue
        name = unused(f"{entity.name}_count", taken)
        taken.add(name)
        yield Kpi(name, words(entity.name), f"count({entity.name})")
        money = next((column for column in entity.columns if _can_be_added(column)), None)
        if money is not None:
            name = unused(f"{entity.name}_{money.name}", taken)
            taken.add(name)
            label = f"{words(money.name)} of {' '.join(tokens(entity.name))}"
            yield Kpi(name, label, f"sum({entity.name}.{money.name})")


def _can_be_added(column: Column) -> bool:
    return column.type.startswith("money") and "(by " not in column.type
