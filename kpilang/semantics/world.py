"""What a formula may ask about everything that is declared. `Catalog` answers.

Each question takes the `Diagnostics` of who asks, and answers None after the trouble has been added there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from kpilang import ir
from kpilang.diagnostics import Diagnostics
from kpilang.semantics.names import Names
from kpilang.semantics.settings import Settings
from kpilang.source import Span
from kpilang.syntax import ast, spec
from kpilang.types import Unit, things


@dataclass(frozen=True)
class Derivation:
    """`each: email_events.message`: a row for each value of the column."""

    entity: str
    column: str
    carry: tuple[str, ...]


@dataclass(frozen=True)
class Attribution:
    """An attribution or one of its variants, with all that it takes over.

    `conversions` and `touches` name the entities it is between, empty where it names none.
    """

    decl: spec.AttributionDecl
    base: str
    conversions: str
    touches: str

    @property
    def is_variant(self) -> bool:
        return "." in self.decl.name.value


@dataclass(frozen=True)
class Info:
    """An entity as declared, nothing resolved: cheap to have.

    `name` is what the IR calls it. A derived entity has the columns that it takes from its `source`, a bound
    one the column `source`, an attribution those that all credits have. `rivals` are the imports that have an
    entity of the name by which it was asked for, where there are several: then it is no use.
    """

    name: str
    decl: spec.EntityDecl
    columns: dict[str, spec.ColumnDecl]
    attributes: dict[str, spec.AttributeDecl]
    source: Derivation | None = None
    bindings: tuple[spec.BindingDecl, ...] = ()
    attribution: Attribution | None = None
    rivals: tuple[tuple[str, Span], ...] = ()

    @property
    def key(self) -> tuple[str, ...]:
        if self.source is not None:
            return (self.source.column,)
        return tuple(text.value for text in self.decl.key)

    @property
    def unit(self) -> str:
        """What one counts who counts its rows."""
        return self.decl.unit.value if self.decl.unit else self.name

    @property
    def counted(self) -> Unit:
        return things(self.unit)

    @property
    def covers(self) -> tuple[spec.Embedded, ...]:
        """What is said of coverage: by each source, or for it by the entity."""
        said = [binding.covers or self.decl.covers for binding in self.bindings] or [self.decl.covers]
        return tuple(covers for covers in said if covers is not None)

    @property
    def members(self) -> tuple[str, ...]:
        return (*self.columns, *self.attributes)


@dataclass(frozen=True)
class Bound:
    """A goal of a KPI before it is one of a query: the operator and cell expressions."""

    operator: str
    bounds: tuple[ir.Expr, ...]


@dataclass(frozen=True)
class Kpi:
    """A KPI resolved: its cell expression, and what it takes over from those it refers to.

    `matures` is in days; `requires` names dimensions it must never be pooled over; `level` is 1 for a KPI
    that refers to none.
    """

    name: str
    value: ir.Expr
    matures: int | None = None
    requires: frozenset[str] = field(default_factory=frozenset)
    level: int = 1


@dataclass(frozen=True)
class Rates:
    """Where rates of exchange are: fields of one entity. Without day and validity they hold always."""

    info: Info
    rate: ir.Field
    currency: ir.Field
    day: ir.Field | None = None
    valid: ir.Validity | None = None


class World(Protocol):
    @property
    def settings(self) -> Settings: ...

    @property
    def names(self) -> Names: ...

    def tree(self, embedded: spec.Embedded, diags: Diagnostics) -> ast.Tree | None:
        """The embedded text parsed."""

    def expression(self, embedded: spec.Embedded, diags: Diagnostics) -> ast.Expr | None:
        """The embedded text parsed, where it is an expression."""

    def at(self, place: Span) -> World:
        """The world in which the names of a text mean what they mean where it stands."""

    def named(self, text: str) -> Info | None:
        """The entity that a text of this package calls so, None if there is none."""

    def entity(self, name: str) -> Info | None:
        """The entity, attribution or variant that the IR calls so, None if there is none."""

    def usable(self, info: Info, asked: Span, diags: Diagnostics) -> bool:
        """Whether rows of the entity can be read: its key, its kind, what the language has of it."""

    def column(self, info: Info, name: str, asked: Span, diags: Diagnostics) -> ir.Column | None: ...

    def attribute(self, info: Info, name: str, asked: Span, diags: Diagnostics) -> ir.Attribute | None: ...

    def time(self, info: Info, asked: Span, diags: Diagnostics) -> ir.Field | None:
        """The default anchor; None without an error if the entity has none."""

    def is_given(self, param: str) -> bool:
        """Whether the query says what the param is."""

    def under(self, values: Mapping[str, ir.Literal]) -> World:
        """The same with these values of params."""

    def credits(self, info: Info, asked: Span, diags: Diagnostics) -> ir.Credits | None:
        """What an attribution means."""

    def param(self, name: str, asked: Span, diags: Diagnostics) -> ir.Literal | None: ...

    def dimension(self, name: str, info: Info, asked: Span, diags: Diagnostics) -> ir.Expr | None:
        """The row expression of `info` that the dimension stands for; None if it sees none.

        Poison after an error.
        """

    def rates(self, asked: Span, diags: Diagnostics) -> Rates | None:
        """The rates of exchange that the project names."""

    def segment(self, name: str, asked: Span, diags: Diagnostics) -> ir.Set | None:
        """The set that a declared segment stands for."""

    def member(self, key: ir.Expr, tree: ast.In, place: str | None, scope: object) -> ir.Expr:
        """`key in S` in a scope; `place` says where that is if no period is seen there."""

    @property
    def set_functions(self) -> dict[tuple[str, tuple[bool, ...]], bool]:
        """Functions that are known to mean a set, or none, when these of their arguments do."""

    def set_called(self, call: ast.Call, scope: object) -> ir.Set | ir.Outside | None:
        """A call, in a scope, of a function that means a set; None after an error."""

    def called(self, call: ast.Call, scope: object) -> ir.Expr:
        """A call, in a scope, of a function that is declared."""

    def declared(self, name: str, asked: Span, diags: Diagnostics) -> spec.KpiDecl | None:
        """A KPI `a` or a variant `a.b` with all that it takes over; None after an error."""

    def kpi(self, name: str, asked: Span, diags: Diagnostics) -> Kpi | None: ...

    def goal(self, kpi: str, which: str, asked: Span, diags: Diagnostics) -> Bound | None:
        """The `target`, `benchmark` … of a KPI; None without an error if it has none."""
