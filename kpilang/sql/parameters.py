"""Bounds of periods as bind parameters: one text for ranges of the same shape."""

from __future__ import annotations

from sqlglot import exp

from kpilang.plan.scalars import Constant
from kpilang.sql.dialects.base import Dialect
from kpilang.sql.identifiers import literal


class Parameters:
    """Numbers the bounds in the order in which they are met; equal ones share a number."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._numbers: dict[Constant, int] = {}

    def constant(self, constant: Constant) -> exp.Expr:
        """`CAST($1 AS DATE)` for a bound, a literal for all else."""
        if not constant.is_bound or constant.value is None:
            return literal(constant)
        number = self._numbers.setdefault(constant, len(self._numbers) + 1)
        parameter = exp.Parameter(this=exp.Literal.number(str(number)))
        return exp.Cast(this=parameter, to=self._dialect.data_type(constant.type))

    @property
    def values(self) -> tuple[object, ...]:
        """The value of `$1`, of `$2` …"""
        return tuple(constant.value for constant in self._numbers)
