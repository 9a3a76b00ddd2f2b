"""From a plan to the text of one statement in one dialect."""

from __future__ import annotations

from sqlglot import ErrorLevel, exp

from kpilang import ir
from kpilang.plan import nodes
from kpilang.plan.plan import Plan
from kpilang.plan.scalars import Constant
from kpilang.sql.compiled import Compiled
from kpilang.sql.dialects import dialect_named
from kpilang.sql.dialects.base import Dialect
from kpilang.sql.header import header
from kpilang.sql.identifiers import literal
from kpilang.sql.lower_relations import RelationLowering
from kpilang.sql.lower_scalars import Spelling, lower
from kpilang.sql.origins import own_query
from kpilang.sql.parameters import Parameters
from kpilang.sql.relative import RelativeBounds
from kpilang.types import Type


def compile(
    plan: Plan, dialect: str = "duckdb", period: str = "literal", with_header: bool = True
) -> Compiled:
    """One statement for the plan.

    `period` says how the bounds of periods are written: `literal`; `bind`, as parameters; `relative` to the
    current date. Raises `KpilangError`: KPI551 for a dialect that is not known, KPI552 to KPI556 for what
    cannot be said.
    """
    chosen = dialect_named(dialect)
    tree, parameters = _statement(plan, chosen, period)
    text = generate(tree, chosen)
    return Compiled(f"{header(plan) if with_header else ''}{text}\n", columns(plan), parameters, chosen.name)


def _statement(plan: Plan, dialect: Dialect, period: str) -> tuple[exp.Expr, tuple[object, ...]]:
    match period:
        case "literal":
            return statement(plan, Spelling(dialect)), ()
        case "bind":
            parameters = Parameters(dialect)
            return statement(plan, Spelling(dialect, parameters.constant)), parameters.values
        case "relative":
            return _relative(plan, dialect), ()
        case _:
            raise ValueError(f"a period is literal, bind or relative, not {period}")


def _relative(plan: Plan, dialect: Dialect) -> exp.Expr:
    """Bounds are replaced in the order in which the tree asks for them, which is that of the frames."""
    bounds = RelativeBounds(plan, lambda other, constant: statement(other, Spelling(dialect, constant)))
    values = iter(bounds.scalars())

    def constant(found: Constant) -> exp.Expr:
        if not found.is_bound or found.value is None:
            return literal(found)
        return lower(next(values), Spelling(dialect))

    return statement(plan, Spelling(dialect, constant))


def statement(plan: Plan, spelling: Spelling) -> exp.Select:
    """The tree: one CTE for each relation, then the answer."""
    lowering = RelationLowering(
        spelling, lambda entity, text: _own_query(plan, entity, text, spelling.dialect)
    )
    query = lowering.answer(plan.answer)
    ctes = [lowering.relation(node) for node in plan.relations]
    if ctes:
        for cte, node in zip(ctes, plan.relations, strict=True):
            _first_select(cte.this).add_comments([comment(node)])
        query.set("with_", exp.With(expressions=ctes))
    return query


def _first_select(query: exp.Expr) -> exp.Expr:
    while isinstance(query, exp.SetOperation):
        query = query.this
    return query


def generate(tree: exp.Expr, dialect: Dialect) -> str:
    """The text of a tree, one clause to a line."""
    return tree.sql(dialect=dialect.grammar, pretty=True, unsupported_level=ErrorLevel.RAISE)


def comment(node: nodes.Relation) -> str:
    """What the relation holds; no name can end the comment."""
    text = "".join(char if char.isprintable() else " " for char in node.describe())
    return text.replace("*", "∗").replace("/", "∕")


def columns(plan: Plan) -> tuple[tuple[str, Type], ...]:
    """Names and types of the select list, as the query declares them."""
    declared = {output.name: output.type for output in plan.query.outputs}
    declared |= {dimension.name: dimension.type for dimension in plan.query.dimensions}
    declared |= {axis.name: axis.type for axis in plan.query.axes}
    return tuple((named.name, declared.get(named.name, named.value.type)) for named in plan.answer.columns)


def _own_query(plan: Plan, entity: str, origin: ir.SqlText, dialect: Dialect) -> exp.Query:
    return own_query(entity, origin, dialect, plan.query.model.entity(entity).span)
