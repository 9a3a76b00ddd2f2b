"""What a source says of its own rows: which of its columns are the key, the time, when a row was recorded.

The keys `key time recorded duplicates` of a binding are said in the source's words, like its `values`. They
name the columns that play the part there: each gives the value of the entity's column of that part.
"""

from __future__ import annotations

from collections.abc import Iterator

from kpilang.diagnostics import Diagnostics
from kpilang.semantics.errors import origins
from kpilang.semantics.world import Info, World
from kpilang.source import Span
from kpilang.syntax import ast, spec

Values = dict[str, ast.Expr]
"""By the entity's column, what it is in the source."""


def roles_of(world: World, info: Info, binding: spec.BindingDecl, diags: Diagnostics) -> Values | None:
    """The columns of the entity that `key`, `time` … of a binding give; None after an error."""
    found: Values = {}
    taken = {text.value for text, _ in binding.values}
    fine = True
    for part, given in _roles(binding):
        pairs = _pairs(world, info, binding, part, diags)
        if pairs is None:
            fine = False
            continue
        for name, tree in pairs:
            if name in taken:
                diags.add(origins.part_twice(info.name, part, name, given))
                fine = False
            taken.add(name)
            found[name] = tree
    return found if fine else None


def _roles(binding: spec.BindingDecl) -> Iterator[tuple[str, Span]]:
    for part in ("key", "time", "recorded", "duplicates"):
        given = getattr(binding, part)
        if given:
            first = given[0] if isinstance(given, tuple) else given
            yield part, first[0].span if isinstance(first, tuple) else first.span


def _pairs(
    world: World, info: Info, binding: spec.BindingDecl, part: str, diags: Diagnostics
) -> list[tuple[str, ast.Expr]] | None:
    """The entity's columns beside the source's; None where the entity has no such part, or another one."""
    span = dict(_roles(binding))[part]
    ours = _columns(world, info.decl, part, diags)
    theirs = _columns(world, binding, part, diags)
    if ours is None or theirs is None:
        return None
    if not ours:
        diags.add(origins.no_such_part(info.name, part, span))
        return None
    named = [name for name, _ in ours]
    if part == "recorded" and isinstance(binding.recorded, tuple):
        known = dict(ours)
        missing = [name for name, _ in theirs if name not in known]
        if missing:
            diags.add(origins.no_such_part(f"{info.name}.{missing[0]}", part, span))
            return None
        return [(_last(known[name]), tree) for name, tree in theirs]
    if len(ours) != len(theirs) or not _alike(world, info.decl, binding, part):
        diags.add(origins.another_part(info.name, part, named, span))
        return None
    return [(_last(tree), other) for (_, tree), (_, other) in zip(ours, theirs, strict=True)]


def _columns(
    world: World, decl: spec.EntityDecl | spec.BindingDecl, part: str, diags: Diagnostics
) -> list[tuple[str, ast.Expr]] | None:
    """The columns that a declaration names for a part, each under a name; None after an error."""
    given = getattr(decl, part)
    if not given:
        return []
    if part == "key":
        names = [ast.Name(text.value, span=text.span) for text in given]
        return [(name.text, ast.Path((name,), span=name.span)) for name in names]
    pairs: list[tuple[str, ast.Tree | None]]
    if isinstance(given, tuple):
        pairs = [(text.value, world.tree(embedded, diags)) for text, embedded in given]
    else:
        tree = world.tree(given, diags)
        keys = [key.value for key in tree.keys] if isinstance(tree, ast.Duplicates) else [tree]
        pairs = [("", one) for one in keys]
    found: list[tuple[str, ast.Expr]] = [(name, tree) for name, tree in pairs if isinstance(tree, ast.Path)]
    return found if len(found) == len(pairs) else None


def _alike(world: World, decl: spec.EntityDecl, binding: spec.BindingDecl, part: str) -> bool:
    """Whether both take the latest row, or both the earliest; both speak of rows, or both of columns."""
    if part == "duplicates":
        trees = [world.tree(said, Diagnostics()) for said in (decl.duplicates, binding.duplicates) if said]
        return len({tree.latest for tree in trees if isinstance(tree, ast.Duplicates)}) == 1
    return part != "recorded" or isinstance(decl.recorded, tuple) == isinstance(binding.recorded, tuple)


def _last(tree: ast.Expr) -> str:
    assert isinstance(tree, ast.Path), "parts are named by columns"
    return tree.names[-1].text
