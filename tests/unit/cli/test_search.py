"""Searching by what people call a thing: in one script or another, in any form, with a slip."""

from __future__ import annotations

import pytest

from kpilang.cli.search.alike import Grade, alike, distance
from kpilang.cli.search.folding import folded, words
from kpilang.cli.search.ranking import ranked
from kpilang.cli.search.things import Thing
from kpilang.syntax.spec import Text


def thing(name: str, *texts: str, kind: str = "KPI", about: str = "") -> Thing:
    return Thing(kind, name, Text(name), None, None, (name, *texts), (about,) if about else ())


THINGS = [
    thing("open_rate", "Open rate", "Доля открытий", "معدل الفتح", "อัตราการเปิด", "打开率", "開封率"),
    thing("revenue", "Revenue", "Выручка", "الإيرادات", "รายได้", "收入", "売上", "turnover"),
    thing("revenue_growth", "Growth", about="How much more than in the period before."),
    thing("customer_acquisition_cost", "Cost per new customer", "CAC"),
    thing("return_on_ad_spend", "Return on ad spend"),
    thing("cafes", "Cafés visited", "Über ｶﾀｶﾅ"),
    thing("customers", kind="entity", about="One row per customer who ever opened anything."),
    thing("open_rate_goal", kind="param"),
]


def found(text: str) -> list[str]:
    return [hit.thing.name for hit in ranked(text.split(), THINGS)]


@pytest.mark.parametrize(
    "asked, best",
    [
        ("revenue", "revenue"),
        ("REVENUE", "revenue"),
        ("ｒｅｖｅｎｕｅ", "revenue"),
        ("revnue", "revenue"),
        ("revneue", "revenue"),
        ("turnover", "revenue"),
        ("выручка", "revenue"),
        ("ВЫРУЧКИ", "revenue"),
        ("إيرادات", "revenue"),
        ("ايرادات", "revenue"),
        ("รายได้", "revenue"),
        ("收入", "revenue"),
        ("売上", "revenue"),
        ("открытие", "open_rate"),
        ("開封", "open_rate"),
        ("การเปิด", "open_rate"),
        ("open rates", "open_rate"),
        ("openrate", "open_rate"),
        ("open-rate", "open_rate"),
        ("openrates", "open_rate"),
        ("cac", "customer_acquisition_cost"),
        ("roas", "return_on_ad_spend"),
        ("cost of a customer", ""),
        ("costs custmers", "customer_acquisition_cost"),
        ("cafe", "cafes"),
        ("café", "cafes"),
        ("uber", "cafes"),
        ("カタカナ", "cafes"),
        ("before", "revenue_growth"),
        ("befroe", ""),
        ("customers", "customers"),
        ("hyperplane", ""),
        ("___", ""),
        ("a", "return_on_ad_spend"),
    ],
)
def test_the_best_answer(asked: str, best: str) -> None:
    assert next(iter(found(asked)), "") == best


def test_the_name_comes_before_its_begin_and_that_before_a_word() -> None:
    assert found("open_rate")[:2] == ["open_rate", "open_rate_goal"]
    assert found("growth") == ["revenue_growth"]
    assert found("opened") == ["customers", "open_rate", "open_rate_goal"]


def test_every_word_must_be_found() -> None:
    assert found("revenue growth") == ["revenue_growth"]
    assert found("revenue zebra") == []


@pytest.mark.parametrize(
    "one, other",
    [
        ("Ａ", "a"),
        ("Straße", "STRASSE"),
        ("Ёлка", "елка"),
        ("مُعَدَّل", "معدل"),
        ("ﾒｰﾙ", "メール"),
        ("Øre", "ore"),
        ("ﬁn", "FIN"),
    ],
)
def test_spellings_meet(one: str, other: str) -> None:
    assert folded(one) == folded(other)


def test_letters_with_another_sound_stay_apart() -> None:
    assert folded("が") != folded("か")
    assert folded("แม่") != folded("แม")


def test_words_of_any_script_stay_whole() -> None:
    assert words("open_rate.per-contact (28d)") == ("open", "rate", "per", "contact", "28d")
    assert words("ค่าใช้จ่าย") == ("ค่าใช้จ่าย",)
    assert words("हिन्दी शब्द") == ("हिन्दी", "शब्द")


@pytest.mark.parametrize(
    "asked, word, grade",
    [
        ("order", "order", Grade.WORD),
        ("ord", "order", Grade.START),
        ("der", "order", None),
        ("rder", "order", Grade.INSIDE),
        ("orders", "order", Grade.FORM),
        ("conversion", "converted", Grade.FORM),
        ("oder", "order", Grade.SLIP),
        ("roder", "order", Grade.SLIP),
        ("cat", "car", None),
        ("aquisiton", "acquisition", Grade.SLIP),
        ("aquisi", "acquisition", None),
        ("率", "開封率", Grade.INSIDE),
    ],
)
def test_two_words(asked: str, word: str, grade: Grade | None) -> None:
    assert alike(asked, word) == grade


def test_a_distance_counts_swaps_as_one() -> None:
    assert distance("abcd", "abdc", 2) == 1
    assert distance("abcd", "abcd", 0) == 0
    assert distance("abcd", "wxyz", 2) == 3
