"""Which constructs and nasty features cannot meet, and why: what the coverage table need not show."""

from __future__ import annotations

UNMET: tuple[tuple[str, str, str], ...] = ()
"""(construct, feature, reason); `*` stands for any."""


def reason(construct: str, feature: str) -> str | None:
    """Why the two cannot meet; None if they can."""
    for one, other, why in UNMET:
        if one in (construct, "*") and other in (feature, "*"):
            return why
    return None
