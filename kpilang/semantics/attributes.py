"""Attributes: one value per row, whatever the query's period; aggregates over children, and ranks.

An aggregate in an attribute must say which rows belong to the row at hand (the link) and how far it looks:
by a condition on `this.`, by `[from … to …]`, by being stable when later rows arrive, or by `[ever]`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

from kpilang import ir
from kpilang.diagnostics import Diagnostics
from kpilang.functions import AGGREGATES, SPECIALS, Aggregate
from kpilang.nodes import walk
from kpilang.semantics import aggregates
from kpilang.semantics.agreement import agree
from kpilang.semantics.errors import joins, lints, naming, periods, values
from kpilang.semantics.exchange import known_total
from kpilang.semantics.expressions import resolve, resolve_condition
from kpilang.semantics.in_full import child_counted_once, is_in_full
from kpilang.semantics.links import is_derived_by, longer_ways
from kpilang.semantics.row_money import seen_over
from kpilang.semantics.rows import THIS, Place, RowScope, references
from kpilang.semantics.rows import walk as walk_references
from kpilang.semantics.scope import poison
from kpilang.semantics.world import Info, World
from kpilang.source import Span
from kpilang.syntax import ast
from kpilang.types import INTEGER, Kind

_TIMES = (Kind.DATE, Kind.TIMESTAMP)


class AttributeScope(RowScope):
    """The row whose attribute is computed; `attribute` is its name as shown."""

    def __init__(self, world: World, info: Info, attribute: str, diags: Diagnostics) -> None:
        super().__init__(world, info, Place.ATTRIBUTE, diags)
        self.attribute = attribute

    def this(self, path: ast.Path) -> ir.Expr:
        """Outside of an aggregate the outer row is the row at hand."""
        return self.field(path.names[1:], path)

    def aggregate(self, call: ast.Call) -> ir.Expr:
        if call.function.dotted in AGGREGATES:
            return child(call, (), self)
        if call.function.dotted == "rank":
            return rank(call, self)
        self.diags.add(naming.not_yet(f"`{call.function.dotted}` in an attribute", call.span))
        return poison(call.span)

    def select(self, select: ast.Select) -> ir.Expr:
        operand: ast.Expr = select
        selectors: list[ast.Selector] = []
        while isinstance(operand, ast.Select):
            selectors.insert(0, operand.selector)
            operand = operand.operand
        if isinstance(operand, ast.Call) and operand.function.dotted in AGGREGATES:
            return child(operand, tuple(selectors), self)
        self.diags.add(periods.selector_in_attribute(select.selector.span))
        return poison(select.span)


class ChildScope(RowScope):
    """A row of the entity that is aggregated, with `this.` for the row whose attribute is computed."""

    def __init__(self, info: Info, outer: AttributeScope) -> None:
        super().__init__(outer.world, info, Place.ATTRIBUTE, outer.diags)
        self.outer = outer

    def path(self, path: ast.Path) -> ir.Expr:
        first = path.names[0].text
        if (
            len(path.names) > 1
            and first == self.outer.info.name != self.info.name
            and first not in self.info.members
        ):
            self.diags.add(joins.outer_without_this(path.dotted, path.names[1].text, first, path.span))
            return poison(path.span)
        return super().path(path)

    def this(self, path: ast.Path) -> ir.Expr:
        field = self.outer.field(path.names[1:], path)
        if not isinstance(field, ir.Field):
            return field
        return ir.Outer(dataclasses.replace(field, type=seen_over(field.type, (THIS,))), span=path.span)


# ---------------------------------------------------------------------------- aggregates over children


def child(call: ast.Call, around: tuple[ast.Selector, ...], scope: AttributeScope) -> ir.Expr:
    function = AGGREGATES[call.function.dotted]
    if call.per:
        scope.diags.add(values.misplaced_modifier(function.name, "per", call.span))
        return poison(call.span)
    if not aggregates.has_shape(function, call, scope):
        return poison(call.span)
    rows = aggregates.rows_of(function, call, scope)
    if rows is None:
        return poison(call.span)
    rows = dataclasses.replace(rows, selectors=(*rows.selectors, *around))
    return _child(function, call, rows, ChildScope(rows.info, scope)) or poison(call.span)


def _child(function: Aggregate, call: ast.Call, rows: aggregates.Rows, inside: ChildScope) -> ir.Expr | None:
    link = _link(call, rows, inside)
    argument = resolve(rows.argument, inside) if rows.argument is not None else None
    where = resolve_condition(call.where, inside) if call.where is not None else None
    parameter = aggregates.parameter_of(function, call, inside)
    reach = _reach(call, rows, inside)
    given = aggregates.in_one_currency(function, argument, reach.anchor if reach else None, inside)
    if given is None:
        return None
    type_ = aggregates.aggregate_type(function, given.argument, rows.info, inside)
    if link is None or type_ is None or reach is None or (call.where is not None and where is None):
        return None
    if len(call.arguments) > 1 and parameter is None:
        return None
    if (
        argument is not None
        and function.fans_in
        and not aggregates.own_value(function, argument, rows.info, inside)
    ):
        return None
    if function.needs_key and not rows.info.key:
        inside.diags.add(joins.no_key(f"`{function.name}`", rows.info.name, call.span))
        return None
    made = ir.Child(
        function.op,
        rows.info.name,
        link,
        type_.with_null(_may_be_null(function, rows.info)),
        given.argument,
        parameter,
        where,
        reach.anchor,
        reach.interval,
        reach.ever,
        span=call.span,
    )
    if not (made.ever or made.interval) and _is_of_own_rows(made, inside):
        return known_total(_over_own_rows(function, made), given.unknown)
    if not _says_how_far(function, made, rows.info, inside):
        return None
    counted = child_counted_once(function, made, inside) if is_in_full(inside) else made
    return None if counted is None else known_total(counted, given.unknown)


def _is_of_own_rows(made: ir.Child, inside: ChildScope) -> bool:
    """Whether a derived entity looks at the rows it is derived from."""
    source = inside.outer.info.source
    return source is not None and source.entity == made.entity and made.link == (source.column,)


def _over_own_rows(function: Aggregate, made: ir.Child) -> ir.Child:
    """There `[ever]` is understood, and reported alike; what is stable or bounded needs none."""
    if function.op is ir.AggregateOp.FIRST or (made.where is not None and _is_bounded(made.where)):
        return made
    is_first = function.op is ir.AggregateOp.MIN and made.argument is not None
    if is_first and made.argument is not None and made.argument.type.kind in _TIMES:
        return made
    return dataclasses.replace(made, ever=True)


def _may_be_null(function: Aggregate, info: Info) -> bool:
    """Nothing is 0 or false where that is so, but before coverage begins it is unknown."""
    ops = (ir.AggregateOp.COUNT, ir.AggregateOp.UNIQUE, ir.AggregateOp.SUM, ir.AggregateOp.EXISTS)
    return function.op not in ops or bool(info.covers)


def _link(call: ast.Call, rows: aggregates.Rows, inside: ChildScope) -> tuple[str, ...] | None:
    """The references from the child to the outer row; none for `all E`; None after an error."""
    outer, info = inside.outer.info, rows.info
    if call.via is not None:
        return _via(call.via, inside)
    if rows.unlinked:
        return ()
    if outer.source is not None and outer.source.entity == info.name:
        return (outer.source.column,)
    links = [name for name, target in references(inside.world, info) if target.name == outer.name]
    if len(links) == 1:
        return (links[0],)
    if links:
        inside.diags.add(joins.ambiguous_link(info.name, outer.name, links, call.span))
        return None
    inside.diags.add(joins.no_link(info.name, outer.name, longer_ways(outer, inside), call.span))
    return None


def _via(via: ast.Path, inside: ChildScope) -> tuple[str, ...] | None:
    outer = inside.outer.info
    if is_derived_by(outer, inside.info, tuple(name.text for name in via.names)):
        return tuple(name.text for name in via.names)
    end = ast.Name("", span=via.span)
    walked = walk_references(inside, (*via.names, end), via)
    if walked is None:
        return None
    steps, target = walked
    if target.name != outer.name:
        inside.diags.add(joins.wrong_via(via.dotted, target.name, outer.name, via.span))
        return None
    return steps


@dataclasses.dataclass(frozen=True)
class Reach:
    anchor: ir.Field | None
    interval: tuple[ir.Expr, ir.Expr] | None = None
    ever: bool = False


def _reach(call: ast.Call, rows: aggregates.Rows, inside: ChildScope) -> Reach | None:
    """What the selectors say of how far it looks; None after an error."""
    world, info, diags = inside.world, rows.info, inside.diags
    anchor = world.time(info, call.span, diags) if info.decl.time is not None else None
    if info.decl.time is not None and anchor is None:
        return None
    if not rows.selectors:
        if call.dated is not None:
            diags.add(periods.dated_without_interval(call.dated.span))
            return None
        return Reach(anchor)
    selector = rows.selectors[0]
    if len(rows.selectors) > 1 or not isinstance(selector, ast.Ever | ast.FromTo):
        diags.add(periods.selector_in_attribute(rows.selectors[-1].span))
        return None
    if isinstance(selector, ast.Ever):
        return Reach(anchor, ever=True)
    dated = aggregates.anchor_of(call.dated, inside, call.span)
    interval = _interval(selector, dated, inside) if dated is not None else None
    return Reach(dated, interval) if interval is not None else None


def _interval(selector: ast.FromTo, anchor: ir.Field, inside: ChildScope) -> tuple[ir.Expr, ir.Expr] | None:
    """Bounds of the type of the anchor; they are expressions over the outer row."""
    bounds = []
    for tree in (selector.start, selector.end):
        found = resolve(tree, inside)
        if found.type.is_error:
            return None
        if found.type.kind not in _TIMES or any(fields(found)):
            wanted = "a date or timestamp of the outer row (`this.…`)"
            inside.diags.add(values.wrong_argument("from … to", wanted, found.type, found.span))
            return None
        agreed = agree((found, anchor), inside)
        if agreed is None:
            return None
        bounds.append(agreed[0])
    return bounds[0], bounds[1]


def fields(expr: ir.Expr) -> Iterator[ir.Field]:
    """Fields of the row at hand; those of the outer row left out."""
    outer = {id(node.field) for node in walk(expr) if isinstance(node, ir.Outer)}
    return (node for node in walk(expr) if isinstance(node, ir.Field) and id(node) not in outer)


# ---------------------------------------------------------------------------- how far it looks


def _says_how_far(function: Aggregate, made: ir.Child, info: Info, inside: ChildScope) -> bool:
    if made.ever or made.interval is not None or (made.where is not None and _is_bounded(made.where)):
        return True
    attribute = inside.outer.attribute
    if function.op is ir.AggregateOp.FIRST:
        return True
    if function.op is ir.AggregateOp.MIN:
        if made.argument is not None and made.argument.type.kind not in _TIMES:
            inside.diags.add(lints.unstable(f"`{attribute}`, a least value,", made.span))
        return True
    time = made.anchor.name if made.anchor is not None else None
    inside.diags.add(joins.unbounded(attribute, function.name, info.name, time, made.span))
    return False


def _is_bounded(where: ir.Expr) -> bool:
    """Whether one of the conditions holds only for rows up to a time of the outer row."""
    if isinstance(where, ir.Call) and where.op is ir.Op.AND:
        return any(_is_bounded(part) for part in where.args)
    if not isinstance(where, ir.Call) or len(where.args) != 2:
        return False
    left, right = where.args
    match where.op:
        case ir.Op.LT | ir.Op.LE:
            return _is_upper_bound(left, right)
        case ir.Op.GT | ir.Op.GE:
            return _is_upper_bound(right, left)
        case ir.Op.EQ | ir.Op.IS:
            return _is_upper_bound(left, right) or _is_upper_bound(right, left)
        case _:
            return False


def _is_upper_bound(low: ir.Expr, high: ir.Expr) -> bool:
    """`low` is a time of the child and `high` of the outer row, or `low` is how long after that it was."""
    if _is_childs_time(low) and high.type.kind in _TIMES:
        return aggregates.has_outer(high) and not any(fields(high))
    if isinstance(low, ir.Call) and low.op in (ir.Op.DIFF_DAYS, ir.Op.DIFF_SECONDS):
        start, end = low.args[1], low.args[0]
        return _is_childs_time(end) and aggregates.has_outer(start) and not any(fields(high))
    return False


def _is_childs_time(expr: ir.Expr) -> bool:
    return expr.type.kind in _TIMES and any(fields(expr)) and not aggregates.has_outer(expr)


# ---------------------------------------------------------------------------- rank


def rank(call: ast.Call, scope: AttributeScope) -> ir.Expr:
    if call.arguments or not call.by:
        scope.diags.add(values.wrong_count(SPECIALS["rank"].signature, len(call.arguments), call.span))
        return poison(call.span)
    for modifier, given in (("where", call.where), ("dated", call.dated), ("via", call.via)):
        if given is not None:
            scope.diags.add(values.misplaced_modifier("rank", modifier, given.span))
            return poison(call.span)
    if not scope.info.key:
        scope.diags.add(joins.no_key("`rank`", scope.info.name, call.span))
        return poison(call.span)
    per = tuple(resolve(path, scope) for path in call.per)
    by = tuple(ir.SortKey(resolve(key.value, scope), key.descending, span=key.span) for key in call.by)
    if any(part.type.is_error for part in (*per, *(key.value for key in by))):
        return poison(call.span)
    if not all(_may_order(key, scope) for key in by):
        return poison(call.span)
    _remark_rank(by, call.span, scope)
    nullable = any(part.type.nullable for part in (*per, *(key.value for key in by)))
    return ir.Rank(per, by, INTEGER.with_null(nullable), span=call.span)


def _may_order(key: ir.SortKey, scope: AttributeScope) -> bool:
    """Ruling 13 orders every kind but conditions; unranked words come after the ranked."""
    if key.value.type.kind in (Kind.BOOL, Kind.NULL):
        scope.diags.add(values.no_order(key.value.type, "rank", key.value.span))
        return False
    return True


def _remark_rank(by: tuple[ir.SortKey, ...], span: Span, scope: AttributeScope) -> None:
    first = by[0]
    if first.descending or first.value.type.kind not in _TIMES:
        scope.diags.add(lints.unstable(f"`{scope.attribute}`, a rank that is not by time,", span))
