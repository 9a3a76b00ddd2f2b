"""From when to when there are data: asked when a grain comes without a range (ruling 10)."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from functools import partial

from kpilang import ir
from kpilang.ir import AggregateOp
from kpilang.nodes import walk
from kpilang.plan import nodes, scalars
from kpilang.plan.derived import RowReader
from kpilang.plan.draft import Draft, Sentence, is_timed
from kpilang.plan.grid import grid_of
from kpilang.plan.measures import measure
from kpilang.plan.members import members_of
from kpilang.plan.naive import cells_in, cells_of_expr
from kpilang.plan.plan import Plan
from kpilang.plan.relations import Relations
from kpilang.plan.scalars import Named
from kpilang.plan.sentences import counted, sentences
from kpilang.plan.unbound import refuse_unbound

END_OF_TIME = datetime(9999, 1, 1, tzinfo=UTC)
"""An as-of instant after every row."""

Dated = tuple[str, ir.Expr, ir.Expr | None]
"""An entity, what dates its rows, and which of them count."""


def extent(query: ir.Query, now: datetime = END_OF_TIME) -> Plan:
    """A plan with one row: the least and the greatest anchor of each table that the query dates by it.

    Columns come in pairs, dates or UTC timestamps, null for a table without a row. Rows that no aggregate of
    the query looks at are left out.
    """
    refuse_unbound(query)
    timeless = dataclasses.replace(query, grain=None, range=None)
    grid = grid_of(timeless, now)
    relations = Relations(query.model, grid, partial(members_of, rewrites=()))
    anchors: dict[tuple[str, ir.Expr], list[ir.Expr | None]] = {}
    for cell in cells_in(query):
        for entity, anchor, where in _dated(cell):
            anchors.setdefault((entity, anchor), []).append(where)
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


def _dated(cell: ir.Aggregate | ir.CountOf | ir.Nested) -> Iterator[Dated]:
    match cell:
        case ir.Aggregate(entity=entity, anchor=anchor, where=where):
            if anchor is not None:
                yield entity, anchor, where
            if where is not None:
                yield from _behind(where)
        case ir.CountOf(found):
            yield from _of_set(found)
        case ir.Nested(value=value):
            for inner in cells_of_expr(value):
                yield from _dated(inner)


def _behind(where: ir.Expr) -> Iterator[Dated]:
    """Rows without a date may be members of a set that has one."""
    for part in walk(where):
        if isinstance(part, ir.Member):
            yield from _of_set(part.set)


def _of_set(found: ir.Set) -> Iterator[Dated]:
    for sentence in sentences(found):
        yield from _of_sentence(sentence)


def _of_sentence(sentence: Sentence) -> Iterator[Dated]:
    match sentence:
        case ir.State(entity, start, end, where):
            yield entity, start, where
            yield entity, end, where
        case ir.With(among=among):
            rows = counted(sentence)
            if rows.anchor is not None:
                yield rows.entity, rows.anchor, rows.where
            if among is not None:
                yield from _of_set(among)
        case ir.Event():
            yield sentence.entity, sentence.anchor, sentence.where
        case ir.Always():
            return


def _itself(block: nodes.Block) -> nodes.Block:
    return block


def _block(relations: Relations, entity: str, anchor: ir.Expr, over: Iterable[ir.Expr | None]) -> nodes.Block:
    reader = RowReader(relations, entity)
    value = reader.value(anchor)
    looked_at = scalars.any_of(tuple(_condition(reader, where) for where in over))
    ends = tuple(
        Named(name, measure(op, value, scalars.TRUE, anchor.type))
        for name, op in (("first", AggregateOp.MIN), ("last", AggregateOp.MAX))
    )
    by = anchor.name if isinstance(anchor, ir.Field) else "time"
    name = relations.names.take(f"{entity}_extent", f"{entity}_extent_by_{by}")
    about = f"from when to when there are {entity}, by {by}"
    return nodes.Block(name, reader.rows(looked_at), (), ends, about)


def _condition(reader: RowReader, where: ir.Expr | None) -> scalars.Scalar:
    if where is None or is_timed(where):
        return scalars.TRUE
    return reader.value(where)


def _column(block: nodes.Block, named: Named) -> scalars.Column:
    return scalars.Column(block.name, named.name, named.value.type)
