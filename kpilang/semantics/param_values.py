"""The values that a param may take, one by one: `values: 0..24 months`, or a list."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from kpilang import ir
from kpilang.diagnostics import Diagnostics
from kpilang.semantics.agreement import agree, common
from kpilang.semantics.errors import axes as errors
from kpilang.semantics.expressions import resolve
from kpilang.semantics.literals import constant
from kpilang.semantics.rows import ConstantScope
from kpilang.semantics.scope import Scope
from kpilang.semantics.world import World
from kpilang.syntax import ast, spec
from kpilang.types import Kind


@dataclasses.dataclass(frozen=True)
class Listed:
    """The values in their order; of a range that has no steps its ends."""

    values: tuple[ir.Literal, ...]
    has_steps: bool = True


def values_of(world: World, decl: spec.ParamDecl, diags: Diagnostics) -> Listed | None:
    """None if none are declared, or after an error."""
    tree = world.tree(decl.values, diags) if decl.values is not None else None
    if not isinstance(tree, ast.Values):
        return None
    scope = ConstantScope(world, "what a param may be", diags)
    ends = _constants(of_one_unit(tree), scope)
    if ends is None or not tree.is_range:
        return Listed(ends) if ends is not None else None
    steps = _steps(tree, ends, scope)
    if steps is None:
        return Listed(ends, has_steps=False)
    listed = tuple(steps)
    if not listed:
        diags.add(errors.empty_range(decl.name.value, tree.span))
    return Listed(listed) if listed else None


def _constants(trees: Sequence[ast.Expr], scope: Scope) -> tuple[ir.Literal, ...] | None:
    """Constants of one type, each once."""
    agreed = agree(tuple(resolve(tree, scope) for tree in trees), scope)
    if agreed is None:
        return None
    type_ = common(agreed)
    found = [dataclasses.replace(item, type=type_) for item in agreed if isinstance(item, ir.Literal)]
    for item in found:
        if item.value is None:
            scope.diags.add(errors.null_among_values(item.span))
            return None
    return tuple({item.value: item for item in reversed(found)}.values())[::-1]


def of_one_unit(tree: ast.Values) -> tuple[ast.Expr, ...]:
    """`0..24 months` is from 0 months."""
    match tree.items:
        case (ast.Number() as low, ast.Quantity(unit=unit) as high) if tree.is_range:
            return ast.Quantity(low.value, low.is_integer, unit, span=low.span), high
        case (ast.Number() as low, ast.Percent() as high) if tree.is_range:
            return ast.Percent(low.value, span=low.span), high
        case items:
            return items


def _steps(tree: ast.Values, ends: Sequence[ir.Literal], scope: Scope) -> Iterator[ir.Literal] | None:
    """From one end of a range to the other by one of what it is written in; None where that is nothing."""
    low, high = ends[0], ends[-1]
    if low.type.kind is Kind.DATE:
        return _days(low, high)
    step = _step(tree, low, scope)
    if step is None or not isinstance(low.value, int | Decimal) or not isinstance(high.value, int | Decimal):
        return None
    if low.value % step or high.value % step:
        return None
    count = int((high.value - low.value) // step) + 1
    first = low.value
    return (dataclasses.replace(low, value=first + number * step) for number in range(max(count, 0)))


def _days(low: ir.Literal, high: ir.Literal) -> Iterator[ir.Literal] | None:
    first, last = low.value, high.value
    assert isinstance(first, date) and isinstance(last, date), "both are of one type"
    if isinstance(first, datetime):
        return None
    days = (last - first).days + 1
    return (dataclasses.replace(low, value=first + timedelta(days=number)) for number in range(max(days, 0)))


def _step(tree: ast.Values, low: ir.Literal, scope: Scope) -> int | Decimal | None:
    units = {item.unit.text: item for item in of_one_unit(tree) if isinstance(item, ast.Quantity)}
    if len(units) == 1 and all(isinstance(item, ast.Quantity) for item in of_one_unit(tree)):
        item = next(iter(units.values()))
        one = constant(dataclasses.replace(item, value=Decimal(1), is_integer=True), scope)
        return one.value if isinstance(one.value, int | Decimal) else None
    if low.type.kind is Kind.PERCENT:
        return Decimal("0.01")
    return 1 if low.type.kind is Kind.INTEGER else None
