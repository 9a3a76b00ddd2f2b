"""Which constructs of the language a query uses: read off the typed query, so that none is forgotten.

Of an output its own and those of every attribute, entity and dimension that it reaches; what only the text
shows (a selector on a whole formula, a param) comes from the generator.
"""

from __future__ import annotations

from collections.abc import Iterator

from kpilang import ir
from kpilang.ir import AggregateOp, Op
from kpilang.nodes import Node, children, walk
from kpilang.types import Kind, Type

FAMILIES: dict[str, tuple[Op, ...]] = {
    "add and subtract": (Op.ADD, Op.SUB),
    "multiply": (Op.MUL,),
    "divide": (Op.DIV,),
    "negative, abs": (Op.NEG, Op.ABS),
    "round, floor, ceil": (Op.ROUND, Op.FLOOR, Op.CEIL),
    "sqrt, ln, exp, power": (Op.SQRT, Op.LN, Op.EXP, Op.POWER),
    "greatest, least": (Op.GREATEST, Op.LEAST),
    "equality": (Op.EQ, Op.NE),
    "ordering": (Op.LT, Op.LE, Op.GT, Op.GE),
    "is, is not": (Op.IS, Op.IS_NOT),
    "in": (Op.IN,),
    "like": (Op.LIKE,),
    "and": (Op.AND,),
    "or": (Op.OR,),
    "not": (Op.NOT,),
    "coalesce": (Op.COALESCE,),
    "nullif": (Op.NULLIF,),
    "text functions": (Op.LENGTH, Op.CONCAT, Op.STARTS_WITH, Op.ENDS_WITH, Op.CONTAINS),
    "date of a timestamp": (Op.DATE_OF,),
    "add days, months, seconds": (Op.ADD_DAYS, Op.ADD_MONTHS, Op.ADD_SECONDS),
    "difference of times": (Op.DIFF_DAYS, Op.DIFF_SECONDS),
    "as": (Op.CAST,),
}
"""Scalar operations, each in one family."""

FAMILY_OF = {op: name for name, ops in FAMILIES.items() for op in ops}

STEPS: dict[type[ir.Step], str] = {
    ir.Prior: "prior",
    ir.Before: "before",
    ir.AllTime: "all time",
    ir.Last: "last",
    ir.Next: "next",
    ir.Ago: "ago",
    ir.ToDate: "to date",
    ir.FromTo: "from to",
}

TEXTUAL = (
    "condition selector",
    "selector on a formula",
    "kpi reference",
    "goal",
    "param",
    "param given",
    "query where",
    "function",
    "let",
    "variants",
    "extends",
)
"""What only the text shows; the generator tells."""


def of_output(output: ir.Output, query: ir.Query) -> set[str]:
    found = set(_Walk(query.model).of(output.value))
    for entity in _entities(output.value):
        walk = _Walk(query.model)
        for dimension in query.dimensions:
            path = next((p for name, p in dimension.paths if name == entity), None)
            if path is not None:
                found.update(walk.of(path))
    return found


def of_query(query: ir.Query) -> set[str]:
    """What belongs to no single output."""
    found = {f"grain {query.grain.value}" if query.grain else "no grain"}
    found |= {name for name in ("fill", "order", "limit", "as_of") if getattr(query, name)}
    found |= {"no range"} if query.range is None else set()
    found |= {"by"} if query.dimensions else set()
    found |= {"by a param"} if query.axes else set()
    found |= {"by two"} if len(query.dimensions) > 1 else set()
    found |= {f"by {_kind(dimension.type)}" for dimension in query.dimensions}
    entities = {entity for output in query.outputs for entity in _entities(output.value)}
    return found | ({"several entities"} if len(entities) > 1 else set())


def _entities(node: Node) -> Iterator[str]:
    """Whose rows are grouped."""
    for part in walk(node):
        match part:
            case ir.Aggregate(entity=name) | ir.With(rows=name):
                yield name
            case ir.State(entity=name) | ir.Event(entity=name) | ir.Always(entity=name):
                yield name


class _Walk:
    """Through expressions and whatever they reach, each attribute once."""

    def __init__(self, model: ir.Model) -> None:
        self._model = model
        self._seen: set[tuple[str, str]] = set()

    def of(self, node: Node) -> Iterator[str]:
        match node:
            case ir.Aggregate():
                yield from self._aggregate(node)
            case ir.CountOf():
                yield "count of a set"
                yield from _across(node.across)
            case ir.Member():
                yield "member of a set"
            case ir.Nested():
                yield from self._nested(node)
            case ir.With() | ir.State() | ir.Event() | ir.Always():
                yield from self._sentence(node)
            case ir.AllOf():
                yield "set and"
            case ir.AnyOf():
                yield "set or"
            case ir.Outside():
                yield "set and not"
            case ir.Child():
                yield from self._child(node)
            case ir.Rank():
                yield "rank"
                yield from (["rank descending"] if any(key.descending for key in node.by) else [])
            case ir.PeriodValue():
                yield "period" if node.part is ir.PeriodPart.LENGTH else f"period.{node.part.value}"
            case ir.Case():
                yield "case"
            case ir.Call(op):
                yield FAMILY_OF[op]
            case ir.Field():
                yield from self._field(node)
            case _:
                pass
        for child in children(node):
            yield from self.of(child)

    def _aggregate(self, node: ir.Aggregate) -> Iterator[str]:
        yield node.op.value if node.op is not AggregateOp.AVG else _average(node)
        entity = self._model.entity(node.entity)
        yield from (STEPS[type(step)] for step in node.window)
        yield from ["composition"] if len(node.window) > 1 else []
        yield from ["where"] if node.where is not None else []
        yield from ["period in a condition"] if node.where is not None and _sees_period(node.where) else []
        if node.anchor is not None and (node.anchor.name != entity.time or node.anchor.steps):
            yield "dated"
        yield from _across(node.across)
        yield from self._entity(entity)

    def _nested(self, node: ir.Nested) -> Iterator[str]:
        yield f"nested {node.op.value}"
        yield "per grain" if isinstance(node.per, ir.PerGrain) else "per key"
        yield from ["per two keys"] if isinstance(node.per, ir.PerKeys) and len(node.per.names) > 1 else []
        yield from (f"nested {STEPS[type(step)]}" for step in node.window)
        yield from _across(node.across)

    def _sentence(self, node: ir.With | ir.State | ir.Event | ir.Always) -> Iterator[str]:
        yield {ir.With: "set with", ir.State: "set while", ir.Event: "set dated"}.get(type(node), "set where")
        entity = self._model.entity(node.rows if isinstance(node, ir.With) else node.entity)
        yield from self._entity(entity)
        if isinstance(node, ir.With):
            yield from ["set with a condition on all rows"] if node.having is not None else []
            yield from ["set with members of a set"] if node.among is not None else []
        if not isinstance(node, ir.Always):
            yield from (f"set {STEPS[type(step)]}" for step in node.window)
        yield from ["set across"] if node.across else []

    def _entity(self, entity: ir.Entity) -> Iterator[str]:
        yield {0: "no key", 1: "key"}.get(len(entity.key), "composite key")
        if entity.where is not None:
            yield "entity where"
            yield from self.of(entity.where)
        yield from ["derived entity"] if isinstance(entity.origin, ir.Each) else []
        yield from ["several sources"] if isinstance(entity.origin, ir.Union) else []
        yield from ["recorded"] if entity.recorded is not None else []
        if entity.duplicates is not None:
            yield "duplicates latest" if entity.duplicates.latest else "duplicates earliest"
        if entity.covers is not None:
            yield "covers" if entity.covers.end is None else "covers to an end"

    def _child(self, node: ir.Child) -> Iterator[str]:
        yield f"child {node.op.value}"
        yield {0: "child of all", 1: "child"}.get(len(node.link), "child over two references")
        yield from ["child where"] if node.where is not None else []
        yield from ["child from to"] if node.interval is not None else []
        yield from ["child this"] if any(isinstance(part, ir.Outer) for part in _parts(node)) else []
        yield from ["child ever"] if node.ever else []
        yield from self._entity(self._model.entity(node.entity))

    def _field(self, node: ir.Field) -> Iterator[str]:
        yield from self._steps(node)
        owner = self._model.entity(node.owner)
        column, attribute = owner.column(node.name), owner.attribute(node.name)
        if column is not None:
            yield from _column(column)
        if attribute is not None and (owner.name, node.name) not in self._seen:
            self._seen.add((owner.name, node.name))
            yield "attribute of a parent" if node.steps else "attribute"
            yield from self.of(attribute.value)

    def _steps(self, node: ir.Field) -> Iterator[str]:
        here = self._model.entity(node.entity)
        if node.steps:
            yield "parent" if len(node.steps) == 1 else "grandparent"
        for step in node.steps:
            column = here.column(step)
            assert column is not None, "steps are columns"
            if column.reference is None:
                yield "derived parent"
                return
            if column.reference.target == here.name:
                yield "self reference"
            if len(column.reference.columns) > 1:
                yield "composite reference"
            if column.reference.as_of is not None:
                yield "version in force"
            here = self._model.entity(column.reference.target)
            yield from ["entity where"] if here.where is not None else []
            yield from ["recorded parent"] if here.recorded is not None else []
            yield from ["parent of several sources"] if isinstance(here.origin, ir.Union) else []
            yield from ["parent with duplicates"] if here.duplicates is not None else []


def _parts(node: Node) -> Iterator[Node]:
    for child in children(node):
        yield child
        yield from _parts(child)


def _across(across: tuple[str, ...]) -> Iterator[str]:
    if across:
        yield "across all" if across == ir.ALL_DIMENSIONS else "across"
        yield from ["across two"] if len(across) > 1 else []


def _sees_period(node: Node) -> bool:
    return any(isinstance(part, ir.PeriodValue) for part in (node, *_parts(node)))


def _average(node: ir.Aggregate) -> str:
    return "share" if node.argument is not None and node.argument.type.kind is Kind.BOOL else "avg"


def _column(column: ir.Column) -> Iterator[str]:
    yield f"{_kind(column.type)} column"
    yield from ["zoned column"] if column.zone is not None else []
    yield from ["recorded column"] if column.recorded is not None else []
    yield from ["column value"] if column.value is not None else []
    yield from ["renamed column"] if column.physical not in (None, column.name) else []
    yield from (
        ["name that is no identifier"] if not column.name.isascii() or not column.name.isidentifier() else []
    )


def _kind(type_: Type) -> str:
    if type_.kind is Kind.ENUM and type_.enumeration is not None and type_.enumeration.ranked:
        return "ordered enum"
    if type_.is_numeric and type_.unit.is_money:
        return "money"
    return "float" if type_.kind is Kind.NUMBER and type_.is_double else type_.kind.value
