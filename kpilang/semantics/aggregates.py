"""Aggregates: which entity they are over, which rows, by which date, and the type of what comes out.

What KPIs and attributes share is here, and the aggregate of a KPI; that of an attribute is in `attributes`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from kpilang import ir
from kpilang.functions import AGGREGATES, Aggregate, Takes
from kpilang.nodes import Node, children, walk
from kpilang.semantics.agreement import computed, name_of
from kpilang.semantics.arguments import local_named, word_of
from kpilang.semantics.calls import accepts
from kpilang.semantics.comparison import both, has_order
from kpilang.semantics.errors import joins, naming, periods, sets, values
from kpilang.semantics.exchange import Exchanged, exchanged, known_total
from kpilang.semantics.expressions import resolve, resolve_condition
from kpilang.semantics.in_full import counted_once, is_in_full
from kpilang.semantics.paths import after, begins_with, in_row
from kpilang.semantics.qualified import unknown
from kpilang.semantics.rows import Place, RowScope, row_of
from kpilang.semantics.scope import Local, Scope, poison
from kpilang.semantics.selectors import select
from kpilang.semantics.set_names import set_in
from kpilang.semantics.sets import key_of, members_of
from kpilang.semantics.world import Info
from kpilang.source import Span
from kpilang.syntax import ast
from kpilang.syntax.unparse import unparse
from kpilang.types import BOOL, PLAIN, Exactness, Kind, Type, Unit, things


@dataclass(frozen=True)
class Rows:
    """The first argument taken apart: the entity, the expression over its rows (None: the rows themselves).

    `selectors` stood on the argument, the outermost last; `unlinked` is `all E`; `members` is the set, and
    `alias` its name, if the first name was that of a segment.
    """

    info: Info
    argument: ast.Expr | None
    selectors: tuple[ast.Selector, ...] = ()
    unlinked: bool = False
    members: ir.Set | None = None
    alias: str | None = None


# ---------------------------------------------------------------------------- which rows


def rows_of(function: Aggregate, call: ast.Call, scope: Scope) -> Rows | None:
    """The first qualified name fixes the entity; None after an error."""
    tree: ast.Expr = call.arguments[0]
    selectors: list[ast.Selector] = []
    while isinstance(tree, ast.Select):
        selectors.insert(0, tree.selector)
        tree = tree.operand
    unlinked = isinstance(tree, ast.AllRows)
    if isinstance(tree, ast.AllRows):
        tree = tree.entity
    counted = function.parameters[0].takes is Takes.ROWS
    segment = None if counted or unlinked else _segment(tree, scope)
    if segment is not None:
        return _members(segment, tree, tuple(selectors), scope)
    info = _counted(function, tree, scope) if counted else _qualified(function, tree, call, scope)
    if info is None or not scope.world.usable(info, call.arguments[0].span, scope.diags):
        return None
    return Rows(info, None if counted else tree, tuple(selectors), unlinked)


def _segment(tree: ast.Expr, scope: Scope) -> ast.Name | None:
    """The segment that the first qualified name begins with, if it does."""
    for path in paths(tree):
        if len(path.names) > 1:
            first = path.names[0]
            return first if set_in(ast.Path((first,)), scope) is not None else None
    return None


def _members(
    name: ast.Name, tree: ast.Expr, selectors: tuple[ast.Selector, ...], scope: Scope
) -> Rows | None:
    """`sum(S.x)`: over the rows of the members (ruling 20)."""
    found = members_of(name, scope)
    if found is None or not scope.world.usable(found[0], name.span, scope.diags):
        return None
    return Rows(found[0], tree, selectors, members=found[1], alias=name.text)


def _counted(function: Aggregate, tree: ast.Expr, scope: Scope) -> Info | None:
    """`count(E)`: the argument is the entity itself."""
    names = scope.world.names
    segment = set_in(tree, scope)
    if segment is not None:
        scope.diags.add(sets.set_as_value(unparse(segment), "the rows of an entity", tree.span))
        return None
    handed = next((local for path in paths(tree) if (local := local_named(path, scope)) is not None), None)
    if handed is not None:
        return _handed(handed, tree, scope)
    if not isinstance(tree, ast.Path):
        scope.diags.add(joins.no_entity(function.name, tree.span))
        return None
    entity = begins_with(tree.names, names)
    if entity is not None and entity != tree.dotted:
        having = f"{entity} where {ast.Path(after(tree.names, entity)).dotted} is not null"
        help = (
            f"`unique({tree.dotted})` counts different values",
            f"`{function.name}({having})` counts rows that have one",
        )
        scope.diags.add(values.counts_rows(function.name, tree.dotted, help, tree.span))
        return None
    info = scope.world.named(tree.dotted)
    if info is None and len(tree.names) > 1:
        scope.diags.add(unknown(tree, names))
    elif info is None:
        known = (*names.of_rows(), *names.segments)
        scope.diags.add(naming.unknown_entity(tree.dotted, known, tree.span))
    return info


def _handed(local: Local, tree: ast.Expr, scope: Scope) -> Info | None:
    """An entity that was handed to a function; where it counts a set, that must be one."""
    info = scope.world.named(word_of(tree, scope)) if isinstance(tree, ast.Path) else None
    if info is None:
        text = unparse(local.tree)
        local.scope.diags.add(sets.not_a_set(text, local.tree.span, parameter=local.place))
    return info


def _qualified(function: Aggregate, tree: ast.Expr, call: ast.Call, scope: Scope) -> Info | None:
    names = scope.world.names
    if isinstance(tree, ast.Call) and tree.function.dotted in AGGREGATES:
        scope.diags.add(joins.aggregate_of_aggregate(function.name, unparse(tree), tree.span))
        return None
    found = list(paths(tree))
    for path in found:
        entity = begins_with(path.names, names)
        if entity is not None and entity != path.dotted:
            return scope.world.named(entity)
    for path in found:
        first = path.names[0]
        if len(path.names) == 1 and set_in(path, scope) is not None:
            scope.diags.add(sets.set_as_value(first.text, "a number", path.span))
            return None
        if names.has_rows(path.dotted):
            scope.diags.add(naming.entity_as_value(path.dotted, path.span))
            return None
        if len(path.names) > 1:
            scope.diags.add(unknown(path, names))
            return None
    scope.diags.add(joins.no_entity(function.name, call.span))
    return None


def paths(tree: Node) -> Iterator[ast.Path]:
    """Names in reading order, those of functions left out."""
    if isinstance(tree, ast.Path):
        yield tree
    for child in children(tree):
        if not (isinstance(tree, ast.Call) and child is tree.function):
            yield from paths(child)


# ---------------------------------------------------------------------------- the aggregate of a KPI


def aggregate(call: ast.Call, scope: Scope) -> ir.Expr:
    """An aggregate in a cell."""
    function = AGGREGATES[call.function.dotted]
    if not _well_formed(function, call, scope):
        return poison(call.span)
    rows = rows_of(function, call, scope)
    if rows is None:
        return poison(call.span)
    inside = row_of(rows.info, Place.AGGREGATE, scope)
    inside.alias = rows.alias
    made = _made(function, call, rows, inside)
    if made is None:
        return poison(call.span)
    for selector in rows.selectors:
        made = select(made, selector, call.span, scope)
    return made


def _well_formed(function: Aggregate, call: ast.Call, scope: Scope) -> bool:
    if function.only_attributes:
        scope.diags.add(joins.only_in_attributes(function.name, call.span))
        return False
    if call.via is not None:
        scope.diags.add(values.misplaced_modifier(function.name, "via", call.via.span))
        return False
    if any(isinstance(argument, ast.AllRows) for argument in call.arguments):
        scope.diags.add(values.misplaced_modifier(function.name, "all", call.arguments[0].span))
        return False
    return has_shape(function, call, scope)


def has_shape(function: Aggregate, call: ast.Call, scope: Scope) -> bool:
    """The number of arguments, and no `by`."""
    if call.by:
        scope.diags.add(values.misplaced_modifier(function.name, "by", call.span))
        return False
    if len(call.arguments) != len(function.parameters):
        scope.diags.add(values.wrong_count(function.signature, len(call.arguments), call.span))
        return False
    return True


def _made(function: Aggregate, call: ast.Call, rows: Rows, inside: RowScope) -> ir.Expr | None:
    argument = resolve(rows.argument, inside) if rows.argument is not None else None
    where = resolve_condition(call.where, inside) if call.where is not None else None
    parameter = parameter_of(function, call, inside)
    dated = _dated(function, call, rows, inside)
    given = in_one_currency(function, argument, dated.anchor if dated is not None else None, inside)
    type_ = aggregate_type(function, given.argument, rows.info, inside) if given is not None else None
    if dated is None or given is None or type_ is None or (call.where is not None and where is None):
        return None
    if len(call.arguments) > 1 and parameter is None:
        return None
    if argument is not None and function.fans_in and not own_value(function, argument, rows.info, inside):
        return None
    if function.needs_key and not rows.info.key:
        inside.diags.add(joins.no_key(f"`{function.name}`", rows.info.name, call.span))
        return None
    made = ir.Aggregate(
        function.op,
        rows.info.name,
        dated.anchor,
        type_.with_null(),
        given.argument,
        parameter,
        both(dated.member, where),
        span=call.span,
    )
    return counted_once(function, made, inside) if is_in_full(inside) else known_total(made, given.unknown)


def in_one_currency(
    function: Aggregate, argument: ir.Expr | None, anchor: ir.Field | None, inside: RowScope
) -> Exchanged | None:
    """The argument, converted if its currency is that of the row; None after an error."""
    if argument is None:
        return Exchanged(None)
    return exchanged(function.op, function.name, argument, anchor, inside)


@dataclass(frozen=True)
class _Dated:
    """What puts rows into a period: their date, or that they are of a member."""

    anchor: ir.Field | None
    member: ir.Member | None = None


def _dated(function: Aggregate, call: ast.Call, rows: Rows, inside: RowScope) -> _Dated | None:
    if rows.members is None:
        anchor = anchor_of(call.dated, inside, call.span)
        return _Dated(anchor) if anchor is not None else None
    if call.dated is not None:
        help = ("it is over all rows of the members, whatever their dates",)
        inside.diags.add(values.misplaced_modifier(function.name, "dated", call.dated.span, help))
        return None
    if function.op in (ir.AggregateOp.FIRST, ir.AggregateOp.LAST):
        inside.diags.add(joins.no_order_of_members(function.name, call.span))
        return None
    key = key_of(rows.info, inside)
    return _Dated(None, ir.Member(key, rows.members, BOOL, span=call.span)) if key is not None else None


def anchor_of(dated: ast.Path | None, inside: RowScope, span: Span) -> ir.Field | None:
    """The date that puts a row into a period; None after an error."""
    if dated is None:
        return _default_anchor(inside, span)
    field = inside.field(in_row(dated.names, inside.info, inside.world), dated)
    if field.type.is_error:
        return None
    if field.type.kind not in (Kind.DATE, Kind.TIMESTAMP) or not isinstance(field, ir.Field):
        inside.diags.add(periods.not_a_time(dated.dotted, str(field.type), dated.span))
        return None
    return field


def _default_anchor(inside: RowScope, span: Span) -> ir.Field | None:
    world, info, diags = inside.world, inside.info, inside.diags
    if info.decl.time is not None:
        return world.time(info, span, diags)
    columns = [world.column(info, name, span, diags) for name in info.columns]
    times = (Kind.DATE, Kind.TIMESTAMP)
    dates = [column.name for column in columns if column is not None and column.type.kind in times]
    diags.add(periods.no_time(info.name, dates, span))
    return None


def parameter_of(function: Aggregate, call: ast.Call, inside: Scope) -> ir.Literal | None:
    """The share of a percentile."""
    if len(function.parameters) < 2 or len(call.arguments) < 2:
        return None
    found = resolve(call.arguments[1], inside)
    if found.type.is_error:
        return None
    if isinstance(found, ir.Literal) and accepts(Takes.SHARE, found):
        share = found.value
        if isinstance(share, Decimal) and 0 <= share <= 1:
            return found
        text = unparse(call.arguments[1])
        inside.diags.add(values.share_out_of_range(function.name, text, found.span))
        return None
    help = ("such as `90%`",)
    inside.diags.add(values.wrong_argument(function.name, Takes.SHARE.value, found.type, found.span, help))
    return None


# ---------------------------------------------------------------------------- types


def aggregate_type(function: Aggregate, argument: ir.Expr | None, info: Info, scope: Scope) -> Type | None:
    """The type before it is known whether nothing may come out; None after an error."""
    if argument is not None:
        return argument_type(function, argument, scope)
    is_count = function.op is not ir.AggregateOp.EXISTS
    return Type(Kind.INTEGER, unit=info.counted) if is_count else Type(Kind.BOOL)


def argument_type(function: Aggregate, argument: ir.Expr, scope: Scope) -> Type | None:
    """What comes of aggregating a value; None after an error."""
    if argument.type.is_error or not _taken(function, argument, scope):
        return None
    type_ = argument.type
    match function.op:
        case ir.AggregateOp.UNIQUE:
            return Type(Kind.INTEGER, unit=_counted_by(argument, scope))
        case ir.AggregateOp.SUM:
            exactness = computed(type_)
            return dataclasses.replace(type_, exactness=exactness)
        case ir.AggregateOp.AVG:
            return _mean(type_)
        case ir.AggregateOp.MEDIAN | ir.AggregateOp.PERCENTILE | ir.AggregateOp.STDDEV:
            return _double(type_, Exactness.APPROXIMATE)
        case _:
            return type_


def _taken(function: Aggregate, argument: ir.Expr, scope: Scope) -> bool:
    takes = function.parameters[0].takes
    if argument.type.kind is Kind.NULL or not accepts(takes, argument):
        help = (
            ("`min` and `max` of it are fine",) if argument.type.kind in (Kind.DATE, Kind.TIMESTAMP) else ()
        )
        if argument.type.kind is Kind.BOOL and function.op is ir.AggregateOp.SUM:
            help = ("`count(… where …)` counts the rows for which it is true",)
        name = name_of(argument) if isinstance(argument, ir.Field) else None
        scope.diags.add(
            values.wrong_argument(function.name, takes.value, argument.type, argument.span, help, name)
        )
        return False
    return takes is not Takes.ORDERED or has_order((argument,), function.name, scope)


def _counted_by(argument: ir.Expr, scope: Scope) -> Unit:
    """Different keys of customers are customers; different cities are cities."""
    if argument.type.kind is Kind.ID and argument.type.entity is not None:
        target = scope.world.entity(argument.type.entity)
        if target is not None:
            return target.counted
    return things(argument.name) if isinstance(argument, ir.Field) else PLAIN


def _mean(type_: Type) -> Type:
    exactness = Exactness.ROUNDED if type_.exactness is Exactness.EXACT else Exactness.APPROXIMATE
    if type_.kind is Kind.BOOL:
        return Type(Kind.NUMBER, exactness=exactness)
    return _double(type_, exactness)


def _double(type_: Type, exactness: Exactness) -> Type:
    kind = Kind.NUMBER if type_.kind is Kind.INTEGER else type_.kind
    return Type(kind, unit=type_.unit, exactness=exactness)


# ---------------------------------------------------------------------------- fan-in


def own_value(function: Aggregate, argument: ir.Expr, info: Info, inside: RowScope) -> bool:
    """Ruling 17: a value of the parent stands in many rows, so it may not be added up over them."""
    for field in value_fields(argument):
        behind = field if field.steps else _parents_value(field, inside)
        if behind is not None:
            path = ".".join((*behind.steps, behind.name))
            inside.diags.add(joins.fan_in(function.name, path, info.name, behind.owner, argument.span))
            return False
    return True


def _parents_value(field: ir.Field, inside: RowScope) -> ir.Field | None:
    """The parent's value that an attribute only hands on; None if the row has a part in it."""
    owner = inside.world.entity(field.owner)
    if owner is None or field.name not in owner.attributes:
        return None
    attribute = inside.world.attribute(owner, field.name, field.span, inside.diags)
    found = list(value_fields(attribute.value)) if attribute is not None else []
    behind = [part if part.steps else _parents_value(part, inside) for part in found]
    return behind[0] if behind and all(part is not None for part in behind) else None


def value_fields(expr: ir.Expr) -> Iterator[ir.Field]:
    """Fields that the value is made of; those that only decide (conditions) are left out."""
    match expr:
        case ir.Field(type=type_) if type_.kind is not Kind.BOOL:
            yield expr
        case ir.Case(whens=whens, otherwise=otherwise):
            for when in whens:
                yield from value_fields(when.value)
            if otherwise is not None:
                yield from value_fields(otherwise)
        case ir.Call(args=args, type=type_) if type_.kind is not Kind.BOOL:
            for argument in args:
                yield from value_fields(argument)
        case _:
            pass


def has_outer(expr: ir.Expr) -> bool:
    return any(isinstance(node, ir.Outer) for node in walk(expr))
