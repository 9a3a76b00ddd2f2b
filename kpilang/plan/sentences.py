"""The sentences of sets as rows that are counted: who has a row is a member.

`with` counts rows of another entity, `dated` and timeless sentences those of the members themselves; `while`
counts members whose stay holds the end of the interval. So every sentence is an aggregate in blocks that are
grouped by member, and all that is known about blocks holds for them.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

from kpilang import ir
from kpilang.ir import AggregateOp, Op, PeriodPart
from kpilang.nodes import Node, children, map_children
from kpilang.plan.draft import (
    Among,
    Atom,
    Block,
    Key,
    Membership,
    Sentence,
    is_by_time,
    keys_of,
    plain_timing,
)
from kpilang.plan.grid import Grid, Reach
from kpilang.plan.names import Names
from kpilang.plan.reading import field_of, held_key
from kpilang.types import BOOL, DATE, INTEGER, TIMESTAMP, Kind


def sentences(found: ir.Set | ir.Outside) -> tuple[Sentence, ...]:
    """What a set is made of, each once; not what the rows of a `with` are among."""
    return tuple(dict.fromkeys(_sentences(found)))


def _sentences(found: ir.Set | ir.Outside) -> Iterator[Sentence]:
    match found:
        case ir.AllOf(operands) | ir.AnyOf(operands):
            for operand in operands:
                yield from _sentences(operand)
        case ir.Outside(operand):
            yield from _sentences(operand)
        case ir.With() | ir.State() | ir.Event() | ir.Always():
            yield found


def rows_entity(sentence: Sentence) -> str:
    """The entity whose rows are counted."""
    return sentence.rows if isinstance(sentence, ir.With) else sentence.entity


def names_seen(query: ir.Query, entity: str) -> frozenset[str]:
    """The dimensions that the rows of an entity see."""
    return frozenset(d.name for d in query.dimensions if entity in dict(d.paths))


def among_of(sentence: Sentence, dimensions: tuple[str, ...]) -> Among | None:
    if not isinstance(sentence, ir.With) or sentence.among is None:
        return None
    return Among(sentence.among, dimensions)


def counted(sentence: Sentence) -> ir.Aggregate:
    """How many rows of the sentence there are."""
    match sentence:
        case ir.With():
            where = _all_of(
                sentence.where, None if sentence.having is None else _any_counted(sentence.having)
            )
            return ir.Aggregate(
                AggregateOp.COUNT,
                sentence.rows,
                sentence.anchor,
                INTEGER,
                where=where,
                window=sentence.window,
            )
        case ir.State():
            where = _all_of(sentence.where, _stays(sentence))
            return _count(sentence.entity, None, where, sentence.window)
        case ir.Event(entity, anchor, where, window):
            return _count(entity, anchor, where, window)
        case ir.Always(entity, where):
            return _count(entity, None, where, ())


def _count(entity: str, anchor: ir.Field | None, where: ir.Expr | None, window: ir.Window) -> ir.Aggregate:
    return ir.Aggregate(AggregateOp.COUNT, entity, anchor, INTEGER, where=where, window=window)


def window_of(sentence: Sentence) -> ir.Window:
    return () if isinstance(sentence, ir.Always) else sentence.window


def _stays(state: ir.State) -> ir.Expr:
    """A < t, and B null or not before t."""
    came = ir.Call(Op.LT, (state.start, _end(state.start, state)), BOOL)
    stays = ir.Call(Op.GE, (state.end, _end(state.end, state)), BOOL)
    is_open = ir.Call(Op.IS, (state.end, ir.Literal(None, state.end.type)), BOOL)
    return ir.Call(Op.AND, (came, ir.Call(Op.OR, (is_open, stays), BOOL)), BOOL)


def _end(beside: ir.Expr, state: ir.State) -> ir.PeriodValue:
    """The end of the interval: a day beside dates, else an instant."""
    type_ = DATE if beside.type.kind is Kind.DATE else TIMESTAMP
    return ir.PeriodValue(PeriodPart.END, type_, state.window)


def _any_counted(having: ir.Expr) -> ir.Expr | None:
    """Rows that some aggregate of the condition counts; None where one counts all."""
    wheres = [part.where for part in _compared(having)]
    some = tuple(dict.fromkeys(where for where in wheres if where is not None))
    if len(some) < len(set(wheres)) or not some:
        return None
    return some[0] if len(some) == 1 else ir.Call(Op.OR, some, BOOL)


def _compared(having: Node) -> Iterator[ir.Aggregate]:
    """The aggregates of a condition; not those by which sets inside their own conditions are made."""
    if isinstance(having, ir.Aggregate):
        yield having
        return
    for child in children(having):
        yield from _compared(child)


def _all_of(*conditions: ir.Expr | None) -> ir.Expr | None:
    some = tuple(condition for condition in conditions if condition is not None)
    if len(some) < 2:
        return some[0] if some else None
    return ir.Call(Op.AND, some, BOOL)


def having_of(sentence: ir.With) -> ir.Expr | None:
    """The condition over aggregates of the rows of the sentence, in its interval."""

    def over_its_rows(node: Node) -> Node:
        if not isinstance(node, ir.Aggregate):
            return map_children(node, over_its_rows)
        where = _all_of(sentence.where, node.where)
        return dataclasses.replace(
            node, anchor=sentence.anchor, where=where, window=sentence.window, across=()
        )

    if sentence.having is None:
        return None
    made = over_its_rows(sentence.having)
    assert isinstance(made, ir.Expr), "a condition stays one"
    return made


class Sentences:
    """Makes the blocks of sentences whose members are gathered in groups of `dimensions`."""

    def __init__(self, query: ir.Query, grid: Grid, dimensions: tuple[str, ...]) -> None:
        self.memberships: list[Membership] = []
        self.blocks: list[Block] = []
        self._query = query
        self._grid = grid
        self._dimensions = dimensions
        self._names = Names(dimension.name for dimension in query.dimensions)
        self._members: dict[tuple[ir.Expr, ...], tuple[str, ...]] = {}

    def add(self, sentence: Sentence) -> None:
        """Its membership, and one that shows the groups before an `across`; none if it never sees a row."""
        dimensions = keys_of(sentence.across, self._dimensions)
        seen = names_seen(self._query, rows_entity(sentence))
        if dimensions != self._dimensions and seen.issuperset(self._dimensions):
            self._add(dataclasses.replace(sentence, across=()), self._dimensions, witness=True)
        self._add(sentence, dimensions, witness=False)

    def _add(self, sentence: Sentence, dimensions: tuple[str, ...], witness: bool) -> None:
        rows = counted(sentence)
        reaches = self._reaches(sentence, rows)
        if not any(reaches):
            return
        paths = self._paths(sentence)
        members = self._member_names(sentence.entity, paths)
        seen = (d for d in self._query.dimensions if d.name in dimensions)
        keys = (
            *(Key(d.name, d.path(rows.entity)) for d in seen),
            *(Key(name, path) for name, path in zip(members, paths, strict=True)),
        )
        having = having_of(sentence) if isinstance(sentence, ir.With) and not witness else None
        inside = () if having is None else tuple(_compared(having))
        among = among_of(sentence, dimensions)
        for aggregate in dict.fromkeys((rows, *inside)):
            atom = Atom(aggregate, reaches, among=among)
            timing = plain_timing(atom, self._grid)
            self.blocks.append(Block(rows.entity, rows.anchor, keys, timing, (atom,)))
        self.memberships.append(Membership(sentence, dimensions, keys, rows, having, witness))

    def _reaches(self, sentence: Sentence, rows: ir.Aggregate) -> tuple[Reach | None, ...]:
        if rows.anchor is None and not isinstance(sentence, ir.State):
            return self._grid.always()
        entity = self._query.model.entity(rows.entity)
        return self._grid.reaches(rows.window, entity.covers, is_by_time(rows.anchor, entity))

    def _paths(self, sentence: Sentence) -> tuple[ir.Expr, ...]:
        """What holds the key of a member in a row; several columns where the key has several."""
        if not isinstance(sentence, ir.With):
            entity = self._query.model.entity(sentence.entity)
            return tuple(field_of(entity, name) for name in entity.key)
        return held_key(sentence.member, self._query.model)

    def _member_names(self, entity: str, paths: tuple[ir.Expr, ...]) -> tuple[str, ...]:
        """The same for the same paths, so that blocks over them may be one."""
        if paths not in self._members:
            key = self._query.model.entity(entity).key
            wishes = (_path_name(path, name) for path, name in zip(paths, key, strict=True))
            self._members[paths] = tuple(self._names.take(wish) for wish in wishes)
        return self._members[paths]


def _path_name(path: ir.Expr, otherwise: str) -> str:
    return "_".join((*path.steps, path.name)) if isinstance(path, ir.Field) else otherwise
