"""Which parts of the language a project uses, and where: found by the grammar and by the table of keys.

Every expression is parsed by Lark's own parser with all tokens kept, so what is asked for is whatever the
grammar has: a rule or a word that is added to it and used by no spec of the project is missed at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from lark import Lark, Token, Tree

from kpilang import functions, project, resources
from kpilang.nodes import walk
from kpilang.semantics.column_types import NAMES as TYPES
from kpilang.syntax import keys
from kpilang.syntax.spec import Embedded, Start

Where = tuple[str, str]
"""A file and the text in it."""


@dataclass(frozen=True)
class Uses:
    """For each construct of the grammar, and each key of each shape, the places of its use."""

    constructs: dict[str, list[Where]]
    keys: dict[str, list[Where]]


@cache
def grammar() -> Lark:
    text = (resources.folder("grammar") / "kpi.lark").read_text(encoding="utf-8")
    starts = [start.value for start in Start]
    return Lark(
        text,
        parser="lalr",
        lexer="contextual",
        start=starts,
        maybe_placeholders=False,
        keep_all_tokens=True,
        propagate_positions=True,
    )


def constructs() -> set[str]:
    """All words, rules and aliases of the grammar, without what only groups others."""
    lark = grammar()
    rules = {
        str(rule.alias or rule.origin.name)
        for rule in lark.rules
        if not rule.origin.name.startswith("_") and not (rule.options.expand1 and not rule.alias)
    }
    terminals = {terminal.name for terminal in lark.terminals} - set(lark.ignore_tokens)
    return {name for name in rules | terminals if not name.startswith("__")} | {
        f"function {name}" for name in functions.NAMES
    } | {f"type {name}" for name in TYPES}  # fmt: skip


def uses(folder: Path) -> Uses:
    """What the specs of the folder use."""
    loaded = project.load(folder)
    found: dict[str, list[Where]] = {}
    for declaration in (loaded.declaration, *loaded.files):
        for node in walk(declaration):
            if isinstance(node, Embedded):
                file = Path(node.span.file).name
                for name, text in _constructs_of(node):
                    found.setdefault(name, []).append((file, text))
    return Uses(found, _keys(folder))


def _constructs_of(embedded: Embedded) -> Iterator[tuple[str, str]]:
    tree = grammar().parse(embedded.text, start=embedded.start.value)
    if isinstance(tree, Token):
        yield tree.type, embedded.text
        return
    for node in tree.iter_subtrees():
        name, text = str(node.data), _text(node, embedded)
        yield name, text
        first = next(iter(node.scan_values(lambda _: True)), "")
        if name == "call":
            yield f"function {first}", text
        if name == "scalar_type":
            yield f"type {first}", text
        yield from ((child.type, text) for child in node.children if isinstance(child, Token))


def _text(node: Tree[Any], embedded: Embedded) -> str:
    return " ".join(embedded.text[node.meta.start_pos : node.meta.end_pos].split())


def _keys(folder: Path) -> dict[str, list[Where]]:
    found: dict[str, list[Where]] = {}
    for path in sorted(folder.glob("*.yml")):
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        shape = keys.PROJECT if path.name == "kpilang.yml" else keys.SPEC
        for name, text in _keys_of(content, shape):
            found.setdefault(name, []).append((path.name, text))
    return found


def _keys_of(content: object, shape: keys.Shape) -> Iterator[tuple[str, str]]:
    if not isinstance(content, dict):
        return
    for name, value in content.items():
        key = shape.by_name.get(name)
        if key is None:
            continue
        yield key_name(shape.title, name), _said(value)
        if key.shape is None:
            continue
        match key.form:
            case keys.Form.ENTRIES:
                below = list(value.values())
            case keys.Form.LISTS:
                below = [item for items in value.values() for item in items]
            case keys.Form.ITEMS:
                below = value
            case _:
                below = [value]
        for item in below:
            yield from _keys_of(item, key.shape)


def _said(value: object) -> str:
    """A value on one line: the items of a list, the names of a mapping."""
    if isinstance(value, dict):
        return ", ".join(map(str, value)) + " …"
    if isinstance(value, list):
        return "; ".join(map(_said, value))
    return " ".join(str(value).split())


_RESTATED = {
    "Variant of a KPI": "KPI",
    "Variant of an attribution": "Attribution",
    "Binding": "Entity",
    "Query": "Report",
}
"""Shapes whose keys are those of another and mean the same: used in either is used."""


def key_name(shape: str, key: str) -> str:
    """One name for a key that several shapes have, and for those that every entry has."""
    if key in {common.name for common in keys.COMMON}:
        return key
    title = _RESTATED.get(shape, shape)
    known = {one.name for root in (keys.SPEC, keys.PROJECT) for found in keys.shapes(root)
             if found.title == title for one in found.keys}  # fmt: skip
    return f"{title if key in known else shape}: {key}"


def all_keys() -> set[str]:
    return {
        key_name(shape.title, key.name)
        for root in (keys.SPEC, keys.PROJECT)
        for shape in keys.shapes(root)
        for key in shape.keys
    }


# ---------------------------------------------------------------------------- as a table

_SHOWN = {
    "Rows and where they come from": {
        "a table, a file, SQL": ("Entity: table", "Entity: file", "Entity: query"),
        "rows that do not exist": ("Entity: where",),
        "keys of one column and of several": ("Entity: key",),
        "one row for each value of an id": ("Entity: each", "Entity: carry"),
        "an entity with two sources": ("Binding: source", "Binding: values"),
        "when a row was known": ("Entity: recorded",),
        "feeds that repeat themselves": ("LATEST", "EARLIEST"),
        "versions in force": ("valid", "reference_type"),
        "how far the data reach": ("covers",),
        "what holds of every row": ("Entity: rules",),
        "a column computed from others": ("Column: value",),
        "units of one's own": ("Entity: unit", "Column: unit", "Attribute: unit"),
    },
    "Types": {
        "text, numbers, yes and no": (
            "type string",
            "type integer",
            "type number",
            "type float",
            "type bool",
        ),
        "shares, money, currencies by row": (
            "type percent",
            "type money",
            "by_column",
            "kpilang.yml: exchange",
        ),
        "days, instants, local time, lengths": ("type date", "type timestamp", "zone", "type duration"),
        "words, with an order": ("type enum", "LESS"),
        "references: nullable, of several columns": ("NULLABLE", "key_columns"),
    },
    "Attributes": {
        "values of other rows, bounded by this row": ("function exists", "function min"),
        "rows without a reference": ("all_rows",),
        "the place among others": ("function rank", "DESC"),
        "a look at everything": ("ever",),
        "cases": ("case",),
    },
    "Formulas": {
        "aggregates": ("function count", "function unique", "function avg", "function percentile"),
        "where, dated, via": ("where_modifier", "dated_modifier", "via_modifier"),
        "for each day or customer, then over them": ("per_modifier",),
        "functions of one's own, and of the library": (
            "signature",
            "kpilang.yml: imports",
            "function change",
        ),
        "names for parts, variants, inheritance": ("KPI: let", "KPI: variants", "KPI: extends"),
        "null-safe comparison, lists, patterns": ("is_not_same", "is_not_in", "not_like"),
        "another unit": ("as_unit",),
        "params, and params to group by": ("Param: values", "range_of_values", "list_of_values"),
    },
    "Selectors": {
        "another period": ("prior", "ago", "before", "all_time"),
        "a trailing, a coming, a fixed one": ("last", "next", "from_to", "to_date"),
        "a condition": ("condition_selector",),
        "over a dimension, over all": ("across", "across_all"),
    },
    "Segments": {
        "by what they did": ("with_clause",),
        "by what they are in": ("while_clause",),
        "by when it happened": ("dated_clause",),
        "by what they are": ("sentence_where",),
        "sets of sets": ("conjunction ~ mailable", "Segment: is"),
        "members as a condition": ("is_in ~ hardware", "is_in ~ loyal"),
    },
    "Attributions": {
        "touches, window, model": ("touches", "Attribution: window", "model"),
        "direct touches, milestones, weights": (
            "Attribution: direct",
            "Attribution: milestones",
            "Attribution: weight",
        ),
        "other models of the same": ("Attribution: variants",),
    },
    "Goals, reports, tests": {
        "goals": ("at_goal", "beyond_goal", "between_goal", "KPI: benchmark", "function target"),
        "how long numbers move": ("KPI: matures",),
        "what a KPI is cut by": ("KPI: by", "KPI: requires"),
        "reports": ("Report: by", "Report: grain", "Report: where", "Report: order", "Report: params"),
        "laws and examples": ("KPI: laws", "KPI: tests"),
    },
}
_LONGEST = 72


def table(used: Uses) -> str:
    """The features of the language with a place for each."""
    lines = ["| | for example | in |", "|:---|:---|:---|"]
    for group, features in _SHOWN.items():
        lines.append(f"| **{group}** | | |")
        for feature, names in features.items():
            for number, name in enumerate(names):
                file, text = _best(name, used)
                lines.append(f"| {'' if number else feature} | `{text}` | [{file}]({file}) |")
    return "\n".join(lines)


def _best(name: str, used: Uses) -> Where:
    """The longest of its uses that fits, else the shortest; of a key with its name. `~ x`: with x in it."""
    name, _, part = name.partition(" ~ ")
    key = name.partition(": ")[2]
    written = [
        (file, (f"{key}: {text}" if key else text).replace("|", "\\|"))
        for file, text in (used.keys if key else used.constructs)[name]
        if part in text
    ]
    fitting = [(-len(text), file, text) for file, text in written if len(text) <= _LONGEST]
    if not fitting:
        shortest = min(written, key=lambda where: len(where[1]))
        return shortest[0], shortest[1][:_LONGEST] + " …"
    _, file, text = min(fitting)
    return file, text
