"""The order of values: numbers as numbers, text by code point, enums by their order (law 8, ruling 13)."""

from __future__ import annotations

from typing import Any

from kpilang.types import Enumeration, Kind, Type

Key = tuple[Any, ...]
"""Compares with other keys of the same type."""


def sort_key(value: Any, type: Type) -> Key:
    """For groups, ranks and ties: ranked words, then the unranked as declared, then null."""
    if value is None:
        return (1,)
    if type.kind is Kind.ENUM and type.enumeration is not None:
        return (0, *_word_key(value, type.enumeration))
    if isinstance(value, tuple):
        return (0, *((part is None, part) for part in value))
    return (0, value)


def _word_key(word: str, enumeration: Enumeration) -> Key:
    order = enumeration.order()
    return (order.index(word), "") if word in order else (len(order), word)


def comparable(value: Any, enumeration: Enumeration | None) -> Any:
    """The value as `<`, `min` and `max` see it; null for a word without a rank (ruling 14)."""
    if enumeration is None or value is None:
        return value
    return enumeration.ranked.index(value) if value in enumeration.ranked else None


def ranks(*types: Type) -> Enumeration | None:
    """The enumeration by which values of these types are compared, if they are words of one."""
    return next((type.enumeration for type in types if type.kind is Kind.ENUM and type.enumeration), None)
