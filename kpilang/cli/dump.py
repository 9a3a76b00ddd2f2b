"""Any tree of the house as an indented S-expression: for eyes and for differences, not to be read back.

Works on dataclasses by their fields; spans and fields that have their default are left out.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any

from kpilang.source import Span
from kpilang.terminal import visible
from kpilang.types import Type

WIDEST = 100
STEP = "  "


def dump(value: object) -> str:
    """`(Call op=/ args=[(Number value=1) …])`, on several lines where one would be too long."""
    return "\n".join(_lines(value, ""))


def _lines(value: object, prefix: str) -> Iterator[str]:
    """The lines of a value; `prefix` is the name of its field, with `=`."""
    flat = prefix + _flat(value)
    if len(flat) <= WIDEST or not _is_nested(value):
        yield flat
        return
    opening, parts, closing = _parts(value)
    yield prefix + opening
    *first, last = [list(_lines(part, name)) for name, part in parts]
    for lines in first:
        yield from (STEP + line for line in lines)
    last[-1] += closing
    yield from (STEP + line for line in last)


def _flat(value: object) -> str:
    if not _is_nested(value):
        return _atom(value)
    opening, parts, closing = _parts(value)
    inner = " ".join(name + _flat(part) for name, part in parts)
    blank = " " if inner and opening.startswith("(") else ""
    return f"{opening}{blank}{inner}{closing}"


def _is_nested(value: object) -> bool:
    if isinstance(value, Type | Span):
        return False
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return True
    return isinstance(value, tuple | list | frozenset | Mapping) and bool(value)


def _parts(value: Any) -> tuple[str, list[tuple[str, object]], str]:
    """How a value opens, its parts each with the text before it, how it closes."""
    match value:
        case Mapping():
            return "{", [(f"{_atom(key)}: ", part) for key, part in value.items()], "}"
        case frozenset():
            return "[", [("", part) for part in sorted(value, key=_flat)], "]"
        case tuple() | list():
            return "[", [("", part) for part in value], "]"
        case _:
            return f"({type(value).__name__}", list(_fields(value)), ")"


def _fields(value: Any) -> Iterable[tuple[str, object]]:
    for field in dataclasses.fields(value):
        part = getattr(value, field.name)
        if not field.repr or isinstance(part, Span) or _is_default(field, part):
            continue
        yield f"{field.name}=", part


def _is_default(field: dataclasses.Field[Any], part: object) -> bool:
    if field.default is not dataclasses.MISSING:
        return bool(part == field.default) and type(part) is type(field.default)
    if field.default_factory is not dataclasses.MISSING:
        return bool(part == field.default_factory())
    return False


def _atom(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case Enum():
            return str(value.value).replace(" ", "-")
        case str():
            return "'" + visible(value).replace("'", "''") + "'"
        case Type():
            return f"<{_type(value)}>"
        case date():
            return value.isoformat()
        case int() | Decimal() | float():
            return str(value)
        case tuple() | list() | frozenset():
            return "[]"
        case Mapping():
            return "{}"
        case _:
            return visible(str(value))


def _type(type: Type) -> str:
    exactness = type.exactness.name.lower() if type.is_numeric else ""
    scale = f"scale {type.scale}" if type.scale is not None else ""
    return ", ".join(filter(None, [str(type), exactness, scale, "nullable" if type.nullable else ""]))
