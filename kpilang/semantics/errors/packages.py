"""2xx about packages: names that several have or none, and reports, whose names are apart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kpilang.diagnostics import Code, Diagnostic, Label, did_you_mean
from kpilang.semantics.errors.naming import listed
from kpilang.source import Span

AMBIGUOUS_IMPORT = Code("KPI225", "ambiguous-import", "A name that several imports have")


def ambiguous_import(word: str, rivals: Sequence[tuple[str, Span]], span: Span) -> Diagnostic:
    """`rivals` are the packages that have the name, each with the place."""
    packages = [package for package, _ in rivals]
    return Diagnostic(
        AMBIGUOUS_IMPORT,
        f"`{word}` is declared in {listed(packages)}",
        span,
        "which of them?",
        secondary=tuple(Label(place, f"`{package}.{word}`") for package, place in rivals),
        help=(f"write {_either(f'`{package}.{word}`' for package in packages)}",),
    )


def path_clash(dimension: str, entity: str, span: Span, other: Span) -> Diagnostic:
    return Diagnostic(
        AMBIGUOUS_IMPORT,
        f"two imports give `{entity}` another path for the dimension `{dimension}`",
        span,
        "which of them?",
        secondary=(Label(other, "the other"),),
        help=(f"say it in a `dimensions` section of the project: what it says of `{entity}` comes first",),
    )


UNKNOWN_IN_PACKAGE = Code("KPI226", "unknown-in-package", "A name that the package does not have")


def unknown_in_package(package: str, word: str, valid: Sequence[str], span: Span) -> Diagnostic:
    close = did_you_mean(word, valid)
    return Diagnostic(
        UNKNOWN_IN_PACKAGE,
        f"the package `{package}` has no `{word}`",
        span,
        help=(f"did you mean {_either(f'`{name}`' for name in close)}?",) if close else (),
    )


REPORT_NOT_ALONE = Code("KPI089", "report-not-alone", "A report among other things that are asked for")


def report_not_alone(name: str, span: Span) -> Diagnostic:
    return Diagnostic(
        REPORT_NOT_ALONE,
        f"the report `{name}` is asked together with others",
        span,
        notes=("a report says itself which KPIs, dimensions and range it has",),
        help=("run it by itself, or name the KPIs",),
    )


def _either(words: Iterable[str]) -> str:
    *most, last = words
    return f"{', '.join(most)} or {last}" if most else last
