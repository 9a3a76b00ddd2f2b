"""The catalog: everything that is declared, resolved when it is asked for.

The way into this layer: `Catalog.build` collects names, `query` resolves what one query reaches, `check`
everything. `World` is the side that formulas see.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar

from kpilang import ir
from kpilang.diagnostics import Diagnostics
from kpilang.semantics import attributions, entities, exchange, kpis, segments, sets
from kpilang.semantics.asked import Asked, asked_of, asked_of_keys, asked_of_report, overridden
from kpilang.semantics.checks import check_all
from kpilang.semantics.errors import naming, packages, sizes
from kpilang.semantics.inheritance import flattened
from kpilang.semantics.memo import Key, Memo
from kpilang.semantics.models import whole_entity
from kpilang.semantics.names import Package, Packages
from kpilang.semantics.own_functions import call_own, set_of_own
from kpilang.semantics.qualified import joined
from kpilang.semantics.queries import resolve_query
from kpilang.semantics.request import Request
from kpilang.semantics.scope import Scope, poison
from kpilang.semantics.settings import Settings, read_settings
from kpilang.semantics.world import Bound, Info, Kpi, Rates
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


@dataclass
class _Shared:
    """What the catalogs of all packages have in common.

    `given` is what a query says of params, `values` what they are here, by what the IR calls them; `texts` is
    what is parsed, which is the same whatever they are.
    """

    packages: Packages
    settings: Settings
    given: Mapping[str, spec.Embedded] = field(default_factory=dict)
    values: Mapping[str, ir.Literal] = field(default_factory=dict)
    texts: Memo = field(default_factory=Memo)
    infos: dict[str, Info] = field(default_factory=dict)
    memo: Memo = field(default_factory=Memo)
    views: dict[str, Catalog] = field(default_factory=dict)


class Catalog:
    """All that is declared, seen from one package: the project's unless `at` asks for that of a place.

    Answers as `semantics.world.World`. `names` and `settings` are for whoever lists what there is.
    """

    def __init__(self, shared: _Shared, package: str) -> None:
        self._shared = shared
        self.names = shared.packages.seen_from(package)
        self.settings = shared.settings
        self.set_functions: dict[tuple[str, tuple[bool, ...]], bool] = {}
        self._package = package
        self._memo = shared.memo
        shared.views[package] = self

    @classmethod
    def build(cls, project: spec.ProjectDecl, files: Sequence[spec.SpecFile], diags: Diagnostics) -> Catalog:
        """The catalog of a project without imports."""
        return cls.of(project, (Package("project", tuple(files)),), diags)

    @classmethod
    def of(cls, project: spec.ProjectDecl, packages: Sequence[Package], diags: Diagnostics) -> Catalog:
        """The catalog of the first package, which is the project, and of all that it imports.

        What is wrong with names and settings is added to `diags`.
        """
        return cls(_Shared(Packages(packages, diags), read_settings(project, diags), {}), packages[0].name)

    def at(self, place: Span) -> Catalog:
        """The catalog in which the names of a text mean what they mean where it stands."""
        package = self._shared.packages.home(place)
        return self._shared.views.get(package) or Catalog(self._shared, package)

    # ------------------------------------------------------------------ asked from outside

    def query(self, request: Request, diags: Diagnostics) -> ir.Query | None:
        """What the request means; None after an error was added to `diags`."""
        asked = self._asked(request, diags)
        if asked is None:
            return None
        world = self._with_params(asked, diags)
        found = Diagnostics()
        resolved = _guarded(lambda: resolve_query(world, asked, found), "query", found)
        diags.extend(found)
        return None if found.has_errors or diags.has_errors else resolved

    def _asked(self, request: Request, diags: Diagnostics) -> Asked | None:
        """What the request asks; where it names a report, what that asks but for what is said besides."""
        given = asked_of(request)
        reports = [kpi for kpi in given.kpis if self._is_report(kpi.text.strip())]
        if not reports:
            return given
        name = reports[0].text.strip()
        if len(given.kpis) > 1:
            diags.add(packages.report_not_alone(name, reports[0].span))
            return None
        return overridden(asked_of_report(self.names.reports[name]), given)

    def _is_report(self, name: str) -> bool:
        """A KPI of the same name comes first."""
        return name in self.names.reports and name not in self.names.kpis

    def check(self, diags: Diagnostics) -> None:
        """Everything that the project declares, whether anything reaches it or not.

        Also what packages beside it declare; those that are installed are checked where they are made.
        """
        for package in self._shared.packages.ours():
            diags.extend(self._shared.packages.hidden(package))
            check_all(self._view(package).inspected, diags, self._report)

    def _view(self, package: str) -> Catalog:
        return self._shared.views.get(package) or Catalog(self._shared, package)

    @cached_property
    def inspected(self) -> Catalog:
        """The same where no query is: a param that has no value by itself has the first of its values."""
        values = {
            self.names.canonical(name): value
            for name in self.names.params
            if (value := self._some_value(name)) is not None
        }
        return self._under(values)

    def _some_value(self, param: str) -> ir.Literal | None:
        """The first of its values for a param that has none by itself."""
        decl = self.names.params[param]
        listed = kpis.values_of_param(self, decl, Diagnostics()) if decl.default is None else None
        return listed.values[0] if listed is not None else None

    def _report(self, decl: spec.ReportDecl, diags: Diagnostics) -> ir.Query | None:
        return self.ask(decl.query, decl.name.span, diags)

    def ask(self, keys: spec.QueryKeys, span: Span, diags: Diagnostics) -> ir.Query | None:
        """What a query in a spec file means, a report's or a test's; None after an error was added."""
        asked = asked_of_keys(keys, span)
        found = Diagnostics()
        query = _guarded(lambda: resolve_query(self._with_params(asked, found), asked, found), "query", found)
        diags.extend(found)
        return None if found.has_errors else query

    def whole_entity(self, name: str) -> ir.Entity | None:
        """An entity with all that is declared of it; None where something of it is wrong or there is none."""
        info, diags = self.named(name), Diagnostics()
        if info is None or not self.usable(info, info.decl.name.span, diags):
            return None
        found = whole_entity(self, info, diags)
        return None if diags.has_errors else found

    def _with_params(self, asked: Asked, diags: Diagnostics) -> Catalog:
        """The catalog under other values of params; this one if none are given."""
        given: dict[str, spec.Embedded] = {}
        for name, value in asked.params:
            names = self.at(name.span).names
            if name.value not in names.params:
                diags.add(naming.unknown_param(name.value, tuple(names.params), name.span))
            given[names.canonical(name.value)] = value
        return self._changed(given=given) if given else self

    def is_given(self, param: str) -> bool:
        return self.names.canonical(param) in self._shared.given

    def under(self, values: Mapping[str, ir.Literal]) -> Catalog:
        return self._under({self.names.canonical(name): value for name, value in values.items()})

    def _under(self, values: Mapping[str, ir.Literal]) -> Catalog:
        return self._changed(values={**self._shared.values, **values}) if values else self

    def _changed(
        self,
        given: Mapping[str, spec.Embedded] | None = None,
        values: Mapping[str, ir.Literal] | None = None,
    ) -> Catalog:
        """The same declarations under other params: what is resolved is resolved anew."""
        old = self._shared
        given = old.given if given is None else given
        values = old.values if values is None else values
        return Catalog(_Shared(old.packages, old.settings, given, values, old.texts), self._package)

    # ------------------------------------------------------------------ asked by formulas

    def tree(self, embedded: spec.Embedded, diags: Diagnostics) -> ast.Tree | None:
        place = embedded.span
        key = Key("text", f"{embedded.start.value} {place.file} {place.start} {embedded.text}", place)
        return self._shared.texts.get(key, embedded.span, diags, lambda found: self._parsed(embedded, found))

    def _parsed(self, embedded: spec.Embedded, diags: Diagnostics) -> ast.Tree | None:
        tree = parse(embedded, diags)
        return joined(tree, self.at(embedded.span).names) if tree is not None else None

    def expression(self, embedded: spec.Embedded, diags: Diagnostics) -> ast.Expr | None:
        tree = self.tree(embedded, diags)
        return None if tree is None or isinstance(tree, _NOT_EXPRESSIONS) else tree

    def named(self, text: str) -> Info | None:
        if text in self.names.entities:
            info = self._info(self.names.canonical(text), self.names.entities[text])
        elif text in self.names.credits:
            info = self._credit(self.names.canonical(text), self.names.credits[text])
        else:
            return None
        rivals = self.names.rivals.get(text) or self.names.rivals.get(text.rpartition(".")[0], ())
        return dataclasses.replace(info, rivals=rivals) if rivals else info

    def entity(self, name: str) -> Info | None:
        known = self._shared.infos.get(name)
        if known is not None:
            return known
        decl = self._shared.packages.entity(name)
        if decl is not None:
            return self._info(name, decl)
        credit = self._shared.packages.credit(name)
        return self._credit(name, credit) if credit is not None else None

    def _info(self, name: str, decl: spec.EntityDecl) -> Info:
        if name not in self._shared.infos:
            self._shared.infos[name] = entities.info_of(decl, name, self.at(decl.name.span).names)
        return self._shared.infos[name]

    def _credit(self, name: str, decl: spec.AttributionDecl) -> Info:
        if name not in self._shared.infos:
            self._shared.infos[name] = attributions.info_of(self.at(decl.name.span), name, decl)
        return self._shared.infos[name]

    def usable(self, info: Info, asked: Span, diags: Diagnostics) -> bool:
        if info.rivals:
            diags.add(packages.ambiguous_import(info.decl.name.value, info.rivals, asked))
            return False
        place = info.decl.name.span
        home = self.at(place)
        return bool(
            self._get(
                "entity", info.name, place, asked, diags, lambda found: entities.is_usable(home, info, found)
            )
        )

    def column(self, info: Info, name: str, asked: Span, diags: Diagnostics) -> ir.Column | None:
        home = self.at(info.decl.name.span)
        return self._get(
            "column",
            f"{info.name}.{name}",
            info.columns[name].name.span,
            asked,
            diags,
            lambda found: entities.column_of(home, info, name, found),
        )

    def attribute(self, info: Info, name: str, asked: Span, diags: Diagnostics) -> ir.Attribute | None:
        home = self.at(info.decl.name.span)
        return self._get(
            "attribute",
            f"{info.name}.{name}",
            info.attributes[name].name.span,
            asked,
            diags,
            lambda found: entities.attribute_of(home, info, name, found),
        )

    def time(self, info: Info, asked: Span, diags: Diagnostics) -> ir.Field | None:
        place = info.decl.name.span
        home = self.at(place)
        return self._get(
            "time",
            f"time of {info.name}",
            place,
            asked,
            diags,
            lambda found: entities.time_of(home, info, found),
        )

    def credits(self, info: Info, asked: Span, diags: Diagnostics) -> ir.Credits | None:
        return self._get(
            "attribution",
            info.name,
            info.decl.name.span,
            asked,
            diags,
            lambda found: attributions.credits_of(self.at(info.decl.name.span), info, found),
        )

    def param(self, name: str, asked: Span, diags: Diagnostics) -> ir.Literal | None:
        if self._is_ambiguous(name, asked, diags):
            return None
        value = self._shared.values.get(self.names.canonical(name))
        if value is not None:
            return dataclasses.replace(value, span=asked)
        decl = self.names.params[name]
        canonical = self.names.canonical(name)
        home, given = self.at(decl.name.span), self._shared.given.get(canonical)
        return self._get(
            "param",
            canonical,
            decl.name.span,
            asked,
            diags,
            lambda found: kpis.param_of(home, decl, given, found),
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

    def rates(self, asked: Span, diags: Diagnostics) -> Rates | None:
        place = self.settings.exchange.span if self.settings.exchange is not None else asked
        return self._get(
            "setting", "exchange", place, asked, diags, lambda found: exchange.rates_of(self, found)
        )

    def segment(self, name: str, asked: Span, diags: Diagnostics) -> ir.Set | None:
        if self._is_ambiguous(name, asked, diags):
            return None
        decl = self.names.segments[name]
        home = self.at(decl.name.span)
        return self._get(
            "segment",
            self.names.canonical(name),
            decl.name.span,
            asked,
            diags,
            lambda found: segments.segment_of(home, decl, found),
        )

    def _is_ambiguous(self, name: str, asked: Span, diags: Diagnostics) -> bool:
        """Whether several imports have the name, which is reported."""
        rivals = self.names.rivals.get(name, ())
        if rivals:
            diags.add(packages.ambiguous_import(name, rivals, asked))
        return bool(rivals)

    def member(self, key: ir.Expr, tree: ast.In, place: str | None, scope: object) -> ir.Expr:
        assert isinstance(scope, Scope), "formulas ask from a scope"
        return sets.member(key, tree, place, scope)

    def set_called(self, call: ast.Call, scope: object) -> ir.Set | ir.Outside | None:
        assert isinstance(scope, Scope), "formulas ask from a scope"
        return set_of_own(call, scope)

    def called(self, call: ast.Call, scope: object) -> ir.Expr:
        assert isinstance(scope, Scope), "formulas ask from a scope"
        if self._is_ambiguous(call.function.dotted, call.function.span, scope.diags):
            return poison(call.span)
        return call_own(call, scope)

    def declared(self, name: str, asked: Span, diags: Diagnostics) -> spec.KpiDecl | None:
        whole = name if name in self.names.kpis else name.rpartition(".")[0]
        if self._is_ambiguous(whole, asked, diags):
            return None
        decl = self.names.kpis.get(whole)
        return self._get(
            "KPI as declared",
            self.names.canonical(name),
            decl.name.span if decl is not None else asked,
            asked,
            diags,
            lambda found: flattened(self, name, asked, found),
        )

    def kpi(self, name: str, asked: Span, diags: Diagnostics) -> Kpi | None:
        decl = self.declared(name, asked, diags)
        if decl is None:
            return None
        canonical = self.names.canonical(name)
        return self._get(
            "KPI", canonical, decl.name.span, asked, diags, lambda found: kpis.kpi_of(self, decl, found)
        )

    def goal(self, kpi: str, which: str, asked: Span, diags: Diagnostics) -> Bound | None:
        decl = self.declared(kpi, asked, diags)
        resolved = self.kpi(kpi, asked, diags)
        if resolved is None or decl is None:
            return None
        return self._get(
            "goal",
            f"{which} of {self.names.canonical(kpi)}",
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
