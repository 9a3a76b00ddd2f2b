"""All that an engine has to say when a query cannot run, or fails while running (KPI6xx)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kpilang.diagnostics import Code, Diagnostic, did_you_mean
from kpilang.source import NOWHERE, Span

UNKNOWN_TARGET = Code("KPI600", "unknown-target", "The project has no such target")
UNKNOWN_ENGINE = Code("KPI601", "unknown-engine", "No such engine, or not one that can be run here")
NO_DATA = Code("KPI602", "no-data", "A pattern of `data:` finds no file")
MISSING_TABLE = Code("KPI603", "missing-table", "A table that the target does not have")
MISSING_FILE = Code("KPI604", "missing-file", "A file that is not there")
AMBIGUOUS_TABLE = Code("KPI605", "ambiguous-table", "A table that stands in two places")
MISSING_COLUMN = Code("KPI606", "missing-column", "A column that the table does not have")
WRONG_COLUMN_TYPE = Code("KPI607", "wrong-column-type", "A column of another type than declared")
UNREADABLE_DATA = Code("KPI608", "unreadable-data", "A file or database that cannot be read")
BAD_VALUE = Code("KPI609", "bad-value", "A value that is not of the type declared")
OVERFLOW = Code("KPI610", "overflow", "A number too large to be exact")
OUT_OF_MEMORY = Code("KPI611", "out-of-memory", "Not enough memory or disk for the query")
INTERRUPTED = Code("KPI612", "interrupted", "The query was stopped")
IDS_DIFFER = Code("KPI613", "ids-differ", "Ids that meet are of different types in the data")
MISSING_PACKAGE = Code("KPI614", "missing-package", "An optional package is not installed")
QUERY_FAILED = Code("KPI615", "query-failed", "The query of an entity does not run")
UNKNOWN_FORMAT = Code("KPI616", "unknown-format", "A file of a format that cannot be read")
RANGE_NEEDED = Code("KPI617", "range-needed", "A grain without a range, where no data can be asked")
AMBIGUOUS_ROWS = Code("KPI618", "ambiguous-rows", "Rows in the data of which only one may be there")
NEGATIVE_WEIGHT = Code("KPI619", "negative-weight", "A touch that weighs less than nothing")

MISSING_VARIABLE = Code("KPI622", "missing-variable", "A variable of the environment that is not set")
UNKNOWN_SCHEMA = Code("KPI620", "unknown-schema", "A schema that the database does not have")
UNUSABLE_SETTING = Code("KPI621", "unusable-setting", "A setting of a target that its engine has no use for")

# ---------------------------------------------------------------------------- targets


def unknown_target(name: str, targets: Sequence[str]) -> Diagnostic:
    return Diagnostic(
        UNKNOWN_TARGET,
        f"the project has no target `{name}`",
        notes=(_list("targets", targets, "`kpilang.yml` declares no target"),),
        help=_did_you_mean(name, targets),
    )


def unknown_engine(name: str, engines: Sequence[str], span: Span) -> Diagnostic:
    return Diagnostic(
        UNKNOWN_ENGINE,
        f"queries cannot be run on the engine `{name}`",
        span,
        label="no such engine",
        notes=(_list("engines", engines, ""),),
        help=_did_you_mean(name, engines),
    )


def no_data(pattern: str, folder: str, span: Span) -> Diagnostic:
    return Diagnostic(
        NO_DATA,
        f"no data file matches `{pattern}`",
        span,
        label="finds nothing",
        notes=(f"patterns are relative to `{folder}`",),
        help=("name a folder, a file or a pattern of CSV, Parquet or JSON files, such as `data/*.parquet`",),
    )


def missing_variable(name: str, span: Span) -> Diagnostic:
    return Diagnostic(
        MISSING_VARIABLE,
        f"the variable `{name}` is not set",
        span,
        label="empty, or not there",
        notes=("what `env(…)` names is taken from the environment of the program",),
        help=(f"set it: `export {name}=…`, or choose another target",),
    )


def unknown_schema(name: str, database: str, known: Iterable[str], span: Span) -> Diagnostic:
    there = sorted(set(known))
    return Diagnostic(
        UNKNOWN_SCHEMA,
        f"`{database}` has no tables in a schema `{name}`",
        span,
        label="no such schema, or an empty one",
        notes=(_list("schemas with tables", there, "it has no tables at all"),),
        help=_did_you_mean(name, there),
    )


def unusable_setting(key: str, engine: str, why: str, span: Span) -> Diagnostic:
    return Diagnostic(
        UNUSABLE_SETTING,
        f"`{key}` means nothing to this target of the engine `{engine}`",
        span,
        help=(why,),
    )


# ---------------------------------------------------------------------------- tables, files, columns


def missing_table(name: str, entity: str, tables: Iterable[str], span: Span) -> Diagnostic:
    known = sorted(set(tables))
    return Diagnostic(
        MISSING_TABLE,
        f"the target has no table `{name}`",
        span,
        label=f"`{entity}` reads it",
        notes=(_list("tables of the target", known, "the target has no tables"),),
        help=_did_you_mean(name, known),
    )


def missing_file(pattern: str, entity: str, folder: str, files: Iterable[str], span: Span) -> Diagnostic:
    return Diagnostic(
        MISSING_FILE,
        f"no file matches `{pattern}`",
        span,
        label=f"`{entity}` reads it",
        notes=(f"files are relative to `{folder}`",),
        help=_did_you_mean(pattern, files),
    )


def ambiguous_table(name: str, entity: str, places: Sequence[str], span: Span) -> Diagnostic:
    return Diagnostic(
        AMBIGUOUS_TABLE,
        f"the table `{name}` stands in {len(places)} places",
        span,
        label=f"`{entity}` reads it",
        notes=tuple(f"one is `{place}`" for place in places),
        help=("narrow the patterns of `data:`, or name one of the files with `file:`",),
    )


def missing_column(column: str, entity: str, table: str, columns: Sequence[str], span: Span) -> Diagnostic:
    return Diagnostic(
        MISSING_COLUMN,
        f"{table} has no column `{column}`",
        span,
        label=f"a column of `{entity}`",
        notes=(_list("its columns", columns, "it has no columns"),),
        help=(*_did_you_mean(column, columns), "`column:` gives the name in the table where it is another"),
    )


def wrong_column_type(
    column: str, entity: str, table: str, declared: str, physical: str, way_out: str, span: Span
) -> Diagnostic:
    return Diagnostic(
        WRONG_COLUMN_TYPE,
        f"`{entity}.{column}` is declared `{declared}`, but in {table} it is {physical}",
        span,
        label=f"{physical} in the data",
        help=(way_out,),
    )


def ids_differ(one: str, physical: str, other: str, other_physical: str, span: Span) -> Diagnostic:
    """A reference and the key it holds, or two columns of one dimension."""
    return Diagnostic(
        IDS_DIFFER,
        f"`{one}` is {physical} in the data, but `{other}`, which it has to equal, is {other_physical}",
        span,
        label=physical,
        notes=("values of different types never meet, or meet by accident (`007` and 7)",),
        help=("a `query:` of the entity can cast one to the type of the other",),
    )


def unknown_format(file: str, span: Span) -> Diagnostic:
    return Diagnostic(
        UNKNOWN_FORMAT,
        f"the file `{file}` is of no format that can be read",
        span,
        label="neither CSV nor Parquet nor JSON by its name",
        help=("formats are told by the end of the name: `.csv`, `.tsv`, `.parquet`, `.json`, `.jsonl`",),
    )


def query_failed(entity: str, words: str, span: Span) -> Diagnostic:
    return Diagnostic(
        QUERY_FAILED,
        f"the query of `{entity}` does not run",
        span,
        label="written here",
        notes=(f"the engine says: {words}",),
    )


# ---------------------------------------------------------------------------- while running


def unreadable_data(what: str, words: str, span: Span = NOWHERE) -> Diagnostic:
    return Diagnostic(UNREADABLE_DATA, f"{what} cannot be read", span, notes=(f"the engine says: {words}",))


def missing_database(file: str, folder: str, span: Span) -> Diagnostic:
    return Diagnostic(
        MISSING_FILE,
        f"there is no database `{file}`",
        span,
        label="not there",
        notes=(f"files are relative to `{folder}`",),
    )


def database_busy(file: str, words: str, span: Span) -> Diagnostic:
    return Diagnostic(
        UNREADABLE_DATA,
        f"the database `{file}` is in use by another program",
        span,
        notes=(f"the engine says: {words}",),
        help=("close the program that writes to it, or read a copy",),
    )


def bad_value(value: str, column: str, wanted: str, span: Span = NOWHERE) -> Diagnostic:
    """`wanted` as in "no number": what the text should have been."""
    return Diagnostic(
        BAD_VALUE,
        f"`{_short(value)}` in the column `{column}` is {wanted}",
        span,
        label="declared here" if span is not NOWHERE else "",
        help=("declare the column as what it holds, or convert it in a `query:` of the entity",),
    )


def ambiguous_rows(words: str) -> Diagnostic:
    """`words` as the plan has them: which rows of what entity, and in what they are alike."""
    return Diagnostic(
        AMBIGUOUS_ROWS,
        words,
        NOWHERE,
        notes=("any of them could be meant, so there is no right number",),
        help=("tell them apart: a further column in `duplicates`, or in the key, does",),
    )


def negative_weight(touches: str) -> Diagnostic:
    return Diagnostic(
        NEGATIVE_WEIGHT,
        f"the weight of a row of `{touches}` is negative",
        NOWHERE,
        notes=("a share of a conversion cannot be less than nothing; a null weight counts as 0",),
        help=("let `weight:` give 0 where a touch should have no credit: `greatest(…, 0)`",),
    )


def bad_conversion(words: str, value: str | None, span: Span = NOWHERE) -> Diagnostic:
    shown = f"the value `{_short(value)}`" if value is not None else "a value"
    return Diagnostic(
        BAD_VALUE,
        f"{shown} in the data cannot be converted to what the spec makes of it",
        span,
        label="declared here" if span is not NOWHERE else "",
        notes=(f"the engine says: {words}",),
        help=("declare the column as what it holds, or convert it in a `query:` of the entity",),
    )


def overflow(words: str) -> Diagnostic:
    return Diagnostic(
        OVERFLOW,
        "a number grew beyond 38 digits, or beyond what its type holds",
        notes=(f"the engine says: {words}",),
        help=("declare the column `float`, or cut digits with `round`, where exactness does not matter",),
    )


def out_of_memory(words: str) -> Diagnostic:
    return Diagnostic(
        OUT_OF_MEMORY,
        "the query needs more memory than there is",
        notes=(f"the engine says: {words}",),
        help=("ask for a shorter range, fewer dimensions or a coarser grain, or use Parquet instead of CSV",),
    )


def interrupted() -> Diagnostic:
    return Diagnostic(INTERRUPTED, "the query was stopped before it had finished")


def missing_package(package: str, what: str, install: str) -> Diagnostic:
    return Diagnostic(
        MISSING_PACKAGE,
        f"{what} needs the package `{package}`, which is not installed",
        help=(f"`pip install {install}`",),
    )


def range_needed(grain: str) -> Diagnostic:
    return Diagnostic(
        RANGE_NEEDED,
        f"a query by {grain} needs a range to be compiled",
        notes=("a query that is run may ask the data for its first and last day; SQL that is kept may not",),
        help=("add `--from` and `--to`",),
    )


# ---------------------------------------------------------------------------- words

_SHOWN = 12
_LONG = 60


def _short(value: str) -> str:
    return value if len(value) <= _LONG else f"{value[: _LONG - 1]}…"


def _list(what: str, names: Sequence[str], none: str) -> str:
    if not names:
        return none
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return f"{what}: {', '.join(f'`{name}`' for name in names[:_SHOWN])}{more}"


def _did_you_mean(name: str, valid: Iterable[str]) -> tuple[str, ...]:
    close = did_you_mean(name, valid)
    return (f"did you mean {' or '.join(f'`{word}`' for word in close)}?",) if close else ()
