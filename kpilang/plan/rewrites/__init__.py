"""Rewrites of a draft: each is one file with a name, means the same, and can be switched off.

They run in the order of `RULES`. A draft without any of them is right, and slow.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from kpilang.plan.draft import Draft
from kpilang.plan.rewrites.cells import cells
from kpilang.plan.rewrites.fixed import fixed
from kpilang.plan.rewrites.fuse import fuse
from kpilang.plan.rewrites.lone_spine import lone_spine
from kpilang.plan.rewrites.ranges import ranges

RULES: tuple[tuple[str, Callable[[Draft], Draft]], ...] = (
    ("cells", cells),
    ("fixed", fixed),
    ("ranges", ranges),
    ("fuse", fuse),
    ("lone_spine", lone_spine),
)

ALL = tuple(name for name, _ in RULES)


def apply(draft: Draft, names: Collection[str]) -> Draft:
    """The draft after the rewrites of these names."""
    for name, rewrite in RULES:
        if name in names:
            draft = rewrite(draft)
    return draft


__all__ = ["ALL", "RULES", "apply"]
