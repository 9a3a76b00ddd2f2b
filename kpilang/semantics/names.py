"""The declarations of all packages by name, as each package sees them: who has which name, and where.

Entities, segments, KPIs, functions, attributions and params share one namespace in a package; dimensions and
reports have one each. A bare name means the package's own, else the one import that has it; `std.name` means
that of a package. A thing that shares its bare name with one of another package is known to the IR, to the
findings and to results as `std.name`, any other by its bare name, so that no two are ever called alike. A
dimension is conformed over all packages: their paths together. Nothing is parsed here.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from kpilang.diagnostics import Diagnostic, Diagnostics
from kpilang.functions import NAMES as FUNCTION_NAMES
from kpilang.semantics.credit_names import with_variants
from kpilang.semantics.errors import lints, naming, packages
from kpilang.source import Span
from kpilang.syntax import spec

WORDS = ("period", "this")
"""Values that no declaration may hide."""

D = TypeVar("D")
Qualified = tuple[str, str]
"""A package and a name in it."""


@dataclass(frozen=True)
class Package:
    """A project or what it imports: its name, its files, the names of the packages it imports itself.

    `is_ours` is false for what is installed.
    """

    name: str
    files: tuple[spec.SpecFile, ...]
    imports: tuple[str, ...] = ()
    is_ours: bool = True


@dataclass
class Declared:
    """What one package declares, by bare names. Filled by `collect`, then only read."""

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
    places: dict[str, tuple[str, Span]] = field(default_factory=dict)
    """The kind and the place of each name of the shared namespace."""

    files: frozenset[str] = frozenset()

    def has(self, place: Span) -> bool:
        """Whether the place is in one of its files."""
        return place.file in self.files


class Seen(Mapping[str, D], Generic[D]):
    """Declarations of one kind as a package sees them: found by every name that means them there, listed once
    each under the shortest."""

    def __init__(self) -> None:
        self._known: dict[str, D] = {}
        self._listed: dict[str, None] = {}

    def __getitem__(self, name: str) -> D:
        return self._known[name]

    def __contains__(self, name: object) -> bool:
        return name in self._known

    def __iter__(self) -> Iterator[str]:
        return iter(self._listed)

    def __len__(self) -> int:
        return len(self._listed)

    def add(self, spellings: Sequence[str], declared: D, listed: str) -> None:
        for name in spellings:
            self._known.setdefault(name, declared)
        self._listed[listed] = None


@dataclass
class Names:
    """All that a package sees.

    `own` is what it declares itself, `packages` what those declare whose name may stand before a dot. Of a
    bare name that several imports have, `rivals` tells the places; it is found as what the first of them has,
    so that whoever asks for it by its kind hears that it is ambiguous.
    """

    own: Declared = field(default_factory=Declared)
    entities: Seen[spec.EntityDecl] = field(default_factory=Seen)
    segments: Seen[spec.SegmentDecl] = field(default_factory=Seen)
    kpis: Seen[spec.KpiDecl] = field(default_factory=Seen)
    functions: Seen[spec.FunctionDecl] = field(default_factory=Seen)
    attributions: Seen[spec.AttributionDecl] = field(default_factory=Seen)
    credits: Seen[spec.AttributionDecl] = field(default_factory=Seen)
    params: Seen[spec.ParamDecl] = field(default_factory=Seen)
    reports: Seen[spec.ReportDecl] = field(default_factory=Seen)
    dimensions: Mapping[str, spec.DimensionDecl] = field(default_factory=dict)
    bindings: Mapping[str, list[spec.BindingDecl]] = field(default_factory=dict)
    packages: Mapping[str, Declared] = field(default_factory=dict)
    rivals: dict[str, tuple[tuple[str, Span], ...]] = field(default_factory=dict)
    _canonical: dict[str, str] = field(default_factory=dict)
    _short: dict[str, str] = field(default_factory=dict)

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

    def canonical(self, name: str) -> str:
        """What the IR calls the thing that is called `name` here, or a part of it (`kpi.variant`)."""
        if name in self._canonical:
            return self._canonical[name]
        whole, _, part = name.rpartition(".")
        return f"{self._canonical[whole]}.{part}" if whole in self._canonical else name

    def short(self, canonical: str) -> str:
        """The shortest name for it here."""
        if canonical in self._short:
            return self._short[canonical]
        whole, _, part = canonical.rpartition(".")
        return f"{self._short[whole]}.{part}" if whole in self._short else canonical

    def see(self, kind: str, name: Qualified, declared: object, canonical: str, is_bare: bool) -> None:
        """A declaration of a package, also under its bare name if that means it here."""
        qualified = ".".join(name)
        spellings = (name[1], qualified) if is_bare else (qualified,)
        is_ambiguous = name[1].partition(".")[0] in self.rivals
        listed = name[1] if is_bare and not is_ambiguous else qualified
        seen: Seen[object] = getattr(self, kind)
        seen.add(spellings, declared, listed)
        for spelling in spellings:
            self._canonical.setdefault(spelling, canonical)
        self._short[canonical] = listed


SHARED = ("entities", "segments", "kpis", "functions", "attributions", "params")
"""The kinds of one namespace."""


class Packages:
    """The project, which comes first, and all that it imports, directly or not."""

    def __init__(self, packages: Sequence[Package], diags: Diagnostics) -> None:
        self.project = packages[0].name
        self._by_name = {package.name: package for package in packages}
        self.declared = {package.name: collect(package.files, diags) for package in packages}
        self._home = {file.span.file: package.name for package in packages for file in package.files}
        self._owners: dict[str, list[str]] = {}
        for package, declared in self.declared.items():
            for name in declared.places:
                self._owners.setdefault(name, []).append(package)
        self._views: dict[str, Names] = {}
        self.dimensions: dict[str, spec.DimensionDecl] = {}
        self.bindings: dict[str, list[spec.BindingDecl]] = {}
        self._hidden: list[Diagnostic] = []
        self._join_dimensions(diags)
        self._join_bindings()

    def home(self, place: Span) -> str:
        """The package of a file; what stands in none belongs to the project."""
        return self._home.get(place.file, self.project)

    def ours(self) -> list[str]:
        return [package.name for package in self._by_name.values() if package.is_ours]

    def hidden(self, package: str) -> Iterator[Diagnostic]:
        """What the names of the package hide of its imports, but for KPIs that take over what they hide."""
        for name, (kind, place) in self.declared[package].places.items():
            for other in self._by_name[package].imports:
                if name in self.declared[other].places and not self._takes_over(package, name, other):
                    hidden = self.declared[other].places[name][1]
                    yield lints.hidden_import(name, kind, other, place, hidden)
        yield from self._hidden if package == self.project else ()

    def _takes_over(self, package: str, name: str, other: str) -> bool:
        kpi = self.declared[package].kpis.get(name)
        return kpi is not None and kpi.extends is not None and kpi.extends.value == f"{other}.{name}"

    def entity(self, canonical: str) -> spec.EntityDecl | None:
        """The entity that the IR calls so."""
        package, _, name = canonical.rpartition(".")
        owners = [package] if package else self._owners.get(name, [])
        found = [self.declared[owner].entities.get(name) for owner in owners if owner in self.declared]
        return found[0] if len(found) == 1 else None

    def credit(self, canonical: str) -> spec.AttributionDecl | None:
        """The attribution or variant that the IR calls so."""
        for package, declared in self.declared.items():
            for name, decl in declared.credits.items():
                base, dot, variant = name.partition(".")
                if f"{self.canonical(base, package)}{dot}{variant}" == canonical:
                    return decl
        return None

    def canonical(self, name: str, package: str) -> str:
        """What the IR calls the thing `name` of `package`."""
        return f"{package}.{name}" if len(self._owners.get(name, ())) > 1 else name

    def seen_from(self, package: str) -> Names:
        if package not in self._views:
            self._views[package] = self._view(package)
        return self._views[package]

    def _view(self, package: str) -> Names:
        near = self._by_name[package].imports
        own = self.declared[package]
        names = Names(
            own,
            dimensions=self.dimensions,
            bindings=self.bindings,
            packages={name: self.declared[name] for name in (package, *near)},
        )
        for name in dict.fromkeys(name for other in near for name in self.declared[other].places):
            having = [other for other in near if name in self.declared[other].places]
            if name not in own.places and len(having) > 1:
                names.rivals[name] = tuple((other, self.declared[other].places[name][1]) for other in having)
        taken: set[str] = set()
        for other in (package, *near):
            for kind in SHARED:
                for name, decl in getattr(self.declared[other], kind).items():
                    canonical = self.canonical(name, other)
                    names.see(kind, (other, name), decl, canonical, name not in taken)
            for name, decl in self.declared[other].credits.items():
                base, dot, variant = name.partition(".")
                canonical = f"{self.canonical(base, other)}{dot}{variant}"
                names.see("credits", (other, name), decl, canonical, base not in taken)
            taken.update(self.declared[other].places)
        self._see_reports(names, package, near)
        return names

    def _see_reports(self, names: Names, package: str, near: Sequence[str]) -> None:
        """Of two imports that have a report, neither is meant by its bare name."""
        own = self.declared[package].reports
        for other in (package, *near):
            for name, decl in self.declared[other].reports.items():
                having = [one for one in near if name in self.declared[one].reports]
                is_bare = other == package or (name not in own and len(having) == 1)
                spellings = (name, f"{other}.{name}") if is_bare else (f"{other}.{name}",)
                names.reports.add(spellings, decl, spellings[0])

    # ------------------------------------------------------------------ what is one over all packages

    def _join_dimensions(self, diags: Diagnostics) -> None:
        """Each dimension with the paths of all packages, those of the project first."""
        for package, declared in self.declared.items():
            for name, decl in declared.dimensions.items():
                first = self.dimensions.get(name)
                self.dimensions[name] = decl if first is None else self._joined(first, decl, package, diags)

    def _joined(
        self, first: spec.DimensionDecl, decl: spec.DimensionDecl, package: str, diags: Diagnostics
    ) -> spec.DimensionDecl:
        known = {self._entity(text): (text, path) for text, path in first.paths}
        further = []
        for text, path in decl.paths:
            entity = self._entity(text)
            if entity not in known:
                further.append((text, path))
                continue
            other, other_path = known[entity]
            if path.text.split() == other_path.text.split():
                continue
            if self.home(other.span) == self.project:
                self._hidden.append(lints.hidden_path(decl.name.value, entity, other.span, text.span))
            else:
                diags.add(packages.path_clash(decl.name.value, entity, text.span, other.span))
        return dataclasses.replace(first, paths=(*first.paths, *further))

    def _entity(self, text: spec.Text) -> str:
        return self.seen_from(self.home(text.span)).canonical(text.value)

    def _join_bindings(self) -> None:
        """The sources of each entity, whoever gives them, by what the IR calls it."""
        for declared in self.declared.values():
            for bindings in declared.bindings.values():
                for binding in bindings:
                    self.bindings.setdefault(self._entity(binding.entity), []).append(binding)


# ---------------------------------------------------------------------------- one package


def collect(files: Sequence[spec.SpecFile], diags: Diagnostics) -> Declared:
    """What the files of one package declare; two declarations of one name are reported."""
    declared = Declared(files=frozenset(file.span.file for file in files))
    for kind, name, place in _shared(files):
        first = declared.places.setdefault(name, (kind, place))
        if first != (kind, place):
            diags.add(naming.name_clash(name, _a(kind), place, _a(first[0]), first[1]))
        if name in WORDS or (kind == "function" and name in FUNCTION_NAMES):
            diags.add(naming.built_in(name, _a(kind), place))
    for file in files:
        _fill(declared, file, diags)
    return declared


def _a(kind: str) -> str:
    return f"an {kind}" if kind[0] in "aeiou" else f"a {kind}"


C = TypeVar("C", spec.DimensionDecl, spec.ReportDecl)


def _fill(names: Declared, file: spec.SpecFile, diags: Diagnostics) -> None:
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


def _own_namespace(kind: str, declared: Iterable[C], known: dict[str, C], diags: Diagnostics) -> None:
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
