"""Bounds of periods relative to the current date: for a view that moves with time.

How a bound depends on the date is found by looking: the query is planned again as if asked later, by whole
units of its grain, and each bound must keep its distance, in units and days, from the start of the
unit that holds the instant of asking, or from that instant, or not move at all. A bound that does none of
these (the first of the year, seen by month) has no such expression, and is refused.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta

from sqlglot import exp

from kpilang import ir
from kpilang.diagnostics import KpilangError
from kpilang.frozen import dataclass
from kpilang.ir import Op
from kpilang.plan.build import build
from kpilang.plan.intervals import PLAIN_UNITS, move
from kpilang.plan.moments import Clock, midnight
from kpilang.plan.plan import Plan
from kpilang.plan.scalars import Apply, Constant, Made, Scalar
from kpilang.sql import errors
from kpilang.sql.identifiers import literal
from kpilang.types import DATE, INTEGER, SECONDS_PER_DAY, TIMESTAMP, TimeUnit, Type

SHIFTS = (*range(1, 14), 24, 25, 36, 37, 48, 61)
"""By how many units the query is moved on to see how its bounds move: leap years, months of all lengths."""
FARTHEST = 15
"""Units around a bound whose starts are tried as its landmark."""

Tree = Callable[[Plan, Callable[[Constant], exp.Expr]], exp.Expr]
"""Makes the statement of a plan, its constants written as the function says."""


@dataclass(frozen=True, slots=True)
class _Frame:
    """The bounds of the query as asked at `now`, in the order of the text."""

    now: datetime
    bounds: tuple[Constant, ...]
    text: str


class RelativeBounds:
    """Writes each bound of a plan as an expression over the current date.

    KPI556 where the project is not in UTC, an as-of instant is given, or a bound has no such expression.
    """

    def __init__(self, plan: Plan, tree: Tree) -> None:
        self._plan = plan
        self._tree = tree
        self._clock = plan.draft.grid.clock
        self._unit = _unit(plan.query, self._clock)
        self._first = self._frame(plan)
        self._frames = (self._first, *(self._moved(shift) for shift in SHIFTS))
        if any(frame.text != self._first.text for frame in self._frames):
            raise KpilangError(errors.not_relative("the statement itself changes with the date"))

    def scalars(self) -> tuple[Scalar, ...]:
        """For each bound, in the order of the text, its value at any date."""
        return tuple(self._scalar(index) for index in range(len(self._first.bounds)))

    # ------------------------------------------------------------------ frames

    def _frame(self, plan: Plan) -> _Frame:
        bounds: list[Constant] = []

        def note(constant: Constant) -> exp.Expr:
            if not constant.is_bound or constant.value is None:
                return literal(constant)
            bounds.append(constant)
            return exp.Placeholder()

        text = self._tree(plan, note).sql()
        return _Frame(plan.draft.grid.as_of.local, tuple(bounds), text)

    def _moved(self, shift: int) -> _Frame:
        """The frame so many units later; the instant lies elsewhere within its unit."""
        query = self._plan.query
        now = self._clock.at(self._later(self._clock.floor(self._first.now, self._unit), shift))
        after = move(now, 1, self._unit, self._clock)
        inside = (after.local - now.local) * (shift % 9 + 1) / 11
        if query.range is not None:
            ends = (self._later(end, shift) for end in (query.range.start, query.range.end))
            query = dataclasses.replace(query, range=ir.Range(*ends))
        return self._frame(build(query, now.instant + inside, self._plan.rewrites))

    def _later(self, local: datetime, units: int) -> datetime:
        return move(self._clock.at(local), units, self._unit, self._clock).local

    # ------------------------------------------------------------------ one bound

    def _scalar(self, index: int) -> Scalar:
        found = [frame.bounds[index] for frame in self._frames]
        if all(constant.value == found[0].value for constant in found):
            return dataclasses.replace(found[0], is_bound=False)
        if not all(isinstance(constant.value, date) for constant in found):
            raise KpilangError(errors.not_relative("the length of a period changes with the date"))
        values = [_as_time(constant.value) for constant in found]
        return self._from_unit(found[0], values) or self._from_now(found[0], values)

    def _from_unit(self, bound: Constant, values: Sequence[datetime]) -> Scalar | None:
        """So many units, and days, from the start of the current unit; without days if possible."""
        starts = [self._clock.floor(frame.now, self._unit) for frame in self._frames]
        near = _units_between(starts[0], self._clock.floor(values[0], self._unit), self._unit)
        for step in sorted(range(-FARTHEST, FARTHEST + 1), key=abs):
            rests = {v - self._later(s, near + step) for v, s in zip(values, starts, strict=True)}
            rest = rests.pop()
            if not rests and rest % timedelta(days=1) == timedelta(0):
                return _placed(self._start(near + step, bound.type), rest.days)
        return None

    def _start(self, units: int, type_: Type) -> Apply:
        """The start of the unit that lies so many units from the current one: a date, or its midnight."""
        unit, calendar = self._unit, self._clock.calendar
        first = calendar.week_starts if unit is TimeUnit.WEEK else 1
        if unit in (TimeUnit.FISCAL_QUARTER, TimeUnit.FISCAL_YEAR):
            first = calendar.fiscal_year_starts
        start = Apply(Made.FLOOR_TO, (_NOW,), type_, unit=unit, first=first)
        return Apply(Made.MOVE, (start, Constant(units, INTEGER)), type_, unit=unit) if units else start

    def _from_now(self, bound: Constant, values: Sequence[datetime]) -> Scalar:
        """So many days from today or from now."""
        now = [frame.now for frame in self._frames]
        rests = {value - at for value, at in zip(values, now, strict=True)}
        if len(rests) == 1 and isinstance(bound.value, datetime):
            seconds = rests.pop() // timedelta(seconds=1)
            return Apply(Op.ADD_SECONDS, (_NOW, Constant(seconds, INTEGER)), TIMESTAMP) if seconds else _NOW
        days = {value - midnight(at.date()) for value, at in zip(values, now, strict=True)}
        if len(days) == 1:
            return _placed(Apply(Made.FLOOR_TO, (_NOW,), bound.type, unit=TimeUnit.DAY), days.pop().days)
        what = bound.value
        raise KpilangError(errors.not_relative(f"the bound {what} keeps no distance from the current date"))


_NOW = Apply(Made.NOW, (), TIMESTAMP)


def _unit(query: ir.Query, clock: Clock) -> TimeUnit:
    """The unit by which the query moves: its grain, or the largest on whose bounds its range lies."""
    if query.model.calendar.timezone != "UTC":
        raise KpilangError(errors.not_relative("periods of the project are not cut in UTC"))
    if query.as_of is not None:
        raise KpilangError(errors.not_relative("an as-of instant is given"))
    if query.grain is TimeUnit.HOUR:
        raise KpilangError(errors.not_relative("hours are named by their own offset"))
    if query.grain is not None:
        return query.grain
    if query.range is None:
        return TimeUnit.DAY
    ends = [clock.at(end) for end in (query.range.start, query.range.end)]
    for unit in PLAIN_UNITS:
        if all(clock.is_boundary(end, unit) for end in ends):
            return unit
    raise KpilangError(errors.not_relative("the range begins or ends within a day"))


def _as_time(value: object) -> datetime:
    assert isinstance(value, date)
    return value if isinstance(value, datetime) else midnight(value)


def _units_between(start: datetime, end: datetime, unit: TimeUnit) -> int:
    if unit.months is not None:
        return ((end.year - start.year) * 12 + end.month - start.month) // unit.months
    return (end - start) // (timedelta(days=7) if unit is TimeUnit.WEEK else timedelta(days=1))


def _placed(start: Apply, days: int) -> Scalar:
    """Days after a date or a midnight."""
    if not days:
        return start
    if start.type == DATE:
        return Apply(Op.ADD_DAYS, (start, Constant(days, INTEGER)), DATE)
    return Apply(Op.ADD_SECONDS, (start, Constant(days * SECONDS_PER_DAY, INTEGER)), TIMESTAMP)
