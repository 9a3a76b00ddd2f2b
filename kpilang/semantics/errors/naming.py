"""2xx: names that mean nothing at their place, clash, or run in a circle."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kpilang.diagnostics import Code, Diagnostic, Edit, Label, did_you_mean
from kpilang.source import NOWHERE, Span


def listed(names: Iterable[str], most: int = 12) -> str:
    """`a`, `b` and `c`, cut after `most`."""
    quoted = [f"`{name}`" for name in names]
    if len(quoted) > most:
        return ", ".join(quoted[:most]) + f" and {len(quoted) - most} more"
    return (
        quoted[0] if len(quoted) == 1 else ", ".join(quoted[:-1]) + f" and {quoted[-1]}" if quoted else "none"
    )


def _suggested(word: str, valid: Iterable[str]) -> tuple[str, ...]:
    closest = [f"`{name}`" for name in did_you_mean(word, valid)]
    if not closest:
        return ()
    *most, last = closest
    return (f"did you mean {', '.join(most)} or {last}?" if most else f"did you mean {last}?",)


def _edits(word: str, valid: Iterable[str], span: Span) -> tuple[Edit, ...]:
    closest = did_you_mean(word, valid)
    return (
        (Edit(span, closest[0]),)
        if closest and span != NOWHERE and span.end - span.start == len(word)
        else ()
    )


def unknown(
    code: Code,
    what: str,
    word: str,
    valid: Sequence[str],
    span: Span,
    label: str,
    notes: Iterable[str] = (),
    help: Iterable[str] = (),
) -> Diagnostic:
    return Diagnostic(
        code,
        f"unknown {what} `{word}`",
        span,
        label,
        notes=tuple(notes),
        help=(*_suggested(word, valid), *help),
        edits=_edits(word, valid, span),
    )


UNKNOWN_NAME = Code("KPI201", "unknown-name", "A name that means nothing in a formula")


def unknown_name(word: str, valid: Sequence[str], span: Span, help: Iterable[str] = ()) -> Diagnostic:
    return unknown(UNKNOWN_NAME, "name", word, valid, span, "neither a KPI nor a param", help=help)


UNKNOWN_KPI = Code("KPI202", "unknown-kpi", "A KPI that is not declared")


def unknown_kpi(word: str, valid: Sequence[str], span: Span) -> Diagnostic:
    return unknown(UNKNOWN_KPI, "KPI", word, valid, span, "no KPI of this name is declared")


UNKNOWN_DIMENSION = Code("KPI203", "unknown-dimension", "A dimension that no entity has")


def unknown_dimension(word: str, valid: Sequence[str], entities: Sequence[str], span: Span) -> Diagnostic:
    label = (
        f"{listed(entities)} {'has' if len(entities) == 1 else 'have'} no such dimension" if entities else ""
    )
    known = (f"there is {listed(sorted(valid))}",) if valid else ()
    return unknown(UNKNOWN_DIMENSION, "dimension", word, valid, span, label, notes=known)


UNKNOWN_ENTITY = Code("KPI204", "unknown-entity", "An entity that is not declared")


def unknown_entity(word: str, valid: Sequence[str], span: Span) -> Diagnostic:
    return unknown(UNKNOWN_ENTITY, "entity", word, valid, span, "no entity of this name is declared")


UNKNOWN_COLUMN = Code("KPI205", "unknown-column", "A column or attribute that the entity does not have")


def unknown_column(
    entity: str, word: str, valid: Sequence[str], span: Span, help: Iterable[str] = ()
) -> Diagnostic:
    return unknown(
        UNKNOWN_COLUMN,
        "column",
        word,
        valid,
        span,
        f"`{entity}` has no column or attribute of this name",
        help=help,
    )


UNKNOWN_FUNCTION = Code("KPI206", "unknown-function", "A function that does not exist")


def unknown_function(word: str, valid: Sequence[str], span: Span) -> Diagnostic:
    return unknown(
        UNKNOWN_FUNCTION,
        "function",
        word,
        valid,
        span,
        "no such function",
        help=("`kpilang functions` lists them",),
    )


def function_as_value(word: str, span: Span) -> Diagnostic:
    return Diagnostic(
        UNKNOWN_FUNCTION,
        f"function `{word}` without arguments",
        span,
        help=(f"call it: `{word}(…)`",),
    )


UNKNOWN_SEGMENT = Code("KPI223", "unknown-segment", "A segment that is not declared")


def unknown_segment(word: str, valid: Sequence[str], span: Span) -> Diagnostic:
    return unknown(UNKNOWN_SEGMENT, "segment", word, valid, span, "no segment of this name is declared")


UNKNOWN_VARIANT = Code("KPI224", "unknown-variant", "A variant that the KPI does not have")


def unknown_variant(kpi: str, word: str, valid: Sequence[str], span: Span) -> Diagnostic:
    known = (f"there is {listed(valid)}",) if valid else ("it has no variants",)
    return unknown(
        UNKNOWN_VARIANT, "variant", word, valid, span, f"`{kpi}` has no variant of this name", notes=known
    )


UNKNOWN_PARAM = Code("KPI207", "unknown-param", "A value for a param that is not declared")


def unknown_param(word: str, valid: Sequence[str], span: Span) -> Diagnostic:
    return unknown(UNKNOWN_PARAM, "param", word, valid, span, "no param of this name is declared")


NAME_CLASH = Code("KPI208", "name-clash", "Two declarations of one name")


def name_clash(word: str, kind: str, span: Span, other_kind: str, other: Span) -> Diagnostic:
    return Diagnostic(
        NAME_CLASH,
        f"`{word}` is declared twice",
        span,
        f"as {kind}",
        secondary=(Label(other, f"first as {other_kind}"),),
        notes=("entities, segments, KPIs, functions, attributions and params share one namespace",),
        help=("give one of them another name",),
    )


def bad_local(word: str, what: str, span: Span) -> Diagnostic:
    return Diagnostic(
        NAME_CLASH,
        f"`{word}` cannot name {what}",
        span,
        "a word of the language, or named twice",
        help=("choose another name",),
    )


def column_clash(entity: str, word: str, span: Span, other: Span) -> Diagnostic:
    return Diagnostic(
        NAME_CLASH,
        f"`{entity}.{word}` is declared twice",
        span,
        "as an attribute",
        secondary=(Label(other, "first as a column"),),
        help=("give one of them another name",),
    )


def built_in(word: str, kind: str, span: Span) -> Diagnostic:
    return Diagnostic(
        NAME_CLASH,
        f"`{word}` is a word of the language and cannot name {kind}",
        span,
        help=("choose another name",),
    )


AMBIGUOUS_NAME = Code("KPI209", "ambiguous-name", "A name that is both a column and a param")


def column_and_param(entity: str, word: str, span: Span, column: Span, param: Span) -> Diagnostic:
    return Diagnostic(
        AMBIGUOUS_NAME,
        f"`{word}` is both a column of `{entity}` and a param",
        span,
        "which of the two?",
        secondary=(Label(column, "the column"), Label(param, "the param")),
        notes=("one of the two would be taken in silence, and the number would be another with the other",),
        help=("rename the param",),
    )


CYCLE = Code("KPI210", "cycle", "Definitions that need themselves")


def cycle(loop: Sequence[tuple[str, Span]], span: Span) -> Diagnostic:
    names = [name for name, _ in loop]
    around = " → ".join(f"`{name}`" for name in (*names, names[0]))
    message = (
        f"`{names[0]}` is defined by itself" if len(loop) == 1 else f"definitions run in a circle: {around}"
    )
    places = tuple(Label(place, f"`{name}` stands here") for name, place in loop if place != span)
    return Diagnostic(
        CYCLE, message, span, "this leads back", secondary=places, help=("cut the circle at one place",)
    )


UNKNOWN_ENUM_VALUE = Code("KPI211", "unknown-enum-value", "A value that the enum does not have")


def unknown_enum_value(word: str, column: str, valid: Sequence[str], span: Span) -> Diagnostic:
    closest = did_you_mean(word, valid)
    return Diagnostic(
        UNKNOWN_ENUM_VALUE,
        f"unknown enum value '{word}' of `{column}`",
        span,
        f"`{column}` is never this",
        notes=(f"its values are {', '.join(repr(value) for value in valid)}",),
        help=tuple(f"did you mean '{name}'?" for name in closest[:1]),
        edits=(Edit(span, f"'{closest[0]}'"),) if closest and span.end - span.start == len(word) + 2 else (),
    )


UNKNOWN_ZONE = Code("KPI212", "unknown-time-zone", "A time zone that does not exist")


def unknown_zone(word: str, valid: Sequence[str], span: Span) -> Diagnostic:
    return unknown(
        UNKNOWN_ZONE,
        "time zone",
        word,
        valid,
        span,
        "not in the tz database",
        help=("such as `Europe/Berlin`",),
    )


UNKNOWN_SETTING = Code("KPI213", "unknown-setting", "A value that a setting cannot have")


def unknown_setting(key: str, word: str, valid: Sequence[str], span: Span) -> Diagnostic:
    return Diagnostic(
        UNKNOWN_SETTING,
        f"`{key}` cannot be `{word}`",
        span,
        notes=(f"it is one of {listed(valid)}",),
        help=_suggested(word, valid),
    )


UNKNOWN_GRAIN = Code("KPI214", "unknown-grain", "A unit of time that periods are not cut in")


def unknown_length(word: str, valid: Sequence[str], span: Span) -> Diagnostic:
    closest = tuple(f"did you mean `{name}`?" for name in did_you_mean(word, valid)[:1])
    return Diagnostic(
        UNKNOWN_GRAIN,
        f"`{word}` is no unit of time",
        span,
        notes=(f"there is {listed(valid)}",),
        help=closest,
        edits=_edits(word, valid, span),
    )


def unknown_grain(word: str, valid: Sequence[str], span: Span) -> Diagnostic:
    return unknown(UNKNOWN_GRAIN, "grain", word, valid, span, "", notes=(f"there is {listed(valid)}",))


UNKNOWN_UNIT = Code("KPI215", "unknown-unit", "A unit that is not known")


def unknown_unit(word: str, valid: Sequence[str], span: Span) -> Diagnostic:
    return unknown(
        UNKNOWN_UNIT,
        "unit",
        word,
        valid,
        span,
        "neither a currency, nor a time, nor the unit of an entity",
    )


def unknown_currency(word: str, valid: Sequence[str], span: Span) -> Diagnostic:
    return unknown(UNKNOWN_UNIT, "currency", word, valid, span, "not a code of ISO 4217")


NOT_A_REFERENCE = Code("KPI216", "not-a-reference", "A path over something that refers to nothing")


def not_a_reference(
    entity: str, word: str, next_word: str, references: Sequence[str], span: Span
) -> Diagnostic:
    lacks = f", so it has no `{next_word}`" if next_word else ""
    return Diagnostic(
        NOT_A_REFERENCE,
        f"`{entity}.{word}` refers to no entity{lacks}",
        span,
        "not a reference",
        notes=(f"`{entity}` refers to others by {listed(references)}",) if references else (),
        help=(f"declare its type as `-> entity` if `{word}` holds a key",),
    )


NOT_A_VALUE = Code("KPI218", "not-a-value", "A name that stands for no value at its place")


def entity_as_value(word: str, span: Span) -> Diagnostic:
    return Diagnostic(
        NOT_A_VALUE,
        f"entity `{word}` used as a value",
        span,
        "a set of rows, not a number",
        help=(f"`count({word})` is the number of its rows",),
    )


def kpi_in_a_row(word: str, entity: str, span: Span) -> Diagnostic:
    return Diagnostic(
        NOT_A_VALUE,
        f"KPI `{word}` used in a row of `{entity}`",
        span,
        "one value for a whole period, not for a row",
        help=("compare KPIs outside of the aggregate",),
    )


def argument_in_a_row(word: str, entity: str, span: Span) -> Diagnostic:
    return Diagnostic(
        NOT_A_VALUE,
        f"parameter `{word}` used in a row of `{entity}`",
        span,
        "what was handed in is one value for a whole period, not for a row",
        help=("hand in a constant, or the name of a dimension; compare KPIs outside of the aggregate",),
    )


def dimension_in_a_row(word: str, entity: str, span: Span) -> Diagnostic:
    return Diagnostic(
        NOT_A_VALUE,
        f"dimension `{word}` used in a row of `{entity}`",
        span,
        help=(f"write the path from `{entity}` that the dimension stands for",),
    )


THIS_OUTSIDE = Code("KPI219", "misplaced-word", "`this` or `period` where they mean nothing")


def this_outside(span: Span) -> Diagnostic:
    return Diagnostic(
        THIS_OUTSIDE,
        "`this.` outside of an attribute",
        span,
        "there is no outer row here",
        notes=("`this.` names the row whose attribute is computed, inside an aggregate over others",),
    )


def period_outside(where: str, span: Span) -> Diagnostic:
    return Diagnostic(
        THIS_OUTSIDE,
        f"`period` in {where}",
        span,
        "there is no period here",
        notes=("an attribute has one value per row, whatever the query's period",),
        help=("write `period` in back-quotes if a column of that name is meant",),
    )


UNKNOWN_TYPE = Code("KPI220", "unknown-type", "A type of column that does not exist")


def unknown_type(word: str, valid: Sequence[str], meant: str | None, span: Span) -> Diagnostic:
    """`meant` is the name of the same type here, where `word` is that of other languages."""
    known = f"there is {listed(valid, len(valid))}"
    if meant is not None:
        help = (f"write `{meant}`",)
        return Diagnostic(UNKNOWN_TYPE, f"unknown type `{word}`", span, notes=(known,), help=help)
    return unknown(UNKNOWN_TYPE, "type", word, valid, span, "", notes=(known,))


UNKNOWN_RESULT_COLUMN = Code(
    "KPI221", "unknown-result-column", "An order by something that the result does not have"
)


def unknown_result_column(word: str, valid: Sequence[str], span: Span) -> Diagnostic:
    return unknown(
        UNKNOWN_RESULT_COLUMN,
        "column of the result",
        word,
        valid,
        span,
        "",
        notes=(f"there is {listed(valid)}",),
    )


def result_column_twice(word: str, span: Span) -> Diagnostic:
    return Diagnostic(
        NAME_CLASH,
        f"the result would have two columns `{word}`",
        span,
        help=("rename the KPI or the dimension",),
    )


NOT_YET = Code("KPI290", "not-yet", "A part of the language that this version does not have yet")


def not_yet(what: str, span: Span, help: Iterable[str] = ()) -> Diagnostic:
    return Diagnostic(
        NOT_YET,
        f"{what} is not in this version of the language yet",
        span,
        "written right, but not supported",
        help=tuple(help),
    )
