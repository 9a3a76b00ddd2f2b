"""What a dialect is: facts about it, and for every operation a way to say it, or why it cannot."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlglot import exp
from sqlglot.dialects.dialect import Dialect as Grammar

from kpilang.frozen import dataclass
from kpilang.ir import AggregateOp
from kpilang.plan.scalars import Apply, Operation, Scalar, Summary
from kpilang.types import TimeUnit, Type

Args = tuple[exp.Expr, ...]
"""Operands, already in SQL; each is a fresh tree and may be used once (copy it for a second use)."""


@dataclass(frozen=True, slots=True)
class Native:
    """The dialect has it, by whatever name."""

    build: Callable[[Args, Apply], exp.Expr]


@dataclass(frozen=True, slots=True)
class Lowered:
    """The dialect lacks it, or has something else by that name; said in other words: `how`."""

    build: Callable[[Args, Apply], exp.Expr]
    how: str


@dataclass(frozen=True, slots=True)
class Refused:
    """It cannot be said without a wrong number."""

    why: str


Entry = Native | Lowered | Refused


@dataclass(frozen=True, slots=True)
class SummaryEntry:
    """How an aggregate is called: with the operand (if any) and the order of first and last."""

    build: Callable[[exp.Expr | None, Args, Summary], exp.Expr]
    how: str = ""


@dataclass(frozen=True, slots=True)
class Capability:
    """Facts that decide how SQL is put together; each with the vendor's page that says so."""

    null_safe_equality: bool
    """`a IS NOT DISTINCT FROM b`, also as the condition of a hash join."""
    nulls_last_by_default: bool
    """Whether ORDER BY puts nulls last in both directions."""
    max_decimal_digits: int
    documentation: str


@dataclass(frozen=True, slots=True)
class Dialect:
    """`operations` and `summaries` are total; `functions` are the calls that sqlglot knows by name only."""

    name: str
    grammar: type[Grammar]
    capability: Capability
    operations: Mapping[Operation, Entry]
    summaries: Mapping[AggregateOp, SummaryEntry | Refused]
    data_type: Callable[[Type], exp.DataType]
    branch: Callable[[exp.Expr, Scalar, Type], exp.Expr]
    """A branch of a CASE in the representation of the whole."""
    series: Callable[[exp.Expr, exp.Expr, TimeUnit, str, str], exp.Expr]
    """A relation with one column of dates, from the first to the last by a unit; names of both come last."""
    functions: frozenset[str]
