"""Rewrites of a draft: each is one file with a name, means the same, and can be switched off.

They run in the order of `RULES`. A draft without any of them is right, and slow.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection

from kpilang.plan.draft import Draft, Gathering
from kpilang.plan.rewrites.alone import alone
from kpilang.plan.rewrites.cells import cells
from kpilang.plan.rewrites.distinct import distinct
from kpilang.plan.rewrites.fixed import fixed
from kpilang.plan.rewrites.fuse import fuse
from kpilang.plan.rewrites.lone_spine import lone_spine
from kpilang.plan.rewrites.own import own
from kpilang.plan.rewrites.ranges import ranges
from kpilang.plan.rewrites.rollup import rollup
from kpilang.plan.rewrites.series import series
from kpilang.plan.rewrites.together import together

RULES: tuple[tuple[str, Callable[[Draft], Draft]], ...] = (
    ("together", together),
    ("alone", alone),
    ("own", own),
    ("rollup", rollup),
    ("cells", cells),
    ("fixed", fixed),
    ("ranges", ranges),
    ("distinct", distinct),
    ("fuse", fuse),
    ("lone_spine", lone_spine),
    ("series", series),
)

ALL = tuple(name for name, _ in RULES)


def apply(draft: Draft, names: Collection[str]) -> Draft:
    """The draft after the rewrites of these names, with what it holds of drafts."""
    for name, rewrite in RULES:
        if name in names:
            draft = rewrite(draft)
    gatherings = tuple(_gathering(gathering, draft, names) for gathering in draft.gatherings)
    foldings = tuple(dataclasses.replace(f, inner=apply(f.inner, names)) for f in draft.foldings)
    return dataclasses.replace(draft, gatherings=gatherings, foldings=foldings)


def _gathering(gathering: Gathering, draft: Draft, names: Collection[str]) -> Gathering:
    inner = Draft(draft.query, draft.grid, gathering.blocks)
    return dataclasses.replace(gathering, blocks=apply(inner, names).blocks)


__all__ = ["ALL", "RULES", "apply"]
