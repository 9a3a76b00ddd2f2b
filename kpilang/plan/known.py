"""In which periods a value is known: not after as-of, wholly within coverage (law 3, rulings 7 and 8)."""

from __future__ import annotations

from typing import assert_never

from kpilang import ir
from kpilang.nodes import walk
from kpilang.plan.draft import Cell, Sentence
from kpilang.plan.grid import Grid
from kpilang.plan.naive import cells_of_expr, sub_periods
from kpilang.plan.sentences import rows_entity, sentences, window_of

Known = tuple[bool, ...]
"""For each period of a grid."""


def known(cell: Cell, model: ir.Model, grid: Grid) -> Known:
    match cell:
        case ir.Aggregate(anchor=anchor, entity=entity, window=window):
            own = _always(grid) if anchor is None else _reached(grid, window, model.entity(entity))
            return _all(grid, (own, *_of_members(model, grid, cell.argument, cell.where)))
        case ir.CountOf(found):
            return set_known(found, model, grid)
        case ir.Nested(per=ir.PerKeys()):
            return cells_known(cell.value, model, grid)
        case ir.Nested(per=ir.PerGrain(grain)):
            inner, slots = sub_periods(cell, grain, model, grid)
            inside = cells_known(cell.value, model, inner)
            return tuple(bool(part) and all(inside[slot] for slot in part) for part in slots)
        case ir.Nested():
            raise AssertionError("per keys or per grain")
        case _:
            assert_never(cell)


def cells_known(expr: ir.Expr, model: ir.Model, grid: Grid) -> Known:
    """Where everything that an expression reads is known."""
    return _all(grid, tuple(known(cell, model, grid) for cell in cells_of_expr(expr)))


def set_known(found: ir.Set, model: ir.Model, grid: Grid) -> Known:
    return _all(grid, tuple(_sentence_known(sentence, model, grid) for sentence in sentences(found)))


def _sentence_known(sentence: Sentence, model: ir.Model, grid: Grid) -> Known:
    rows = model.entity(rows_entity(sentence))
    inside = _of_members(model, grid, sentence.where)
    match sentence:
        case ir.Always():
            return _all(grid, inside)
        case ir.With(anchor=anchor, among=among, having=having):
            own = _always(grid) if anchor is None else _reached(grid, sentence.window, rows)
            further = () if among is None else (set_known(among, model, grid),)
            return _all(grid, (own, *further, *inside, *_of_members(model, grid, having)))
        case _:
            return _all(grid, (_reached(grid, window_of(sentence), rows), *inside))


def _of_members(model: ir.Model, grid: Grid, *exprs: ir.Expr | None) -> tuple[Known, ...]:
    """A set that is not known decides nothing about rows."""
    found = (part for expr in exprs if expr is not None for part in walk(expr))
    return tuple(set_known(part.set, model, grid) for part in found if isinstance(part, ir.Member))


def _reached(grid: Grid, window: ir.Window, entity: ir.Entity) -> Known:
    reaches = grid.reaches(window, entity.covers, by_time=False)
    return tuple(reach is not None and reach.known for reach in reaches)


def _always(grid: Grid) -> Known:
    return tuple(True for _ in grid.periods)


def _all(grid: Grid, parts: tuple[Known, ...]) -> Known:
    return tuple(all(part[index] for part in parts) for index in range(len(grid.periods)))
