"""Names that a spec can use, made of those that tables and columns have, and what names give away.

English only: a table called `Kunden` is taken as it is, one called `Customers` has rows called `customer`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable


def listed(text: str) -> tuple[str, ...]:
    """Words that stand in a text for easier reading."""
    return tuple(text.split())


_RESERVED = listed(
    "and as between case else end false in is like not null or per then true when where "
    "period this on off yes no y n"
)
"""Words of the language, values that no name may hide, and what YAML 1.1 takes for a truth value."""
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_GAP = re.compile(r"[^\w]+|_+")
_UNCHANGED = ("ss", "us", "is", "news", "series")
_ES = ("sses", "xes", "ches", "shes", "zes")


def identifier(text: str) -> str:
    """`Order ID`, `orderId` and `order-id` as `order_id`; a name of the language gets a line at its end."""
    parts = _GAP.split(_HUMP.sub("_", unicodedata.normalize("NFKC", text)).lower())
    name = "_".join(filter(None, parts)) or "column"
    if name[0].isdigit():
        name = f"n_{name}"
    return f"{name}_" if name in _RESERVED else name


def tokens(name: str) -> tuple[str, ...]:
    return tuple(part for part in name.split("_") if part)


def singular(word: str) -> str:
    """The last word of a name in the singular: `order_lines` → `order_line`."""
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    if word.endswith(_ES):
        return word[:-2]
    if word.endswith("s") and not word.endswith(_UNCHANGED):
        return word[:-1]
    return word


def words(name: str) -> str:
    """As a person writes it: `order_lines` → `Order lines`."""
    text = " ".join(tokens(name)) or name
    return text[:1].upper() + text[1:]


def unused(name: str, taken: Iterable[str]) -> str:
    """The name, with a number where it is taken."""
    known = set(taken)
    made, number = name, 1
    while made in known:
        number += 1
        made = f"{name}_{number}"
    return made
