"""What a target takes from the environment: `env(NAME)` stands for a value that no file should hold."""

from __future__ import annotations

import dataclasses
import os
import re

from kpilang.diagnostics import Diagnostics, KpilangError
from kpilang.engines import Target, errors
from kpilang.source import Span

_VARIABLE = re.compile(r"\s*env\(\s*([A-Za-z_]\w*)\s*\)\s*")

Placed = tuple[str, Span]


def filled(target: Target) -> Target:
    """The target with values in place of variables; KPI622 for those that are not set."""
    diags = Diagnostics()
    made = dataclasses.replace(
        target,
        data=tuple(_filled(text, diags) for text in target.data),
        url=_filled(target.url, diags) if target.url is not None else None,
        database=_filled(target.database, diags) if target.database is not None else None,
        schema=_filled(target.schema, diags) if target.schema is not None else None,
    )
    if diags.has_errors:
        raise KpilangError(*diags)
    return made


def _filled(placed: Placed, diags: Diagnostics) -> Placed:
    text, span = placed
    variable = _VARIABLE.fullmatch(text)
    if variable is None:
        return placed
    value = os.environ.get(variable[1])
    if not value:
        diags.add(errors.missing_variable(variable[1], span))
    return value or "", span
