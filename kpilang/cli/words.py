"""Small facts about declarations that several verbs print."""

from __future__ import annotations

from kpilang.project import Project
from kpilang.syntax.spec import Common, Text

LANGUAGES = ("", "en")
"""Which label is shown: the one without a language, else English, else the first there is."""


def label_of(common: Common) -> str | None:
    return _said(common.label)


def about_of(common: Common) -> str | None:
    return _said(common.about)


def place_of(name: Text, project: Project) -> str | None:
    """`specs/growth.yml:14`."""
    source = project.sources.get(name.span.file)
    return f"{name.span.file}:{source.position(name.span.start).line}" if source else None


def _said(texts: tuple[tuple[str, str], ...]) -> str | None:
    by_language = dict(texts)
    known = [by_language[language] for language in LANGUAGES if language in by_language]
    return next(iter([*known, *by_language.values()]), None)
