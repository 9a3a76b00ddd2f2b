"""`@dataclass(frozen=True, slots=True)`, made in a fraction of the time.

The standard decorator compiles six functions for each class; with two hundred classes of nodes that is a
third of the time from the command line to SQL. Only `__init__` depends on the class, the others are shared
here. In all else, and to type checkers, it is the standard one: `fields`, `replace`, `match`, copies and
pickles work.
"""

from __future__ import annotations

import dataclasses
import operator
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
else:

    def dataclass(cls: type | None = None, **words: bool) -> Any:
        """What is not frozen and slotted, and no more, is left to the standard decorator."""
        if cls is None and words == {"frozen": True, "slots": True}:
            return _made
        return dataclasses.dataclass(cls, **words)


def _made(cls: type) -> type:
    if not cls.__doc__:
        cls.__doc__ = cls.__name__  # else the standard decorator would spend its time on a signature
    made: type[Any] = dataclasses.dataclass(init=False, repr=False, eq=False, slots=True)(cls)
    for name, function in _methods(made):
        if name not in cls.__dict__:
            setattr(made, name, function)
    return made


def _methods(made: type[Any]) -> Iterator[tuple[str, Any]]:
    fields = dataclasses.fields(made)
    names = [field.name for field in fields]
    compared = [field.name for field in fields if field.compare]
    key = operator.attrgetter(*compared) if compared else _nothing

    def __eq__(self: Any, other: object) -> Any:
        return key(self) == key(other) if other.__class__ is made else NotImplemented

    def __hash__(self: Any) -> int:
        return hash(key(self))

    def __repr__(self: Any) -> str:
        shown = (f"{field.name}={getattr(self, field.name)!r}" for field in fields if field.repr)
        return f"{type(self).__qualname__}({', '.join(shown)})"

    def __getstate__(self: Any) -> list[Any]:
        return [getattr(self, name) for name in names]

    def __setstate__(self: Any, state: list[Any]) -> None:
        for name, value in zip(names, state, strict=True):
            object.__setattr__(self, name, value)

    yield from (("__eq__", __eq__), ("__hash__", __hash__), ("__repr__", __repr__))
    yield from (("__getstate__", __getstate__), ("__setstate__", __setstate__))
    yield from (("__setattr__", _no_assignment), ("__delattr__", _no_deletion))
    yield "__init__", _initialiser(made, fields)


def _nothing(_: object) -> tuple[()]:
    return ()


def _no_assignment(self: Any, name: str, value: object) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")


def _no_deletion(self: Any, name: str) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")


def _initialiser(made: type[Any], fields: tuple[dataclasses.Field[Any], ...]) -> Any:
    """The one function that has to be compiled: parameters of its own make it as fast as the standard one."""
    scope: dict[str, Any] = {"_set": object.__setattr__, "_missing": dataclasses.MISSING}
    positional = [_parameter(field, scope) for field in fields if not field.kw_only]
    named = [_parameter(field, scope) for field in fields if field.kw_only]
    head = ", ".join(["self", *positional, *(["*", *named] if named else [])])
    body = [f"_set(self, {field.name!r}, {_argument(field)})" for field in fields]
    if hasattr(made, "__post_init__"):
        body.append("self.__post_init__()")
    exec(f"def __init__({head}):\n " + "\n ".join(body or ["pass"]), scope)
    return scope["__init__"]


def _parameter(field: dataclasses.Field[Any], scope: dict[str, Any]) -> str:
    assert field.init, "use the standard decorator"
    if field.default_factory is not dataclasses.MISSING:
        scope[f"_make_{field.name}"] = field.default_factory
        return f"{field.name}=_missing"
    if field.default is dataclasses.MISSING:
        return field.name
    scope[f"_default_{field.name}"] = field.default
    return f"{field.name}=_default_{field.name}"


def _argument(field: dataclasses.Field[Any]) -> str:
    if field.default_factory is dataclasses.MISSING:
        return field.name
    return f"_make_{field.name}() if {field.name} is _missing else {field.name}"
