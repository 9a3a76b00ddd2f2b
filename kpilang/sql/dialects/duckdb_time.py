"""Dates and timestamps in DuckDB. Timestamps are UTC without a zone; the session's zone never matters."""

from __future__ import annotations

from sqlglot import exp

from kpilang.plan.scalars import Apply, Constant
from kpilang.sql.dialects.base import Args
from kpilang.sql.identifiers import identifier, number
from kpilang.sql.precedence import binary, fit
from kpilang.types import SECONDS_PER_DAY, Kind, TimeUnit

_TRUNCATED = {
    TimeUnit.HOUR: "HOUR",
    TimeUnit.WEEK: "WEEK",
    TimeUnit.MONTH: "MONTH",
    TimeUnit.QUARTER: "QUARTER",
    TimeUnit.YEAR: "YEAR",
    TimeUnit.FISCAL_QUARTER: "QUARTER",
    TimeUnit.FISCAL_YEAR: "YEAR",
}


def _cast(tree: exp.Expr, name: str) -> exp.Expr:
    return exp.Cast(this=tree, to=exp.DataType.build(name, dialect="duckdb"))


def _date(tree: exp.Expr) -> exp.Expr:
    return _cast(tree, "DATE")


def interval(amount: int, unit: str) -> exp.Interval:
    return exp.Interval(this=exp.Literal.string(str(amount)), unit=exp.Var(this=unit))


def _interval_of(amount: exp.Expr, unit: str) -> exp.Interval:
    return exp.Interval(this=exp.Paren(this=amount), unit=exp.Var(this=unit))


def _truncated(tree: exp.Expr, unit: str) -> exp.Expr:
    return exp.TimestampTrunc(this=tree, unit=exp.Var(this=unit))


def _as_asked(tree: exp.Expr, node: Apply) -> exp.Expr:
    """Truncation gives a timestamp; mostly a date is wanted."""
    return _date(tree) if node.type.kind is Kind.DATE else tree


def floor_to(args: Args, node: Apply) -> exp.Expr:
    """The first day of a unit, as a date; weeks and fiscal years moved to where DuckDB's begin and back."""
    assert node.unit is not None
    value = args[0]
    if node.unit is TimeUnit.DAY:
        return _date(value) if node.type.kind is Kind.DATE else _truncated(value, "DAY")
    name = _TRUNCATED[node.unit]
    if node.unit is TimeUnit.HOUR:
        return _truncated(value, name)
    unit, amount = ("DAY", node.first) if node.unit is TimeUnit.WEEK else ("MONTH", _months_off(node))
    if not amount:
        return _as_asked(_truncated(value, name), node)
    return _as_asked(plus(_truncated(plus(value, -amount, unit), name), amount, unit), node)


def _months_off(node: Apply) -> int:
    assert node.unit is not None and node.unit.months is not None
    return (node.first - 1) % node.unit.months


def plus(tree: exp.Expr, amount: int, unit: str) -> exp.Expr:
    """A literal interval added, or taken away."""
    return binary(exp.Add if amount >= 0 else exp.Sub, tree, interval(abs(amount), unit))


def moved(args: Args, node: Apply) -> exp.Expr:
    """Whole units on from the first day of one."""
    start, amount = args[0], node.args[1]
    assert node.unit is not None and isinstance(amount, Constant) and isinstance(amount.value, int)
    if isinstance(start, exp.Cast):  # truncated, and made a date: moved first
        start = start.this
    months = node.unit.months
    if months is not None:
        return _as_asked(plus(start, amount.value * months, "MONTH"), node)
    return _as_asked(plus(start, amount.value * (7 if node.unit is TimeUnit.WEEK else 1), "DAY"), node)


def series(first: exp.Expr, last: exp.Expr, unit: TimeUnit, relation: str, column: str) -> exp.Expr:
    """`(SELECT CAST(UNNEST(GENERATE_SERIES(…)) AS DATE) AS "period") AS "periods_series"`."""
    months = unit.months
    step = interval(months, "MONTH") if months else interval(7 if unit is TimeUnit.WEEK else 1, "DAY")
    days = exp.Explode(this=exp.GenerateSeries(start=first, end=last, step=step))
    query = exp.Select(expressions=[exp.Alias(this=_date(days), alias=identifier(column))])
    return exp.Subquery(this=query, alias=exp.TableAlias(this=identifier(relation)))


def now(args: Args, node: Apply) -> exp.Expr:
    """The session's zone plays no part."""
    return _cast(_in_zone(exp.CurrentTimestamp(), "UTC"), "TIMESTAMP")


def shifted(args: Args, node: Apply) -> exp.Expr:
    """Moved by seconds: a literal, or a CASE over literals (the offset ladder), which become intervals."""
    value, amount = args
    if isinstance(amount, exp.Case):
        for branch in amount.args["ifs"]:
            branch.set("true", _seconds(branch.args["true"]))
        amount.set("default", _seconds(amount.args["default"]))
        return binary(exp.Add, value, amount)
    return plus(value, *_in_words(amount))


def _seconds(amount: exp.Expr) -> exp.Expr:
    return interval(*_in_words(amount))


def _in_words(amount: exp.Expr) -> tuple[int, str]:
    """Literal seconds in the largest unit of which they are a whole number."""
    sign = -1 if isinstance(amount, exp.Neg) else 1
    seconds = sign * int((amount.this if sign < 0 else amount).name)
    for unit, size in (("HOUR", 3600), ("MINUTE", 60)):
        if seconds % size == 0:
            return seconds // size, unit
    return seconds, "SECOND"


def date_of(args: Args, node: Apply) -> exp.Expr:
    """The local day of a timestamp; from UTC to local time is never ambiguous."""
    if not node.words or node.words[0] == "UTC":
        return _date(args[0])
    return _date(_in_zone(_in_zone(args[0], "UTC"), node.words[0]))


def _in_zone(tree: exp.Expr, zone: str) -> exp.Expr:
    return exp.AtTimeZone(this=fit(tree, 9), zone=exp.Literal.string(zone))


def stored_instant(tree: exp.Expr, zone: str) -> exp.Expr:
    """The UTC instant of a local time.

    Of a local time that occurs twice DuckDB takes the second instant, the laws the first; one that does not
    exist it moves past the gap by as much as it lay inside, the laws to the gap's end. Clocks change by an
    hour, on the hour.
    """
    late = _in_zone(_in_zone(tree, zone), "UTC")
    early = binary(exp.Sub, late.copy(), interval(1, "HOUR"))
    occurs_twice = binary(exp.EQ, _shown(early.copy(), zone), tree.copy())
    is_missing = binary(exp.NEQ, _shown(late.copy(), zone), tree.copy())
    return exp.Case(
        ifs=[
            exp.If(this=occurs_twice, true=early),
            exp.If(this=is_missing, true=_truncated(late.copy(), "HOUR")),
        ],
        default=late,
    )


def _shown(tree: exp.Expr, zone: str) -> exp.Expr:
    return _in_zone(exp.Paren(this=_in_zone(exp.Paren(this=tree), "UTC")), zone)


def add_days(args: Args, node: Apply) -> exp.Expr:
    amount = node.args[1]
    if isinstance(amount, Constant) and isinstance(amount.value, int):
        return binary(exp.Add if amount.value >= 0 else exp.Sub, args[0], number(abs(amount.value)))
    return binary(exp.Add, args[0], _cast(args[1], "INTEGER"))


def add_months(args: Args, node: Apply) -> exp.Expr:
    """The first of the month reached plus the days, at most the first of the month after it."""
    value, amount = args
    first = binary(exp.Add, _truncated(value.copy(), "MONTH"), _interval_of(amount, "MONTH"))
    day = exp.Extract(this=exp.Var(this="DAY"), expression=value)
    days = _interval_of(binary(exp.Sub, day, number(1)), "DAY")
    reached = binary(exp.Add, first.copy(), days)
    after = binary(exp.Add, first, interval(1, "MONTH"))
    return _date(exp.Least(this=reached, expressions=[after], ignore_nulls=True))


def add_seconds(args: Args, node: Apply) -> exp.Expr:
    amount = node.args[1]
    if isinstance(amount, Constant) and isinstance(amount.value, int):
        days, rest = divmod(amount.value, SECONDS_PER_DAY)
        return plus(args[0], amount.value, "SECOND") if rest else plus(args[0], days, "DAY")
    microseconds = _cast(binary(exp.Mul, args[1], number(1_000_000)), "BIGINT")
    return binary(exp.Add, args[0], exp.Anonymous(this="TO_MICROSECONDS", expressions=[microseconds]))


def difference_in_days(args: Args, node: Apply) -> exp.Expr:
    return exp.DateDiff(this=args[0], expression=args[1], unit=exp.Var(this="DAY"))


def difference_in_seconds(args: Args, node: Apply) -> exp.Expr:
    microseconds = exp.DateDiff(this=args[0], expression=args[1], unit=exp.Var(this="MICROSECOND"))
    whole = _cast(microseconds, "DECIMAL(38, 0)")
    return binary(exp.Mul, whole, exp.Literal.number("0.000001"))
