"""Aggregates over children and ranks: the attributes that look at other rows (ruling 8, 9, 13, 18).

They see all rows, whatever the query's period and conditions, but none at or after the as-of instant.
"""

from __future__ import annotations

from datetime import date

from kpilang import ir
from kpilang.reference.access import Row, Rows
from kpilang.reference.aggregates import Item, aggregate
from kpilang.reference.calendar import Clock, Interval
from kpilang.reference.ordering import sort_key
from kpilang.reference.values import Value, literal

# ---------------------------------------------------------------------------- children


def child_value(rows: Rows, node: ir.Child, outer: Row) -> Value:
    """The aggregate over the rows of `node.entity` that belong to `outer`."""
    entity = rows.model.entity(node.entity)
    bounds = None
    if node.interval is not None:
        bounds = [rows.value(bound, outer, outer) for bound in node.interval]
    if entity.covers is not None and _before_coverage(rows, node, entity.covers, outer, bounds):
        return None
    members = [row for row in rows.children(outer, node) if _counts(rows, node, row, outer, bounds)]
    items = [_item(rows, node, row, outer) for row in members]
    parameter = None if node.parameter is None else literal(node.parameter)
    argument = None if node.argument is None else node.argument.type
    return aggregate(node.op, items, argument, parameter, node.type)


def _counts(rows: Rows, node: ir.Child, row: Row, outer: Row, bounds: list[Value] | None) -> bool:
    anchor = None if node.anchor is None else rows.value(node.anchor, row)
    if _is_later(rows.clock, anchor):
        return False
    if bounds is not None and not _between(rows.clock, anchor, bounds):
        return False
    return node.where is None or rows.value(node.where, row, outer) is True


def _is_later(clock: Clock, time: date | None) -> bool:
    """At or after the as-of instant (ruling 7); what has no time is not."""
    return time is not None and clock.moment(time).instant >= clock.as_of.instant


def _between(clock: Clock, anchor: date | None, bounds: list[Value]) -> bool:
    """Half-open; a null on any side is in no interval, and a reversed interval holds nothing (ruling 9)."""
    if anchor is None or None in bounds:
        return False
    start, end = (clock.moment(bound) for bound in bounds)
    return Interval(start, end).holds(clock.moment(anchor))


def _item(rows: Rows, node: ir.Child, row: Row, outer: Row) -> Item:
    value = None if node.argument is None else rows.value(node.argument, row, outer)
    anchor = None if node.anchor is None else rows.value(node.anchor, row)
    return Item(value, None if anchor is None else (anchor, rows.key(row)))


# ---------------------------------------------------------------------------- what coverage leaves unknown


def _before_coverage(
    rows: Rows, node: ir.Child, covers: ir.Coverage, outer: Row, bounds: list[Value] | None
) -> bool:
    """Whether all that the bounds by `this.` leave lies outside what the data cover (ruling 8)."""
    low, high = _limits(rows, node, outer, bounds)
    moment = rows.clock.moment
    ends_before = covers.start is not None and any(moment(end) <= moment(covers.start) for end in high)
    begins_after = covers.end is not None and any(moment(start) >= moment(covers.end) for start in low)
    return ends_before or begins_after


def _limits(
    rows: Rows, node: ir.Child, outer: Row, bounds: list[Value] | None
) -> tuple[list[Value], list[Value]]:
    """Known lower and upper bounds that the interval and the condition set to the child's time."""
    low = [] if bounds is None or bounds[0] is None else [bounds[0]]
    high = [] if bounds is None or bounds[1] is None else [bounds[1]]
    if node.anchor is None or node.where is None:
        return low, high
    for term in _conjuncts(node.where):
        sides = _bound_of(term, node.anchor)
        if sides is None:
            continue
        op, bound = sides
        value = rows.value(bound, outer, outer)
        if value is not None:
            (high if op in (ir.Op.LT, ir.Op.LE) else low).append(value)
    return low, high


def _conjuncts(expr: ir.Expr) -> list[ir.Expr]:
    if isinstance(expr, ir.Call) and expr.op is ir.Op.AND:
        return [term for arg in expr.args for term in _conjuncts(arg)]
    return [expr]


_TURNED = {ir.Op.LT: ir.Op.GT, ir.Op.LE: ir.Op.GE, ir.Op.GT: ir.Op.LT, ir.Op.GE: ir.Op.LE}


def _bound_of(term: ir.Expr, anchor: ir.Field) -> tuple[ir.Op, ir.Expr] | None:
    """`time < this.x` as (<, this.x), from either side; None for any other condition."""
    if not isinstance(term, ir.Call) or term.op not in _TURNED:
        return None
    left, right = term.args
    if left == anchor and _is_of_outer(right):
        return term.op, right
    if right == anchor and _is_of_outer(left):
        return _TURNED[term.op], left
    return None


def _is_of_outer(expr: ir.Expr) -> bool:
    """Whether it names the outer row and nothing else."""
    if isinstance(expr, ir.Outer):
        return True
    if not isinstance(expr, ir.Call):
        return False
    others = [arg for arg in expr.args if not isinstance(arg, ir.Literal)]
    return bool(others) and all(_is_of_outer(arg) for arg in others)


# ---------------------------------------------------------------------------- ranks


def ranking(rows: Rows, node: ir.Rank, entity: str) -> dict[Row, int]:
    """The rank of every row that has one: ties by the key, none where a part or an order is null."""
    groups: dict[tuple[Value, ...], list[Row]] = {}
    for row in rows.existing(entity):
        if _is_later(rows.clock, rows.time(row)):
            continue
        part = tuple(rows.value(expr, row) for expr in node.per)
        order = [rows.value(key.value, row) for key in node.by]
        if None not in part and None not in order:
            groups.setdefault(part, []).append(row)
    ranks: dict[Row, int] = {}
    for group in groups.values():
        ranks.update((row, place) for place, row in enumerate(_sorted(rows, node, group), start=1))
    return ranks


def _sorted(rows: Rows, node: ir.Rank, group: list[Row]) -> list[Row]:
    """Sorted by the last key first, as every sort keeps the order of equals."""
    ordered = sorted(group, key=rows.key)
    for by in reversed(node.by):
        keys = {row: sort_key(rows.value(by.value, row), by.value.type) for row in ordered}
        ordered.sort(key=keys.__getitem__, reverse=by.descending)
    return ordered
