"""Where a path begins: with an entity of one name, or with a variant of an attribution, which has two."""

from __future__ import annotations

from collections.abc import Sequence

from kpilang.semantics.names import Names
from kpilang.semantics.world import Info, World
from kpilang.syntax import ast


def begins_with(path: Sequence[ast.Name], names: Names) -> str | None:
    """The entity, attribution or variant that the path begins with, as called here; the longest counts."""
    length = _length_of(path, names)
    return _text(path[:length]) if length else None


def after(path: Sequence[ast.Name], name: str) -> tuple[ast.Name, ...]:
    """The rest of a path that begins with the name; all of it if it does not, or if nothing is left."""
    for length in (2, 1):
        if len(path) > length and _text(path[:length]) == name:
            return tuple(path[length:])
    return tuple(path)


def in_row(path: Sequence[ast.Name], info: Info, world: World) -> tuple[ast.Name, ...]:
    """The path from a row of the entity, which may stand in front as it is called here."""
    for length in (2, 1):
        if len(path) > length and world.names.canonical(_text(path[:length])) == info.name:
            return tuple(path[length:])
    return tuple(path)


def _length_of(path: Sequence[ast.Name], names: Names) -> int:
    for length in (2, 1):
        if len(path) >= length and names.has_rows(_text(path[:length])):
            return length
    return 0


def _text(path: Sequence[ast.Name]) -> str:
    return ".".join(part.text for part in path)
