"""Attributions: which touches a conversion has, their weights, what each gets (law 13, rulings 20 to 22)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import permutations
from typing import Any

import pytest

from kpilang import ir
from kpilang.ir import AggregateOp, Op
from kpilang.reference import LawError
from kpilang.types import BOOL, INTEGER, TimeUnit
from tests.reference.attribution import (
    APPROXIMATE,
    DAYS,
    DEALS,
    TOUCHES,
    as_entity,
    at,
    by_touch,
    credit,
    deal,
    later,
    numbers,
    of_deal,
    of_touch,
    on_channel,
    part,
    path,
    touch,
    with_amount,
)
from tests.reference.build import (
    DOUBLE,
    ID,
    MONEY,
    RATIO,
    aggregate,
    call,
    column,
    count,
    dimension,
    entity,
    field,
    lit,
    query,
    run,
    total,
    utc,
)

LINEAR = credit(ir.Evenly())


def money(*texts: str) -> dict[object, object]:
    """For touches a, b, c …"""
    return {chr(ord("a") + n): Decimal(text) for n, text in enumerate(texts)}


# ---------------------------------------------------------------------------- cumulative rounding


@pytest.mark.parametrize(
    ("amount", "wanted"),
    [
        # v = 10⁸: C₁ = (2·10⁸ + 3) // 6 = 33333333, C₂ = (4·10⁸ + 3) // 6 = 66666667, C₃ = 10⁸
        ("100", ("33.333333", "33.333334", "33.333333")),
        # C₁ = 20003 // 6 = 3333, C₂ = 40003 // 6 = 6667
        ("0.01", ("0.003333", "0.003334", "0.003333")),
        # v = 1: C₁ = 5 // 6 = 0, C₂ = 7 // 6 = 1: credits of nothing are credits
        ("0.000001", ("0", "0.000001", "0")),
        # v = 2: C₁ = 7 // 6 = 1, C₂ = 11 // 6 = 1, C₃ = 2
        ("0.000002", ("0.000001", "0", "0.000001")),
        # the mirror image
        ("-100", ("-33.333333", "-33.333334", "-33.333333")),
        ("0", ("0", "0", "0")),
        # far beyond what a double holds: 10²⁰ + 1 over three
        (
            "100000000000000000001",
            ("33333333333333333333.666667", "33333333333333333333.666666", "33333333333333333333.666667"),
        ),
    ],
)
def test_thirds(amount: str, wanted: tuple[str, ...]) -> None:
    got = by_touch(LINEAR, [deal("1", amount)], path("03-01", "03-02", "03-03"))
    assert got == money(*wanted)
    assert sum(map(Decimal, wanted)) == Decimal(amount)


@pytest.mark.parametrize(
    ("amount", "wanted"),
    [
        ("0.000005", ("0.000003", "0.000002")),  # C₁ = (2·5·1 + 2) // 4 = 3: the half goes up
        ("-0.000005", ("-0.000003", "-0.000002")),  # and away from zero in a refund
    ],
)
def test_halves(amount: str, wanted: tuple[str, ...]) -> None:
    assert by_touch(LINEAR, [deal("1", amount)], path("03-01", "03-02")) == money(*wanted)


def test_a_finer_value_has_finer_credits() -> None:
    """At scale 8: v = 10, C₁ = 23 // 6 = 3, C₂ = 43 // 6 = 7."""
    deals = with_amount(replace(MONEY, scale=8))
    of = credit(ir.Evenly(), replace(MONEY, scale=8), value=field(deals, "amount"))
    got = by_touch(of, [deal("1", "0.0000001")], path("03-01", "03-02", "03-03"), (deals, TOUCHES))
    assert got == money("3E-8", "4E-8", "3E-8")


def test_whole_numbers_are_shared_in_millionths() -> None:
    """Of one deal counted as 1: 0.333333, 0.333334, 0.333333."""
    of = credit(ir.Evenly(), value=lit(1))
    wanted = money("0.333333", "0.333334", "0.333333")
    assert by_touch(of, [deal("1")], path("03-01", "03-02", "03-03")) == wanted


def test_a_credit_of_more_than_38_digits_is_refused() -> None:
    deals = with_amount(INTEGER)
    of = credit(ir.FirstTouch(), value=field(deals, "amount"))
    with pytest.raises(LawError, match="38 digits"):
        by_touch(of, [deal("1", "1e33")], path("03-01"), (deals, TOUCHES))


def test_no_order_of_rows_matters() -> None:
    """Three touches at one instant stand in the order of their keys: the middle one has the odd millionth."""
    for touches in permutations(path("03-01", "03-01", "03-01")):
        got = by_touch(LINEAR, [deal("1")], touches)
        assert got == money("33.333333", "33.333334", "33.333333")


# ---------------------------------------------------------------------------- models


FOUR = path("03-01", "03-15", "03-22", "03-29")
DIRECT = on_channel("d")


def milestones(others: str, *pairs: tuple[str, str]) -> ir.ByMilestones:
    return ir.ByMilestones(
        tuple(ir.Milestone(on_channel(channel), Decimal(share)) for channel, share in pairs), Decimal(others)
    )


def of_age(seconds: int, young: int, old: int) -> ir.Case:
    """One weight up to an age, another beyond."""
    is_young = call(Op.LE, part(ir.TouchPart.AGE), lit(seconds))
    return ir.Case((ir.When(is_young, lit(young)),), lit(old), INTEGER)


W_SHAPED = (("a", "0.3"), ("b", "0.3"), ("d", "0.3"))
FULL_PATH = (("a", "0.225"), ("b", "0.225"), ("c", "0.225"), ("d", "0.225"))
POSITION = ir.ByPosition(Decimal("0.4"), Decimal("0.2"), Decimal("0.4"))


@pytest.mark.parametrize(
    ("shares", "wanted"),
    [
        (ir.FirstTouch(), {"a": 1000}),
        (ir.LastTouch(), {"d": 1000}),
        (ir.LastTouch(DIRECT), {"c": 1000}),
        (ir.Evenly(), {"a": 250, "b": 250, "c": 250, "d": 250}),
        (POSITION, {"a": 400, "b": 100, "c": 100, "d": 400}),
        (ir.ByPosition(Decimal(0), Decimal(1), Decimal(0)), {"b": 500, "c": 500}),
        # .3 .3 .1 .3
        (milestones("0.1", *W_SHAPED), {"a": 300, "b": 300, "c": 100, "d": 300}),
        # no other touch: .9 in all, a quarter each
        (milestones("0.1", *FULL_PATH), {"a": 250, "b": 250, "c": 250, "d": 250}),
        # half and half, nothing for the others, which are no credits
        (milestones("0", ("a", "0.5"), ("b", "0.5")), {"a": 500, "b": 500}),
        # the missing milestone's .3 spreads: .3, .05, .05, .3 of .7
        (
            milestones("0.1", ("a", "0.3"), ("x", "0.3"), ("d", "0.3")),
            {"a": Decimal("428.571429"), "b": Decimal("71.428571"), "c": Decimal("71.428571"),
             "d": Decimal("428.571429")},
        ),
        # b is lead and opportunity: .6; the two others share .1; the first .3
        (
            milestones("0.1", ("a", "0.3"), ("b", "0.3"), ("b", "0.3")),
            {"a": 300, "b": 600, "c": 50, "d": 50},
        ),
        # no milestone at all: the others have all
        (milestones("0.1", ("x", "0.3")), {"a": 250, "b": 250, "c": 250, "d": 250}),
        # no milestone, and nothing for the others
        (milestones("0", ("x", "1")), {None: 1000}),
        (ir.ByWeight(part(ir.TouchPart.POSITION)), {"a": 100, "b": 200, "c": 300, "d": 400}),
        # the last alone is as young as a day
        (
            ir.ByWeight(of_age(DAYS, 3, 1)),
            {"a": Decimal("166.666667"), "b": Decimal("166.666666"), "c": Decimal("166.666667"), "d": 500},
        ),
    ],
    ids=lambda value: type(value).__name__ if not isinstance(value, dict) else "",
)  # fmt: skip
def test_models(shares: ir.Shares, wanted: dict[object, object]) -> None:
    """1000 over social, organic, email, direct (here a to d)."""
    assert by_touch(credit(shares), [deal("1", "1000")], FOUR) == wanted


def test_the_touches_between_the_ends() -> None:
    """Weights 120, 20, 20, 20, 120 of 300, v = 10⁸: C₂ = 140/300 → 46666667, C₃ = 53333333, C₄ = 6·10⁷."""
    got = by_touch(credit(POSITION), [deal("1")], path("03-01", "03-02", "03-03", "03-04", "03-05"))
    assert got == money("40", "6.666667", "6.666666", "6.666667", "40")


@pytest.mark.parametrize(
    ("first", "between", "last", "days", "wanted"),
    [
        ("0.3", "0.2", "0.5", ("03-01",), {"a": 800}),
        ("0.3", "0.2", "0.5", ("03-01", "03-02"), {"a": 300, "b": 500}),  # 3 to 5
        ("0", "1", "0", ("03-01",), {"a": 800}),  # one touch has all
        ("0", "1", "0", ("03-01", "03-02"), {None: 800}),  # nobody is between: all weights are zero
    ],
)
def test_missing_positions(
    first: str, between: str, last: str, days: tuple[str, ...], wanted: dict[object, object]
) -> None:
    shares = ir.ByPosition(Decimal(first), Decimal(between), Decimal(last))
    assert by_touch(credit(shares), [deal("1", "800")], path(*days)) == wanted


def test_of_two_touches_on_a_milestone_the_first_has_it() -> None:
    """c, a second touch on the lead's channel, is one of the others: .3, .3, .1, .3."""
    touches = [touch("a", "03-01", "a"), touch("b", "03-02", "b"), touch("c", "03-03", "b")]
    got = by_touch(
        credit(milestones("0.1", *W_SHAPED)), [deal("1", "1000")], [*touches, touch("d", "03-04", "d")]
    )
    assert got == {"a": 300, "b": 300, "c": 100, "d": 300}


def test_direct_touches() -> None:
    """What is null is not direct; if all are direct, the last has it."""
    shares = credit(ir.LastTouch(DIRECT))
    touches = [touch("x", "03-01", "mail"), touch("y", "03-02", None), touch("z", "03-03", "d")]
    assert by_touch(shares, [deal("1")], touches) == {"y": 100}
    assert by_touch(shares, [deal("1")], touches[2:]) == {"z": 100}


# ---------------------------------------------------------------------------- weights of one's own


def test_weights_in_proportion() -> None:
    """1, 2, 4 of 7, v = 10⁶: C₁ = (2·10⁶ + 7) // 14 = 142857, C₂ = (6·10⁶ + 7) // 14 = 428571."""
    touches = [touch("a", "03-01", score=1), touch("b", "03-02", score=2), touch("c", "03-03", score=4)]
    got = by_touch(credit(ir.ByWeight(of_touch("score"))), [deal("1", "1")], touches)
    assert got == money("0.142857", "0.285714", "0.571429")


def test_fractions_are_weights_as_they_are() -> None:
    """0.1 and 0.2 are a third and two thirds, though no doubles are: of 30 exactly 10 and 20."""
    tenth = call(Op.MUL, of_touch("score"), lit(Decimal("0.1")), type=replace(MONEY, scale=1))
    touches = [touch("a", "03-01", score=1), touch("b", "03-02", score=2)]
    assert by_touch(credit(ir.ByWeight(tenth)), [deal("1", "30")], touches) == {"a": 10, "b": 20}


def test_weights_of_nothing() -> None:
    """Null is zero, and a pair of zero weight is no credit; all zero, and there is none."""
    of = credit(ir.ByWeight(of_touch("score")))
    touches = [touch("a", "03-01", score=None), touch("b", "03-02", score=1), touch("c", "03-03", score=0)]
    assert numbers(of, [deal("1")], touches) == (1, 1, 100)
    assert by_touch(of, [deal("1")], touches) == {"b": 100}
    assert numbers(of, [deal("1")], touches[::2]) == (1, 0, 100)


@pytest.mark.parametrize("won", ["03-30", "01-30", None])
def test_a_negative_weight_is_refused(won: str | None) -> None:
    """Wherever it stands, in the month asked for or not; but a conversion without a date has no touch."""
    touches = [touch("a", "03-01", score=3), touch("b", "03-02", score=-1), touch("c", "01-02", score=-1)]
    asked: dict[str, Any] = {"start": "2024-03-01", "end": "2024-04-01"}
    of = credit(ir.ByWeight(of_touch("score")))
    if won is None:
        assert numbers(of, [deal("1", won=won)], touches, **asked) == (0, 0, 0)
        return
    with pytest.raises(LawError, match=r"weight -1 of the touch [bc] of `touches` is negative"):
        numbers(of, [deal("1", won=won)], touches, **asked)


def test_a_weight_knows_the_conversion() -> None:
    """`this.amount`: the odd touch weighs what the deal is worth, 3 · 3 and 3 · 1 of 12."""
    weight = call(Op.MUL, of_touch("score"), ir.Outer(of_deal("amount")), type=replace(MONEY, scale=6))
    touches = [touch("a", "03-01", score=3), touch("b", "03-02", score=1)]
    assert by_touch(credit(ir.ByWeight(weight)), [deal("1", "3")], touches) == money("2.25", "0.75")


def test_places_on_the_path() -> None:
    """touches − position: of three 2, 1, 0, the last is no credit: of 90, 60 and 30."""
    left = call(Op.SUB, part(ir.TouchPart.TOUCHES), part(ir.TouchPart.POSITION), type=INTEGER)
    of = credit(ir.ByWeight(left))
    assert by_touch(of, [deal("1", "90")], path("03-01", "03-02", "03-03")) == {"a": 60, "b": 30}


def test_ages_are_exact() -> None:
    """In seconds, to the microsecond: 604800 is 7 days, a millionth more is not."""
    touches = [touch("a", "03-23T11:59:59.999999"), touch("b", "03-23T12:00")]
    assert by_touch(credit(ir.ByWeight(of_age(7 * DAYS, 1, 0))), [deal("1")], touches) == {"b": 100}


def test_exact_weights_of_ages() -> None:
    """10 and 30 days before, by age in seconds: 1 to 3."""
    of = credit(ir.ByWeight(part(ir.TouchPart.AGE)))
    touches = [touch("b", "03-20"), touch("a", "02-29")]
    assert by_touch(of, [deal("1")], touches) == {"a": 75, "b": 25}


# ---------------------------------------------------------------------------- in doubles


def test_decay() -> None:
    """Ages 28, 14, 7, 0: 1/16, 1/4, 1/2, 1 of 29/16; of 2900: 100, 400, 800, 1600."""
    of = credit(ir.ByDecay(Decimal(7 * DAYS)), APPROXIMATE)
    got = by_touch(of, [deal("1", "2900")], FOUR)
    assert got == {"a": 100.0, "b": 400.0, "c": 800.0, "d": 1600.0}
    # of 1000 in millionths: 34482758.6, 172413793.1, 448275862.07 round to …59, …93, …62
    wanted = {"a": 34.482759, "b": 137.931034, "c": 275.862069, "d": 551.724138}
    assert by_touch(of, [deal("1", "1000")], FOUR) == pytest.approx(wanted, rel=1e-15)


def test_the_youngest_touch_is_whole() -> None:
    """Half-lives of half an hour, 29 days ago: 2⁻⁴⁸ of 100 is nothing in millionths, and yet a credit."""
    of = credit(ir.ByDecay(Decimal(1800)), APPROXIMATE)
    assert by_touch(of, [deal("1")], path("03-01", "03-02")) == {"a": 0.0, "b": 100.0}
    assert numbers(of, [deal("1")], path("03-01", "03-02")) == (2, 2, 100.0)


def test_decay_to_nothing() -> None:
    """Beyond the smallest double, 2⁻¹⁰⁷⁴, a weight is zero: no credit."""
    of = credit(ir.ByDecay(Decimal(60)), APPROXIMATE)
    assert by_touch(of, [deal("1")], path("03-01", "03-02")) == {"b": 100.0}


def test_inexact_weights() -> None:
    """0.5, 0.25, 0.25 of 10, and of thirds: C in doubles, in whole millionths."""
    of = credit(ir.ByWeight(of_touch("points")), APPROXIMATE)
    touches = [
        touch("a", "03-01", points=0.5),
        touch("b", "03-02", points=0.25),
        touch("c", "03-03", points=0.25),
    ]
    assert by_touch(of, [deal("1", "10")], touches) == {"a": 5.0, "b": 2.5, "c": 2.5}
    even = [row | {"points": 0.1} for row in touches]
    assert by_touch(of, [deal("1")], even) == {"a": 33.333333, "b": 33.333334, "c": 33.333333}


def test_a_quotient_is_an_inexact_weight() -> None:
    """1 / position: 1, 1/2 of 3/2: of 3 millionths 2 and 1."""
    weight = call(Op.DIV, 1, part(ir.TouchPart.POSITION), type=RATIO)
    of = credit(ir.ByWeight(weight), APPROXIMATE)
    assert by_touch(of, [deal("1", "0.000003")], path("03-01", "03-02")) == {"a": 0.000002, "b": 0.000001}


def test_a_refund_in_doubles() -> None:
    of = credit(ir.ByWeight(of_touch("points")), APPROXIMATE)
    touches = [touch("a", "03-01", points=1.0), touch("b", "03-02", points=1.0)]
    assert by_touch(of, [deal("1", "-0.000005")], touches) == {"a": -0.000003, "b": -0.000002}


def test_an_inexact_value_is_not_rounded() -> None:
    """10⁻⁹ as a float: a quarter each of it, which millionths would lose."""
    deals = with_amount(DOUBLE)
    of = credit(ir.Evenly(), APPROXIMATE, value=field(deals, "amount"))
    got = by_touch(of, [deal("1", 1e-9)], FOUR, (deals, TOUCHES))
    assert got == pytest.approx(dict.fromkeys("abcd", 2.5e-10), rel=1e-15)


# ---------------------------------------------------------------------------- which touches


def test_both_ends_of_the_window_are_in() -> None:
    """30 times 24 hours before noon of March 30, and noon itself; a microsecond beyond either is out."""
    touches = [
        touch("a", "02-29T11:59:59.999999"),
        touch("b", "02-29T12:00"),
        touch("c", "03-30T12:00"),
        touch("d", "03-30T12:00:00.000001"),
    ]
    assert by_touch(LINEAR, [deal("1")], touches) == {"b": 50, "c": 50}


def test_without_a_window_all_that_came_before() -> None:
    of = credit(ir.Evenly(), earliest=None)
    touches = [touch("a", "01-01"), touch("b", "03-30"), touch("c", "03-31")]
    assert by_touch(of, [deal("1")], touches) == {"a": 50, "b": 50}


def test_null_meets_nothing() -> None:
    """Neither a contact nor a time that is null; such conversions keep their value."""
    touches = [touch("a", "03-01", contact=None), touch("b", None), touch("c", "03-02")]
    deals = [deal("1", "8", contact=None), deal("2", "40"), deal("3", "1", contact="bob")]
    assert by_touch(LINEAR, deals, touches) == {"c": 40, None: 9}
    undated = deal("4", "100", won=None)
    timeless = replace(total(LINEAR, "value"), anchor=None)
    asked = query([DEALS, TOUCHES, LINEAR], timeless, total(LINEAR, "value"))
    assert run(asked, deals=[undated], touches=touches) == [(100, 0)]
    bounded = credit(ir.Evenly(), earliest=ir.Case((), None, of_deal("won_at").type))
    assert by_touch(bounded, [deal("1")], touches) == {None: 100}


def test_a_touch_serves_several_conversions() -> None:
    """a (5 March) the 100 of the 10th alone, and half of 60 and of 8 with b."""
    touches = [touch("a", "03-05"), touch("b", "03-15")]
    deals = [deal("1", "100", "03-10"), deal("2", "60", "03-20"), deal("3", "8", "03-20")]
    assert by_touch(LINEAR, deals, touches) == {"a": 134, "b": 34}


def test_conditions_of_both_sides() -> None:
    """Conversions that are not won are none; touches elsewhere are not on the path."""
    of = credit(ir.LastTouch(), where=of_deal("is_won"), touch_where=on_channel("mail"))
    touches = [touch("a", "03-01", "mail"), touch("b", "03-02", "web"), touch("c", "03-03", None)]
    deals = [deal("1"), deal("2", "7", is_won=False), deal("3", "7", is_won=None)]
    assert by_touch(of, deals, touches) == {"a": 100}


def test_several_keys_and_none() -> None:
    """By contact and channel both; without keys every touch in the window is on the path."""
    pairs = ((of_deal("contact"), of_touch("contact")), (of_deal("id"), of_touch("channel")))
    touches = [touch("a", "03-01", "1"), touch("b", "03-02", "2"), touch("c", "03-03", "1", contact="bob")]
    assert by_touch(credit(ir.Evenly(), keys=pairs), [deal("1")], touches) == {"a": 100}
    assert by_touch(credit(ir.Evenly(), keys=()), [deal("1", "90")], touches) == {"a": 30, "b": 30, "c": 30}


def test_days_have_both_ends_too() -> None:
    """Dates: 30 calendar days before; ages, half-lives and orders in days."""
    deals = entity(
        "deals", "id", "on", column("id", "id"), column("on", "date"), column("amount", "money")
    )  # fmt: skip
    touches = entity("touches", "id", "on", column("id", "id"), column("on", "date"))
    before = call(Op.ADD_DAYS, field(deals, "on"), -30, type=field(deals, "on").type)
    origin = ir.Credits(
        "deals", field(deals, "amount"), field(deals, "on"), "touches", (), field(touches, "on"), before,
        field(deals, "on"), field(touches, "on"), ir.ByDecay(Decimal(14)),
    )  # fmt: skip
    rows: dict[str, list[dict[str, Any]]] = {
        "deals": [{"id": "1", "on": date(2024, 3, 30), "amount": Decimal(30)}],
        "touches": [{"id": n, "on": date(2024, 2, 28 + n)} for n in (0, 1)]
        + [{"id": 3, "on": date(2024, 3, 30)}, {"id": 4, "on": date(2024, 3, 16)}],
    }
    of = as_entity(origin, APPROXIMATE)
    got = by_touch(of, rows["deals"], rows["touches"], (deals, touches))
    # ages 30, 14 and 0, so 2^(−15/7), 1/2 and 1; 28 February is 31 days before
    old = 2 ** (-15 / 7)
    whole = old + 1.5
    wanted = {1: 30 * old / whole, 3: 30 / whole, 4: 15 / whole}
    assert got == pytest.approx(wanted, abs=1e-6)
    aged = as_entity(replace(origin, shares=ir.ByWeight(ir.TouchValue(ir.TouchPart.AGE, INTEGER))), MONEY)
    # 30, 14 and 0 days of 44: the one of the day itself is no credit; C₁ = 20.4545454… of 30
    got = by_touch(aged, rows["deals"], rows["touches"], (deals, touches))
    assert got == {1: Decimal("20.454545"), 4: Decimal("9.545455")}


# ---------------------------------------------------------------------------- rows that exist


def test_rows_that_do_not_exist_take_no_part() -> None:
    """Not by the entity's `where`, nor outside coverage, nor recorded later, nor superseded."""
    touches = entity(
        "touches", "id", "at", *TOUCHES.columns, column("seen_at", "timestamp"),
        recorded="seen_at", covers=ir.Coverage(date(2024, 3, 2), None),
        duplicates=ir.Duplicates(True, ("seen_at",)), where=call(Op.IS_NOT, of_touch("channel"), "bot"),
    )  # fmt: skip
    deals = replace(DEALS, where=call(Op.GT, of_deal("amount"), 0))
    of = credit(ir.Evenly())

    def seen(number: str, when: str, channel: str, on: str = "03-20") -> dict[str, Any]:
        return touch(number, when, channel) | {"seen_at": at(on)}

    rows = [
        seen("a", "03-01", "mail"),  # not covered
        seen("b", "03-02", "bot"),
        seen("c", "03-03", "mail"),
        seen("d", "03-04", "mail", "04-20"),  # recorded after as-of
        seen("e", "03-05", "mail"),
        seen("e", "04-05", "mail", "03-25"),  # in truth it came after the deal
        seen("f", "03-06", "bot"),
        seen("f", "03-06", "mail", "03-21"),
    ]
    got = by_touch(of, [deal("1"), deal("2", "-5")], rows, (deals, touches), as_of=utc("2024-04-10T00:00"))
    assert got == {"c": 50, "f": 50}


def test_as_of() -> None:
    """A conversion at or after it is not counted, nor is a touch there, though its window reaches on."""
    until = later(of_deal("won_at"), 10)
    of = credit(ir.Evenly(), latest=until)
    touches = [touch("a", "03-01"), touch("b", "04-01"), touch("c", "04-02")]
    deals = [deal("1"), deal("2", "7", "04-01")]
    assert by_touch(of, deals, touches, as_of=utc("2024-04-01T12:00")) == {"a": 100}
    assert by_touch(of, deals, touches, as_of=utc("2024-04-01T12:00:01")) == {
        "a": 50,
        "b": 57,
    }  # the deal of April 1, 31 days after a
    assert by_touch(of, deals, touches)["c"] == Decimal("33.333333") + Decimal("3.5")


def test_as_of_whatever_the_date() -> None:
    """Dated by the touch, a credit of a conversion that has not happened is none, though the touch has."""
    touched_at = field(LINEAR, "at", "touch", owner=TOUCHES)
    earned = replace(total(LINEAR, "value"), anchor=touched_at)
    deals = [deal("1", "100", "03-10"), deal("2", "60", "03-20"), deal("3", "8", None)]
    asked = query([DEALS, TOUCHES, LINEAR], earned, as_of=utc("2024-03-15T00:00"))
    assert run(asked, deals=deals, touches=path("03-05", "03-12")) == [(100,)]
    timeless = replace(count(LINEAR), anchor=None)
    asked = query([DEALS, TOUCHES, LINEAR], timeless, as_of=utc("2024-03-15T00:00"))
    # the deal without a date has happened at no time, later or not
    assert run(asked, deals=deals, touches=path("03-05", "03-12")) == [(2,)]


# ---------------------------------------------------------------------------- rows of the entity


def test_what_is_not_attributed_stays() -> None:
    """Counts and sums as of any rows: 2 + 1 + 1 rows, 100 of 148 attributed."""
    deals = [deal("1"), deal("2", "40", contact="bob"), deal("3", "8", contact=None)]
    assert numbers(LINEAR, deals, path("03-01", "03-02")) == (4, 2, 148)


def test_null_values_have_null_credits() -> None:
    deals = [deal("1", None), deal("2", None, contact="bob")]
    assert numbers(LINEAR, deals, path("03-01", "03-02")) == (3, 2, 0)
    of = credit(ir.ByWeight(of_touch("score")))
    assert numbers(of, [deal("1", None)], [touch("a", "03-01", score=0)]) == (1, 0, 0)


def test_in_full() -> None:
    """Each pair has the whole value; without a touch the conversion is there once."""
    of = credit(ir.InFull())
    deals = [deal("1"), deal("2", "40", contact="bob"), deal("3", None)]
    assert by_touch(of, deals, path("03-01", "03-02")) == {"a": 100, "b": 100, None: 40}
    assert numbers(of, deals, path("03-01", "03-02")) == (5, 4, 240)


def test_by_the_columns_of_both_sides() -> None:
    """The touch's channel over `touch`, the deal's contact over `conversion`; null where is no touch."""
    channel = field(LINEAR, "channel", "touch", owner=TOUCHES)
    contact = field(LINEAR, "contact", "conversion", owner=DEALS)
    asked = query(
        [DEALS, TOUCHES, LINEAR],
        total(LINEAR, "value"),
        count(LINEAR),
        dimensions=(dimension("contact", (LINEAR, contact)), dimension("channel", (LINEAR, channel))),
    )
    deals = [deal("1"), deal("2", "40", contact="bob"), deal("3", "8", contact=None)]
    rows = run(asked, deals=deals, touches=[*path("03-01", "03-02"), touch("z", "03-03")])
    assert rows == [
        ("ann", "a", Decimal("33.333333"), 1),
        ("ann", "b", Decimal("33.333334"), 1),
        ("ann", None, Decimal("33.333333"), 1),
        ("bob", None, 40, 1),
        (None, None, 8, 1),
    ]


def test_a_condition_filters_credits_and_not_touches() -> None:
    """Under channel a the last touch is b all the same: nothing is left of it."""
    of = credit(ir.LastTouch())
    channel = field(of, "channel", "touch", owner=TOUCHES)
    asked = query(
        [DEALS, TOUCHES, of],
        total(of, "value", where=call(Op.EQ, channel, "a")),
        total(of, "value", where=call(Op.EQ, channel, "b")),
    )
    assert run(asked, deals=[deal("1")], touches=path("03-01", "03-02")) == [(0, 100)]


def test_credits_are_dated_by_the_conversion() -> None:
    """Touched in January, won in February and March; a month without conversions is an empty month."""
    of = credit(ir.Evenly(), earliest=None)
    asked = query(
        [DEALS, TOUCHES, of],
        total(of, "value"),
        total(of, "value", window=(ir.Prior(),)),
        aggregate(AggregateOp.MAX, of, "value"),
        start="2024-01-01",
        end="2024-04-01",
        grain=TimeUnit.MONTH,
    )
    rows = run(asked, deals=[deal("1", won="02-10"), deal("2", "6")], touches=path("01-10", "01-20"))
    months = [date(2024, month, 1) for month in (1, 2, 3)]
    wanted = [(0, 0, None), (100, 0, 50), (6, 100, 3)]
    assert rows == [(month, *values) for month, values in zip(months, wanted, strict=True)]


def test_an_attribute_over_credits() -> None:
    """What a touch has earned: the sum over the credits that refer to it."""
    earned = ir.Child(
        AggregateOp.SUM, "credit", ("touch",), MONEY, field(LINEAR, "value"),
        anchor=field(LINEAR, "converted_at"), ever=True,
    )  # fmt: skip
    touches = replace(TOUCHES, attributes=(ir.Attribute("earned", MONEY, earned),))
    best = replace(aggregate(AggregateOp.MAX, touches, "earned"), anchor=None)
    asked = query([DEALS, touches, LINEAR], best)
    deals = [deal("1", "100", "03-10"), deal("2", "60", "03-20")]
    assert run(asked, deals=deals, touches=[touch("a", "03-05"), touch("b", "03-15")]) == [(130,)]


def test_which_touches_there_are_may_not_hang_on_credits() -> None:
    earned = ir.Child(
        AggregateOp.SUM, "credit", ("touch",), MONEY, field(LINEAR, "value"),
        anchor=field(LINEAR, "converted_at"), ever=True,
    )  # fmt: skip
    plain = replace(TOUCHES, attributes=(ir.Attribute("earned", MONEY, earned),))
    touches = replace(plain, where=call(Op.GT, field(plain, "earned"), 0))
    with pytest.raises(LawError, match="depends on which exist"):
        run(query([DEALS, touches, LINEAR], count(LINEAR)), deals=[deal("1")], touches=path("03-01"))


def test_composite_keys() -> None:
    """`touch` of a key of two columns is two columns, and both have to meet."""
    touches = replace(TOUCHES, key=("contact", "id"))
    made = credit(ir.Evenly())
    parts = tuple(ir.Column(f"touch_{name}", ID.with_null()) for name in ("contact", "id"))
    reference = ir.Column(
        "touch", ID.with_null(), reference=ir.Reference(("touch_contact", "touch_id"), "touches")
    )
    kept = tuple(column for column in made.columns if column.name != "touch")
    of = replace(made, columns=(*kept, *parts, reference))
    channel = field(of, "channel", "touch", owner=touches)
    asked = query(
        [DEALS, touches, of],
        total(of, "value"),
        aggregate(AggregateOp.UNIQUE, of, "touch"),
        dimensions=(
            dimension("channel", (of, channel)),
            dimension("id", (of, field(of, "touch_id"))),
        ),
    )
    rows = [
        touch("1", "03-01", "mail"),
        touch("1", "03-01", "web", contact="bob"),
        touch("2", "03-02", "mail"),
    ]
    deals = [deal("1"), deal("2", "7", contact="bob"), deal("3", "1", contact="cat")]
    assert run(asked, deals=deals, touches=rows) == [
        ("mail", "1", 50, 1),
        ("mail", "2", 50, 1),
        ("web", "1", 7, 1),
        (None, None, 1, 0),
    ]


def test_touches_of_two_sources_with_one_key() -> None:
    """A credit knows its touch, though another source has its key: 1 of mail, 1 of web, then 2 of mail."""

    def source(name: str) -> ir.BoundSource:
        values = tuple((c.name, ir.Raw((c.name,))) for c in TOUCHES.columns if c.name != "channel")
        return ir.BoundSource(name, ir.Table((name,)), (*values, ("channel", lit(name))))

    plain = tuple(replace(c, physical=None) for c in TOUCHES.columns)
    bound = replace(TOUCHES, origin=ir.Union((source("mail"), source("web"))), columns=plain)
    asked = query(
        [DEALS, bound, LINEAR],
        total(LINEAR, "value"),
        dimensions=(dimension("channel", (LINEAR, field(LINEAR, "channel", "touch", owner=bound))),),
    )
    mail = [touch("1", "03-01"), touch("2", "03-02")]
    rows = run(asked, deals=[deal("1")], mail=mail, web=[touch("1", "03-01")])
    assert rows == [("mail", Decimal("66.666666")), ("web", Decimal("33.333334"))]


def test_shares_of_all() -> None:
    """Divided by the whole across channels: 50, 50 and 8 of 108."""
    channel = field(LINEAR, "channel", "touch", owner=TOUCHES)
    whole = total(LINEAR, "value", across=("channel",))
    asked = query(
        [DEALS, TOUCHES, LINEAR],
        call(Op.DIV, total(LINEAR, "value"), whole, type=RATIO),
        dimensions=(dimension("channel", (LINEAR, channel)),),
    )
    rows = run(asked, deals=[deal("1"), deal("2", "8", contact="bob")], touches=path("03-01", "03-02"))
    assert rows == [("a", 50 / 108), ("b", 50 / 108), (None, 8 / 108)]


def test_a_condition_is_true_of_attributed_rows_alone() -> None:
    asked = query(
        [DEALS, TOUCHES, LINEAR],
        aggregate(AggregateOp.AVG, LINEAR, field(LINEAR, "is_attributed")),
        total(LINEAR, "value", where=call(Op.NOT, field(LINEAR, "is_attributed"), type=BOOL)),
    )
    rows = run(
        asked, deals=[deal("1"), deal("2", "40", contact="bob")], touches=path("03-01", "03-02", "03-03")
    )
    assert rows == [(0.75, 40)]
