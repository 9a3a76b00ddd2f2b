"""From when to when there are data: asked when a grain comes without a range (ruling 10)."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import partial

from kpilang import ir
from kpilang.ir import AggregateOp
from kpilang.plan import nodes, scalars
from kpilang.plan.derived import RowReader
from kpilang.plan.draft import Draft, aggregates, uses_period
from kpilang.plan.grid import grid_of
from kpilang.plan.measures import measure
from kpilang.plan.plan import Plan
from kpilang.plan.relations import Relations
from kpilang.plan.scalars import Named

END_OF_TIME = datetime(9999, 1, 1, tzinfo=UTC)
"""An as-of instant after every row."""


def extent(query: ir.Query, now: datetime = END_OF_TIME) -> Plan:
    """A plan with one row: the least and the greatest anchor of each table that the query dates by it.

    Columns come in pairs, dates or UTC timestamps, null for a table without a row. Rows that no aggregate of
    the query looks at are left out.
    """
    timeless = dataclasses.replace(query, grain=None, range=None)
    grid = grid_of(timeless, now)
    relations = Relations(query.model, grid)
    anchors: dict[tuple[str, ir.Field], list[ir.Aggregate]] = {}
    for aggregate in aggregates(query):
        anchors.setdefault((aggregate.entity, aggregate.anchor), []).append(aggregate)
    joins: list[nodes.Join] = []
    columns: list[Named] = []
    for (entity, anchor), over in anchors.items():
        block = _block(relations, entity, anchor, over)
        source = relations.add(block.name, partial(_itself, block))
        joins.append(nodes.Join(source, block.name, (), left=False))
        columns += [Named(f"{block.name}_{m.name}", _column(block, m)) for m in block.measures]
    first, *rest = joins
    answer = nodes.Answer(nodes.Rows(first.source, first.alias, tuple(rest)), tuple(columns))
    return Plan(timeless, relations.finished(answer), answer, Draft(timeless, grid, ()))


def _itself(block: nodes.Block) -> nodes.Block:
    return block


def _block(relations: Relations, entity: str, anchor: ir.Field, over: Iterable[ir.Aggregate]) -> nodes.Block:
    reader = RowReader(relations, entity)
    value = reader.value(anchor)
    looked_at = scalars.any_of(tuple(_condition(reader, aggregate) for aggregate in over))
    ends = tuple(
        Named(name, measure(op, value, scalars.TRUE, anchor.type))
        for name, op in (("first", AggregateOp.MIN), ("last", AggregateOp.MAX))
    )
    name = relations.names.take(f"{entity}_extent", f"{entity}_extent_by_{anchor.name}")
    about = f"from when to when there are {entity}, by {anchor.name}"
    return nodes.Block(name, reader.rows(looked_at), (), ends, about)


def _condition(reader: RowReader, aggregate: ir.Aggregate) -> scalars.Scalar:
    if aggregate.where is None or uses_period(aggregate):
        return scalars.TRUE
    return reader.value(aggregate.where)


def _column(block: nodes.Block, named: Named) -> scalars.Column:
    return scalars.Column(block.name, named.name, named.value.type)
