"""A draft made into relations: its blocks, its sets and what it holds of drafts; then spine and values."""

from __future__ import annotations

from kpilang.plan.blocks import build_block
from kpilang.plan.blocks.built import Built, Place
from kpilang.plan.cell_values import CellValues
from kpilang.plan.draft import Draft
from kpilang.plan.folding import FoldingBuilder
from kpilang.plan.gathering import GatheringBuilder
from kpilang.plan.relations import Relations
from kpilang.plan.spine import Part, Spine, SpineBuilder


class Stage:
    """The relations of one draft, on the grid of `relations`.

    What needs the groups of the answer (values of sub-periods without rows, members of groups without rows)
    is made last, on the spine.
    """

    def __init__(self, relations: Relations, draft: Draft) -> None:
        self._relations = relations
        self._draft = draft
        calendar, query = relations.calendar, draft.query
        blocks = [b for block in draft.blocks for b in build_block(relations, query, block)]
        gatherings = [GatheringBuilder(relations, query, g, calendar) for g in draft.gatherings]
        foldings = [FoldingBuilder(relations, draft, folding, Stage) for folding in draft.foldings]
        self._built: tuple[Built, ...] = (
            *blocks,
            *(gathering.counts() for gathering in gatherings if not gathering.needs_groups),
            *(folding.by_keys() for folding in foldings if not folding.needs_groups),
        )
        self._late_gatherings = tuple(g for g in gatherings if g.needs_groups)
        self._late_foldings = tuple(f for f in foldings if f.needs_groups)
        self._spine = SpineBuilder(relations, draft, self._full(), self._further(), calendar)

    def groups(self) -> tuple[Part, ...]:
        """The groups that have a row, not yet brought together."""
        return self._spine.parts()

    def spine(self) -> Spine:
        return self._spine.build()

    def values(self, spine: Spine) -> CellValues:
        """Values beside the rows of a spine with the dimensions of the draft (or more)."""
        late = (
            *(gathering.counts(spine) for gathering in self._late_gatherings),
            *(folding.by_grain(spine) for folding in self._late_foldings),
        )
        found: list[tuple[Built, Place]] = [(b, p) for b in (*self._built, *late) for p in b.places]
        relations = self._relations
        return CellValues(relations.model, relations.grid, spine, relations.calendar, found)

    def _full(self) -> tuple[Built, ...]:
        return tuple(built for built in self._built if built.dimensions == self._draft.dimensions)

    def _further(self) -> tuple[Part, ...]:
        """Groups of what is made late."""
        gathered = (part for gathering in self._late_gatherings for part in gathering.groups())
        folded = (part for folding in self._late_foldings for part in folding.groups())
        return (*gathered, *folded)
