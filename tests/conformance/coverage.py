"""What the cases must cover, and how much of it they do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from tests.conformance.cases import Case

LAWS = {
    0: "what is assumed is known, and the rest refused",
    1: "periods and time selectors",
    2: "null anchors",
    3: "nothing, and what is not known",
    4: "division, null in arithmetic",
    5: "three-valued conditions, nulls skipped",
    6: "no row twice, none dropped",
    7: "exactness",
    8: "text by code point, enums by order",
    9: "averages, order statistics, rounding, weeks",
    10: "durations",
    11: "who is counted in which group, and membership in the whole",
    12: "groups and the order of rows",
    13: "credits of a conversion add up to its value",
    14: "a number depends on nothing else",
}
"""The laws that our cases show."""

AT_LEAST = 8
"""Cases of our own for each law."""

_WORDS = """
key-none composite-key composite-reference reference reference-steps self-reference two-references orphan
entity-where rules column-name column-value column-zone covers entity-unit null-dimension
attribute attribute-chain child-aggregate via all this ever rank exists tie cycle
enum ordered-enum types units money exchange percent literals as float exactness overflow rounding
count sum avg min max median percentile stddev first last unique last-value
dated null-anchor where and-or-not is in between like case coalesce arithmetic precedence ratio
functions round date text non-ascii nulls duration calendar
kpi-reference condition-selector selector-on-kpi selector-on-selector params goal hidden-output
dimension conformed-dimension fan-in
values-of-params
prior ago next to-date from-to all-time before across period-value
grain no-grain range range-error hour week quarter year fiscal timezone as-of
by fill order order-of-rows limit query-where empty-table all-null
hostile-name hostile-value reserved-word names syntax
segment with having while always member member-value named-set set-algebra spells identity refused
nested per-key per-grain semi-additive
function function-of-set function-of-amount function-of-dimension function-of-text hygiene
let variants extends
each carry
recorded recorded-column duplicates valid reference-as-of
binding source binding-where
attribution window weight position milestones last-non-direct time-decay in-full declared-dimension side
"""
CONSTRUCTS = frozenset(_WORDS.split())
"""The words of `construct` in our cases."""


def by_law(cases: Iterable[Case]) -> Counter[int]:
    return Counter(law for case in cases for law in set(case.law))


def by_construct(cases: Iterable[Case]) -> Counter[str]:
    return Counter(word for case in cases for word in set(case.construct))


def table(cases: tuple[Case, ...]) -> str:
    """Laws and constructs with the number of cases each."""
    laws, constructs = by_law(cases), by_construct(cases)
    lines = [f"law {law:2}  {laws[law]:3} cases  {words}" for law, words in LAWS.items()]
    lines += [f"{constructs[word]:3} cases  {word}" for word in sorted(CONSTRUCTS)]
    return "\n".join(lines)
