"""4xx, first half: time. Which period a row is in, intervals without a beginning, ranges off the grid."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kpilang.diagnostics import Code, Diagnostic
from kpilang.source import Span

NO_TIME = Code("KPI401", "no-time", "Rows that no period can hold")


def no_time(entity: str, dates: Sequence[str], span: Span) -> Diagnostic:
    way = f"write `dated {dates[0]}`" if dates else "write `dated column`"
    return Diagnostic(
        NO_TIME,
        f"`{entity}` has no `time`, so its rows are in no period",
        span,
        "which date puts a row into a period?",
        help=(f"{way}, or give `{entity}` a `time:`",),
    )


def not_a_time(name: str, kind: str, span: Span) -> Diagnostic:
    return Diagnostic(
        NO_TIME, f"`{name}` is {kind} and dates nothing", span, "neither a date nor a timestamp"
    )


NO_BEGINNING = Code(
    "KPI408", "no-beginning", "Something that needs the beginning of an interval that has none"
)


def no_beginning(what: str, interval: str, span: Span) -> Diagnostic:
    return Diagnostic(
        NO_BEGINNING,
        f"{what} of an interval without a beginning ({interval})",
        span,
        "reaches back without end",
        notes=("in `x[a][b]` the right-most bracket acts on the period first",),
    )


NO_HOURS = Code("KPI409", "date-has-no-hours", "Hours of something that is only a date")


def no_hours(anchor: str, why: str, span: Span) -> Diagnostic:
    return Diagnostic(
        NO_HOURS,
        f"`{anchor}` is a date and has no hours ({why})",
        span,
        notes=("all its rows in hour 00 would be a plausible wrong number",),
        help=("cut by day, or use a timestamp",),
    )


OFF_GRID = Code("KPI410", "range-off-grid", "A range that cuts a period in two")


def off_grid(end: str, value: str, grain: str, offers: Sequence[tuple[str, str]], span: Span) -> Diagnostic:
    return Diagnostic(
        OFF_GRID,
        f"`{end}` {value} is not on the {grain} grid",
        span,
        f"inside a {grain}",
        notes=("ranges are half-open: the end is the first day after it",),
        help=(
            *(f"ask from {start} to {stop}" for start, stop in offers),
            "or allow parts of periods by `--partial`",
        ),
    )


REVERSED = Code("KPI411", "reversed-range", "A range that ends before it starts")


def reversed_range(start: str, end: str, span: Span) -> Diagnostic:
    return Diagnostic(
        REVERSED, f"range ends ({end}) before it starts ({start})", span, help=("swap the two",)
    )


def empty_range(start: str, span: Span) -> Diagnostic:
    return Diagnostic(
        REVERSED,
        f"range ends where it starts ({start})",
        span,
        notes=("the end is excluded",),
        help=("ask to the next day",),
    )


def reversed_interval(start: str, end: str, span: Span) -> Diagnostic:
    if start == end:
        help = ("the end is not part of it: one day is `[from 2024-01-31 to 2024-02-01]`",)
        return Diagnostic(REVERSED, f"empty interval (`[from {start} to {end}]`)", span, help=help)
    return Diagnostic(REVERSED, f"interval ends before it starts (`[from {start} to {end}]`)", span)


HALF_RANGE = Code("KPI412", "half-a-range", "A range with one end only")


def half_range(given: str, missing: str, span: Span) -> Diagnostic:
    return Diagnostic(
        HALF_RANGE, f"`{given}` without `{missing}`", span, help=(f"give `{missing}` too, or neither",)
    )


SELECTOR = Code("KPI416", "misplaced-selector", "A selector that has nothing to act on")


def selector_in_a_row(place: str, span: Span) -> Diagnostic:
    return Diagnostic(
        SELECTOR,
        f"a selector inside of {place}",
        span,
        "here is no period to change",
        help=("put it after the aggregate",),
    )


def selector_in_attribute(span: Span) -> Diagnostic:
    return Diagnostic(
        SELECTOR,
        "a selector of the query's period in an attribute",
        span,
        notes=("an attribute has one value per row, whatever the query's period",),
        help=("`[ever]` and `[from this.… to this.…]` are possible",),
    )


def ever_in_kpi(span: Span) -> Diagnostic:
    return Diagnostic(
        SELECTOR,
        "`[ever]` outside of an attribute",
        span,
        help=("`[all time]` is everything up to the end of the period",),
    )


def nothing_to_select(span: Span) -> Diagnostic:
    return Diagnostic(
        SELECTOR, "a selector on something without an aggregate", span, "nothing here looks at a period"
    )


def dated_without_interval(span: Span) -> Diagnostic:
    return Diagnostic(
        SELECTOR,
        "`dated` in an attribute without `[from … to …]`",
        span,
        "there is no period that the date could put a row into",
    )


def empty_window(text: str, span: Span) -> Diagnostic:
    return Diagnostic(SELECTOR, f"`{text}` is empty", span, help=("name at least 1",))


LIMIT = Code("KPI420", "bad-limit", "A limit that leaves nothing")


def bad_limit(limit: int, span: Span) -> Diagnostic:
    return Diagnostic(LIMIT, f"limit {limit} leaves no rows", span, help=("ask for at least 1",))


def no_kpis(span: Span) -> Diagnostic:
    return Diagnostic(LIMIT, "no KPI is asked for", span, help=("name at least one",))


MATURES = Code("KPI421", "bad-matures", "A time to mature that is none")


def bad_matures(found: str, span: Span) -> Diagnostic:
    return Diagnostic(
        MATURES, f"`matures` is {found}", span, "takes whole days or weeks", help=("such as `7 days`",)
    )


BAD_COVERS = Code("KPI422", "bad-covers", "Coverage that is not given in days")


def bad_covers(span: Span, help: Iterable[str] = ("write `from 2023-03-01`",)) -> Diagnostic:
    return Diagnostic(BAD_COVERS, "coverage is not given in days", span, help=tuple(help))


DOES_NOT_NEST = Code("KPI434", "sub-periods-do-not-nest", "Sub-periods that a period cuts in two")


def a(word: str) -> str:
    """With its article."""
    return f"an {word}" if word == "hour" else f"a {word}"


def does_not_nest(inner: str, outer: str, span: Span) -> Diagnostic:
    return Diagnostic(
        DOES_NOT_NEST,
        f"{inner}s do not nest in {outer} (`per {inner}`)",
        span,
        f"both ends must be the start of {a(inner)}",
        notes=("the part of a sub-period outside would be counted, or that inside be left out",),
        help=(f"take `per day`, or a range of whole {inner}s",),
    )
