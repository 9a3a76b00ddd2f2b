"""Params that group the result: each row once for each of their values (law 12, `ir.Query.axes`)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from kpilang import ir
from kpilang.ir import Op
from kpilang.types import INTEGER, STRING, Kind, TimeUnit, Type
from tests.reference.build import (
    RATIO,
    aggregate,
    call,
    column,
    count,
    dimension,
    entity,
    field,
    having_rows,
    lit,
    per_keys,
    query,
    run,
    size,
    total,
)

MONTH = TimeUnit.MONTH
CALENDAR = Type(Kind.CALENDAR)

MEMBERS = entity(
    "members", "id", "joined", column("id", "id"), column("joined", "date"), column("shop", "text")
)
ORDERS = entity(
    "orders", "id", "day", column("id", "id"), column("day", "date"), column("amount", "money"),
    column("member", "id", "members"), column("shop", "text"), column("age", "int"),
)  # fmt: skip
AGES = ir.Axis("age", CALENDAR, tuple(ir.Literal(n, CALENDAR) for n in range(3)))
SIZES = ir.Axis("at_least", INTEGER, tuple(map(lit, (10, 5))))
SHOP = dimension("shop", (ORDERS, field(ORDERS, "shop")), (MEMBERS, field(MEMBERS, "shop")))


def order(number: int, on: str, amount: int, shop: str | None = "x", age: int = 0) -> dict[str, Any]:
    return {
        "id": number,
        "day": date.fromisoformat(on),
        "amount": Decimal(amount),
        "member": number,
        "shop": shop,
        "age": age,
    }


LOG = [
    order(1, "2024-01-05", 7, "x", 0),
    order(2, "2024-01-06", 12, "x", 1),
    order(3, "2024-02-07", 5, "y", 0),
    order(4, "2024-02-08", 3, None, 2),
]


def at_least(bound: int) -> ir.Aggregate:
    return count(ORDERS, where=call(Op.GE, field(ORDERS, "amount"), bound))


def at_age(age: int, **more: Any) -> ir.Aggregate:
    return count(ORDERS, where=call(Op.EQ, field(ORDERS, "age"), age), **more)


def asked(axes: tuple[ir.Axis, ...], *outputs: tuple[ir.Expr, ...], **more: Any) -> ir.Query:
    """An output of several expressions has them along the axes."""
    plain = query([MEMBERS, ORDERS], *(values[0] for values in outputs), **more)
    along = (() if len(values) == 1 else values for values in outputs)
    named = tuple(replace(output, along=values) for output, values in zip(plain.outputs, along, strict=True))
    return replace(plain, axes=axes, outputs=named)


BY_SIZE = tuple(map(at_least, (10, 5)))
BY_AGE = tuple(map(at_age, range(3)))
YEAR: dict[str, Any] = {"start": "2024-01-01", "end": "2025-01-01"}


def test_without_dimensions() -> None:
    """In the order of the axis, not of the values: from 10 one order (12), from 5 three (5, 7, 12)."""
    assert run(asked((SIZES,), BY_SIZE, **YEAR), orders=LOG) == [(10, 1), (5, 3)]


def test_what_does_not_depend_on_it_is_said_again() -> None:
    got = run(asked((SIZES,), BY_SIZE, (count(ORDERS),), **YEAR), orders=LOG)
    assert got == [(10, 1, 4), (5, 3, 4)]
    assert run(asked((SIZES,), (count(ORDERS),), **YEAR), orders=LOG) == [(10, 4), (5, 4)]


def test_of_nothing() -> None:
    """Without dimensions there is a row for each value, of no rows too (law 12)."""
    assert run(asked((SIZES,), BY_SIZE, **YEAR), orders=[]) == [(10, 0), (5, 0)]
    assert run(asked((SIZES,), BY_SIZE, dimensions=(SHOP,), **YEAR), orders=[]) == []


def test_columns() -> None:
    """Dimensions, axes, period, outputs."""
    within: dict[str, Any] = {"start": "2024-01-01", "end": "2024-02-01", "grain": MONTH}
    question = asked((AGES, SIZES), BY_AGE, dimensions=(SHOP,), **within)
    assert question.columns == ("shop", "age", "at_least", "period", "a")


def test_by_month() -> None:
    """The axis before the period."""
    got = run(asked((SIZES,), BY_SIZE, start="2024-01-01", end="2024-03-01", grain=MONTH), orders=LOG)
    january, february = date(2024, 1, 1), date(2024, 2, 1)
    assert got == [(10, january, 1), (10, february, 0), (5, january, 2), (5, february, 1)]


def test_groups_have_all_values() -> None:
    """The group null has a row at age 2 alone, y at age 0 alone: both have a row for each age."""
    got = run(asked((AGES,), BY_AGE, dimensions=(SHOP,), **YEAR), orders=LOG)
    assert got == [
        ("x", 0, 1), ("x", 1, 1), ("x", 2, 0),
        ("y", 0, 1), ("y", 1, 0), ("y", 2, 0),
        (None, 0, 0), (None, 1, 0), (None, 2, 1),
    ]  # fmt: skip


def test_groups_without_any_value_have_none() -> None:
    """Nobody has spent 10 or 7 in y or without a shop."""
    axis = replace(SIZES, values=(lit(10), lit(7)))
    values = (at_least(10), at_least(7))
    got = run(asked((axis,), values, dimensions=(SHOP,), **YEAR), orders=LOG)
    assert got == [("x", 10, 1), ("x", 7, 2)]


def test_groups_by_month_have_the_months_that_they_have() -> None:
    """x has rows in January, y and null in February; `fill` gives each both."""
    within: dict[str, Any] = {"start": "2024-01-01", "end": "2024-03-01", "grain": MONTH}
    question = asked((AGES,), BY_AGE, dimensions=(SHOP,), **within)
    january, february = date(2024, 1, 1), date(2024, 2, 1)
    assert [row[:3] for row in run(question, orders=LOG)] == [
        *(("x", age, january) for age in range(3)),
        *(("y", age, february) for age in range(3)),
        *((None, age, february) for age in range(3)),
    ]
    filled = run(replace(question, fill=True), orders=LOG)
    assert len(filled) == 3 * 3 * 2
    assert [row[3] for row in filled if row[0] == "x"] == [1, 0, 1, 0, 0, 0]


def test_two_axes() -> None:
    """The last is the fastest: of age 0 there are 7 and 5, of age 1 there is 12, of age 2 there is 3."""
    both = tuple(
        count(
            ORDERS,
            where=call(
                Op.AND,
                call(Op.EQ, field(ORDERS, "age"), age),
                call(Op.GE, field(ORDERS, "amount"), bound),
            ),
        )
        for age in range(3)
        for bound in (10, 5)
    )
    got = run(asked((AGES, SIZES), both, **YEAR), orders=LOG)
    assert got == [(0, 10, 0), (0, 5, 2), (1, 10, 1), (1, 5, 1), (2, 10, 0), (2, 5, 0)]


def test_an_axis_of_another_output() -> None:
    """`along` has every combination of all axes, though the output depends on one of them."""
    by_size = tuple(at_least(bound) for _ in range(3) for bound in (10, 5))
    by_age = tuple(at_age(age) for age in range(3) for _ in (10, 5))
    got = run(asked((AGES, SIZES), by_size, by_age, **YEAR), orders=LOG)
    assert [row[2] for row in got] == [1, 3] * 3
    assert [row[3] for row in got] == [2, 2, 1, 1, 1, 1]


@pytest.mark.parametrize(
    ("order_by", "wanted"),
    [
        (ir.Order("at_least"), [10, 10, 10, 5, 5, 5]),
        (ir.Order("at_least", descending=True), [5, 5, 5, 10, 10, 10]),
        (ir.Order("shop", descending=True), [10, 5, 10, 5, 10, 5]),
        (ir.Order("a", descending=True), [5, 10, 5, 10, 10, 5]),  # 2; 1 1; 0 0 0
    ],
    ids=lambda value: value.column if isinstance(value, ir.Order) else "",
)
def test_order(order_by: ir.Order, wanted: list[int]) -> None:
    """x has 1 from 10 and 2 from 5, y 0 and 1, null 0 and 0; an axis has the order of its values."""
    question = asked((SIZES,), BY_SIZE, (count(ORDERS),), dimensions=(SHOP,), order=(order_by,), **YEAR)
    assert [row[1] for row in run(question, orders=LOG)] == wanted


def test_the_limit_cuts_last() -> None:
    question = asked((SIZES,), BY_SIZE, (count(ORDERS),), dimensions=(SHOP,), limit=3, **YEAR)
    assert run(question, orders=LOG) == [("x", 10, 1, 2), ("x", 5, 2, 2), ("y", 10, 0, 1)]


def test_windows_along_an_axis() -> None:
    """Orders of so many months ago, in March: 0, then February's 2, then January's 2."""
    windows: tuple[ir.Window, ...] = ((), (ir.Ago(1, MONTH),), (ir.Ago(2, MONTH),))
    ago = tuple(count(ORDERS, window=window) for window in windows)
    got = run(asked((AGES,), ago, start="2024-03-01", end="2024-04-01"), orders=LOG)
    assert got == [(0, 0), (1, 2), (2, 2)]
    # by shop: what any of them reaches is a group
    got = run(asked((AGES,), ago, dimensions=(SHOP,), start="2024-03-01", end="2024-04-01"), orders=LOG)
    assert [row[::2] for row in got] == [
        ("x", 0), ("x", 0), ("x", 2), ("y", 0), ("y", 1), ("y", 0), (None, 0), (None, 1), (None, 0),
    ]  # fmt: skip


def test_formulas_along_an_axis() -> None:
    """A share of all: 1 of 4 and 3 of 4; the whole is the same expression in both."""
    whole = count(ORDERS)
    shares = tuple(call(Op.DIV, part, whole, type=RATIO) for part in BY_SIZE)
    assert run(asked((SIZES,), shares, **YEAR), orders=LOG) == [(10, 0.25), (5, 0.75)]


def test_sets_and_nested_aggregates_along_an_axis() -> None:
    """Members who spent as much at once, and the mean of what those spend: 12; 12, 7 and 5."""

    def spent(bound: int) -> ir.Expr:
        return call(Op.GE, field(ORDERS, "amount"), bound)

    sets = tuple(
        size(replace(having_rows(MEMBERS, ORDERS, "member"), where=spent(bound))) for bound in (10, 5)
    )
    means = tuple(
        per_keys(
            ir.AggregateOp.AVG, total(ORDERS, "amount", where=spent(bound)), (ORDERS, field(ORDERS, "member"))
        )
        for bound in (10, 5)
    )
    assert run(asked((SIZES,), sets, means, **YEAR), orders=LOG) == [(10, 1, 12.0), (5, 3, 8.0)]


def test_unknown_stays_unknown_along_an_axis() -> None:
    """What is not covered is null for each value."""
    covered = replace(ORDERS, covers=ir.Coverage(date(2024, 2, 1), None))
    question = asked((SIZES,), BY_SIZE, start="2024-01-01", end="2024-03-01", grain=MONTH)
    question = replace(question, model=ir.Model((MEMBERS, covered)))
    assert [row[2] for row in run(question, orders=LOG)] == [None, 0, None, 1]


def test_texts_and_null_as_values() -> None:
    """Null stands where it is put, and last wherever one orders by the axis."""
    axis = ir.Axis("shop_", STRING.with_null(), (lit("y"), lit(None, STRING.with_null()), lit("x")))
    along = tuple(count(ORDERS, where=call(Op.IS, field(ORDERS, "shop"), value)) for value in axis.values)
    question = asked((axis,), along, **YEAR)
    assert run(question, orders=LOG) == [("y", 1), (None, 1), ("x", 2)]
    upwards = replace(question, order=(ir.Order("shop_"),))
    assert run(upwards, orders=LOG) == [("y", 1), ("x", 2), (None, 1)]
    downwards = replace(question, order=(ir.Order("shop_", descending=True),))
    assert run(downwards, orders=LOG) == [("x", 2), ("y", 1), (None, 1)]


def test_hidden_outputs_along_an_axis() -> None:
    """Goals are fed along the axis too, behind what is shown."""
    question = asked((SIZES,), BY_SIZE, (count(ORDERS),), **YEAR)
    hidden = replace(question, outputs=(replace(question.outputs[0], hidden=True), question.outputs[1]))
    assert hidden.columns == ("at_least", "b", "a")
    assert run(hidden, orders=LOG) == [(10, 4, 1), (5, 4, 3)]


def test_cohorts() -> None:
    """Two joined in January, one in February; the share that ordered at an age in months since they joined.

    Member 1 (January 2) ordered on February 20, at age 1; member 2 (January 30) on February 3, at age 0,
    which lasts until March 1, as there is no February 30; member 3 at once.
    """
    joined = field(MEMBERS, "joined")
    ordered = [
        order(1, "2024-02-20", 1) | {"member": 1},
        order(2, "2024-02-03", 1) | {"member": 2},
        order(3, "2024-02-11", 1) | {"member": 3},
    ]
    members = [
        {"id": 1, "joined": date(2024, 1, 2), "shop": "x"},
        {"id": 2, "joined": date(2024, 1, 30), "shop": "x"},
        {"id": 3, "joined": date(2024, 2, 1), "shop": "x"},
    ]

    def came_back(age: int) -> ir.Aggregate:
        since = ir.Child(
            ir.AggregateOp.EXISTS, "orders", ("member",), Type(Kind.BOOL),
            where=call(
                Op.AND,
                call(Op.GE, field(ORDERS, "day"), _months_later(joined, age)),
                call(Op.LT, field(ORDERS, "day"), _months_later(joined, age + 1)),
            ),
            anchor=field(ORDERS, "day"), ever=True,
        )  # fmt: skip
        return aggregate(ir.AggregateOp.AVG, MEMBERS, since)

    question = asked(
        (AGES,), tuple(map(came_back, range(3))), start="2024-01-01", end="2024-03-01", grain=MONTH
    )
    rows = run(question, orders=ordered, members=members)
    assert [row[2] for row in rows] == [0.5, 1.0, 0.5, 0.0, 0.0, 0.0]


def _months_later(joined: ir.Field, months: int) -> ir.Call:
    return call(Op.ADD_MONTHS, ir.Outer(joined), months, type=joined.type)
