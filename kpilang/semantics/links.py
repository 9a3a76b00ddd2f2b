"""The way from the rows of one entity to the member or parent they belong to, as a row expression.

The one direct reference, `via path` where there are several, the column itself where the parent is derived
from the rows. Attributes, which have a path for a link, find theirs in `attributes`.
"""

from __future__ import annotations

from kpilang import ir
from kpilang.semantics.errors import joins
from kpilang.semantics.rows import RowScope, references
from kpilang.semantics.rows import walk as walk_references
from kpilang.semantics.world import Info
from kpilang.source import Span
from kpilang.syntax import ast


def link_to(parent: Info, via: ast.Path | None, span: Span, inside: RowScope) -> ir.Expr | None:
    """The key of `parent` that a row holds; None after an error."""
    names = via.names if via is not None else _only_way(parent, span, inside)
    if names is None:
        return None
    if via is not None and not _leads_to(parent, via, inside):
        return None
    found = inside.field(names, ast.Path(tuple(names), span=span))
    return None if found.type.is_error else found


def _leads_to(parent: Info, via: ast.Path, inside: RowScope) -> bool:
    if is_derived_by(parent, inside.info, tuple(name.text for name in via.names)):
        return True
    walked = walk_references(inside, (*via.names, ast.Name("", span=via.span)), via)
    if walked is None:
        return False
    if walked[1].name != parent.name:
        inside.diags.add(joins.wrong_via(via.dotted, walked[1].name, parent.name, via.span))
    return walked[1].name == parent.name


def _only_way(parent: Info, span: Span, inside: RowScope) -> tuple[ast.Name, ...] | None:
    info, world = inside.info, inside.world
    if parent.source is not None and parent.source.entity == info.name:
        return (ast.Name(parent.source.column, span=span),)
    links = [name for name, target in references(world, info) if target.name == parent.name]
    if len(links) == 1:
        return (ast.Name(links[0], span=span),)
    if links:
        inside.diags.add(joins.ambiguous_link(info.name, parent.name, links, span))
        return None
    inside.diags.add(joins.no_link(info.name, parent.name, longer_ways(parent, inside), span))
    return None


def longer_ways(parent: Info, inside: RowScope) -> list[str]:
    """Paths of two references, for suggestions."""
    return [
        f"{name}.{further}"
        for name, target in references(inside.world, inside.info)
        for further, end in references(inside.world, target)
        if end.name == parent.name
    ]


def is_derived_by(parent: Info, rows: Info, steps: tuple[str, ...]) -> bool:
    """Whether the parent is derived from these rows by this column."""
    source = parent.source
    return source is not None and source.entity == rows.name and steps == (source.column,)
