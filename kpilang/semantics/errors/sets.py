"""3xx and 4xx about sets of members: where a set may stand, and what a sentence may say of its members."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kpilang.diagnostics import Code, Diagnostic, Label, Severity
from kpilang.semantics.errors.naming import listed
from kpilang.source import NOWHERE, Span
from kpilang.types import Type

SET_AS_VALUE = Code("KPI330", "set-as-value", "A set of members where a value is needed")


def set_as_value(text: str, wanted: str, span: Span, parameter: Span = NOWHERE) -> Diagnostic:
    """`parameter` is the place of the parameter to which the set was handed, if it was."""
    ways = {"a condition": f"`key in {text}` asks whether a key is a member"}
    return Diagnostic(
        SET_AS_VALUE,
        f"set `{text}` used as {wanted}",
        span,
        "a set of members",
        secondary=(Label(parameter, "handed to this"),) if parameter != NOWHERE else (),
        help=(ways.get(wanted, f"`count({text})` is how many members it has"),),
    )


NOT_A_SET = Code("KPI331", "not-a-set", "Something else where a set of members is needed")


def mixed(condition: str, set_name: str, found: str, span: Span, set_span: Span) -> Diagnostic:
    """`found` says what the other operand is."""
    return Diagnostic(
        NOT_A_SET,
        f"{found} `{condition}` combined with set `{set_name}`",
        span,
        found,
        secondary=(Label(set_span, "a set"),),
        notes=("`and`, `or` and `not` combine sets with sets and conditions with conditions",),
        help=(f"put the condition into a selector: `{set_name}[{condition}]`",)
        if found == "condition"
        else (),
    )


def not_a_set(text: str, span: Span, help: Iterable[str] = (), parameter: Span = NOWHERE) -> Diagnostic:
    """`parameter` is the place of the parameter to which it was handed, if it was."""
    return Diagnostic(
        NOT_A_SET,
        f"`{text}` is no set of members",
        span,
        secondary=(Label(parameter, "handed to this"),) if parameter != NOWHERE else (),
        help=tuple(help),
    )


def entity_as_set(entity: str, span: Span) -> Diagnostic:
    return not_a_set(
        entity, span, (f"a segment names members of an entity: `everybody: {entity} where true`",)
    )


OTHER_MEMBERS = Code("KPI332", "sets-of-different-entities", "Members of different entities, put together")


def different_entities(
    first: str, entity: str, place: Span, other: str, others: str, span: Span
) -> Diagnostic:
    return Diagnostic(
        OTHER_MEMBERS,
        f"sets of different entities, `{first}` ({entity}) and `{other}` ({others})",
        span,
        f"members of `{others}`",
        secondary=(Label(place, f"members of `{entity}`"),),
    )


def not_its_key(key: str, found: Type, set_name: str, entity: str, span: Span) -> Diagnostic:
    what = f"a key of `{found.entity}`" if found.entity else found.kind.value
    return Diagnostic(
        OTHER_MEMBERS,
        f"`{key}` is {what}, and `{set_name}` is a set of `{entity}`",
        span,
        "never a member",
        help=(f"name a column that refers to `{entity}`",),
    )


COMPLEMENT = Code("KPI333", "bare-complement", "Everybody who is not a member, without a bound")


def bare_complement(text: str, place: str, span: Span) -> Diagnostic:
    return Diagnostic(
        COMPLEMENT,
        f"set complement `{text}` {place}",
        span,
        "everybody else, without a bound",
        help=(f"say among whom: `members and {text}`",),
    )


TRUE_OF_NOBODY = Code("KPI430", "true-without-rows", "A condition that holds for members without rows")


def true_without_rows(text: str, rows: str, entity: str, span: Span) -> Diagnostic:
    return Diagnostic(
        TRUE_OF_NOBODY,
        f"`{text}` is not false for a member without `{rows}`",
        span,
        f"members are found by their rows of `{rows}`",
        notes=(
            f"those of `{entity}` without a row would be left out although the condition is true for them",
        ),
        help=("name the opposite, and combine: `everybody and not …`",),
    )


BAD_WITH = Code("KPI431", "bad-with-condition", "A `with` that is not about the rows of one entity")


def with_needs_rows(text: str, span: Span) -> Diagnostic:
    return Diagnostic(
        BAD_WITH,
        f"`with {text}` names no rows",
        span,
        help=(
            "name an entity or a segment, such as `with orders`",
            "or compare an aggregate, such as `with count(orders) >= 3`",
        ),
    )


def several_rows(entities: Sequence[str], span: Span) -> Diagnostic:
    return Diagnostic(
        BAD_WITH,
        f"a condition over {listed(entities)} in one sentence",
        span,
        "a sentence is about the rows of one entity",
        help=("write a segment for each, and combine the two by `and`",),
    )


def several_dates(dates: Sequence[str], span: Span) -> Diagnostic:
    return Diagnostic(
        BAD_WITH,
        f"rows dated {' and '.join(dates)} in one sentence",
        span,
        "a sentence looks at its rows in one interval, by one date",
        help=("write a segment for each, and combine the two by `and`",),
    )


def several_intervals(span: Span) -> Diagnostic:
    return Diagnostic(
        BAD_WITH,
        "rows of two intervals in one sentence",
        span,
        "a sentence looks at its rows in one interval, by one date",
        help=("write a segment for each, and combine the two by `and`",),
    )


def not_of_rows(what: str, span: Span) -> Diagnostic:
    return Diagnostic(
        BAD_WITH, f"{what} in a sentence", span, "only aggregates over the member's own rows decide here"
    )


TIMELESS_AHEAD = Code("KPI432", "timeless-looks-ahead", "A timeless segment that later rows can change")


def timeless_ahead(segment: str, attribute: str, span: Span) -> Diagnostic:
    return Diagnostic(
        TIMELESS_AHEAD,
        f"timeless segment `{segment}` looks at later rows through `{attribute}` (`[ever]`)",
        span,
        "members of the past would change with every load",
        help=("use `with` and an aggregate, which is counted in the period",),
    )


IN_ATTRIBUTE = Code(
    "KPI433", "segment-in-attribute", "A segment that depends on the period, where there is none"
)


def segment_without_period(set_name: str, place: str, span: Span) -> Diagnostic:
    return Diagnostic(
        IN_ATTRIBUTE,
        f"segment `{set_name}` in {place}",
        span,
        "its members depend on the period, and here is none",
        help=("put the condition into the `where` of an aggregate",),
    )


TIMELESS = Code(
    "KPI704", "timeless-segment", "A segment that has the same members in every period", Severity.WARNING
)


def timeless(segment: str, entity: str, time: str, span: Span) -> Diagnostic:
    return Diagnostic(
        TIMELESS,
        f"segment `{segment}` has the same members in every period",
        span,
        f"`{entity}` has a time (`{time}`), which plays no part",
        help=(f"`{entity} dated {time} where …` counts each member in the period of its `{time}`",),
    )
