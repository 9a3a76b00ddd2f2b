"""Params that group a result: each KPI once for every value that `values` lists.

A query by a param is resolved under each of its values; what comes out is laid side by side in the outputs.
Values stand where a KPI is computed, never in what a row is: an attribute that depended on them would have
several values in one row.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from itertools import product
from math import prod

from kpilang import ir
from kpilang.diagnostics import Diagnostics
from kpilang.semantics.agreement import common
from kpilang.semantics.errors import axes as errors
from kpilang.semantics.errors import naming
from kpilang.semantics.expressions import with_type
from kpilang.semantics.kpis import values_of_param
from kpilang.semantics.world import World
from kpilang.source import Span
from kpilang.syntax import spec

MOST_COMBINATIONS = 400
"""Combinations of values that one query may ask for."""

Make = Callable[[World, Diagnostics, bool], tuple[ir.Output, ...] | None]
"""The outputs in a world; whether the bounds of goals are outputs of their own, too."""


# ---------------------------------------------------------------------------- the axes of a query


def axes_of(world: World, by: Sequence[spec.Text], diags: Diagnostics) -> tuple[ir.Axis, ...] | None:
    """The params among what the query groups by; None after an error."""
    found: dict[str, ir.Axis] = {}
    for word in by:
        if not is_axis(world, word.value):
            continue
        if word.value in found:
            diags.add(naming.result_column_twice(word.value, word.span))
            return None
        axis = _axis(world, world.names.params[word.value], word.span, diags)
        if axis is None:
            return None
        found[word.value] = axis
    axes = tuple(found.values())
    count = prod(len(axis.values) for axis in axes)
    if count > MOST_COMBINATIONS:
        diags.add(errors.too_many_combinations(tuple(found), count, MOST_COMBINATIONS, axes[0].span))
        return None
    return axes


def is_axis(world: World, word: str) -> bool:
    """Whether a word to group by is a param; a declared dimension of that name comes first."""
    return word in world.names.params and word not in world.names.dimensions


def _axis(world: World, decl: spec.ParamDecl, span: Span, diags: Diagnostics) -> ir.Axis | None:
    """A param that the query gives a value has that one alone."""
    name = decl.name.value
    for entity in world.names.entities:
        info = world.named(entity)
        if info is not None and name in info.members:
            member = (info.columns.get(name) or info.attributes[name]).name.span
            diags.add(naming.column_and_param(entity, name, span, member, decl.name.span))
            return None
    if decl.values is None:
        diags.add(errors.no_values(name, span))
        return None
    given = world.param(name, span, diags) if world.is_given(name) else None
    if world.is_given(name) and given is None:
        return None
    values = (given,) if given is not None else _listed(world, decl, span, diags)
    return ir.Axis(name, values[0].type, values, span=span) if values else None


def _listed(
    world: World, decl: spec.ParamDecl, span: Span, diags: Diagnostics
) -> tuple[ir.Literal, ...] | None:
    assert decl.values is not None, "asked only where there are some"
    listed = values_of_param(world, decl, diags)
    if listed is None:
        return None
    if not listed.has_steps:
        diags.add(errors.no_steps(decl.name.value, decl.values.text, span))
        return None
    return listed.values


# ---------------------------------------------------------------------------- outputs along the axes


def worlds(world: World, axes: Sequence[ir.Axis]) -> Iterator[World]:
    """The world under each combination of values, the last axis fastest."""
    for values in product(*(axis.values for axis in axes)):
        yield world.under({axis.name: value for axis, value in zip(axes, values, strict=True)})


def along(
    world: World, axes: Sequence[ir.Axis], diags: Diagnostics, make: Make
) -> tuple[ir.Output, ...] | None:
    """The outputs with what they are under each combination of values; None after an error."""
    if not axes:
        return make(world, diags, False)
    under = tuple(worlds(world, axes))
    found = _each(under, diags, make, False)
    if found is not None and len({_goals(outputs) for outputs in found}) > 1:
        found = _each(under, Diagnostics(), make, True)
    if found is None:
        return None
    return tuple(_laid_out(same) for same in zip(*found, strict=True))


def _each(
    under: Sequence[World], diags: Diagnostics, make: Make, goals_apart: bool
) -> list[tuple[ir.Output, ...]] | None:
    """Findings are those of the first combination that has errors, else of the first."""
    found = []
    for number, world in enumerate(under):
        inner = Diagnostics()
        outputs = make(world, inner, goals_apart)
        if outputs is None or inner.has_errors:
            diags.extend(inner)
            return None
        if number == 0:
            diags.extend(inner)
        found.append(outputs)
    return found


def _goals(outputs: Sequence[ir.Output]) -> tuple[ir.Goal | None, ...]:
    return tuple(goal for output in outputs for goal in (output.target, output.warn, output.alert))


def _laid_out(same: Sequence[ir.Output]) -> ir.Output:
    """One output of what it is under each combination; values that differ are made to be of one type."""
    first, values = same[0], [output.value for output in same]
    if all(value == values[0] for value in values):
        return first
    type_ = common(values)
    typed = tuple(value if value.type == type_ else with_type(value, type_) for value in values)
    return dataclasses.replace(first, value=typed[0], along=typed)


def all_matter(axes: Sequence[ir.Axis], outputs: Sequence[ir.Output], diags: Diagnostics) -> bool:
    """A param on which nothing depends would repeat every row."""
    stride = prod(len(axis.values) for axis in axes)
    for axis in axes:
        size = len(axis.values)
        stride //= size
        if size > 1 and not any(_differs(output.along, stride, size) for output in outputs):
            diags.add(errors.nothing_depends(axis.name, [o.name for o in outputs if not o.hidden], axis.span))
            return False
    return True


def _differs(values: Sequence[ir.Expr], stride: int, size: int) -> bool:
    """Whether an expression changes from some value of an axis to the next."""
    return any(
        values[place] != values[place - stride] for place in range(len(values)) if place // stride % size > 0
    )


# ---------------------------------------------------------------------------- what must not depend on them


def same_rows(models: Sequence[ir.Model], axes: Sequence[ir.Axis], diags: Diagnostics) -> bool:
    """Whether what the rows are is the same under every combination."""
    first, *others = models
    for other in others:
        for ours, theirs in zip(first.entities, other.entities, strict=True):
            if ours != theirs:
                names = [axis.name for axis in axes]
                diags.add(errors.row_depends(*_difference(ours, theirs), names, axes[0].span))
                return False
    return True


def _difference(ours: ir.Entity, theirs: ir.Entity) -> tuple[str, Span]:
    for one, other in zip(ours.attributes, theirs.attributes, strict=True):
        if one != other:
            return f"`{ours.name}.{one.name}`", one.span
    return f"`{ours.name}`", ours.span


def every_value(output: ir.Output) -> tuple[ir.Expr, ...]:
    """What it is, under every combination if that matters."""
    return output.along or (output.value,)
