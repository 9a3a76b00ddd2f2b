"""Drafts as YAML: block style, a comment wherever something was guessed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from kpilang.cli.start.model import Column, Draft, Entity

_PLAIN = re.compile(r"(?:[^\W\d]|[./(]|-(?=>))[^\"\\]*")
_TAKEN = re.compile(
    r": |:$| #|^-? |^\(?$|^(?:true|false|null|yes|no|on|off|y|n|~|\.inf|\.nan)$", re.IGNORECASE
)


def scalar(text: str) -> str:
    """A text as a YAML value on one line, in quotes only where YAML would take it for something else."""
    is_plain = _PLAIN.fullmatch(text) and not _TAKEN.search(text)
    if is_plain and text.isprintable() and text == text.strip():
        return text
    return '"' + "".join(map(_escaped, text)) + '"'


def _escaped(char: str) -> str:
    if char in '"\\':
        return f"\\{char}"
    return char if char.isprintable() else f"\\U{ord(char):08x}"


def project(name: str, currency: str, check: str, data: Iterable[str]) -> str:
    return "".join(f"{line}\n" for line in _project(name, currency, check, list(data)))


def _project(name: str, currency: str, check: str, data: list[str]) -> Iterator[str]:
    yield "kpilang: 1"
    yield f"name: {scalar(name)}"
    yield _noted("timezone: UTC", "check: the time zone in which your days begin")
    yield "week_starts: monday"
    yield _noted(f"currency: {currency}", check)
    yield "targets:"
    yield "  dev:"
    yield "    engine: duckdb"
    if len(data) == 1:
        yield f"    data: {scalar(data[0])}"
        return
    yield "    data:"
    yield from (f"      - {scalar(pattern)}" for pattern in data)


def entities(draft: Draft) -> str:
    lines = [
        "# Drafted from the data by `kpilang init`. What says `check:` is a guess about it:",
        "# delete the comment once you know that it is right.",
        "entities:",
    ]
    for number, entity in enumerate(draft.entities):
        lines += ["", *_entity(entity)] if number else list(_entity(entity))
    if draft.dimensions:
        lines += ["", "dimensions:"]
        for dimension in draft.dimensions:
            lines.append(f"  {dimension.name}:")
            lines += [f"    {entity}: {path}" for entity, path in dimension.paths]
    return "".join(f"{line}\n" for line in lines)


def kpis(draft: Draft) -> str:
    lines = ["# One count for each table, and a sum where there is money: a beginning.", "kpis:"]
    for kpi in draft.kpis:
        lines += [f"  {kpi.name}:", f"    label: {scalar(kpi.label)}", f"    formula: {kpi.formula}"]
    lines += ["", "reports:", "  overview:", "    kpis:"]
    lines += [f"      - {kpi.name}" for kpi in draft.kpis]
    return "".join(f"{line}\n" for line in lines)


def _entity(entity: Entity) -> Iterator[str]:
    yield f"  {entity.name}:"
    if entity.about:
        yield f"    about: {scalar(entity.about)}"
    key, text = entity.origin
    yield f"    {key}: {scalar(text)}"
    yield from _key(entity)
    if entity.time is not None:
        yield _noted(f"    time: {entity.time}", entity.time_check)
    else:
        yield "    # check: no column is a time, so its rows belong to no period and nothing of it is counted"
    if entity.unit is not None:
        yield f"    unit: {entity.unit}"
    if entity.is_empty:
        yield "    # check: it has no rows yet, so its types are not known"
    yield "    columns:"
    for column in entity.columns:
        yield from _column(column)
    yield from (f"      # {name} is left out: {why}" for name, why in entity.left_out)
    if entity.attributes:
        yield "    attributes:"
        yield from (f"      {name}: {formula}" for name, formula in entity.attributes)


def _key(entity: Entity) -> Iterator[str]:
    if len(entity.key) == 1:
        yield _noted(f"    key: {entity.key[0]}", entity.key_check)
    elif entity.key:
        yield _noted("    key:", entity.key_check)
        yield from (f"      - {name}" for name in entity.key)
    else:
        yield "    # check: no key was found; without one nothing can refer to these rows"


def _column(column: Column) -> Iterator[str]:
    if column.physical is None and column.value is None:
        yield _noted(f"      {column.name}: {scalar(column.type)}", column.check)
        return
    yield _noted(f"      {column.name}:", column.check)
    yield f"        type: {scalar(column.type)}"
    if column.physical is not None:
        yield f"        column: {scalar(column.physical)}"
    if column.value is not None:
        yield f"        value: {scalar(column.value)}"


def _noted(line: str, note: str) -> str:
    """With a comment; names in it come from tables, so nothing but printable text."""
    return f"{line}  # {''.join(c if c.isprintable() else '?' for c in note)}" if note else line
