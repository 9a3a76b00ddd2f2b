"""What a KPI takes over: `extends` from another KPI or variant, a variant from the KPI it belongs to.

What a variant extends goes before its KPI. Keys that are restated replace those taken over, whole. Tests
stay with the formula that they are about.
"""

from __future__ import annotations

import dataclasses

from kpilang.diagnostics import Diagnostics
from kpilang.semantics.errors import naming
from kpilang.semantics.world import World
from kpilang.source import Span
from kpilang.syntax import spec

_TAKEN = (
    "formula", "let", "unit", "better", "target", "warn", "alert", "benchmark", "matures", "by", "requires",
    "laws",
)  # fmt: skip
_COMMON = ("about", "label", "owner", "tags", "meta")


def flattened(world: World, name: str, asked: Span, diags: Diagnostics) -> spec.KpiDecl | None:
    """The declaration of `a` or `a.b` with all that it takes over; None after an error."""
    kpi, _, variant = (name, "", "") if name in world.names.kpis else name.rpartition(".")
    decl = world.names.kpis.get(kpi)
    if decl is None:
        diags.add(naming.unknown_kpi(kpi, tuple(world.names.kpis), asked))
        return None
    if not variant:
        return _extended(world, decl, diags)
    whole = world.declared(kpi, asked, diags)
    return _variant(world, whole, variant, asked, diags) if whole is not None else None


def _extended(world: World, decl: spec.KpiDecl, diags: Diagnostics) -> spec.KpiDecl | None:
    if decl.extends is None:
        return decl
    base = world.at(decl.extends.span).declared(decl.extends.value, decl.extends.span, diags)
    if base is None:
        return None
    own = {variant.name.value for variant in decl.variants}
    variants = (*decl.variants, *(variant for variant in base.variants if variant.name.value not in own))
    return dataclasses.replace(_merged(decl, base), variants=variants)


def _variant(
    world: World, whole: spec.KpiDecl, word: str, asked: Span, diags: Diagnostics
) -> spec.KpiDecl | None:
    decl = next((variant for variant in whole.variants if variant.name.value == word), None)
    if decl is None:
        known = [variant.name.value for variant in whole.variants]
        diags.add(naming.unknown_variant(whole.name.value, word, known, asked))
        return None
    if decl.extends is not None:
        base = world.declared(decl.extends.value, decl.extends.span, diags)
        if base is None:
            return None
        decl = _merged(decl, base)
    name = spec.Text(f"{whole.name.value}.{word}", span=decl.name.span)
    return dataclasses.replace(_merged(decl, whole), name=name, variants=())


def _merged(decl: spec.KpiDecl, base: spec.KpiDecl) -> spec.KpiDecl:
    taken = {key: getattr(base, key) for key in _TAKEN if not getattr(decl, key)}
    common = {key: getattr(base.common, key) for key in _COMMON if not getattr(decl.common, key)}
    return dataclasses.replace(decl, common=dataclasses.replace(decl.common, **common), **taken)
