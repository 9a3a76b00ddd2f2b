"""What of a project can be found, and under which texts: names, labels in every language, synonyms, about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from kpilang.cli.words import D, about_of, label_of, ours_first
from kpilang.project import Project
from kpilang.syntax.spec import Common, Text


@dataclass(frozen=True, slots=True)
class Thing:
    """A definition: `texts` are those it is called by, the name first; `about` those that speak of it."""

    kind: str
    name: str
    place: Text
    label: str | None
    said: str | None
    texts: tuple[str, ...]
    about: tuple[str, ...]


def things(project: Project) -> Iterator[Thing]:
    """KPIs and their variants first, as most who search look for numbers; what is the project's own first."""
    names = project.catalog.names
    for name, kpi in ours_first(names.kpis, project):
        yield _thing("KPI", kpi.name, kpi.common, name)
        for variant in kpi.variants:
            yield _thing("KPI", variant.name, variant.common, f"{name}.{variant.name.value}")
    yield from _all("entity", names.entities, project)
    yield from _all("dimension", names.dimensions, project)
    yield from _all("segment", names.segments, project)
    yield from _all("attribution", names.attributions, project)
    yield from _all("param", names.params, project)
    for name, function in sorted(names.functions.items()):
        yield _thing("function", Text(name, span=function.signature.span), function.common, name)


def _all(kind: str, declared: Mapping[str, D], project: Project) -> Iterator[Thing]:
    return (_thing(kind, decl.name, decl.common, name) for name, decl in ours_first(declared, project))


def _thing(kind: str, name: Text, common: Common, called: str) -> Thing:
    return Thing(
        kind,
        called,
        name,
        label_of(common),
        about_of(common),
        (called, *(label for _, label in common.label), *common.synonyms),
        tuple(text for _, text in common.about),
    )
