"""The few statements an engine writes itself, as sqlglot nodes: names and values never become SQL as text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from sqlglot import exp

DIALECT = "duckdb"


def text(node: exp.Expression) -> str:
    return node.sql(DIALECT)


def name(word: str) -> exp.Identifier:
    return exp.to_identifier(word, quoted=True)


def column(word: str) -> exp.Column:
    return exp.Column(this=name(word))


def string(value: str) -> exp.Literal:
    return exp.Literal.string(value)


def table(parts: Sequence[str]) -> exp.Table:
    """One to three names."""
    words = [name(part) for part in parts]
    return exp.Table(
        this=words[-1],
        db=words[-2] if len(words) > 1 else None,
        catalog=words[-3] if len(words) > 2 else None,
    )


def call(function: str, *arguments: exp.Expression, **options: exp.Expression) -> exp.Anonymous:
    """A function of DuckDB's own; options are named arguments."""
    named = [exp.PropertyEQ(this=exp.to_identifier(key), expression=value) for key, value in options.items()]
    return exp.Anonymous(this=function, expressions=[*arguments, *named])


def list_of(values: Iterable[str]) -> exp.Array:
    return exp.Array(expressions=[string(value) for value in values])


def files(paths: Iterable[Path]) -> exp.Array:
    return list_of(str(path) for path in paths)


def cast(value: exp.Expression, type_: str) -> exp.Cast:
    return exp.Cast(this=value, to=exp.DataType.build(type_, dialect=DIALECT))


def rows_of(function: exp.Anonymous) -> exp.Select:
    """All columns of a table function."""
    return exp.select(exp.Star()).from_(exp.Table(this=function))


def replacing(source: exp.Select, changed: Mapping[str, exp.Expression]) -> exp.Select:
    """The same columns in the same order, those of `changed` computed anew."""
    if not changed:
        return source
    star = exp.Star(replace=[exp.alias_(value, name(word)) for word, value in changed.items()])
    return exp.select(star).from_(source.subquery())


def view(parts: Sequence[str], rows: exp.Expression) -> str:
    return text(exp.Create(this=table(parts), kind="VIEW", expression=rows, replace=True))


def schema(parts: Sequence[str]) -> str:
    node = exp.Table(this=None, db=name(parts[-1]), catalog=name(parts[-2]) if len(parts) > 1 else None)
    return text(exp.Create(this=node, kind="SCHEMA", exists=True))


def attach(path: str, alias: str, read_only: bool = False) -> str:
    options = [exp.AttachOption(this=exp.var("read_only"))] if read_only else []
    named = exp.Alias(this=string(path), alias=name(alias))
    return text(exp.Attach(this=named, expressions=options))


def setting(word: str, value: exp.Expression) -> str:
    item = exp.SetItem(this=exp.EQ(this=exp.to_identifier(word), expression=value))
    return text(exp.Set(expressions=[item]))


def listing(function: str, kind: str, database: str) -> str:
    """Schema and name of all that `duckdb_tables` or `duckdb_views` lists of a database."""
    own = exp.EQ(this=exp.column("database_name"), expression=string(database))
    select = exp.select(exp.column("schema_name"), exp.column(kind)).from_(exp.Table(this=call(function)))
    return text(select.where(own, exp.not_(exp.column("internal"))))
