"""From relations of the plan to SELECT statements, by node kind."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import assert_never

from sqlglot import exp

from kpilang import ir
from kpilang.plan import nodes
from kpilang.plan.scalars import Column, Constant, Named, all_of
from kpilang.sql.identifiers import identifier, table
from kpilang.sql.lower_scalars import Spelling, lower
from kpilang.types import DATE

Origins = Callable[[str, ir.SqlText], exp.Expr]
"""The user's own query of an entity, as a tree."""


class RelationLowering:
    """One dialect, one plan."""

    def __init__(self, spelling: Spelling, own_query: Origins) -> None:
        self._spelling = spelling
        self._own_query = own_query

    def relation(self, node: nodes.Relation) -> exp.CTE:
        """A CTE under the relation's name, with a comment that says what it holds."""
        query = self._query(node)
        alias = exp.TableAlias(this=identifier(node.name))
        if isinstance(node, nodes.Calendar):
            alias.set("columns", [identifier(name) for name, _ in node.columns])
        return exp.CTE(this=query, alias=alias)

    def _query(self, node: nodes.Relation) -> exp.Query:
        match node:
            case nodes.Block() | nodes.ChildTotals() | nodes.ValuesOf():
                return self._grouped(node)
            case nodes.Calendar():
                return self._calendar(node)
            case nodes.Series():
                return self._series(node)
            case nodes.Existing() | nodes.Ranked() | nodes.Members() | nodes.Numbered():
                return self._select(node.rows, node.columns)
            case nodes.Stays() | nodes.Running() | nodes.Credited():
                return self._select(node.rows, node.columns)
            case nodes.OuterValues():
                return self._select(node.rows, node.columns).distinct()
            case nodes.Groups():
                return self._union(node)
            case nodes.Stacked():
                return self._stacked(node)
            case _:
                assert_never(node)

    def answer(self, node: nodes.Answer) -> exp.Select:
        query = self._select(node.rows, node.columns, typed=True)
        if node.order:
            query.set("order", exp.Order(expressions=[self._sort(sort, node.columns) for sort in node.order]))
        return query.limit(node.limit, copy=False) if node.limit is not None else query

    # ------------------------------------------------------------------ kinds

    def _grouped(self, node: nodes.Block | nodes.ChildTotals | nodes.ValuesOf) -> exp.Select:
        query = self._select(node.rows, (*node.keys, *node.measures))
        if node.keys:
            ordinals: list[exp.Expr] = [
                exp.Literal.number(str(index)) for index in range(1, len(node.keys) + 1)
            ]
            query.set("group", exp.Group(expressions=ordinals))
        return query

    def _calendar(self, node: nodes.Calendar) -> exp.Select:
        tuples = [
            exp.Tuple(expressions=[self._cell(c, first=index == 0) for c in row])
            for index, row in enumerate(node.rows)
        ]
        alias = exp.TableAlias(this=identifier(node.name))
        values = exp.Values(expressions=tuples, alias=alias)
        return exp.Select(expressions=[exp.Star()], from_=exp.From(this=values))

    def _series(self, node: nodes.Series) -> exp.Select:
        first, last = (self._spelling.constant(end) for end in (node.first, node.last))
        source = self._spelling.dialect.series(first, last, node.unit, node.inner, node.key)
        key = Named(node.key, Column(node.inner, node.key, DATE))
        shown = [self._named(named, typed=False) for named in (key, *node.columns)]
        return exp.Select(expressions=shown, from_=exp.From(this=source))

    def _cell(self, constant: Constant, first: bool) -> exp.Expr:
        """Nulls of the first row are typed: it decides for the column."""
        tree = self._spelling.constant(constant)
        if first and constant.value is None:
            return exp.Cast(this=tree, to=self._spelling.dialect.data_type(constant.type))
        return tree

    def _union(self, node: nodes.Groups) -> exp.Query:
        """UNION drops doubles between the parts and within each."""
        selects = [self._select(rows, columns) for rows, columns in node.parts]
        if len(selects) == 1:
            return selects[0].distinct()
        query: exp.Query = selects[0]
        for other in selects[1:]:
            query = exp.Union(this=query, expression=other, distinct=True)
        return query

    def _stacked(self, node: nodes.Stacked) -> exp.Query:
        selects = [self._select(rows, columns) for rows, columns in node.parts]
        query: exp.Query = selects[0]
        for other in selects[1:]:
            query = exp.Union(this=query, expression=other, distinct=False)
        return query

    # ------------------------------------------------------------------ clauses

    def _select(self, rows: nodes.Rows, columns: Sequence[Named], typed: bool = False) -> exp.Select:
        shown = [self._named(named, typed) for named in columns] or [exp.Literal.number("1")]
        query = exp.Select(expressions=shown)
        if rows.source is not None:
            query.set("from_", exp.From(this=self._source(rows.source, rows.alias)))
        query.set("joins", [self._join(join) for join in rows.joins])
        if rows.where:
            query.set("where", exp.Where(this=lower(all_of(rows.where), self._spelling)))
        return query

    def _named(self, named: Named, typed: bool) -> exp.Expr:
        tree = lower(named.value, self._spelling)
        if typed and isinstance(tree, exp.Null):
            tree = exp.Cast(this=tree, to=self._spelling.dialect.data_type(named.value.type))
        return exp.Alias(this=tree, alias=identifier(named.name))

    def _source(self, source: nodes.Source, alias: str) -> exp.Expr:
        match source:
            case nodes.RelationSource(name):
                return table((name,), alias)
            case nodes.TableSource(entity, origin):
                return self._origin(entity, origin, alias)
            case _:
                assert_never(source)

    def _origin(self, entity: str, origin: ir.Origin, alias: str) -> exp.Expr:
        match origin:
            case ir.Table(parts):
                return table(parts, alias)
            case ir.File(pattern):
                return table((pattern,), alias)
            case ir.SqlText():
                query = self._own_query(entity, origin)
                return exp.Subquery(this=query, alias=exp.TableAlias(this=identifier(alias)))
            case ir.Each() | ir.Union() | ir.Credits():
                raise AssertionError("made of relations by the plan")
            case _:
                assert_never(origin)

    def _join(self, join: nodes.Join) -> exp.Join:
        source = self._source(join.source, join.alias)
        if not join.on:
            return exp.Join(this=source, kind="CROSS")
        on = lower(all_of(join.on), self._spelling)
        return exp.Join(this=source, side="LEFT" if join.left else None, on=on)

    def _sort(self, sort: nodes.Sort, columns: Sequence[Named]) -> exp.Ordered:
        """By the name of a column of the answer where it is one."""
        names = [named.name for named in columns]
        shown = next((n.name for n in columns if n.value == sort.value and names.count(n.name) == 1), None)
        key: exp.Expr = (
            lower(sort.value, self._spelling) if shown is None else exp.Column(this=identifier(shown))
        )
        return exp.Ordered(this=key, desc=sort.descending, nulls_first=False)
