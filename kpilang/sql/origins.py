"""An entity's own query: the user's SELECT, read once and put where its table would stand."""

from __future__ import annotations

import sqlglot
from sqlglot import exp
from sqlglot.errors import ParseError, SqlglotError

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
        reason = f"it makes no sense from {_place(error)} on"
        raise KpilangError(errors.bad_query_text(entity, dialect.name, reason, span)) from error
    if len(trees) != 1 or not isinstance(trees[0], exp.Query):
        raise KpilangError(
            errors.bad_query_text(entity, dialect.name, "it is not one SELECT statement", span)
        )
    return trees[0]


def _place(error: SqlglotError) -> str:
    """Where in the text; what the parser calls its tokens helps nobody."""
    found = error.errors[0] if isinstance(error, ParseError) and error.errors else {}
    line, column = found.get("line"), found.get("col")
    return "its beginning" if line is None else f"line {line}, column {column}"
