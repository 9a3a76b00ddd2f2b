"""What is guessed, before it is written: entities, dimensions, KPIs, each with what asks to be checked."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Column:
    """`physical` where the table calls it otherwise, `value` where it is computed; `check` says why."""

    name: str
    type: str
    physical: str | None = None
    value: str | None = None
    check: str = ""


@dataclass(frozen=True, slots=True)
class Entity:
    """`origin` is the key and the text that say where the rows are; `left_out` are columns and why."""

    name: str
    origin: tuple[str, str]
    about: str
    unit: str | None
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    key_check: str = ""
    time: str | None = None
    time_check: str = ""
    attributes: tuple[tuple[str, str], ...] = ()
    left_out: tuple[tuple[str, str], ...] = ()
    is_empty: bool = False


@dataclass(frozen=True, slots=True)
class Dimension:
    name: str
    paths: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Kpi:
    name: str
    label: str
    formula: str


@dataclass(frozen=True, slots=True)
class Draft:
    """`currency` is that of `money` without one; `currency_check` why. `left_out` names tables."""

    entities: tuple[Entity, ...]
    dimensions: tuple[Dimension, ...]
    kpis: tuple[Kpi, ...]
    currency: str
    currency_check: str
    left_out: tuple[str, ...] = ()
