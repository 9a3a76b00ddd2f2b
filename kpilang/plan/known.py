"""In which periods a value is known: not after as-of, wholly within what the data cover (law 3, rulings 7, 8)."""

from __future__ import annotations

from typing import assert_never

from kpilang import ir
from kpilang.plan.draft import Cell, Sentence
from kpilang.plan.grid import Grid
from kpilang.plan.naive import cells_of_expr
from kpilang.plan.sentences import rows_entity, sentences, window_of

Known = tuple[bool, ...]
"""For each period of a grid."""


def known(cell: Cell, model: ir.Model, grid: Grid) -> Known:
    match cell:
        case ir.Aggregate(anchor=anchor, entity=entity, window=window):
            return _reached(grid, window, model.entity(entity)) if anchor is not None else _always(grid)
        case ir.CountOf(found):
            return set_known(found, model, grid)
        case ir.Nested(per=ir.PerKeys()):
            return cells_known(cell.value, model, grid)
        case ir.Nested():
            raise AssertionError("sub-periods are periods of another grid")
        case _:
            assert_never(cell)


def cells_known(expr: ir.Expr, model: ir.Model, grid: Grid) -> Known:
    """Where everything that an expression reads is known."""
    return _all(grid, tuple(known(cell, model, grid) for cell in cells_of_expr(expr)))


def set_known(found: ir.Set, model: ir.Model, grid: Grid) -> Known:
    return _all(grid, tuple(_sentence_known(sentence, model, grid) for sentence in sentences(found)))


def _sentence_known(sentence: Sentence, model: ir.Model, grid: Grid) -> Known:
    rows = model.entity(rows_entity(sentence))
    match sentence:
        case ir.Always():
            return _always(grid)
        case ir.With(anchor=anchor, among=among):
            own = _always(grid) if anchor is None else _reached(grid, sentence.window, rows)
            return own if among is None else _all(grid, (own, set_known(among, model, grid)))
        case _:
            return _reached(grid, window_of(sentence), rows)


def _reached(grid: Grid, window: ir.Window, entity: ir.Entity) -> Known:
    return tuple(reach is not None and reach.known for reach in grid.reaches(window, entity.covers))


def _always(grid: Grid) -> Known:
    return tuple(True for _ in grid.periods)


def _all(grid: Grid, parts: tuple[Known, ...]) -> Known:
    return tuple(all(part[index] for part in parts) for index in range(len(grid.periods)))
