"""The comment above a statement: what it computes, for which time, by whom."""

from __future__ import annotations

from kpilang import __version__, ir
from kpilang.plan.plan import Plan


def header(plan: Plan) -> str:
    """Lines that begin with `-- `; no name can end the comment or begin a line of SQL."""
    query = plan.query
    names = ", ".join(output.name for output in query.outputs if not output.hidden)
    by = [*(dimension.name for dimension in query.dimensions), *(axis.name for axis in query.axes)]
    if query.grain is not None:
        by.append(query.grain.value)
    lines = [f"kpilang {__version__}: {names}" + (f" by {', '.join(by)}" if by else "")]
    lines.append(f"{_range(query)}, {query.model.calendar.timezone}")
    return "".join(f"-- {_harmless(line)}\n" for line in lines)


def _range(query: ir.Query) -> str:
    if query.range is None:
        return "all time"
    start, end = query.range.start, query.range.end
    plain = not any((start.time().isoformat().strip("0:"), end.time().isoformat().strip("0:")))
    return f"{start.date()} to {end.date()}" if plain else f"{start.isoformat()} to {end.isoformat()}"


def _harmless(text: str) -> str:
    """One line of printable characters."""
    return "".join(char if char.isprintable() else " " for char in text)
