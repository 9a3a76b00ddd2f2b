"""45x: attributions. What they need, how touches share a value, and which side of a credit a name is of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from kpilang.diagnostics import Code, Diagnostic, Label, Severity
from kpilang.semantics.errors.joins import FAN_IN
from kpilang.semantics.errors.naming import NAME_CLASH, listed, unknown
from kpilang.semantics.errors.origins import VERSIONS
from kpilang.semantics.errors.periods import NO_TIME
from kpilang.semantics.errors.values import CALENDAR_DURATION, MONEY_BY
from kpilang.source import Span
from kpilang.types import Type

INCOMPLETE = Code(
    "KPI450", "incomplete-attribution", "An attribution that lacks a key, or has one that says nothing"
)
_EXAMPLES = {
    "convert": "`convert: opportunities.amount`",
    "touches": "`touches: touchpoints`",
    "via": "`via: contact`, what a conversion and its touches share",
    "model": "`model: linear`, or a `weight`",
}


def missing_keys(attribution: str, keys: Sequence[str], span: Span) -> Diagnostic:
    return Diagnostic(
        INCOMPLETE,
        f"`{attribution}` lacks {listed(keys)}",
        span,
        help=tuple(f"such as {_EXAMPLES[key]}" for key in keys),
    )


def model_and_weight(span: Span, model: Span) -> Diagnostic:
    return Diagnostic(
        INCOMPLETE,
        "`model` and `weight` both say how credit is shared",
        span,
        "which of them?",
        secondary=(Label(model, "the model"),),
        help=("leave one of them out, or make it a variant",),
    )


def no_direct(span: Span) -> Diagnostic:
    return Diagnostic(
        INCOMPLETE,
        "`last_non_direct` without `direct`",
        span,
        "which touches are direct?",
        help=("such as `direct: channel = 'direct'`",),
    )


def no_milestones(model: str, missing: Sequence[str], span: Span) -> Diagnostic:
    return Diagnostic(
        INCOMPLETE,
        f"`{model}` without {listed(missing)} among `milestones`",
        span,
        "which touches are these?",
        help=(f"such as `milestones:` / `{missing[0]}: stage = '{missing[0]}'`",),
    )


def unknown_milestone(word: str, known: Sequence[str], span: Span) -> Diagnostic:
    return unknown(INCOMPLETE, "milestone", word, known, span, f"there is {listed(known)}")


def unused_key(key: str, models: str, span: Span) -> Diagnostic:
    return Diagnostic(
        INCOMPLETE,
        f"`{key}` says nothing here",
        span,
        f"it is for `model: {models}`",
        help=("leave it out, or choose that model",),
    )


CONVERSION_VALUE = Code("KPI451", "bad-conversion-value", "Something credited that cannot be shared out")


def no_conversions(text: str, span: Span) -> Diagnostic:
    return Diagnostic(
        CONVERSION_VALUE,
        f"`convert: {text}` names no entity",
        span,
        "what is converted?",
        help=("name a column of an entity, `opportunities.amount`, or the entity alone: 1 for each row",),
    )


def not_a_number(found: Type, span: Span) -> Diagnostic:
    return Diagnostic(
        CONVERSION_VALUE,
        f"{found} cannot be credited",
        span,
        "a number is shared out among touches",
        help=("name the entity alone to credit 1 for each conversion",),
    )


def not_exact(found: Type, span: Span) -> Diagnostic:
    return Diagnostic(
        CONVERSION_VALUE,
        f"{found} that is not exact cannot be credited",
        span,
        "a binary fraction",
        notes=("credits of a conversion add up to its value, to the last digit",),
        help=("declare the column as `money` or `number`; multiply by `0.5` rather than divide by 2",),
    )


def several_currencies(span: Span) -> Diagnostic:
    return Diagnostic(
        MONEY_BY,
        "money of several currencies in an attribution",
        span,
        "its credits would be added up",
        help=("credit an amount in one currency",),
    )


def parents_value(path: str, child: str, parent: str, span: Span) -> Diagnostic:
    return Diagnostic(
        FAN_IN,
        f"`{path}` is a value of `{parent}` and would be credited once per row of `{child}`",
        span,
        f"the same for all rows of `{child}` with this parent",
        help=(f"convert `{parent}`, or make it an attribute that each row of `{child}` has a part in",),
    )


def versions_credited(entity: str, span: Span) -> Diagnostic:
    return Diagnostic(
        VERSIONS,
        f"`{entity}` has versions, each of which would be a row of its own in an attribution",
        span,
        "which version is meant?",
        help=("name an entity that has one row for each conversion, and one for each touch",),
    )


NOTHING_SHARED = Code("KPI452", "nothing-shared", "Conversions and touches that have nothing in common")


def not_shared(path: str, entity: str, both: Sequence[str], span: Span) -> Diagnostic:
    known = (f"both sides have {listed(both)}",) if both else ()
    return Diagnostic(
        NOTHING_SHARED,
        f"`{entity}` has no `{path}`",
        span,
        "a conversion and its touches share it under this name",
        notes=known,
        help=("name what both sides have, or give one side an attribute of that name",),
    )


def shared_differs(path: str, ours: Type, theirs: Type, span: Span) -> Diagnostic:
    entities = f"a key of `{ours.entity}` and one of `{theirs.entity}`"
    kinds = entities if ours.entity and theirs.entity else f"{ours} and {theirs}"
    return Diagnostic(
        NOTHING_SHARED,
        f"`{path}` is {kinds}",
        span,
        "never equal",
        help=("name something that both sides have alike",),
    )


WINDOW = Code("KPI453", "bad-window", "A window that is no length of time")


def no_length(found: Type, span: Span) -> Diagnostic:
    return Diagnostic(
        WINDOW, f"`window` takes a constant duration, not {found}", span, help=("such as `30 days`",)
    )


def negative_window(span: Span) -> Diagnostic:
    return Diagnostic(
        WINDOW,
        "a window that ends before it begins",
        span,
        notes=("touches count that come at most so long before the conversion",),
        help=("such as `30 days`",),
    )


def calendar_window(span: Span) -> Diagnostic:
    return Diagnostic(
        CALENDAR_DURATION,
        "a window of months, quarters or years",
        span,
        "of no one length",
        notes=("a month is 28 to 31 days, so conversions of one day would look back differently far",),
        help=("give it in days: `30 days`, `90 days`",),
    )


def touches_without_time(entity: str, span: Span) -> Diagnostic:
    return Diagnostic(
        NO_TIME,
        f"`{entity}` has no `time`, so its touches have no order",
        span,
        "when was a touch?",
        help=(f"give `{entity}` a `time:`",),
    )


UNKNOWN_MODEL = Code("KPI454", "unknown-model", "A model of attribution that does not exist")


def unknown_model(word: str, known: Sequence[str], span: Span) -> Diagnostic:
    return unknown(
        UNKNOWN_MODEL, "model", word, known, span, "", notes=(f"there is {listed(known)}",),
        help=("`weight` takes a formula of your own",),
    )  # fmt: skip


SHARES = Code("KPI455", "impossible-shares", "Shares that touches cannot have")


def not_the_whole(shares: Sequence[str], span: Span) -> Diagnostic:
    return Diagnostic(
        SHARES,
        f"{', '.join(f'{share}%' for share in shares)} do not share out the whole",
        span,
        "of the first touch, of those between together, of the last",
        help=("none is negative, and together they are 100%: `position(40%, 20%, 40%)`",),
    )


def no_half_life(span: Span) -> Diagnostic:
    return Diagnostic(
        SHARES,
        "`time_decay` takes a constant duration above zero",
        span,
        "the time in which a touch loses half of its weight",
        help=("such as `time_decay(7 days)`",),
    )


def no_weight(found: Type, span: Span) -> Diagnostic:
    return Diagnostic(
        SHARES,
        f"{found} is no weight",
        span,
        "a number, by which the touches of a conversion are compared",
        help=("such as `case when channel = 'email' then 2 else 1 end`",),
    )


def weightless(span: Span) -> Diagnostic:
    return Diagnostic(
        SHARES,
        "a weight that is never above zero",
        span,
        "no touch would have a credit",
        help=("`weight: 1` shares evenly, as `model: linear` does",),
    )


TWO_SIDES = Code("KPI456", "two-sides", "A name that both the conversion and the touch have")


def two_sides(word: str, attribution: str, span: Span) -> Diagnostic:
    return Diagnostic(
        TWO_SIDES,
        f"`{word}` of `{attribution}` is one of the conversion and one of the touch",
        span,
        "which of the two?",
        help=(
            f"declare it: `dimensions:` / `{word}:` / `{attribution}: touch.{word}`, or `conversion.{word}`",
            f"in a formula name the side: `touch.{word}`, `conversion.{word}`",
        ),
    )


IN_FULL = Code(
    "KPI457", "counted-in-full", "Something that would count a conversion once for each of its touches"
)


def of_the_touch(function: str, attribution: str, span: Span) -> Diagnostic:
    return Diagnostic(
        IN_FULL,
        f"`{function}` over the touches of `{attribution}`, which has its conversions in full",
        span,
        "counts a conversion once for each of its touches",
        notes=("`model: any` counts each conversion once and in full in each group",),
        help=(
            f"aggregate the value, and choose the touches: `{function}({attribution}.value where …)`",
            "or aggregate the touches themselves, over their own entity",
        ),
    )


def in_an_attribute(function: str, attribution: str, span: Span) -> Diagnostic:
    return Diagnostic(
        IN_FULL,
        f"`{function}` of `{attribution}` in an attribute",
        span,
        "counts a conversion once for each of its touches",
        notes=("`model: any` has a row for each touch, each with the whole value",),
        help=("aggregate the conversions themselves, by an attribute of theirs that looks at their touches",),
    )


def named_like_a_column(attribution: str, variant: str, span: Span) -> Diagnostic:
    return Diagnostic(
        NAME_CLASH,
        f"`{attribution}.{variant}` is a column of every credit and cannot name a variant",
        span,
        help=("choose another name",),
    )


NO_WINDOW = Code("KPI705", "no-window", "An attribution that looks back without end", Severity.WARNING)


def no_window(span: Span) -> Diagnostic:
    return Diagnostic(
        NO_WINDOW,
        "an attribution without a `window`",
        span,
        "a touch of years ago counts like one of yesterday",
        notes=("and credits of the same conversions change with how far back the data go",),
        help=("say how far it looks back: `window: 90 days`",),
    )


TOUCHES_UNKNOWN = Code(
    "KPI709", "touches-unknown", "Conversions that look back to before touches are known", Severity.WARNING
)


def touches_unknown(known: date, whole: date, conversions: str, span: Span) -> Diagnostic:
    return Diagnostic(
        TOUCHES_UNKNOWN,
        f"touches are known from {known} on, and `{conversions}` before {whole} look back further",
        span,
        "reaches to before there are touches",
        notes=("a touch that is not known has no credit, and those that are known share its part",),
        help=(f"let conversions begin later: `covers: from {whole}` of `{conversions}`",),
    )
