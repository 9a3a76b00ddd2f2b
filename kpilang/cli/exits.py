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

_COMMAND_LINE = ("--", "<")
"""How the names of texts begin that stand on the command line and in no file."""


def code_of(diagnostics: Iterable[Diagnostic]) -> int:
    """The gravest of the findings decides; warnings alone are clean."""
    codes = [_code(diagnostic) for diagnostic in diagnostics if diagnostic.severity is Severity.ERROR]
    if BUG in codes:
        return BUG
    return FINDINGS if FINDINGS in codes else max(codes, default=CLEAN)


def _code(diagnostic: Diagnostic) -> int:
    family = diagnostic.code.number.removeprefix("KPI")
    if family.startswith("9"):
        return BUG
    if family.startswith(("08", "09", "6")) or diagnostic.span.file.startswith(_COMMAND_LINE):
        return USAGE
    return FINDINGS
