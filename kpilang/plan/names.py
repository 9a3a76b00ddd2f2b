"""Names for relations and columns, made from what they hold and never from a counter alone.

Engines compare identifiers without case, so two names that differ by case only are one; and a CTE that is
called like a table of the target would be read in its place.
"""

from __future__ import annotations

from collections.abc import Iterable

MAX_NAME = 60
"""Characters; warehouses cut or refuse longer ones at 63 and beyond."""


class Names:
    """A namespace: gives each wish the nearest free name."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = {name.casefold() for name in taken}

    def take(self, *wishes: str) -> str:
        """The first wish that is free; else the last with a number."""
        short = [_shortened(wish) for wish in wishes]
        for wish in short:
            if wish.casefold() not in self._taken:
                return self._keep(wish)
        number = 2
        while f"{short[-1]}_{number}".casefold() in self._taken:
            number += 1
        return self._keep(f"{short[-1]}_{number}")

    def _keep(self, name: str) -> str:
        self._taken.add(name.casefold())
        return name


def _shortened(wish: str) -> str:
    clean = wish.replace("\0", "")
    return clean[:MAX_NAME] or "unnamed"
