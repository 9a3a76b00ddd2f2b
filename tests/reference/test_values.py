"""Operators in three-valued logic, exact and double arithmetic, text and time (laws 4, 5, 7, 8, 10)."""

from __future__ import annotations

import math
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from kpilang import ir
from kpilang.ir import Op
from kpilang.reference import LawError
from kpilang.reference.calendar import Clock
from kpilang.reference.moments import at_instant
from kpilang.reference.numbers import round_half_away, shown
from kpilang.reference.values import Leaf, evaluate
from kpilang.types import BOOL, DATE, INTEGER, STRING, TIMESTAMP, Kind, Type
from tests.reference.build import DOUBLE, RATIO, call, enum, lit, utc


class Nowhere:
    """A scope for expressions that look at nothing but literals."""

    clock = Clock(ir.Calendar("Europe/Berlin"), at_instant("Europe/Berlin", utc("2030-01-01")))

    def leaf(self, node: Leaf) -> Any:
        raise AssertionError(node)


def value(op: Op, *args: Any, type: Type = BOOL) -> Any:
    return evaluate(call(op, *args, type=type), Nowhere())


def number(text: str) -> Decimal:
    return Decimal(text)


def decimal(scale: int) -> Type:
    return Type(Kind.NUMBER, nullable=True, scale=scale)


TRUTH = [
    # a, b, a and b, a or b
    (True, True, True, True),
    (True, False, False, True),
    (True, None, None, True),
    (False, False, False, False),
    (False, None, False, None),
    (None, None, None, None),
]


@pytest.mark.parametrize(("a", "b", "both", "either"), TRUTH)
def test_three_valued_logic(a: Any, b: Any, both: Any, either: Any) -> None:
    assert value(Op.AND, a, b) is both and value(Op.AND, b, a) is both
    assert value(Op.OR, a, b) is either and value(Op.OR, b, a) is either
    assert value(Op.NOT, a) is (None if a is None else not a)


COMPARISONS = [
    (Op.EQ, ("x", "x"), True),
    (Op.EQ, ("x", None), None),
    (Op.NE, ("x", "X"), True),
    (Op.NE, (None, None), None),
    (Op.EQ, ("email", "email "), False),
    (Op.LT, ("Z", "a"), True),
    (Op.LT, ("Ａ", "𝒳"), True),  # by code point; UTF-16 units would say otherwise
    (Op.LE, (2, number("2.0")), True),
    (Op.GT, (date(2024, 1, 2), date(2024, 1, 1)), True),
    (Op.GE, (1, None), None),
    (Op.IS, (None, None), True),
    (Op.IS, ("x", None), False),
    (Op.IS, ("x", "x"), True),
    (Op.IS_NOT, ("x", None), True),
    (Op.IS_NOT, (None, None), False),
    (Op.IN, ("a", "a", None), True),
    (Op.IN, ("c", "a", "b"), False),
    (Op.IN, ("c", "a", None), None),
    (Op.IN, (None, "a"), None),
    (Op.NULLIF, ("a", "a"), None),
    (Op.NULLIF, ("a", None), "a"),
    (Op.NULLIF, (None, "a"), None),
    (Op.COALESCE, (None, "a", "b"), "a"),
    (Op.COALESCE, (None, None), None),
]


@pytest.mark.parametrize(("op", "args", "answer"), COMPARISONS)
def test_comparison_and_null(op: Op, args: tuple[Any, ...], answer: Any) -> None:
    assert value(op, *args, type=STRING if isinstance(answer, str) else BOOL) == answer


STAGES = enum("lead", "mql", "customer", "rejected", ranked=("lead", "mql", "customer"))


@pytest.mark.parametrize(
    ("op", "a", "b", "answer"),
    [
        (Op.LT, "lead", "customer", True),  # by rank, though "customer" < "lead" as text
        (Op.GE, "mql", "mql", True),
        (Op.GE, "rejected", "lead", None),
        (Op.EQ, "rejected", "rejected", True),
        (Op.GREATEST, "mql", "customer", "customer"),
        (Op.LEAST, "mql", "customer", "mql"),
    ],
)
def test_ranked_words(op: Op, a: str, b: str, answer: Any) -> None:
    assert (
        value(op, lit(a, STAGES), lit(b, STAGES), type=STAGES if isinstance(answer, str) else BOOL) == answer
    )


LIKES = [
    ("email", "e%", None, True),
    ("Email", "e%", None, False),
    ("E", "E_%", None, False),
    ("E_x", "E!_%", "!", True),
    ("Exx", "E!_%", "!", False),
    ("a%b", "a!%b", "!", True),
    ("a!b", "a!!b", "!", True),
    ("a\nb", "a_b", None, True),
    ("a.b", "a.b", None, True),
    ("axb", "a.b", None, False),
    ("", "%", None, True),
    ("email ", "email", None, False),
    (None, "%", None, None),
    ("a", None, None, None),
]


@pytest.mark.parametrize(("text", "pattern", "escape", "answer"), LIKES)
def test_like(text: Any, pattern: Any, escape: Any, answer: Any) -> None:
    assert value(Op.LIKE, text, pattern, escape) is answer


def test_a_pattern_may_not_end_with_its_escape() -> None:
    with pytest.raises(LawError, match="ends with its escape"):
        value(Op.LIKE, "a", "a!", "!")


# ---------------------------------------------------------------------------- numbers


def test_exact_arithmetic_never_meets_a_double() -> None:
    assert value(Op.ADD, number("0.1"), number("0.2"), type=decimal(1)) == Fraction(3, 10)
    assert value(Op.MUL, number("0.1"), number("0.2"), type=decimal(2)) == Fraction(2, 100)
    assert value(Op.SUB, 2**60 + 1, 2**60, type=INTEGER) == 1


def test_a_quotient_is_rounded_once() -> None:
    assert value(Op.DIV, number("10.00"), 3, type=RATIO) == 3.3333333333333335
    assert value(Op.DIV, number("2.01"), 2, type=RATIO) == 2.01 / 2
    big = 2**62 + 1  # rounded to a double first it would be 2**62
    assert value(Op.DIV, big, 3, type=RATIO) == float(Fraction(big, 3))


@pytest.mark.parametrize(("a", "b"), [(1, 0), (0, 0), (number("-1.5"), number("0.00")), (None, 2), (2, None)])
def test_division_by_zero_and_null(a: Any, b: Any) -> None:
    assert value(Op.DIV, a, b, type=RATIO) is None


def test_no_result_is_infinite() -> None:
    huge = call(Op.EXP, 700, type=DOUBLE)
    assert value(Op.MUL, huge, huge, type=DOUBLE) is None
    assert value(Op.EXP, 1000, type=DOUBLE) is None
    assert value(Op.POWER, 10, 400, type=DOUBLE) is None
    assert value(Op.POWER, 0, -1, type=DOUBLE) is None
    assert value(Op.POWER, -8, number("0.5"), type=DOUBLE) is None
    assert value(Op.LN, 0, type=DOUBLE) is None
    assert value(Op.LN, -1, type=DOUBLE) is None
    assert value(Op.SQRT, -1, type=DOUBLE) is None
    assert value(Op.DIV, huge, call(Op.SUB, huge, huge, type=DOUBLE), type=DOUBLE) is None


def test_functions_of_doubles() -> None:
    assert value(Op.SQRT, 2, type=DOUBLE) == math.sqrt(2)
    assert value(Op.POWER, 2, 10, type=DOUBLE) == 1024.0
    assert value(Op.LN, 1, type=DOUBLE) == 0.0


def test_a_double_beside_a_decimal_makes_both_doubles() -> None:
    tenth = call(Op.DIV, 1, 10, type=RATIO)
    assert value(Op.EQ, tenth, number("0.1")) is True
    assert value(Op.GE, tenth, number("0.1")) is True
    assert value(Op.ADD, tenth, number("0.2"), type=DOUBLE) == 0.1 + 0.2


ROUNDED = [
    ("1.005", 2, "1.01"),
    ("2.675", 2, "2.68"),
    ("-1.005", 2, "-1.01"),
    ("1.004", 2, "1"),
    ("0.5", 0, "1"),
    ("-0.5", 0, "-1"),
    ("2.5", 0, "3"),
    ("1250", -2, "1300"),
    ("-1250", -2, "-1300"),
    ("0", 3, "0"),
]


@pytest.mark.parametrize(("x", "digits", "answer"), ROUNDED)
def test_round_is_half_away_from_zero(x: str, digits: int, answer: str) -> None:
    assert value(Op.ROUND, number(x), digits, type=decimal(3)) == Fraction(answer)
    assert round_half_away(Fraction(x), digits) == Fraction(answer)


def test_round_of_a_double_rounds_what_it_holds() -> None:
    quotient = call(Op.DIV, number("2.01"), 2, type=RATIO)  # 1.00499999999999989…
    assert value(Op.ROUND, quotient, 2, type=DOUBLE) == 1.0


def test_whole_numbers_around() -> None:
    assert value(Op.FLOOR, number("-1.5"), type=INTEGER) == -2
    assert value(Op.CEIL, number("-1.5"), type=INTEGER) == -1
    assert value(Op.ABS, number("-1.5"), type=decimal(1)) == Fraction(3, 2)
    assert value(Op.NEG, 3, type=INTEGER) == -3
    assert value(Op.GREATEST, 1, number("1.5"), type=decimal(1)) == Fraction(3, 2)
    assert value(Op.LEAST, 1, None, type=INTEGER) is None


def test_beyond_38_digits_is_refused() -> None:
    most = 10**38 - 1
    assert value(Op.ADD, most, 0, type=INTEGER) == most
    with pytest.raises(LawError, match="38 digits"):
        value(Op.ADD, most, 1, type=INTEGER)
    with pytest.raises(LawError, match="38 digits"):
        value(Op.MUL, number("1e20"), number("1e10"), type=decimal(12))


def test_a_case_takes_the_first_condition_that_is_true() -> None:
    whens = (
        ir.When(lit(None, BOOL), lit("unknown")),
        ir.When(lit(False), lit("no")),
        ir.When(lit(True), lit("yes")),
    )
    assert evaluate(ir.Case(whens, None, STRING), Nowhere()) == "yes"
    assert evaluate(ir.Case(whens[:2], lit("else"), STRING), Nowhere()) == "else"
    assert evaluate(ir.Case(whens[:2], None, STRING), Nowhere()) is None


def test_exact_values_take_the_form_of_their_type() -> None:
    ratio = call(Op.DIV, 1, 4, type=RATIO)
    assert repr(value(Op.COALESCE, lit(None, RATIO), 0, type=RATIO)) == "0.0"
    assert repr(value(Op.COALESCE, ratio, 0, type=RATIO)) == "0.25"


def test_shown_numbers() -> None:
    assert repr(shown(Fraction(3, 2), decimal(6))) == "Decimal('1.500000')"
    assert repr(shown(7, INTEGER)) == "7"
    assert repr(shown(-(10**37) + 1, decimal(1))) == "Decimal('-9999999999999999999999999999999999999.0')"
    assert repr(shown(Fraction(7), decimal(0))) == "7"
    assert repr(shown(Fraction(1, 10**6), decimal(6))) == "Decimal('0.000001')"
    assert repr(shown(0.5, DOUBLE)) == "0.5"
    assert shown(True, BOOL) is True


# ---------------------------------------------------------------------------- text and time


@pytest.mark.parametrize(
    ("op", "args", "answer"),
    [
        (Op.LENGTH, ("é𝒳",), 2),
        (Op.CONCAT, ("a", "", "b"), "ab"),
        (Op.CONCAT, ("a", None), None),
        (Op.STARTS_WITH, ("Email", "E"), True),
        (Op.ENDS_WITH, ("Email", "L"), False),
        (Op.CONTAINS, ("Email", "ai"), True),
        (Op.CONTAINS, (None, "ai"), None),
    ],
)
def test_text(op: Op, args: tuple[Any, ...], answer: Any) -> None:
    assert value(op, *args, type=STRING) == answer


@pytest.mark.parametrize(
    ("op", "args", "type", "answer"),
    [
        (Op.DATE_OF, (utc("2024-01-31T23:30"),), DATE, date(2024, 2, 1)),  # in Berlin
        (Op.ADD_DAYS, (date(2024, 2, 28), 2), DATE, date(2024, 3, 1)),
        (Op.ADD_MONTHS, (date(2024, 1, 31), 1), DATE, date(2024, 3, 1)),
        (Op.ADD_MONTHS, (date(2024, 3, 31), -1), DATE, date(2024, 3, 1)),
        (Op.ADD_MONTHS, (date(2024, 2, 29), 12), DATE, date(2025, 3, 1)),
        (Op.ADD_SECONDS, (utc("2024-03-30T12:00"), 86400), TIMESTAMP, utc("2024-03-31T12:00")),
        (
            Op.ADD_SECONDS,
            (utc("2024-03-30T12:00"), number("-0.5")),
            TIMESTAMP,
            utc("2024-03-30T11:59:59.500000"),
        ),
        (Op.DIFF_DAYS, (date(2024, 3, 1), date(2024, 2, 28)), INTEGER, 2),
        (Op.DIFF_DAYS, (date(2024, 1, 30), date(2024, 1, 31)), INTEGER, -1),
        (Op.DIFF_SECONDS, (utc("2024-01-02"), utc("2024-01-01T23:59:58.500000")), decimal(6), Fraction(3, 2)),
        (Op.ADD_DAYS, (None, 2), DATE, None),
    ],
)
def test_time(op: Op, args: tuple[Any, ...], type: Type, answer: Any) -> None:
    assert value(op, *args, type=type) == answer


def test_a_time_beyond_the_calendar_is_refused() -> None:
    with pytest.raises(LawError, match="years"):
        value(Op.ADD_DAYS, date(9999, 12, 31), 1, type=DATE)
    with pytest.raises(LawError, match="years"):
        value(Op.ADD_MONTHS, date(1, 1, 1), -1, type=DATE)


@pytest.mark.parametrize(
    ("x", "type", "answer"),
    [
        (number("0.0000005"), decimal(6), Fraction(1, 10**6)),
        (number("-0.0000005"), decimal(6), Fraction(-1, 10**6)),
        (number("2.5"), INTEGER, 3),
        (1, DOUBLE, 1.0),
        ("12.5", decimal(6), Fraction(25, 2)),
        (None, decimal(6), None),
        (date(2024, 3, 31), TIMESTAMP, utc("2024-03-30T23:00")),
        (utc("2024-03-30T23:00"), DATE, date(2024, 3, 31)),
        (17, STRING, "17"),
    ],
)
def test_cast(x: Any, type: Type, answer: Any) -> None:
    assert value(Op.CAST, x, type=type) == answer
