"""What is in scope where an expression stands, as `expressions` sees it.

Operators, literals and scalar functions mean the same everywhere; names, aggregates and selectors do not. A
`Scope` answers for those: rows of an entity, cells of the result, columns of a table, nothing but constants.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field

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


@dataclass(eq=False)
class Local:
    """A name of `let`, or a parameter with its argument: the tree, and the scope in which it was written.

    So an argument is one term, resolved where it stands, whatever the formula it is handed to has in scope.
    What it is (a value, a set, a dimension, an amount) shows where it is used.
    """

    name: str
    tree: ast.Expr
    scope: Scope
    place: Span
    values: list[ir.Expr] = field(default_factory=list)
    """The value, once it has been asked for."""
    is_open: bool = False


@dataclass
class Calls:
    """Functions that are being written out, outermost first, each with its place, and how many have been in
    all."""

    open: tuple[tuple[str, Span], ...] = ()
    made: list[str] = field(default_factory=list)


NO_LOCALS: Mapping[str, Local] = {}


class Scope(ABC):
    wants = "a value"
    """What an expression that stands here must be, in words."""

    def __init__(self, world: World, diags: Diagnostics) -> None:
        self.world = world
        self.diags = diags
        self.locals = NO_LOCALS
        self.calls = Calls()

    def like(self, other: Scope) -> None:
        """Takes over the local names of the formula it is part of."""
        self.locals = other.locals
        self.calls = other.calls

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

    @abstractmethod
    def membership(self, key: ir.Expr, tree: ast.In) -> ir.Expr:
        """`key in S`, but for a `not`."""

    @abstractmethod
    def call(self, call: ast.Call) -> ir.Expr:
        """A call of a function that is declared."""

    @abstractmethod
    def body(self, locals: Mapping[str, Local], calls: Calls, diags: Diagnostics) -> Scope:
        """Where the formula of a function that is called here is resolved: of all here it sees `locals`."""

    def unknown_function(self, path: ast.Path) -> ir.Expr:
        known = (*NAMES, *self.world.names.functions)
        self.diags.add(naming.unknown_function(path.dotted, known, path.span))
        return poison(path.span)
