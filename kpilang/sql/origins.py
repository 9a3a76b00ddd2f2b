"""An entity's own query: the user's SELECT, read once and put where its table would stand."""

from __future__ import annotations

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from kpilang import ir
from kpilang.diagnostics import KpilangError
from kpilang.source import Span
from kpilang.sql import errors
from kpilang.sql.dialects.base import Dialect


def own_query(entity: str, origin: ir.SqlText, dialect: Dialect, span: Span) -> exp.Query:
    """The text for the dialect, else the one for any; KPI553, KPI554."""
    texts = dict(origin.texts)
    text = texts.get(dialect.name, texts.get(""))
    if text is None:
        raise KpilangError(errors.no_query_text(entity, dialect.name, tuple(texts), span))
    try:
        trees = sqlglot.parse(text, dialect=dialect.grammar)
    except SqlglotError as error:
        reason = str(error).splitlines()[0]
        raise KpilangError(errors.bad_query_text(entity, dialect.name, reason, span)) from error
    if len(trees) != 1 or not isinstance(trees[0], exp.Query):
        raise KpilangError(
            errors.bad_query_text(entity, dialect.name, "it is not one SELECT statement", span)
        )
    return trees[0]


def tables_read(tree: exp.Expr) -> frozenset[str]:
    """Names that a query of the user's reads without a schema: no CTE of ours may bear one of them."""
    return frozenset(found.name for found in tree.find_all(exp.Table) if not found.db)
