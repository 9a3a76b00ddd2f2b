"""The periods asked for, where they are too many to be listed."""

from __future__ import annotations

from kpilang.frozen import dataclass
from kpilang.plan.scalars import Constant, Named
from kpilang.types import TimeUnit


@dataclass(frozen=True, slots=True)
class Series:
    """One row for each `unit` from `first` to `last` (both dates, both included), in the column `key`.

    `columns` are computed from the key, which they call by the relation `inner`.
    """

    name: str
    inner: str
    key: str
    first: Constant
    last: Constant
    unit: TimeUnit
    columns: tuple[Named, ...]
    about: str

    def describe(self) -> str:
        return self.about
