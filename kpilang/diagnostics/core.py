"""The diagnostic itself and its collector."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import Enum

from kpilang.source import NOWHERE, Span


class Severity(Enum):
    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Code:
    """A stable name of one kind of trouble: `KPI203`, slug `unknown-dimension`.

    Numbers are never reused. 0xx files and YAML, 1xx expression syntax, 2xx names, 3xx types and units,
    4xx grain, additivity and joins, 5xx what a dialect or the planner cannot, 6xx execution, 7xx lints,
    9xx our own bugs.
    """

    number: str
    slug: str
    title: str
    severity: Severity = Severity.ERROR

    def __str__(self) -> str:
        return self.number


@dataclass(frozen=True, slots=True)
class Label:
    """A second place that matters, with a few words about it."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Edit:
    """A change that would mend the trouble: replace `span` by `text`."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding.

    `message` is one line without a full stop, names in backticks; `label` the words under the carets;
    `notes` say why, `help` what to do.
    """

    code: Code
    message: str
    span: Span = NOWHERE
    label: str = ""
    secondary: tuple[Label, ...] = ()
    notes: tuple[str, ...] = ()
    help: tuple[str, ...] = ()
    edits: tuple[Edit, ...] = ()

    @property
    def severity(self) -> Severity:
        return self.code.severity


@dataclass
class Diagnostics:
    """Collects findings of one run; equal findings at one place are kept once."""

    _items: dict[tuple[Span, str, str], Diagnostic] = field(default_factory=dict)

    def add(self, diagnostic: Diagnostic) -> None:
        self._items.setdefault((diagnostic.span, diagnostic.code.number, diagnostic.message), diagnostic)

    def extend(self, diagnostics: Iterable[Diagnostic]) -> None:
        for diagnostic in diagnostics:
            self.add(diagnostic)

    @property
    def has_errors(self) -> bool:
        return any(item.severity is Severity.ERROR for item in self._items.values())

    def __iter__(self) -> Iterator[Diagnostic]:
        """By file, place and code."""
        return iter(sorted(self._items.values(), key=lambda d: (d.span, d.code.number, d.message)))

    def __len__(self) -> int:
        return len(self._items)

    def __bool__(self) -> bool:
        return bool(self._items)


class KpilangError(Exception):
    """Carries diagnostics to whoever called; the command line renders them, Python code may read them."""

    def __init__(self, *diagnostics: Diagnostic) -> None:
        super().__init__("; ".join(f"{d.code}: {d.message}" for d in diagnostics))
        self.diagnostics = diagnostics
