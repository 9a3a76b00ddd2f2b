"""Diagnostics as text for people and for machines: one file per form, all of the same findings.

A renderer reads `Diagnostic` and `Source` and yields lines without line ends. It prints nothing itself and
knows neither who found the trouble nor who reads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib import import_module

from kpilang.diagnostics.core import Diagnostic
from kpilang.source import Source

Renderer = Callable[[Iterable[Diagnostic], Mapping[str, Source]], Iterator[str]]

FORMS = ("text", "json", "sarif", "github")


def as_text(
    diagnostics: Iterable[Diagnostic], sources: Mapping[str, Source], colour: bool = False
) -> Iterator[str]:
    """The text form, in colour or not; loaded only where there is something to say."""
    found = list(diagnostics)
    if found:
        module = import_module("kpilang.diagnostics.render.text")
        yield from module.render(found, sources, colour)


def renderer(form: str) -> Renderer:
    """The renderer of one of `FORMS`; loaded when asked for, as most runs need one or none."""
    module = import_module(f"kpilang.diagnostics.render.{form}")
    chosen: Renderer = module.render
    return chosen
