"""What of a project can be found, and under which texts: names, labels in every language, synonyms, about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kpilang.cli.words import about_of, label_of
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
    """KPIs and their variants first, as most who search look for numbers."""
    for file in project.files:
        for kpi in file.kpis:
            yield _thing("KPI", kpi.name, kpi.common)
            for variant in kpi.variants:
                yield _thing("KPI", variant.name, variant.common, f"{kpi.name.value}.{variant.name.value}")
    for file in project.files:
        yield from _all("entity", ((entity.name, entity.common) for entity in file.entities))
        yield from _all("dimension", ((dimension.name, dimension.common) for dimension in file.dimensions))
        yield from _all("segment", ((segment.name, segment.common) for segment in file.segments))
        yield from _all("param", ((param.name, param.common) for param in file.params))


def _all(kind: str, declared: Iterable[tuple[Text, Common]]) -> Iterator[Thing]:
    return (_thing(kind, name, common) for name, common in declared)


def _thing(kind: str, name: Text, common: Common, shown: str | None = None) -> Thing:
    called = shown or name.value
    return Thing(
        kind,
        called,
        name,
        label_of(common),
        about_of(common),
        (called, *(label for _, label in common.label), *common.synonyms),
        tuple(text for _, text in common.about),
    )
