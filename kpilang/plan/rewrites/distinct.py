"""Count distinct members over long windows by who comes and who leaves, instead of once for each period.

Possible where every interval is made of cells and none begins or ends before that of an earlier period: then
the periods that see a cell are neighbours. Worth it where they are more than a few.
"""

from __future__ import annotations

import dataclasses
from bisect import bisect_left
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import pairwise

from kpilang.ir import AggregateOp
from kpilang.plan.bucket import can_bucket
from kpilang.plan.draft import Block, Cells, Distinct, Draft, Ranges, Spread, stored_zone, uses_period
from kpilang.plan.intervals import Interval
from kpilang.plan.lookups import cells_of

FEW = 3
"""Rows that so many periods see are cheap to look at for each of them."""


def distinct(draft: Draft) -> Draft:
    return dataclasses.replace(draft, blocks=tuple(_rewritten(block, draft) for block in draft.blocks))


def _rewritten(block: Block, draft: Draft) -> Block:
    if not isinstance(block.timing, Spread) or len(block.atoms) > 1:
        return block
    aggregate = block.atoms[0].aggregate
    if block.anchor is None or aggregate.op is not AggregateOp.UNIQUE or uses_period(block.atoms[0]):
        return block
    intervals = draft.grid.ranges(aggregate.window)
    if intervals is None or not _moves_on(intervals) or not _is_seen_often(intervals):
        return block
    ranges = Ranges(intervals)
    cells = cells_of(Cells((ranges,)), draft.grid)
    if not can_bucket(block.anchor.type.kind, stored_zone(block.anchor, draft.query), cells, draft.grid):
        return block
    return dataclasses.replace(block, timing=Distinct(ranges))


def _is_seen_often(intervals: Sequence[Interval | None]) -> bool:
    """Whether some instant lies in the intervals of more than a few periods, which are in order."""
    some = [interval for interval in intervals if interval is not None]
    starts = [_start(interval) for interval in some]
    ends = [interval.end.instant for interval in some]
    return any(bisect_left(starts, end) - bisect_left(ends, end) > FEW for end in ends)


def _moves_on(intervals: Sequence[Interval | None]) -> bool:
    some = [interval for interval in intervals if interval is not None]
    return all(_start(a) <= _start(b) and a.end.instant <= b.end.instant for a, b in pairwise(some))


def _start(interval: Interval) -> datetime:
    return datetime.min.replace(tzinfo=UTC) if interval.start is None else interval.start.instant
