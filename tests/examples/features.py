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
        yield key_name(shape.title, name), str(value)
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
