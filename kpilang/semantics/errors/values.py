"""3xx: types and units that do not go together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kpilang.diagnostics import Code, Diagnostic, Edit, Label
from kpilang.semantics.errors.naming import listed
from kpilang.source import Span
from kpilang.types import Sort, Type, Unit

UNIT_MISMATCH = Code("KPI301", "unit-mismatch", "Two units that do not go together")


def unit_mismatch(left: Unit, left_span: Span, right: Unit, right_span: Span) -> Diagnostic:
    return Diagnostic(
        UNIT_MISMATCH,
        f"unit mismatch, {left} and {right}",
        right_span,
        f"this is in {right}",
        secondary=(Label(left_span, f"this is in {left}"),),
        notes=("money of one currency, and things counted alike, go together; all else needs a rate",),
        help=_to_agree(left, right),
    )


def goal_in_another_unit(text: str, goal: Unit, unit: Unit, span: Span, kpi: Span) -> Diagnostic:
    return Diagnostic(
        UNIT_MISMATCH,
        f"a goal in {goal} for a KPI in {unit}",
        span,
        f"this is in {goal}",
        secondary=(Label(kpi, f"this is in {unit}"),),
        help=(f"write `({text} as {unit})`",),
    )


def _to_agree(left: Unit, right: Unit) -> tuple[str, ...]:
    """Nothing turns one currency into another, so nothing is offered there."""
    if left.is_plain or right.is_plain:
        unit = right if left.is_plain else left
        return (f"write `(… as {unit})` if the plain number stands for {unit}",)
    bases = [unit.base for unit in (left, right)]
    if all(base is not None and base.sort == Sort.THING.value for base in bases):
        return ("give both entities one `unit:` to count them together",)
    return ()


TYPE_MISMATCH = Code("KPI302", "type-mismatch", "Two types that do not go together")


def type_mismatch(
    left: Type, left_span: Span, right: Type, right_span: Span, help: Iterable[str] = ()
) -> Diagnostic:
    return Diagnostic(
        TYPE_MISMATCH,
        f"type mismatch, {left} and {right}",
        right_span,
        f"this is {right}",
        secondary=(Label(left_span, f"this is {left}"),) if left_span != right_span else (),
        help=tuple(help),
    )


def no_operator(operator: str, left: Type, right: Type, span: Span, help: Iterable[str] = ()) -> Diagnostic:
    return Diagnostic(
        TYPE_MISMATCH, f"`{operator}` does not work on {left} and {right}", span, help=tuple(help)
    )


def no_sign(operand: Type, span: Span) -> Diagnostic:
    return Diagnostic(TYPE_MISMATCH, f"a minus before {operand}", span, "not a number")


WRONG_ARGUMENT = Code("KPI303", "wrong-argument", "An argument that a function does not take")


def wrong_argument(
    function: str, wanted: str, found: Type, span: Span, help: Iterable[str] = (), name: str | None = None
) -> Diagnostic:
    what = f" (`{name}`)" if name else ""
    return Diagnostic(
        WRONG_ARGUMENT, f"`{function}` of {found.kind.value}{what}", span, f"takes {wanted}", help=tuple(help)
    )


def not_a_length(word: str, found: Type, span: Span) -> Diagnostic:
    shown = "[n ago]" if word == "ago" else f"[{word} n]"
    return Diagnostic(
        WRONG_ARGUMENT,
        f"`{shown}` with {found} for n",
        span,
        "no length of time in whole hours, days or months",
        help=("such as `28 days` or `3 months`",),
    )


def not_a_kpi(function: str, text: str, span: Span) -> Diagnostic:
    return Diagnostic(
        WRONG_ARGUMENT,
        f"`{function}({text})`: `{function}` takes the name of a KPI",
        span,
        "a formula",
        notes=("goals belong to KPIs; a formula has none",),
        help=("give the formula a name among the KPIs, with the goal",),
    )


def share_out_of_range(function: str, text: str, span: Span) -> Diagnostic:
    return Diagnostic(
        WRONG_ARGUMENT,
        f"`{function}` at {text}",
        span,
        "a share lies between 0% and 100%",
        help=("such as `90%`",),
    )


def counts_rows(function: str, path: str, help: Iterable[str], span: Span) -> Diagnostic:
    return Diagnostic(
        WRONG_ARGUMENT,
        f"`{function}({path})`: `{function}` takes an entity",
        span,
        "a column",
        help=tuple(help),
    )


WRONG_COUNT = Code("KPI304", "wrong-number-of-arguments", "Too few or too many arguments")


def wrong_count(signature: str, found: int, span: Span) -> Diagnostic:
    arguments = "1 argument" if found == 1 else f"{found} arguments"
    return Diagnostic(WRONG_COUNT, f"`{signature}` does not take {arguments}", span)


def misplaced_modifier(function: str, modifier: str, span: Span, help: Iterable[str] = ()) -> Diagnostic:
    return Diagnostic(WRONG_COUNT, f"`{function}` takes no `{modifier}`", span, help=tuple(help))


BARE_NUMBER = Code("KPI305", "bare-number", "A bare number beside a duration or a percentage")


def bare_number(value: str, other: Type, other_span: Span, span: Span, options: Sequence[str]) -> Diagnostic:
    return Diagnostic(
        BARE_NUMBER,
        f"unit mismatch, {other} against the bare number {value}",
        span,
        "of what?",
        secondary=(Label(other_span, f"{other}"),) if other_span != span else (),
        notes=("a bare number takes the unit of money and of counts, not of durations and percentages",),
        help=(f"write {' or '.join(f'`{option}`' for option in options)}",),
        edits=(Edit(span, options[0]),) if len(options) == 1 else (),
    )


DATE_AND_TIMESTAMP = Code("KPI306", "date-and-timestamp", "A date beside a timestamp")


def date_and_timestamp(date_span: Span, timestamp_span: Span, timestamp_text: str) -> Diagnostic:
    return Diagnostic(
        DATE_AND_TIMESTAMP,
        "type mismatch, date and timestamp",
        date_span,
        "a date",
        secondary=(Label(timestamp_span, "a timestamp"),),
        notes=("a day is no instant: which hour of it would be meant?",),
        help=(f"write `date({timestamp_text})` to compare days in the project's time zone",),
    )


CALENDAR_DURATION = Code("KPI307", "calendar-duration", "A calendar duration where an exact one is needed")


def exact_and_calendar(exact: Type, exact_span: Span, calendar_span: Span) -> Diagnostic:
    return Diagnostic(
        CALENDAR_DURATION,
        f"type mismatch, exact {exact} against a calendar duration",
        calendar_span,
        "months, quarters or years",
        secondary=(Label(exact_span, "days or seconds"),),
        notes=("months have 28 to 31 days, so they are neither more nor less than 30 of them",),
        help=("write the duration in days, or add it to a date and compare dates",),
    )


def months_of_timestamp(span: Span) -> Diagnostic:
    return Diagnostic(
        CALENDAR_DURATION,
        "a calendar duration added to a timestamp",
        span,
        notes=("months are counted in days, and a day in days of the project's time zone",),
        help=("add it to `date(…)`, or add days",),
    )


NOT_A_CONDITION = Code(
    "KPI308", "not-a-condition", "Something that is neither true nor false where a condition is needed"
)


def not_a_condition(found: Type, span: Span) -> Diagnostic:
    return Diagnostic(NOT_A_CONDITION, f"{found} where a condition is needed", span, "neither true nor false")


NULL_COMPARISON = Code("KPI309", "comparison-with-null", "A comparison with null, which is never true")


def null_comparison(operator: str, span: Span) -> Diagnostic:
    wanted = "is not null" if operator == "<>" else "is null"
    return Diagnostic(
        NULL_COMPARISON,
        f"`{operator} null` is never true",
        span,
        "always null",
        help=(f"write `{wanted}`",),
    )


NULL_IN_LIST = Code("KPI310", "null-in-not-in", "A null in the list of `not in`")


def null_in_list(span: Span) -> Diagnostic:
    return Diagnostic(
        NULL_IN_LIST,
        "null in the list of `not in`",
        span,
        "makes the condition null for every row",
        help=("leave it out, and add `and … is not null` (or write `is null`)",),
    )


NO_ORDER = Code("KPI311", "no-order", "An order among values that have none")


def unordered_enum(column: str, operator: str, words: Sequence[str], span: Span) -> Diagnostic:
    ladder = " < ".join(words[:3])
    return Diagnostic(
        NO_ORDER,
        f"`{column}` is an unordered enum (`{operator}`)",
        span,
        "declares no order",
        help=(f"declare the order: `enum({ladder})`", "or name the values: `in ('…', '…')`"),
    )


def unranked_word(word: str, column: str, operator: str, ranked: Sequence[str], span: Span) -> Diagnostic:
    return Diagnostic(
        NO_ORDER,
        f"'{word}' has no rank in `{column}` (`{operator}`)",
        span,
        notes=(f"the order is {' < '.join(ranked)}",),
        help=("compare with a ranked value, or use `=`",),
    )


def no_order(found: Type, operator: str, span: Span) -> Diagnostic:
    return Diagnostic(NO_ORDER, f"`{operator}` on {found}", span, "has no order")


BAD_LITERAL = Code("KPI312", "impossible-literal", "A date, time or number that does not exist")


def impossible_date(text: str, span: Span) -> Diagnostic:
    return Diagnostic(BAD_LITERAL, f"there is no `{text}`", span, "not a day of the calendar")


def not_a_local_time(what: str, text: str, span: Span) -> Diagnostic:
    return Diagnostic(
        BAD_LITERAL,
        f"`{what}` cannot be `{text}`",
        span,
        help=(
            "write a local date `2024-01-31` or a local time `2024-01-31T10:00:00`",
            *(("a shell knows such words: `$(date -d yesterday +%F)`",) if text.isalpha() else ()),
        ),
    )


def too_many_digits(most: int, span: Span) -> Diagnostic:
    return Diagnostic(
        BAD_LITERAL, f"a decimal number of more than {most} digits", span, "cannot be held exactly"
    )


def not_whole(text: str, span: Span) -> Diagnostic:
    return Diagnostic(BAD_LITERAL, f"`{text}` is no whole number", span)


WHOLE_DAYS = Code("KPI313", "whole-days", "A part of a day added to a date")


def whole_days(found: str, span: Span) -> Diagnostic:
    return Diagnostic(
        WHOLE_DAYS,
        "only whole days can be added to a date",
        span,
        f"this is {found}",
        help=("use a timestamp if hours matter",),
    )


MONEY_BY = Code("KPI314", "mixed-currencies", "Money of several currencies, put together")


def money_by(function: str, what: str, by: str, span: Span) -> Diagnostic:
    return Diagnostic(
        MONEY_BY,
        f"`{function}` of {what} by `{by}`, and the project has no `exchange`",
        span,
        "each row has a currency of its own",
        notes=("a sum over several currencies is one of nothing, also where a group happens to hold one",),
        help=(
            "say in `kpilang.yml` where the rates are: `exchange: fx_rates.rate`",
            f"or count one currency: `where {by} = 'EUR'` on a column declared `money(EUR)`",
        ),
    )


NOT_CONSTANT = Code("KPI315", "not-constant", "Something that must be constant and is not")


def not_constant(what: str, span: Span) -> Diagnostic:
    return Diagnostic(NOT_CONSTANT, f"{what} must be constant", span, "depends on data")


BAD_TYPE = Code("KPI316", "bad-column-type", "A column type that is not written as it must be")


def bad_type(message: str, span: Span, help: Iterable[str] = ()) -> Diagnostic:
    return Diagnostic(BAD_TYPE, message, span, help=tuple(help))


COMPOSITE = Code("KPI317", "composite-as-value", "A reference by several columns used as a value")


def composite_as_value(entity: str, name: str, columns: Sequence[str], span: Span) -> Diagnostic:
    return Diagnostic(
        COMPOSITE,
        f"`{entity}.{name}` is a reference by several columns, not one value",
        span,
        notes=(f"it stands for {listed(columns)}",),
        help=(f"name a column of it, or a column behind it (`{name}.…`)",),
    )


BAD_PARAM = Code("KPI318", "bad-param-value", "A value that the param cannot have")


def bad_param(name: str, wanted: Type, found: str, span: Span) -> Diagnostic:
    return Diagnostic(BAD_PARAM, f"param `{name}` is {wanted}, not {found}", span)


def not_among(name: str, allowed: str, span: Span) -> Diagnostic:
    return Diagnostic(
        BAD_PARAM,
        f"param `{name}` has another value than it may",
        span,
        notes=(f"it may be {' '.join(allowed.split())}",),
    )


def param_without_default(name: str, span: Span) -> Diagnostic:
    return Diagnostic(
        BAD_PARAM,
        f"param `{name}` has no value",
        span,
        help=(f"give it a `default`, or the query a value (`--param {name}=…`)",),
    )


def param_to_group_by(name: str, span: Span) -> Diagnostic:
    return Diagnostic(
        BAD_PARAM,
        f"param `{name}` has several values and none by itself",
        span,
        "which one?",
        help=(f"group by it (`--by {name}`), give it one (`--param {name}=…`), or a `default`",),
    )


BAD_GOAL = Code("KPI319", "impossible-goal", "A goal that cannot be compared, or is not there")


def no_goal(kpi: str, goal: str, span: Span) -> Diagnostic:
    return Diagnostic(BAD_GOAL, f"`{kpi}` has no `{goal}`", span, help=(f"add `{goal}:` to the KPI",))


def goal_between(kpi: str, goal: str, span: Span) -> Diagnostic:
    return Diagnostic(BAD_GOAL, f"the `{goal}` of `{kpi}` has two bounds", span, "which of the two?")


ONLY_NULL = Code("KPI320", "only-null", "Something that is never anything but null")


def not_a_value(name: str, span: Span) -> Diagnostic:
    return Diagnostic(ONLY_NULL, f"`{name}` is never anything but null", span)


def no_formula(name: str, span: Span) -> Diagnostic:
    return Diagnostic(ONLY_NULL, f"`{name}` has no formula", span, help=("add `formula:`",))
