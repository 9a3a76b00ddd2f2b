"""`check`: everything that is declared is resolved, whether anything reaches it or not.

What this version only keeps (laws, tests, parts of the language that it does not have) is parsed all the
same, so that a mistake in it is found.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields

from kpilang import ir
from kpilang.diagnostics import Diagnostics
from kpilang.nodes import Node
from kpilang.semantics.attributions import has_used_keys
from kpilang.semantics.errors import naming, sizes
from kpilang.semantics.kpis import values_of_param
from kpilang.semantics.models import whole_entity
from kpilang.semantics.names import Declared
from kpilang.semantics.own_functions import signature_of
from kpilang.semantics.sources import check_bindings
from kpilang.semantics.world import Info, World
from kpilang.source import NOWHERE, Span
from kpilang.syntax import spec

Report = Callable[[spec.ReportDecl, Diagnostics], ir.Query | None]


def check_all(world: World, diags: Diagnostics, report: Report) -> None:
    """What the package declares whose names the world has."""
    names = world.names.own
    for check in (
        lambda found: _check_entities(world, names, found),
        lambda found: _check_dimensions(world, names, found),
        lambda found: _check_params(world, names, found),
        lambda found: _check_bindings(world, names, found),
        lambda found: _check_attributions(world, names, found),
        lambda found: _check_exchange(world, found),
        lambda found: _check_segments(world, names, found),
        lambda found: _check_functions(world, names, found),
        lambda found: _check_kpis(world, names, found),
        lambda found: _check_reports(names, found, report),
        lambda found: _check_texts(world, names, found),
    ):
        _guarded(check, diags)


def _guarded(check: Callable[[Diagnostics], None], diags: Diagnostics) -> None:
    found = Diagnostics()
    try:
        check(found)
    except RecursionError:
        found.add(sizes.too_nested("check", NOWHERE))
    diags.extend(found)


def _check_entities(world: World, names: Declared, diags: Diagnostics) -> None:
    for name in names.entities:
        info = world.named(name)
        assert info is not None, "it is declared here"
        _check_entity(world, info, diags)


def _check_entity(world: World, info: Info, diags: Diagnostics) -> None:
    if not world.usable(info, info.decl.name.span, diags):
        return
    whole_entity(world, info, diags)
    if info.decl.time is not None:
        world.time(info, info.decl.time.span, diags)


def _check_bindings(world: World, names: Declared, diags: Diagnostics) -> None:
    """Bindings of entities that are not there, and the entities of other packages that are bound here."""
    check_bindings(world, diags)
    for name in names.bindings:
        info = world.named(name)
        if info is not None and name not in names.entities:
            _check_entity(world, info, diags)


def _check_dimensions(world: World, names: Declared, diags: Diagnostics) -> None:
    for name, decl in names.dimensions.items():
        for entity, embedded in decl.paths:
            info = world.named(entity.value)
            if info is None:
                diags.add(naming.unknown_entity(entity.value, world.names.of_rows(), entity.span))
            elif world.usable(info, entity.span, diags):
                world.dimension(name, info, embedded.span, diags)


def _check_params(world: World, names: Declared, diags: Diagnostics) -> None:
    for name, decl in names.params.items():
        if decl.default is None and decl.values is not None:
            values_of_param(world, decl, diags)
        else:
            world.param(name, decl.name.span, diags)


def _check_exchange(world: World, diags: Diagnostics) -> None:
    if world.settings.exchange is not None:
        world.rates(world.settings.exchange.span, diags)


def _check_segments(world: World, names: Declared, diags: Diagnostics) -> None:
    for name, decl in names.segments.items():
        world.segment(name, decl.name.span, diags)


def _check_functions(world: World, names: Declared, diags: Diagnostics) -> None:
    """What a formula means shows where it is called."""
    for decl in names.functions.values():
        signature_of(decl, world, diags)
        world.expression(decl.formula, diags)


def _check_kpis(world: World, names: Declared, diags: Diagnostics) -> None:
    for name, decl in names.kpis.items():
        whole = world.declared(name, decl.name.span, diags)
        variants = [variant.name for variant in whole.variants] if whole is not None else []
        _check_kpi(world, name, decl.name.span, diags)
        for variant in variants:
            _check_kpi(world, f"{name}.{variant.value}", variant.span, diags)
        for dimension in (*decl.by, *decl.requires):
            _check_dimension_name(world, dimension, diags)


def _check_kpi(world: World, name: str, place: Span, diags: Diagnostics) -> None:
    world.kpi(name, place, diags)
    for which in ("target", "warn", "alert", "benchmark"):
        world.goal(name, which, place, diags)


def _check_dimension_name(world: World, text: spec.Text, diags: Diagnostics) -> None:
    seen = world.names
    members = {member for name in seen.of_rows() for member in _members(world, name)}
    grouping = [name for name, decl in seen.params.items() if decl.values is not None]
    if text.value not in seen.dimensions and text.value not in (*members, *grouping):
        diags.add(naming.unknown_dimension(text.value, tuple(seen.dimensions), (), text.span))


def _members(world: World, entity: str) -> tuple[str, ...]:
    info = world.named(entity)
    return info.members if info is not None else ()


def _check_reports(names: Declared, diags: Diagnostics, report: Report) -> None:
    for decl in names.reports.values():
        found = Diagnostics()
        report(decl, found)
        diags.extend(found)


def _check_attributions(world: World, names: Declared, diags: Diagnostics) -> None:
    for decl in names.attributions.values():
        has_used_keys(decl, world, diags)
    for name in names.credits:
        info = world.named(name)
        if info is not None and world.usable(info, info.decl.name.span, diags):
            whole_entity(world, info, diags)


def _check_texts(world: World, names: Declared, diags: Diagnostics) -> None:
    """Every piece of the language in the files is at least parsed."""
    declared: list[Node] = [
        *names.segments.values(),
        *names.attributions.values(),
        *names.functions.values(),
        *names.kpis.values(),
        *(decl for decls in names.bindings.values() for decl in decls),
        *names.entities.values(),
    ]
    for decl in declared:
        for embedded in texts_in(decl):
            world.tree(embedded, diags)


def texts_in(value: object) -> Iterator[spec.Embedded]:
    """The embedded texts of a declaration."""
    if isinstance(value, spec.Embedded):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from texts_in(item)
    elif isinstance(value, Node) and not isinstance(value, spec.Common):
        for field in fields(value):
            yield from texts_in(getattr(value, field.name))
