"""Exit codes: what a script can rely on."""

from __future__ import annotations

from collections.abc import Iterable

from kpilang.diagnostics import Diagnostic, Severity

CLEAN = 0
FINDINGS = 1
"""Errors in specs, or an alert with `--fail-on alert`."""
USAGE = 2
"""A wrong command line, or input that cannot be read: no such project, file, table, column."""
BUG = 3

_USAGE = ("KPI08", "KPI09", "KPI551", "KPI6")
"""How the codes begin of wrong command lines, files and data that cannot be read, an unknown dialect."""


def code_of(diagnostics: Iterable[Diagnostic]) -> int:
    """The gravest of the findings decides; warnings alone are clean."""
    codes = [_code(diagnostic) for diagnostic in diagnostics if diagnostic.severity is Severity.ERROR]
    if BUG in codes:
        return BUG
    return FINDINGS if FINDINGS in codes else max(codes, default=CLEAN)


def _typed(file: str) -> bool:
    """Whether a text stands on the command line and in no file: a KPI or the value of an option."""
    return file == "KPI" or file.startswith("--")


def _code(diagnostic: Diagnostic) -> int:
    number = diagnostic.code.number
    if number.startswith("KPI9"):
        return BUG
    if number.startswith(_USAGE) or _typed(diagnostic.span.file):
        return USAGE
    return FINDINGS
