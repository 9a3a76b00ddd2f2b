"""Attributions by name: each with its variants, and these with all that they take over.

Works on declarations alone; nothing is parsed.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

from kpilang import ir
from kpilang.syntax import spec

OWN = (ir.CREDIT_VALUE, ir.CREDIT_TIME, ir.IS_ATTRIBUTED, ir.CONVERSION, ir.TOUCH)
"""The columns of a credit, after which no variant may be named: `credit.value` is one of them."""
_TAKEN = ("convert", "where", "dated", "touches", "via", "window", "direct", "milestones")
_SHARED = ("model", "weight")
"""Two ways to say one thing: whoever restates one takes over neither."""


def with_variants(decl: spec.AttributionDecl) -> Iterator[tuple[str, spec.AttributionDecl]]:
    """`credit`, `credit.first` …; a variant that cannot be addressed is left out, and reported elsewhere."""
    yield decl.name.value, decl
    for variant in decl.variants:
        if variant.name.value not in OWN:
            name = f"{decl.name.value}.{variant.name.value}"
            yield name, _whole(decl, variant, name)


def _whole(base: spec.AttributionDecl, variant: spec.AttributionDecl, name: str) -> spec.AttributionDecl:
    taken = {key: getattr(base, key) for key in _TAKEN if not getattr(variant, key)}
    if variant.model is None and variant.weight is None:
        taken |= {key: getattr(base, key) for key in _SHARED}
    return dataclasses.replace(variant, name=spec.Text(name, span=variant.name.span), **taken)
