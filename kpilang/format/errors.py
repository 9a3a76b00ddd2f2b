"""What formatting can find wrong beyond what reading does: itself."""

from __future__ import annotations

from dataclasses import replace

from kpilang.diagnostics import Code, Diagnostic
from kpilang.source import Span

UNSAFE = Code("KPI902", "unsafe-format", "A file that formatting would change the meaning of")


def unsafe_format(name: str, what: str) -> Diagnostic:
    return Diagnostic(
        UNSAFE,
        f"internal error: the canonical form of `{name}` would not say the same",
        Span(name, 0, 0),
        notes=(f"after formatting, {what}", "the file is as it was"),
        help=("please report it with the file or, if you can, the smallest part of it that shows it",),
    )


def wrong_in_block_style(flow: Diagnostic, found: Diagnostic) -> Diagnostic:
    """A finding about flow style that cannot be mended, since what it holds is wrong as well."""
    note = f"in block style it has the finding {found.code}: {found.message}"
    return replace(flow, notes=(*flow.notes, note), help=())
