"""Generate long calendars instead of listing them."""

from __future__ import annotations

import dataclasses

from kpilang.plan.draft import Draft


def series(draft: Draft) -> Draft:
    return dataclasses.replace(draft, has_series=True)
