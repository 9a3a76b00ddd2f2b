"""The plainest draft of a query: right, and slow."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator

from kpilang import ir
from kpilang.nodes import Node, children, map_children
from kpilang.plan.axes import expressions
from kpilang.plan.draft import (
    Atom,
    Block,
    Cell,
    Draft,
    Folding,
    Gathering,
    Key,
    is_by_time,
    keys_of,
    plain_timing,
)
from kpilang.plan.grid import Grid, Reach, cut_grid
from kpilang.plan.names import Names
from kpilang.plan.sentences import Sentences, names_seen, rows_entity, sentences
from kpilang.types import TimeUnit


def naive(query: ir.Query, grid: Grid) -> Draft:
    """One block for each aggregate, a gathering for each set, witnesses of the groups before an `across`."""
    return _Naive(_with_names(query), grid).draft()


class _Naive:
    def __init__(self, query: ir.Query, grid: Grid) -> None:
        self._query = query
        self._grid = grid
        self._names = tuple(dimension.name for dimension in query.dimensions)
        self._blocks: list[Block] = []
        self._gatherings: list[Gathering] = []
        self._foldings: list[Folding] = []

    def draft(self) -> Draft:
        for cell in cells_in(self._query):
            if keys_of(cell.across, self._names) != self._names and self._is_seen(cell):
                self._add(cell if isinstance(cell, ir.Aggregate) else _before_across(cell), witness=True)
            self._add(cell, witness=False)
        parts = (tuple(self._blocks), tuple(self._gatherings), tuple(self._foldings))
        return Draft(self._query, self._grid, *parts)

    def _is_seen(self, cell: Cell) -> bool:
        """Whether all that it reads sees all dimensions; what does not makes no groups."""
        return all(names_seen(self._query, e).issuperset(self._names) for e in entities_read(cell))

    def _add(self, cell: Cell, witness: bool) -> None:
        match cell:
            case ir.Aggregate():
                self._add_block(cell, witness)
            case ir.CountOf():
                self._add_gathering(cell, witness)
            case ir.Nested():
                self._add_folding(cell, witness)

    def _add_block(self, aggregate: ir.Aggregate, witness: bool) -> None:
        reaches = reaches_of(aggregate, self._query, self._grid)
        if any(reaches):
            names = self._names if witness else keys_of(aggregate.across, self._names)
            keys = dimension_keys(self._query, aggregate.entity, names)
            atom = Atom(aggregate, reaches, witness)
            timing = plain_timing(atom, self._grid)
            self._blocks.append(Block(aggregate.entity, aggregate.anchor, keys, timing, (atom,)))

    def _add_gathering(self, count: ir.CountOf, witness: bool) -> None:
        gathering = gathering_of(count, self._query, self._grid)
        if gathering.blocks:
            self._gatherings.append(dataclasses.replace(gathering, witness=witness))

    def _add_folding(self, nested: ir.Nested, witness: bool) -> None:
        dimensions = keys_of(nested.across, self._names)
        match nested.per:
            case ir.PerKeys():
                inner = naive(self._by_keys(nested, nested.per, dimensions), self._grid)
                self._foldings.append(Folding(nested, dimensions, inner, None, witness))
            case ir.PerGrain(grain):
                grid, slots = sub_periods(nested, grain, self._query.model, self._grid)
                if grid.periods:
                    inner = naive(self._inner(nested, dimensions, ()), grid)
                    self._foldings.append(Folding(nested, dimensions, inner, slots, witness))

    def _by_keys(self, nested: ir.Nested, per: ir.PerKeys, dimensions: tuple[str, ...]) -> ir.Query:
        names = Names(self._names)
        keys = tuple(
            ir.Dimension(
                names.take(name),
                per.paths[0][1][index].type.with_null(),
                tuple((entity, path[index]) for entity, path in per.paths),
            )
            for index, name in enumerate(per.names)
        )
        return self._inner(nested, dimensions, keys)

    def _inner(
        self, nested: ir.Nested, dimensions: tuple[str, ...], keys: tuple[ir.Dimension, ...]
    ) -> ir.Query:
        kept = tuple(d for d in self._query.dimensions if d.name in dimensions)
        output = ir.Output(nested.name or "value", nested.value)
        return dataclasses.replace(
            self._query,
            outputs=(output,),
            dimensions=(*kept, *keys),
            axes=(),
            fill=False,
            order=(),
            limit=None,
        )


def cells_in(query: ir.Query) -> tuple[Cell, ...]:
    """What the outputs read, each once, in the order in which it first appears."""
    found = (expr for output in query.outputs for expr in expressions(output))
    return tuple(dict.fromkeys(cell for expr in found for cell in cells_of_expr(expr)))


def cells_of_expr(expr: Node) -> Iterator[Cell]:
    """The outermost parts that read rows."""
    if isinstance(expr, Cell):
        yield expr
        return
    for child in children(expr):
        yield from cells_of_expr(child)


def entities_read(cell: Cell) -> Iterator[str]:
    """The entities whose rows are grouped."""
    match cell:
        case ir.Aggregate(entity=entity):
            yield entity
        case ir.CountOf(found):
            yield from map(rows_entity, sentences(found))
        case ir.Nested(value=value):
            for inner in cells_of_expr(value):
                yield from entities_read(inner)


def sub_periods(
    nested: ir.Nested, grain: TimeUnit, model: ir.Model, grid: Grid
) -> tuple[Grid, tuple[tuple[int, ...], ...]]:
    """The sub-periods of a nested aggregate; an interval without a beginning begins with coverage."""
    covers = (model.entity(entity).covers for entity in entities_read(nested))
    starts = [grid.clock.day(c.start) for c in covers if c is not None and c.start is not None]
    first = max(starts, key=lambda moment: moment.instant, default=None)
    return cut_grid(grid, nested.window, grain, first, nested.span)


def dimension_keys(query: ir.Query, entity: str, names: tuple[str, ...]) -> tuple[Key, ...]:
    """The dimensions of these names, as rows of the entity see them."""
    return tuple(Key(d.name, d.path(entity)) for d in query.dimensions if d.name in names)


def reaches_of(aggregate: ir.Aggregate, query: ir.Query, grid: Grid) -> tuple[Reach | None, ...]:
    """Without an anchor all rows, in every period."""
    if aggregate.anchor is None:
        return grid.always()
    entity = query.model.entity(aggregate.entity)
    return grid.reaches(aggregate.window, entity.covers, is_by_time(aggregate.anchor, entity))


def gathering_of(count: ir.CountOf, query: ir.Query, grid: Grid) -> Gathering:
    """The sentences of one set, each with blocks of its own."""
    dimensions = keys_of(count.across, tuple(dimension.name for dimension in query.dimensions))
    maker = Sentences(query, grid, dimensions)
    parts = sentences(count.set)
    for sentence in parts:
        maker.add(sentence)
    made = (tuple(maker.memberships), tuple(maker.blocks))
    return Gathering(parts[0].entity, dimensions, (count,), *made)


def _before_across(cell: Cell) -> Cell:
    """The same with all dimensions, inside too."""
    inner = map_children(cell, _without_across)
    return dataclasses.replace(inner, across=())


def _without_across(node: Node) -> Node:
    return _with_across(node, lambda across: ())


def _with_names(query: ir.Query) -> ir.Query:
    """`[across *]` by the names of the dimensions, for inner queries have more to group by."""
    names = tuple(dimension.name for dimension in query.dimensions)

    def named(across: tuple[str, ...]) -> tuple[str, ...]:
        return names if across == ir.ALL_DIMENSIONS else across

    outputs = tuple(map_children(output, lambda node: _with_across(node, named)) for output in query.outputs)
    return dataclasses.replace(query, outputs=outputs)


def _with_across(node: Node, change: Callable[[tuple[str, ...]], tuple[str, ...]]) -> Node:
    """What lies across changed, wherever a dimension may; not in sets of the whole population."""
    if isinstance(node, ir.Member):
        return node
    inner = map_children(node, lambda child: _with_across(child, change))
    match inner:
        case ir.Aggregate(across=across) | ir.CountOf(across=across) | ir.Nested(across=across):
            return dataclasses.replace(inner, across=change(across))
        case ir.With(across=across) | ir.State(across=across) | ir.Event(across=across):
            return dataclasses.replace(inner, across=change(across))
        case ir.Always(across=across):
            return dataclasses.replace(inner, across=change(across))
        case _:
            return inner
