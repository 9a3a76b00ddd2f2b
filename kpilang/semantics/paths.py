"""Where a path begins: with an entity of one name, or with a variant of an attribution, which has two."""

from __future__ import annotations

from collections.abc import Sequence

from kpilang.semantics.names import Names
from kpilang.semantics.world import Info
from kpilang.syntax import ast


def begins_with(path: Sequence[ast.Name], names: Names) -> str | None:
    """The entity, attribution or variant that the path begins with; the longest name counts."""
    for length in (2, 1):
        name = ".".join(part.text for part in path[:length])
        if names.has_rows(name):
            return name
    return None


def after(path: Sequence[ast.Name], name: str) -> tuple[ast.Name, ...]:
    """The rest of a path that begins with the name; all of it if it does not, or if nothing is left."""
    parts = name.split(".")
    begins = len(path) > len(parts) and [part.text for part in path[: len(parts)]] == parts
    return tuple(path[len(parts) :] if begins else path)


def in_row(path: Sequence[ast.Name], info: Info) -> tuple[ast.Name, ...]:
    """The path from a row of the entity, whose own name may stand in front."""
    return after(path, info.name)
