"""4xx about where rows come from: derived entities, bindings, and versions of rows."""

from __future__ import annotations

from collections.abc import Sequence

from kpilang.diagnostics import Code, Diagnostic, Label
from kpilang.semantics.errors.naming import listed
from kpilang.source import Span

BAD_EACH = Code("KPI424", "bad-derived-entity", "A derived entity that is not made of one column's values")


def bad_each(text: str, span: Span) -> Diagnostic:
    return Diagnostic(
        BAD_EACH,
        f"`each: {text}` names no column of another entity",
        span,
        help=("name an entity and a column of it: `each: email_events.message`",),
    )


def derived_has_columns(entity: str, span: Span) -> Diagnostic:
    return Diagnostic(
        BAD_EACH,
        f"`{entity}` is derived and has no columns or key of its own",
        span,
        "comes from the source",
        help=("`carry` names columns of the source; all else is an attribute",),
    )


def carry_without_each(entity: str, span: Span) -> Diagnostic:
    return Diagnostic(BAD_EACH, f"`carry` in `{entity}`, which is not derived", span, help=("add `each:`",))


def not_an_id(path: str, found: str, span: Span) -> Diagnostic:
    return Diagnostic(
        BAD_EACH,
        f"`{path}` is {found}, and a derived entity has a row for each key",
        span,
        help=("declare the column as `id`",),
    )


BINDING = Code("KPI425", "incomplete-binding", "A source that does not say what the entity's columns are")


def binding_lacks(source: str, entity: str, missing: Sequence[str], span: Span) -> Diagnostic:
    return Diagnostic(
        BINDING,
        f"source `{source}` of `{entity}` lacks {listed(missing)}",
        span,
        notes=("a column that a source does not give is null, so it must be nullable",),
        help=(f"add `{missing[0]}:` to `values`, or declare it with `?`",),
    )


def source_twice(entity: str, source: str, span: Span, first: Span) -> Diagnostic:
    return Diagnostic(
        BINDING,
        f"`{entity}` has two sources `{source}`",
        span,
        secondary=(Label(first, "the first"),),
        notes=("a key is unique together with its source",),
        help=("give each a name: `source: …`",),
    )


def no_such_part(entity: str, part: str, span: Span) -> Diagnostic:
    return Diagnostic(
        BINDING,
        f"`{part}` of a source, and `{entity}` has none",
        span,
        notes=("in a binding it says which of the source's columns plays that part",),
        help=(f"declare `{part}` in the entity, by a column of it",),
    )


def part_twice(entity: str, part: str, column: str, span: Span) -> Diagnostic:
    return Diagnostic(
        BINDING,
        f"`{part}` says what `{entity}.{column}` is, and so does another key",
        span,
        help=(f"leave out `{part}`, or `{column}` in `values`",),
    )


def another_part(entity: str, part: str, columns: Sequence[str], span: Span) -> Diagnostic:
    return Diagnostic(
        BINDING,
        f"`{part}` of this source is of another form than that of `{entity}`",
        span,
        f"`{entity}` has {listed([name for name in columns if name]) if any(columns) else 'another'}",
        help=("name as many columns, in the same order and direction",),
    )


def nothing_covered(entity: str, span: Span) -> Diagnostic:
    return Diagnostic(
        BINDING,
        f"there is no day that all sources of `{entity}` cover",
        span,
        "every total would be unknown",
        help=("bind the sources to entities of their own, or correct `covers`",),
    )


VERSIONS = Code("KPI426", "bad-versions", "Something said of versions that no column can bear")


def recorded_by_itself(column: str, span: Span) -> Diagnostic:
    return Diagnostic(VERSIONS, f"`{column}` is recorded by itself", span, help=("name another column",))


def bad_duplicates(span: Span) -> Diagnostic:
    return Diagnostic(
        VERSIONS,
        "`duplicates` goes by columns",
        span,
        help=("such as `latest by loaded_at`, or `earliest by …`",),
    )


def unlike_times(first: str, found: str, second: str, other: str, span: Span) -> Diagnostic:
    return Diagnostic(
        VERSIONS,
        f"`{first}` is {found} and `{second}` is {other}",
        span,
        "a day is no instant",
        help=("declare both as dates, or both as timestamps",),
    )


def needs_as_of(column: str, entity: str, span: Span) -> Diagnostic:
    return Diagnostic(
        VERSIONS,
        f"`{column}` refers to `{entity}`, of which there are versions",
        span,
        "which of them?",
        help=(f"say at what time: `-> {entity} as of column`",),
    )


def no_versions(column: str, entity: str, span: Span) -> Diagnostic:
    return Diagnostic(
        VERSIONS,
        f"`{column}` refers to `{entity}` as of a time, and `{entity}` has no versions",
        span,
        help=(f"give `{entity}` a `valid: from_column to to_column`, or leave `as of` out",),
    )
