"""The catalog: everything that is declared, resolved when it is asked for.

The way into this layer: `Catalog.build` collects names, `query` resolves what one query reaches, `check`
everything. `World` is the side that formulas see.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from kpilang import ir
from kpilang.diagnostics import Diagnostics
from kpilang.semantics import entities, kpis, segments, sets
from kpilang.semantics.checks import check_all
from kpilang.semantics.errors import naming, sizes
from kpilang.semantics.inheritance import flattened
from kpilang.semantics.memo import Key, Memo
from kpilang.semantics.models import whole_entity
from kpilang.semantics.names import Names, collect
from kpilang.semantics.own_functions import call_own
from kpilang.semantics.queries import Asked, asked_of, embedded, resolve_query
from kpilang.semantics.request import Request
from kpilang.semantics.scope import Scope
from kpilang.semantics.settings import Settings, read_settings
from kpilang.semantics.world import Bound, Info, Kpi
from kpilang.source import NOWHERE, Span
from kpilang.syntax import ast, spec
from kpilang.syntax.parser import parse

T = TypeVar("T")

_NOT_EXPRESSIONS = (
    ast.Sentence,
    ast.ReferenceType,
    ast.ScalarType,
    ast.Goal,
    ast.Covers,
    ast.Duplicates,
    ast.Model,
    ast.Signature,
    ast.Values,
    ast.Valid,
    ast.Touches,
)


class Catalog:
    """Answers as `semantics.world.World`. `names` and `settings` are for whoever lists what there is."""

    def __init__(
        self, names: Names, settings: Settings, given: Mapping[str, spec.Embedded] | None = None
    ) -> None:
        self.names = names
        self.settings = settings
        self._given = given or {}
        self._infos = {name: entities.info_of(decl, names) for name, decl in names.entities.items()}
        self._memo = Memo()

    @classmethod
    def build(cls, project: spec.ProjectDecl, files: Sequence[spec.SpecFile], diags: Diagnostics) -> Catalog:
        """The catalog of a project; what is wrong with its names and settings is added to `diags`."""
        return cls(collect(files, diags), read_settings(project, diags))

    # ------------------------------------------------------------------ asked from outside

    def query(self, request: Request, diags: Diagnostics) -> ir.Query | None:
        """What the request means; None after an error was added to `diags`."""
        world = self._with_params(request.params, diags)
        found = Diagnostics()
        resolved = _guarded(lambda: resolve_query(world, asked_of(request), found), "query", found)
        diags.extend(found)
        return None if found.has_errors or diags.has_errors else resolved

    def ask(self, keys: spec.QueryKeys, span: Span, diags: Diagnostics) -> ir.Query | None:
        """What a query in a spec file means, a report's or a test's; None after an error was added."""
        params = {text.value: value for text, value in keys.params}
        world = self._given_params(params, {text.value: text.span for text, _ in keys.params}, diags)
        asked = Asked(
            keys.kpis,
            keys.by,
            keys.grain,
            keys.start,
            keys.end,
            keys.where,
            keys.as_of,
            False,
            keys.order,
            keys.limit,
            span=span,
        )
        return resolve_query(world, asked, diags)

    def whole_entity(self, name: str) -> ir.Entity | None:
        """An entity with all that is declared of it; None where something of it is wrong or there is none."""
        info, diags = self.entity(name), Diagnostics()
        if info is None or not self.usable(info, info.decl.name.span, diags):
            return None
        found = whole_entity(self, info, diags)
        return None if diags.has_errors else found

    def check(self, diags: Diagnostics) -> None:
        """Everything that is declared, whether anything reaches it or not."""
        check_all(self, diags, lambda decl, found: self.ask(decl.query, decl.name.span, found))

    def _with_params(self, params: Mapping[str, str], diags: Diagnostics) -> Catalog:
        given = {name: embedded(spec.Start.FORMULA, text, f"--param {name}") for name, text in params.items()}
        return self._given_params(given, {}, diags)

    def _given_params(
        self, given: Mapping[str, spec.Embedded], places: Mapping[str, Span], diags: Diagnostics
    ) -> Catalog:
        """The catalog under other values of params; this one if none are given."""
        for name, value in given.items():
            if name not in self.names.params:
                diags.add(naming.unknown_param(name, tuple(self.names.params), places.get(name, value.span)))
        return Catalog(self.names, self.settings, given) if given else self

    # ------------------------------------------------------------------ asked by formulas

    def tree(self, embedded: spec.Embedded, diags: Diagnostics) -> ast.Tree | None:
        place = embedded.span
        key = Key("text", f"{embedded.start.value} {place.file} {place.start} {embedded.text}", place)
        return self._memo.get(key, embedded.span, diags, lambda found: parse(embedded, found))

    def expression(self, embedded: spec.Embedded, diags: Diagnostics) -> ast.Expr | None:
        tree = self.tree(embedded, diags)
        return None if tree is None or isinstance(tree, _NOT_EXPRESSIONS) else tree

    def entity(self, name: str) -> Info | None:
        return self._infos.get(name)

    def usable(self, info: Info, asked: Span, diags: Diagnostics) -> bool:
        return bool(
            self._get(
                "entity",
                info.name,
                info.decl.name.span,
                asked,
                diags,
                lambda found: entities.is_usable(self, info, found),
            )
        )

    def column(self, info: Info, name: str, asked: Span, diags: Diagnostics) -> ir.Column | None:
        place = info.columns[name].name.span
        return self._get(
            "column",
            f"{info.name}.{name}",
            place,
            asked,
            diags,
            lambda found: entities.column_of(self, info, name, found),
        )

    def attribute(self, info: Info, name: str, asked: Span, diags: Diagnostics) -> ir.Attribute | None:
        place = info.attributes[name].name.span
        return self._get(
            "attribute",
            f"{info.name}.{name}",
            place,
            asked,
            diags,
            lambda found: entities.attribute_of(self, info, name, found),
        )

    def time(self, info: Info, asked: Span, diags: Diagnostics) -> ir.Field | None:
        return self._get(
            "time",
            f"time of {info.name}",
            info.decl.name.span,
            asked,
            diags,
            lambda found: entities.time_of(self, info, found),
        )

    def param(self, name: str, asked: Span, diags: Diagnostics) -> ir.Literal | None:
        decl = self.names.params[name]
        return self._get(
            "param",
            name,
            decl.name.span,
            asked,
            diags,
            lambda found: kpis.param_of(self, decl, self._given.get(name), found),
        )

    def dimension(self, name: str, info: Info, asked: Span, diags: Diagnostics) -> ir.Expr | None:
        return self._get(
            "dimension",
            f"{name} of {info.name}",
            info.decl.name.span,
            asked,
            diags,
            lambda found: kpis.dimension_of(self, name, info, found),
        )

    def segment(self, name: str, asked: Span, diags: Diagnostics) -> ir.Set | None:
        decl = self.names.segments[name]
        return self._get(
            "segment",
            name,
            decl.name.span,
            asked,
            diags,
            lambda found: segments.segment_of(self, decl, found),
        )

    def member(self, key: ir.Expr, tree: ast.In, place: str | None, scope: object) -> ir.Expr:
        assert isinstance(scope, Scope), "formulas ask from a scope"
        return sets.member(key, tree, place, scope)

    def called(self, call: ast.Call, scope: object) -> ir.Expr:
        assert isinstance(scope, Scope), "formulas ask from a scope"
        return call_own(call, scope)

    def declared(self, name: str, asked: Span, diags: Diagnostics) -> spec.KpiDecl | None:
        return self._get(
            "KPI as declared",
            name,
            self._place(name, asked),
            asked,
            diags,
            lambda found: flattened(self, name, asked, found),
        )

    def _place(self, kpi: str, asked: Span) -> Span:
        decl = self.names.kpis.get(kpi.split(".", 1)[0])
        return decl.name.span if decl is not None else asked

    def kpi(self, name: str, asked: Span, diags: Diagnostics) -> Kpi | None:
        decl = self.declared(name, asked, diags)
        if decl is None:
            return None
        return self._get(
            "KPI", name, decl.name.span, asked, diags, lambda found: kpis.kpi_of(self, decl, found)
        )

    def goal(self, kpi: str, which: str, asked: Span, diags: Diagnostics) -> Bound | None:
        decl = self.declared(kpi, asked, diags)
        resolved = self.kpi(kpi, asked, diags)
        if resolved is None or decl is None:
            return None
        return self._get(
            "goal",
            f"{which} of {kpi}",
            decl.name.span,
            asked,
            diags,
            lambda found: kpis.goal_of(self, decl, which, resolved.value, found),
        )

    def _get(
        self,
        kind: str,
        name: str,
        place: Span,
        asked: Span,
        diags: Diagnostics,
        make: Callable[[Diagnostics], T],
    ) -> T | None:
        return self._memo.get(Key(kind, name, place), asked, diags, make)


def _guarded(make: Callable[[], T], name: str, diags: Diagnostics) -> T | None:
    """No definition, however nested, ends in a traceback."""
    try:
        return make()
    except RecursionError:
        diags.add(sizes.too_nested(name, NOWHERE))
        return None
