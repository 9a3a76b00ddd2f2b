"""`x[selector]` on a cell expression: pushed down to every aggregate and every word of the period in it.

Law 1: `x[s]` in period p is x in s(p). So the step is put in front of the steps that are there already: the
right-most bracket acts on the period first. A condition selector is resolved in the rows of each aggregate's
entity and joined to its condition; `across` takes dimensions away.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, time

from kpilang import ir
from kpilang.nodes import map_children, walk
from kpilang.semantics.agreement import name_of
from kpilang.semantics.comparison import both
from kpilang.semantics.errors import naming, periods, values
from kpilang.semantics.expressions import resolve, resolve_condition
from kpilang.semantics.instants import instant, local_time, parse_time
from kpilang.semantics.rows import ConstantScope, Place, RowScope
from kpilang.semantics.scope import Scope, poison
from kpilang.semantics.units import TIME_UNITS
from kpilang.semantics.world import World
from kpilang.source import Span
from kpilang.syntax import ast
from kpilang.types import DAY, SECOND, Kind, TimeUnit

Atom = ir.Aggregate | ir.PeriodValue
_OPEN = {ir.Prior: "prior", ir.Before: "before", ir.Next: "next"}


def select(operand: ir.Expr, selector: ast.Selector, span: Span, scope: Scope) -> ir.Expr:
    """The expression under a selector."""
    if operand.type.is_error:
        return poison(span)
    if not any(atoms(operand)):
        scope.diags.add(periods.nothing_to_select(selector.span))
        return poison(span)
    match selector:
        case ast.Across(dimensions=dimensions):
            return _across(operand, dimensions, scope)
        case ast.Condition(condition=condition):
            return with_condition(operand, condition, scope)
        case _:
            made = time_step(selector, scope)
            if made is None or not _has_beginning(operand, made, selector, scope):
                return poison(span)
            if not all(_has_hours(aggregate, made, selector, scope) for aggregate in aggregates(operand)):
                return poison(span)
            return shifted(operand, made)


def atoms(expr: ir.Expr) -> Iterator[Atom]:
    """What looks at a period: aggregates, and words of the period wherever they stand."""
    return (node for node in walk(expr) if isinstance(node, ir.Aggregate | ir.PeriodValue))


def aggregates(expr: ir.Expr) -> Iterator[ir.Aggregate]:
    return (node for node in walk(expr) if isinstance(node, ir.Aggregate))


def mapped(expr: ir.Expr, change: Callable[[ir.Aggregate], ir.Aggregate]) -> ir.Expr:
    """The expression with every aggregate changed; nothing below an aggregate is one."""
    if isinstance(expr, ir.Aggregate):
        return change(expr)
    return map_children(expr, lambda child: mapped(child, change))


def shifted(expr: ir.Expr, made: ir.Step) -> ir.Expr:
    """Everything evaluated in the interval that the step makes."""
    inner = map_children(expr, lambda child: shifted(child, made))
    if isinstance(inner, ir.Aggregate | ir.PeriodValue):
        return dataclasses.replace(inner, window=(made, *inner.window))
    return inner


# ---------------------------------------------------------------------------- steps


def time_step(selector: ast.Selector, scope: Scope) -> ir.Step | None:
    match selector:
        case ast.Prior():
            return ir.Prior()
        case ast.Before():
            return ir.Before()
        case ast.AllTime():
            return ir.AllTime()
        case ast.Last(amount=amount):
            counted = _amount(amount, "last", 1, scope)
            return ir.Last(*counted) if counted else None
        case ast.Next(amount=amount):
            counted = _amount(amount, "next", 1, scope)
            return ir.Next(*counted) if counted else None
        case ast.Ago(amount=amount):
            counted = _amount(amount, "ago", 0, scope)
            return ir.Ago(*counted) if counted else None
        case ast.ToDate(unit=unit):
            named = time_unit(unit, scope)
            return ir.ToDate(named) if named else None
        case ast.FromTo():
            return _from_to(selector, scope)
        case _:
            scope.diags.add(periods.ever_in_kpi(selector.span))
            return None


def time_unit(name: ast.Name, scope: Scope) -> TimeUnit | None:
    found = TIME_UNITS.get(name.text)
    if found is None:
        scope.diags.add(naming.unknown_grain(name.text, tuple(unit.value for unit in TimeUnit), name.span))
    return found


def _amount(amount: ast.Amount, word: str, least: int, scope: Scope) -> tuple[int, TimeUnit] | None:
    if amount.param is not None:
        found = _param_amount(amount.param, scope)
    else:
        assert amount.unit is not None and amount.count is not None, (
            "an amount is a number of units, or a param"
        )
        unit = time_unit(amount.unit, scope)
        found = (amount.count, unit) if unit is not None else None
    if found is not None and found[0] < least:
        scope.diags.add(periods.empty_window(f"[{word} {found[0]} {found[1].value}s]", amount.span))
        return None
    return found


def _param_amount(path: ast.Path, scope: Scope) -> tuple[int, TimeUnit] | None:
    """A param that holds a duration in whole units."""
    literal = resolve(path, ConstantScope(scope.world, "the length of a selector", scope.diags))
    if literal.type.is_error:
        return None
    assert isinstance(literal, ir.Literal), "params are literals"
    value, type_ = literal.value, literal.type
    if isinstance(value, int) and type_.kind is Kind.CALENDAR:
        return value, TimeUnit.MONTH
    if isinstance(value, int) and type_.kind is Kind.DURATION:
        if type_.unit == DAY:
            return value, TimeUnit.DAY
        if type_.unit == SECOND and value % 3600 == 0:
            return value // 3600, TimeUnit.HOUR
    scope.diags.add(
        values.wrong_argument("selector", "a duration in whole hours, days or months", type_, path.span)
    )
    return None


def _from_to(selector: ast.FromTo, scope: Scope) -> ir.FromTo | None:
    start, end = _bound(selector.start, scope), _bound(selector.end, scope)
    if start is None or end is None:
        return None
    if start >= end:
        scope.diags.add(periods.reversed_interval(_shown(start), _shown(end), selector.span))
        return None
    return ir.FromTo(start, end)


def _bound(tree: ast.Expr, scope: Scope) -> datetime | None:
    """A local time without offset."""
    if isinstance(tree, ast.TimestampLiteral):
        written = parse_time(tree.text)
        if written is not None and written.tzinfo is None:
            return written
    found = resolve(tree, ConstantScope(scope.world, "a bound of `from … to`", scope.diags))
    if found.type.is_error:
        return None
    value = found.value if isinstance(found, ir.Literal) else None
    if isinstance(value, datetime):
        local = local_time(value, scope.world.settings.zone)
        if instant(local, scope.world.settings.zone) == value:
            return local
        scope.diags.add(values.impossible_date(f"{value:%Y-%m-%dT%H:%M:%SZ}", tree.span))
    elif isinstance(value, date):
        return datetime.combine(value, time())
    else:
        scope.diags.add(values.wrong_argument("from … to", "dates or timestamps", found.type, tree.span))
    return None


def _shown(local: datetime) -> str:
    return local.date().isoformat() if local.time() == time() else local.isoformat()


# ---------------------------------------------------------------------------- intervals without a beginning


def _has_beginning(operand: ir.Expr, made: ir.Step, selector: ast.Selector, scope: Scope) -> bool:
    for atom in atoms(operand):
        trouble = lacks_beginning(atom, (made, *atom.window))
        if trouble is not None:
            scope.diags.add(periods.no_beginning(trouble, f"`[{words(made)}]`", selector.span))
            return False
    return True


def lacks_beginning(atom: Atom, window: ir.Window, is_open: bool = False) -> str | None:
    """What in the window, or of the period itself, needs a beginning that is not there (ruling 9)."""
    for made in window:
        if is_open and type(made) in _OPEN:
            return f"`{_OPEN[type(made)]}`"
        if isinstance(made, ir.AllTime | ir.Before):
            is_open = True
        elif not isinstance(made, ir.Ago):
            is_open = False
    if is_open and isinstance(atom, ir.PeriodValue) and atom.part is not ir.PeriodPart.END:
        return "`period`" if atom.part is ir.PeriodPart.LENGTH else "`period.start`"
    return None


def _has_hours(aggregate: ir.Aggregate, made: ir.Step, selector: ast.Selector, scope: Scope) -> bool:
    """Whether the anchor is fine enough for the step; a date has no hours (ruling 4)."""
    if aggregate.anchor.type.kind is not Kind.DATE or not _cuts_days(made):
        return True
    scope.diags.add(periods.no_hours(name_of(aggregate.anchor), f"`[{words(made)}]`", selector.span))
    return False


def _cuts_days(made: ir.Step) -> bool:
    match made:
        case ir.Last(unit=unit) | ir.Next(unit=unit) | ir.Ago(unit=unit) | ir.ToDate(unit=unit):
            return unit is TimeUnit.HOUR
        case ir.FromTo(start=start, end=end):
            return start.time() != time() or end.time() != time()
        case _:
            return False


def words(made: ir.Step) -> str:
    """As it is written."""
    match made:
        case ir.Prior():
            return "prior"
        case ir.Before():
            return "before"
        case ir.AllTime():
            return "all time"
        case ir.Last(count=count, unit=unit):
            return f"last {count} {unit.value}{'s' if count != 1 else ''}"
        case ir.Next(count=count, unit=unit):
            return f"next {count} {unit.value}{'s' if count != 1 else ''}"
        case ir.Ago(count=count, unit=unit):
            return f"{count} {unit.value}{'s' if count != 1 else ''} ago"
        case ir.ToDate(unit=unit):
            return f"{unit.value} to date"
        case ir.FromTo(start=start, end=end):
            return f"from {_shown(start)} to {_shown(end)}"


# ---------------------------------------------------------------------------- conditions and dimensions


def with_condition(operand: ir.Expr, tree: ast.Expr, scope: Scope) -> ir.Expr:
    """The condition joined to that of every aggregate, resolved once for each entity."""
    resolved: dict[str, ir.Expr | None] = {}
    for aggregate in aggregates(operand):
        if aggregate.entity not in resolved:
            resolved[aggregate.entity] = condition_on(aggregate.entity, tree, scope)
    if None in resolved.values():
        return poison(operand.span)

    def joined(aggregate: ir.Aggregate) -> ir.Aggregate:
        return dataclasses.replace(aggregate, where=both(aggregate.where, resolved[aggregate.entity]))

    return mapped(operand, joined)


def condition_on(entity: str, tree: ast.Expr, scope: Scope) -> ir.Expr | None:
    info = scope.world.entity(entity)
    assert info is not None, "aggregates are over entities that exist"
    return resolve_condition(tree, RowScope(scope.world, info, Place.CONDITION, scope.diags))


def _across(operand: ir.Expr, dimensions: tuple[ast.Path, ...], scope: Scope) -> ir.Expr:
    for path in dimensions:
        if not _is_dimension(path.dotted, operand, scope):
            entities = sorted({aggregate.entity for aggregate in aggregates(operand)})
            known = known_dimensions(scope.world, entities)
            scope.diags.add(naming.unknown_dimension(path.dotted, known, entities, path.span))
            return poison(operand.span)
    names = tuple(path.dotted for path in dimensions) or ir.ALL_DIMENSIONS

    def lifted(aggregate: ir.Aggregate) -> ir.Aggregate:
        if ir.ALL_DIMENSIONS in (names, aggregate.across):
            return dataclasses.replace(aggregate, across=ir.ALL_DIMENSIONS)
        return dataclasses.replace(aggregate, across=tuple(sorted({*aggregate.across, *names})))

    return mapped(operand, lifted)


def known_dimensions(world: World, entities: Iterable[str]) -> list[str]:
    """What aggregates over the entities may be cut by, for suggestions."""
    infos = [world.entity(entity) for entity in entities]
    members = {name for info in infos if info is not None for name in info.members}
    return sorted({*world.names.dimensions, *members})


def _is_dimension(name: str, operand: ir.Expr, scope: Scope) -> bool:
    if name in scope.world.names.dimensions:
        return True
    infos = [scope.world.entity(aggregate.entity) for aggregate in aggregates(operand)]
    return any(info is not None and name in info.members for info in infos)
