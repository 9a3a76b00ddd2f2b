"""What is in scope where an expression stands, as `expressions` sees it.

Operators, literals and scalar functions mean the same everywhere; names, aggregates and selectors do not. A
`Scope` answers for those: rows of an entity, cells of the result, columns of a table, nothing but constants.
"""

from __future__ import annotations

from abc import ABC, abstractmethod

from kpilang import ir
from kpilang.diagnostics import Diagnostics
from kpilang.functions import AGGREGATES, NAMES, SPECIALS
from kpilang.semantics.errors import naming
from kpilang.semantics.world import World
from kpilang.source import Span
from kpilang.syntax import ast
from kpilang.types import ERROR


def poison(span: Span) -> ir.Literal:
    """Stands for what has been reported."""
    return ir.Literal(None, ERROR, span=span)


class Scope(ABC):
    def __init__(self, world: World, diags: Diagnostics) -> None:
        self.world = world
        self.diags = diags

    @abstractmethod
    def path(self, path: ast.Path) -> ir.Expr:
        """The value a name stands for."""

    @abstractmethod
    def aggregate(self, call: ast.Call) -> ir.Expr:
        """A call of a function of rows, or of one with a meaning of its own."""

    @abstractmethod
    def select(self, select: ast.Select) -> ir.Expr:
        """`x[selector]`."""

    def is_special(self, name: str) -> bool:
        return name in AGGREGATES or name in SPECIALS

    def unknown_function(self, path: ast.Path) -> ir.Expr:
        if path.dotted in self.world.names.functions:
            self.diags.add(naming.not_yet("a function of one's own", path.span))
        else:
            self.diags.add(naming.unknown_function(path.dotted, NAMES, path.span))
        return poison(path.span)
