"""Each declaration is resolved once, when somebody asks, and keeps its findings beside its meaning.

So a KPI that nobody asks for costs nothing and reports nothing, whoever asks again hears the same findings,
definitions that need themselves are found, and one that is nested beyond Python's stack is no traceback.
Knows nothing of what is resolved.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar, cast

from kpilang.diagnostics import Diagnostic, Diagnostics
from kpilang.semantics.errors import naming, sizes
from kpilang.source import Span

T = TypeVar("T")

MOST_NESTED = 48
"""Definitions that may lean on one another; also keeps Python's stack in bounds."""


@dataclass(frozen=True, slots=True)
class Key:
    """What is resolved: a kind of thing, its name as shown, the place of its declaration."""

    kind: str
    name: str
    place: Span = field(compare=False)


@dataclass
class Memo:
    _done: dict[Key, tuple[object, tuple[Diagnostic, ...]]] = field(default_factory=dict)
    _open: list[Key] = field(default_factory=list)

    def get(self, key: Key, asked: Span, diags: Diagnostics, make: Callable[[Diagnostics], T]) -> T | None:
        """What `make` gives, None when it is in the making already; its findings are added to `diags`."""
        if key not in self._done:
            if not self._may_open(key, asked, diags):
                return None
            found = Diagnostics()
            self._open.append(key)
            value: T | None = None
            try:
                value = make(found)
            except RecursionError:
                found.add(sizes.too_nested(key.name, key.place))
            finally:
                self._open.pop()
            self._done[key] = (value, tuple(found))
        kept, findings = self._done[key]
        diags.extend(findings)
        return cast("T | None", kept)

    def _may_open(self, key: Key, asked: Span, diags: Diagnostics) -> bool:
        if key in self._open:
            loop = self._open[self._open.index(key) :]
            diags.add(naming.cycle([(step.name, step.place) for step in loop], asked))
            return False
        if len(self._open) >= MOST_NESTED:
            diags.add(sizes.too_deep(self._open[0].name, MOST_NESTED, self._open[0].place))
            return False
        return True
