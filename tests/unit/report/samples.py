"""Results made by hand: every kind of value, in every part of a result."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from kpilang import ir
from kpilang.results import Result, ResultColumn
from kpilang.types import (
    BOOL,
    DATE,
    INTEGER,
    SECOND,
    STRING,
    TIMESTAMP,
    Exactness,
    Kind,
    TimeUnit,
    Type,
    currency,
    things,
)

AS_OF = datetime(2024, 3, 15, 11, 0, tzinfo=UTC)
EUR = Type(Kind.NUMBER, unit=currency("EUR"), scale=6)
JPY = Type(Kind.NUMBER, unit=currency("JPY"), scale=6)
ORDERS = Type(Kind.INTEGER, unit=things("orders"))
SHARE = Type(Kind.NUMBER, nullable=True, exactness=Exactness.ROUNDED)
PERCENT = Type(Kind.PERCENT, nullable=True, exactness=Exactness.ROUNDED)
PER_ORDER = Type(
    Kind.NUMBER, nullable=True, unit=currency("EUR").per(things("orders")), exactness=Exactness.ROUNDED
)
DOUBLE = Type(Kind.NUMBER, exactness=Exactness.APPROXIMATE)
SECONDS = Type(Kind.DURATION, unit=SECOND, scale=6)

ZERO = ir.Literal(0, INTEGER)


def goal(operator: str, *percents: str) -> ir.Goal:
    return ir.Goal(
        operator, tuple(ir.Literal(Decimal(p) / 100, Type(Kind.PERCENT, scale=6)) for p in percents)
    )


def kpi(name: str, type: Type, **more: Any) -> ResultColumn:
    return ResultColumn(name, type, ir.Output(name, ir.Literal(None, type), **more))


def result(
    columns: list[ResultColumn],
    rows: list[tuple[object, ...]],
    grain: TimeUnit | None = None,
    range: ir.Range | None = None,
    zone: str = "Europe/Berlin",
) -> Result:
    """The columns without an output before `period` are dimensions."""
    dimensions = [c for c in columns if c.output is None and not (grain and c.name == "period")]
    query = ir.Query(
        ir.Model((), ir.Calendar(zone)),
        tuple(c.output for c in columns if c.output),
        tuple(ir.Dimension(c.name, c.type, ()) for c in dimensions),
        grain,
        range,
    )
    return Result(tuple(columns), tuple(rows), query, AS_OF)


QUARTER = ir.Range(datetime(2024, 1, 1), datetime(2024, 4, 1))
CHANNEL = ResultColumn("channel", STRING)
PERIOD = ResultColumn("period", DATE)

OPEN_RATE = kpi(
    "open_rate",
    SHARE,
    label="Open rate",
    better=ir.Better.HIGHER,
    target=goal(">=", "25"),
    warn=goal("<", "20"),
    alert=goal("<", "15"),
    matures=7,
)

MONTHLY = result(
    [
        CHANNEL,
        PERIOD,
        OPEN_RATE,
        kpi("revenue", EUR),
        kpi("orders", ORDERS),
        kpi("aov", PER_ORDER, label="AOV"),
    ],
    [
        ("email", date(2024, 1, 1), 0.2345, Decimal("1204.500000"), 12, 100.375),
        ("email", date(2024, 2, 1), 0.25, Decimal("1000000.125000"), 1_234_567, 0.81),
        ("email", date(2024, 3, 1), 0.15, Decimal("-0.004000"), 0, None),
        ("メール", date(2024, 1, 1), 0.1499, Decimal("7"), 3, 2.333333333333333),
        ("cafe\u0301 | \u202eevil\x1b[31m", date(2024, 2, 1), None, Decimal("0"), 0, None),
        (None, date(2024, 2, 1), 1.0, Decimal("0"), 0, None),
    ],
    TimeUnit.MONTH,
    QUARTER,
)

SCORECARD = result(
    [
        kpi(
            "sessions", Type(Kind.INTEGER, unit=things("sessions")), label="Sessions", better=ir.Better.HIGHER
        ),
        OPEN_RATE,
        kpi("kosten", JPY, label="費用", better=ir.Better.LOWER),
        kpi("wait", SECONDS, label="Time to open"),
        kpi("ratio", DOUBLE),
    ],
    [(70_123, 0.31, Decimal("1234567.5"), Decimal("5400.000000"), 3.14159265358979)],
    range=QUARTER,
)

COMPARED = result(
    [
        PERIOD,
        *(column for column in SCORECARD.columns if column is not OPEN_RATE),
        OPEN_RATE,
        kpi("spent", EUR),
    ],
    [
        (date(2024, 1, 1), 70_123, Decimal("1234567.5"), Decimal("5400.000000"), None, 0.31, Decimal("9.5")),
        (date(2024, 2, 1), 7, None, Decimal("3600"), 3.14159265358979, 0.1, Decimal("1000")),
    ],
    TimeUnit.MONTH,
    QUARTER,
)
"""Two periods of more KPIs: side by side, below each other."""

MATRIX = result(
    [CHANNEL, PERIOD, OPEN_RATE],
    [
        ("email", date(2024, 1, 1), 0.2345),
        ("email", date(2024, 3, 1), 0.1),
        ("メール", date(2024, 2, 1), None),
        (None, date(2024, 3, 1), 1.0),
    ],
    TimeUnit.MONTH,
    QUARTER,
)
"""One KPI of groups and periods, not all of them there."""

KINDS = result(
    [
        ResultColumn("id", Type(Kind.ID)),
        ResultColumn("flag", BOOL),
        kpi("share", PERCENT),
        kpi("exact", Type(Kind.NUMBER, scale=6)),
        kpi("double", DOUBLE),
        kpi("last_day", DATE),
        kpi("last_moment", TIMESTAMP),
        kpi("big", INTEGER),
        kpi("long_wait", SECONDS),
        kpi("a text", STRING),
    ],
    [
        (1001, True, 0.00012, Decimal("0.100000"), 1e-9, date(2024, 2, 29), datetime(2024, 2, 29, 23, 30),
         10**30, Decimal("864000.5"), "a\nb"),
        (7, False, None, Decimal("12345678901234567890123456789012.123456"), 1e300, None, None, -5,
         Decimal("259200"), ""),
        (None, None, -0.5, Decimal("-0.000001"), -0.0, date(1, 1, 1),
         datetime(2024, 2, 29, 23, 30, tzinfo=UTC), 0, Decimal("0"), None),
    ],
)  # fmt: skip

HOURLY = result(
    [ResultColumn("period", STRING), kpi("orders", ORDERS)],
    [("2024-10-27T02:00:00+02:00", 1), ("2024-10-27T02:00:00+01:00", 2)],
    TimeUnit.HOUR,
)

EMPTY = result([CHANNEL, kpi("revenue", EUR)], [], range=QUARTER)

SAMPLES = {
    "monthly": MONTHLY,
    "scorecard": SCORECARD,
    "compared": COMPARED,
    "matrix": MATRIX,
    "kinds": KINDS,
    "hourly": HOURLY,
    "empty": EMPTY,
}
