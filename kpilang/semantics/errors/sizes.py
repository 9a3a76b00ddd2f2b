"""2xx about definitions that are too deep or too large when all they refer to is written out."""

from __future__ import annotations

from kpilang.diagnostics import Code, Diagnostic
from kpilang.source import Span

TOO_DEEP = Code("KPI222", "definitions-too-deep", "Definitions that lean on definitions without end")


def too_deep(name: str, most: int, span: Span) -> Diagnostic:
    return Diagnostic(
        TOO_DEEP,
        f"`{name}` leans on definitions more than {most} deep",
        span,
        help=("name fewer steps in between",),
    )


def too_large(name: str, most: int, span: Span) -> Diagnostic:
    return Diagnostic(
        TOO_DEEP,
        f"`{name}` has more than {most} terms when all it refers to is written out",
        span,
        help=("refer to fewer KPIs, or to each fewer times",),
    )


def too_many_calls(name: str, most: int, span: Span) -> Diagnostic:
    return Diagnostic(
        TOO_DEEP,
        f"`{name}` comes to more than {most} calls of functions",
        span,
        help=("call fewer functions, or each fewer times",),
    )


def too_nested(name: str, span: Span) -> Diagnostic:
    return Diagnostic(
        TOO_DEEP,
        f"`{name}` is nested too deep when all it refers to is written out",
        span,
        help=("name parts of it, and refer to fewer levels of KPIs",),
    )
