"""Time zones from one pinned database, so that a period has the same bounds on every machine.

The operating system's tz files are never read: the `tzdata` package, whose version pyproject pins, is.
"""

from __future__ import annotations

from functools import cache
from importlib import resources
from zoneinfo import ZoneInfo


class UnknownZone(LookupError):
    """No such zone in the pinned database."""


@cache
def zone(name: str) -> ZoneInfo:
    """The zone `name` (such as `Europe/Berlin`); `UnknownZone` if there is none."""
    parts = name.split("/")
    if not all(part and part.replace("_", "").replace("-", "").replace("+", "").isalnum() for part in parts):
        raise UnknownZone(name)
    resource = resources.files("tzdata.zoneinfo").joinpath(*parts)
    try:
        with resource.open("rb") as file:
            return ZoneInfo.from_file(file, key=name)
    except (OSError, ValueError) as error:
        raise UnknownZone(name) from error


@cache
def zone_names() -> tuple[str, ...]:
    """All zones there are, sorted; for suggestions."""
    text = resources.files("tzdata").joinpath("zones").read_text("utf-8")
    return tuple(sorted(text.split()))
