"""The declarations of all files by name: who has which name, and where two have the same.

Entities, segments, KPIs, functions, attributions and params share one namespace; dimensions and reports have
one each. Nothing is parsed here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from kpilang.diagnostics import Diagnostics
from kpilang.functions import NAMES as FUNCTION_NAMES
from kpilang.semantics.credit_names import with_variants
from kpilang.semantics.errors import naming
from kpilang.source import Span
from kpilang.syntax import spec

WORDS = ("period", "this")
"""Values that no declaration may hide."""


@dataclass
class Names:
    """Filled by `collect`, then only read."""

    entities: dict[str, spec.EntityDecl] = field(default_factory=dict)
    segments: dict[str, spec.SegmentDecl] = field(default_factory=dict)
    kpis: dict[str, spec.KpiDecl] = field(default_factory=dict)
    functions: dict[str, spec.FunctionDecl] = field(default_factory=dict)
    attributions: dict[str, spec.AttributionDecl] = field(default_factory=dict)
    credits: dict[str, spec.AttributionDecl] = field(default_factory=dict)
    """Attributions and, under `credit.first`, their variants with all that they take over."""
    params: dict[str, spec.ParamDecl] = field(default_factory=dict)
    dimensions: dict[str, spec.DimensionDecl] = field(default_factory=dict)
    reports: dict[str, spec.ReportDecl] = field(default_factory=dict)
    bindings: dict[str, list[spec.BindingDecl]] = field(default_factory=dict)

    def units(self) -> tuple[str, ...]:
        """Names of the things that are counted: by entities, and by columns and KPIs that say so."""
        found = {decl.unit.value if decl.unit else name for name, decl in self.entities.items()}
        found.update(self.attributions)
        for entity in self.entities.values():
            found.update(column.unit.value for column in entity.columns if column.unit)
            found.update(attribute.unit.value for attribute in entity.attributes if attribute.unit)
        found.update(kpi.unit.value for kpi in self.kpis.values() if kpi.unit)
        return tuple(sorted(unit for unit in found if "/" not in unit))

    def has_rows(self, name: str) -> bool:
        """Whether it names an entity, or an attribution or variant of one."""
        return name in self.entities or name in self.credits

    def of_rows(self) -> tuple[str, ...]:
        """Names of whatever has rows."""
        return (*self.entities, *self.credits)

    def kind_of(self, name: str) -> str | None:
        """What the shared namespace has under a name, in words."""
        if name in self.entities:
            return "entity"
        if name in self.segments:
            return "segment"
        if name in self.kpis:
            return "KPI"
        if name in self.functions:
            return "function"
        if name in self.attributions:
            return "attribution"
        return "param" if name in self.params else None


def collect(files: Sequence[spec.SpecFile], diags: Diagnostics) -> Names:
    names = Names()
    seen: dict[str, tuple[str, Span]] = {}
    for kind, name, place in _shared(files):
        first = seen.setdefault(name, (kind, place))
        if first != (kind, place):
            diags.add(naming.name_clash(name, _a(kind), place, _a(first[0]), first[1]))
        if name in WORDS or (kind == "function" and name in FUNCTION_NAMES):
            diags.add(naming.built_in(name, _a(kind), place))
    for file in files:
        _fill(names, file, diags)
    return names


def _a(kind: str) -> str:
    return f"an {kind}" if kind[0] in "aeiou" else f"a {kind}"


D = TypeVar("D", spec.DimensionDecl, spec.ReportDecl)


def _fill(names: Names, file: spec.SpecFile, diags: Diagnostics) -> None:
    """The first declaration of a name counts; later ones have been reported."""
    for entity in file.entities:
        names.entities.setdefault(entity.name.value, entity)
    for segment in file.segments:
        names.segments.setdefault(segment.name.value, segment)
    for kpi in file.kpis:
        names.kpis.setdefault(kpi.name.value, kpi)
    for function in file.functions:
        names.functions.setdefault(_function_name(function), function)
    for attribution in file.attributions:
        names.attributions.setdefault(attribution.name.value, attribution)
        for name, decl in with_variants(names.attributions[attribution.name.value]):
            names.credits[name] = decl
    for param in file.params:
        names.params.setdefault(param.name.value, param)
    for binding in file.bindings:
        names.bindings.setdefault(binding.entity.value, []).append(binding)
    _own_namespace("dimension", file.dimensions, names.dimensions, diags)
    _own_namespace("report", file.reports, names.reports, diags)


def _own_namespace(kind: str, declared: Iterable[D], known: dict[str, D], diags: Diagnostics) -> None:
    for decl in declared:
        first = known.setdefault(decl.name.value, decl)
        if first is not decl:
            diags.add(
                naming.name_clash(decl.name.value, f"a {kind}", decl.name.span, f"a {kind}", first.name.span)
            )
        if kind == "dimension" and decl.name.value in WORDS:
            diags.add(naming.built_in(decl.name.value, "a dimension", decl.name.span))


def _shared(files: Sequence[spec.SpecFile]) -> Iterator[tuple[str, str, Span]]:
    for file in files:
        for entity in file.entities:
            yield "entity", entity.name.value, entity.name.span
        for segment in file.segments:
            yield "segment", segment.name.value, segment.name.span
        for attribution in file.attributions:
            yield "attribution", attribution.name.value, attribution.name.span
        for function in file.functions:
            yield "function", _function_name(function), function.signature.span
        for param in file.params:
            yield "param", param.name.value, param.name.span
        for kpi in file.kpis:
            yield "KPI", kpi.name.value, kpi.name.span


def _function_name(decl: spec.FunctionDecl) -> str:
    return decl.signature.text.split("(", 1)[0].strip()
