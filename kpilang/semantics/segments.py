"""Segments: sentences about who is a member, each of which becomes one part of a set.

`customers with orders where is_paid`, `customers while created_at to churned_at`, `customers dated
churned_at`, `customers where tier = 'gold'`. What a `with` compares is in `having`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any, TypeVar

from kpilang import ir
from kpilang.diagnostics import Diagnostics
from kpilang.nodes import Node, map_children, walk
from kpilang.semantics.aggregates import anchor_of
from kpilang.semantics.cells import CellScope
from kpilang.semantics.comparison import both
from kpilang.semantics.errors import joins, naming, periods, sets
from kpilang.semantics.expressions import resolve, resolve_condition
from kpilang.semantics.having import having_of
from kpilang.semantics.links import link_to
from kpilang.semantics.rows import Place, RowScope, row_of
from kpilang.semantics.scope import Scope
from kpilang.semantics.sets import entity_of_set, resolve_set
from kpilang.semantics.world import Info, World
from kpilang.syntax import ast, spec
from kpilang.syntax.unparse import unparse
from kpilang.types import BOOL, Kind

N = TypeVar("N", bound=Node)
_TIMES = (Kind.DATE, Kind.TIMESTAMP)


def segment_of(world: World, decl: spec.SegmentDecl, diags: Diagnostics) -> ir.Set | None:
    tree = world.tree(decl.definition, diags)
    if tree is None:
        return None
    scope = CellScope(world, diags)
    if isinstance(tree, ast.Sentence):
        return _Sentence(decl, tree, scope).resolved()
    expression = world.expression(decl.definition, diags)
    if expression is None:
        return None
    if isinstance(expression, ast.Path) and world.names.has_rows(expression.dotted):
        diags.add(sets.entity_as_set(expression.dotted, expression.span))
        return None
    return resolve_set(expression, scope)


class _Sentence:
    def __init__(self, decl: spec.SegmentDecl, tree: ast.Sentence, scope: Scope) -> None:
        self.name = decl.name.value
        self.tree = tree
        self.scope = scope
        self.world = scope.world

    def resolved(self) -> ir.Set | None:
        info = self._entity(self.tree.entity)
        if info is None:
            return None
        inside = row_of(info, Place.AGGREGATE, self.scope)
        where = resolve_condition(self.tree.where, inside) if self.tree.where is not None else None
        if self.tree.where is not None and where is None:
            return None
        match self.tree.clause:
            case None:
                return self._always(info, where)
            case ast.While() as clause:
                return self._state(info, clause, where, inside)
            case ast.Dated() as clause:
                return self._event(info, clause, where, inside)
            case ast.With() as clause:
                return _With(self, info, clause).resolved(where)

    def _entity(self, path: ast.Path) -> Info | None:
        info = self.world.named(path.dotted)
        if info is None:
            self.scope.diags.add(naming.unknown_entity(path.dotted, self.world.names.of_rows(), path.span))
            return None
        if not self.world.usable(info, path.span, self.scope.diags):
            return None
        if not info.key:
            self.scope.diags.add(joins.no_key("a segment", info.name, path.span))
            return None
        return info

    def _always(self, info: Info, where: ir.Expr | None) -> ir.Set | None:
        if where is not None and not self.is_stable(where):
            return None
        if info.decl.time is not None:
            time = self.world.time(info, self.tree.span, self.scope.diags)
            if time is not None:
                self.scope.diags.add(sets.timeless(self.name, info.name, time.name, self.tree.span))
        return ir.Always(info.name, where, span=self.tree.span)

    def is_stable(self, where: ir.Expr) -> bool:
        """Whether no attribute in it looks at later rows (ruling 20)."""
        ahead = next(_looking_ahead(where, self.world, set()), None)
        if ahead is not None:
            self.scope.diags.add(sets.timeless_ahead(self.name, ahead, self.tree.span))
        return ahead is None

    def _state(self, info: Info, clause: ast.While, where: ir.Expr | None, inside: RowScope) -> ir.Set | None:
        bounds = [resolve(tree, inside) for tree in (clause.start, clause.end)]
        for bound in bounds:
            if bound.type.is_error:
                return None
            if bound.type.kind not in _TIMES:
                text = unparse(clause.start if bound is bounds[0] else clause.end)
                self.scope.diags.add(periods.not_a_time(text, str(bound.type), bound.span))
                return None
        return ir.State(info.name, bounds[0], bounds[1], where, span=self.tree.span)

    def _event(self, info: Info, clause: ast.Dated, where: ir.Expr | None, inside: RowScope) -> ir.Set | None:
        anchor = anchor_of(clause.anchor, inside, clause.span)
        further = resolve_condition(clause.where, inside) if clause.where is not None else None
        if anchor is None or (clause.where is not None and further is None):
            return None
        return ir.Event(info.name, anchor, both(where, further), span=self.tree.span)


def _looking_ahead(expr: ir.Expr, world: World, seen: set[tuple[str, str]]) -> Iterator[str]:
    """Attributes in which later rows change the past, each with its entity."""
    for node in walk(expr):
        if not isinstance(node, ir.Field) or (node.owner, node.name) in seen:
            continue
        seen.add((node.owner, node.name))
        info = world.entity(node.owner)
        if info is None or node.name not in info.attributes:
            continue
        attribute = world.attribute(info, node.name, node.span, Diagnostics())
        if attribute is None:
            continue
        if any(isinstance(part, ir.Child) and part.ever for part in walk(attribute.value)):
            yield f"{node.owner}.{node.name}"
        yield from _looking_ahead(attribute.value, world, seen)


class _With:
    """`with orders where is_paid via customer dated paid_at`, or a comparison of what the rows come to."""

    def __init__(self, sentence: _Sentence, info: Info, clause: ast.With) -> None:
        self.sentence = sentence
        self.info = info
        self.clause = clause
        self.scope = sentence.scope
        self.world = sentence.world

    def resolved(self, where: ir.Expr | None) -> ir.Set | None:
        found = self._source()
        if found is None or not self._may_date(found):
            return None
        rows = self.world.entity(found.rows)
        assert rows is not None, "rows are of an entity that exists"
        inside = row_of(rows, Place.AGGREGATE, self.scope)
        link = link_to(self.info, self.clause.via, self.clause.span, inside)
        further = resolve_condition(self.clause.where, inside) if self.clause.where is not None else None
        anchor = self._anchor(found, inside)
        if link is None or (self.clause.where is not None and further is None):
            return None
        if anchor is None and found.among is None:
            return None
        if where is not None:
            if not self.sentence.is_stable(where):
                return None
            further = both(further, _behind(where, link))
        return dataclasses.replace(
            found, member=link, where=further, anchor=anchor, span=self.sentence.tree.span
        )

    def _source(self) -> ir.With | None:
        """The rows, without a date, a condition or a link yet."""
        source = self.clause.source
        nobody = ir.Literal(None, BOOL)
        if isinstance(source, ast.Path):
            names = self.world.names
            if names.has_rows(source.dotted):
                info = self.world.named(source.dotted)
                usable = info is not None and self.world.usable(info, source.span, self.scope.diags)
                return ir.With(self.info.name, info.name, nobody, None) if info and usable else None
            if source.dotted in names.segments:
                among = self.world.segment(source.dotted, source.span, self.scope.diags)
                if among is None:
                    return None
                return ir.With(self.info.name, entity_of_set(among), nobody, None, among=among)
            if names.kind_of(source.names[0].text) is None:
                known = (*names.of_rows(), *names.segments)
                self.scope.diags.add(naming.unknown_entity(source.dotted, known, source.span))
                return None
        having = having_of(source, self.info, self.scope)
        if having is None:
            return None
        return ir.With(
            self.info.name, having.rows, nobody, having.anchor, having=having.condition, window=having.window
        )

    def _may_date(self, found: ir.With) -> bool:
        """A comparison has the date of its aggregate."""
        if found.having is None or self.clause.dated is None:
            return True
        anchors = [unparse(self.clause.dated), found.anchor.name if found.anchor is not None else ""]
        self.scope.diags.add(sets.several_dates(anchors, self.clause.dated.span))
        return False

    def _anchor(self, found: ir.With, inside: RowScope) -> ir.Field | None:
        if found.anchor is not None:
            return found.anchor
        if found.among is not None and self.clause.dated is None:
            return None
        return anchor_of(self.clause.dated, inside, self.clause.span)


def _behind(where: N, link: ir.Expr) -> N:
    """A condition on the member as one on the rows that refer to it."""
    assert isinstance(link, ir.Field), "a link is a reference"
    steps = (*link.steps, link.name)

    def moved(node: Any) -> Any:
        match node:
            case ir.Member():
                return dataclasses.replace(node, key=moved(node.key))
            case ir.Field():
                longer = (*steps, *node.steps)
                return dataclasses.replace(node, entity=link.entity, steps=longer, type=node.type.with_null())
            case _:
                return map_children(node, moved)

    found: N = moved(where)
    return found
