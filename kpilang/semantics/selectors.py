"""`x[selector]` on a cell expression or a set: pushed down to every part of it and every word of the period.

Law 1: `x[s]` in period p is x in s(p). So the step is put in front of the steps that are there already: the
right-most bracket acts on the period first. A condition selector is resolved in the rows of each part's
entity and joined to its condition; `across` takes dimensions away.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from typing import TypeVar

from kpilang import ir
from kpilang.nodes import Node
from kpilang.semantics.agreement import name_of
from kpilang.semantics.arguments import local_named, word_of
from kpilang.semantics.errors import naming, periods, values
from kpilang.semantics.expressions import resolve, resolve_condition
from kpilang.semantics.instants import instant, local_time, parse_time
from kpilang.semantics.parts import Timed, entity_of, filtered, parts, regrouped, shifted, timed
from kpilang.semantics.rows import Place, constants, row_of
from kpilang.semantics.scope import Scope, poison
from kpilang.semantics.sides import visible, ways
from kpilang.semantics.units import TIME_UNITS
from kpilang.semantics.world import World
from kpilang.source import Span
from kpilang.syntax import ast
from kpilang.types import DAY, SECOND, Kind, TimeUnit

N = TypeVar("N", bound=Node)
_OPEN = {ir.Prior: "prior", ir.Before: "before", ir.Next: "next"}


def select(operand: ir.Expr, selector: ast.Selector, span: Span, scope: Scope) -> ir.Expr:
    """The expression under a selector."""
    if operand.type.is_error:
        return poison(span)
    if not any(parts(operand)) and not any(timed(operand)):
        scope.diags.add(periods.nothing_to_select(selector.span))
        return poison(span)
    return selected(operand, selector, scope) or poison(span)


def selected(operand: N, selector: ast.Selector, scope: Scope) -> N | None:
    """A cell expression or a set under a selector; None after an error."""
    match selector:
        case ast.Across(dimensions=dimensions):
            return _across(operand, dimensions, scope)
        case ast.Condition(condition=condition):
            return with_condition(operand, condition, scope)
        case _:
            made = time_step(selector, scope)
            if made is None or not _has_beginning(operand, made, selector, scope):
                return None
            if not _has_hours(operand, made, selector, scope):
                return None
            return shifted(operand, made)


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
        known = tuple(unit.value for unit in TimeUnit)
        plural = name.text.endswith("s")
        scope.diags.add(
            naming.unknown_length(name.text, [f"{unit}s" for unit in known] if plural else known, name.span)
        )
    return found


def _amount(amount: ast.Amount, word: str, least: int, scope: Scope) -> tuple[int, TimeUnit] | None:
    if amount.param is not None:
        found = _named_amount(amount.param, word, scope)
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


def _named_amount(path: ast.Path, word: str, scope: Scope) -> tuple[int, TimeUnit] | None:
    """What a param holds, or what a parameter was given: `1 year` there means what it means here."""
    local = local_named(path, scope)
    match local.tree if local is not None else None:
        case ast.Quantity(value=value, is_integer=True, unit=unit) if unit.text in TIME_UNITS:
            return int(value), TIME_UNITS[unit.text]
        case ast.Path() as further if local is not None:
            return _named_amount(further, word, local.scope)
        case _:
            return _param_amount(path, word, scope)


def _param_amount(path: ast.Path, word: str, scope: Scope) -> tuple[int, TimeUnit] | None:
    """A param that holds a duration in whole units."""
    literal = resolve(path, constants("the length of a selector", scope))
    if literal.type.is_error:
        return None
    value, type_ = literal.value if isinstance(literal, ir.Literal) else None, literal.type
    if isinstance(value, int) and type_.kind is Kind.CALENDAR:
        return value, TimeUnit.MONTH
    if isinstance(value, int) and type_.kind is Kind.DURATION:
        if type_.unit == DAY:
            return value, TimeUnit.DAY
        if type_.unit == SECOND and value % 3600 == 0:
            return value // 3600, TimeUnit.HOUR
    scope.diags.add(values.not_a_length(word, type_, path.span))
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
    found = resolve(tree, constants("a bound of `from … to`", scope))
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


def _has_beginning(operand: Node, made: ir.Step, selector: ast.Selector, scope: Scope) -> bool:
    for node in timed(operand):
        trouble = lacks_beginning(node, (made, *node.window))
        if trouble is not None:
            scope.diags.add(periods.no_beginning(trouble, f"`[{words(made)}]`", selector.span))
            return False
    return True


def lacks_beginning(node: Timed, window: ir.Window, is_open: bool = False) -> str | None:
    """What in the window, or of the period itself, needs a beginning that is not there (ruling 9)."""
    for made in window:
        if is_open and type(made) in _OPEN:
            return f"`{_OPEN[type(made)]}`"
        if isinstance(made, ir.AllTime | ir.Before):
            is_open = True
        elif not isinstance(made, ir.Ago):
            is_open = False
    if not is_open:
        return None
    match node:
        case ir.PeriodValue(part=ir.PeriodPart.LENGTH):
            return "`period`"
        case ir.PeriodValue(part=ir.PeriodPart.START):
            return "`period.start`"
        case ir.Nested(per=ir.PerGrain(grain=grain)):
            return f"`per {grain.value}`"
        case _:
            return None


def _has_hours(operand: Node, made: ir.Step, selector: ast.Selector, scope: Scope) -> bool:
    """Whether the dates are fine enough for the step; a date has no hours (ruling 4)."""
    if not _cuts_days(made):
        return True
    for name in dates_of(operand):
        scope.diags.add(periods.no_hours(name, f"`[{words(made)}]`", selector.span))
        return False
    return True


def dates_of(expr: Node) -> Iterator[str]:
    """The names of the dates, which have no hours, that put rows into periods."""
    for node in timed(expr):
        match node:
            case ir.Aggregate(anchor=anchor) | ir.With(anchor=anchor) | ir.Event(anchor=anchor):
                if anchor is not None and anchor.type.kind is Kind.DATE:
                    yield name_of(anchor)
            case ir.State(start=start, end=end):
                yield from (name_of(bound) for bound in (start, end) if bound.type.kind is Kind.DATE)
            case ir.Nested(value=value):
                yield from dates_of(value)
            case _:
                pass


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


def with_condition(operand: N, tree: ast.Expr, scope: Scope) -> N | None:
    """The condition joined to that of every part, resolved once for each entity; None after an error."""
    resolved: dict[str, ir.Expr | None] = {}
    for part in parts(operand):
        entity = entity_of(part)
        if entity not in resolved:
            resolved[entity] = condition_on(entity, tree, scope)
    return None if None in resolved.values() else filtered(operand, resolved)


def condition_on(entity: str, tree: ast.Expr, scope: Scope) -> ir.Expr | None:
    info = scope.world.entity(entity)
    assert info is not None, "parts are over entities that exist"
    return resolve_condition(tree, row_of(info, Place.CONDITION, scope))


def _across(operand: N, dimensions: tuple[ast.Path, ...], scope: Scope) -> N | None:
    given = [word_of(path, scope) for path in dimensions]
    for word, path in zip(given, dimensions, strict=True):
        if not _is_dimension(word, operand, scope):
            entities = sorted({entity_of(part) for part in parts(operand)})
            known = known_dimensions(scope.world, entities)
            scope.diags.add(naming.unknown_dimension(word, known, entities, path.span))
            return None
    names = tuple(given) or ir.ALL_DIMENSIONS

    def lifted(across: tuple[str, ...]) -> tuple[str, ...]:
        if ir.ALL_DIMENSIONS in (names, across):
            return ir.ALL_DIMENSIONS
        return tuple(sorted({*across, *names}))

    return regrouped(operand, lifted)


def known_dimensions(world: World, entities: Iterable[str]) -> list[str]:
    """What aggregates over the entities may be cut by, for suggestions."""
    infos = [world.entity(entity) for entity in entities]
    members = {name for info in infos if info is not None for name in visible(world, info)}
    return sorted({*world.names.dimensions, *members})


def _is_dimension(name: str, operand: Node, scope: Scope) -> bool:
    if name in scope.world.names.dimensions:
        return True
    infos = [scope.world.entity(entity) for entity in _within_sight(operand, scope)]
    return any(info is not None and ways(scope.world, info, name) for info in infos)


def _within_sight(operand: Node, scope: Scope) -> Iterable[str]:
    """A part of a set may lie across a dimension of the other parts, which it does not see."""
    found = list(parts(operand))
    if all(isinstance(part, ir.Aggregate) for part in found):
        return (entity_of(part) for part in found)
    return scope.world.names.of_rows()
