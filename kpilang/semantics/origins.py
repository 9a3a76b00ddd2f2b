"""Where the rows of an entity lie: a table, a file or a query of the user's own."""

from __future__ import annotations

from kpilang import ir
from kpilang.diagnostics import Diagnostics
from kpilang.semantics.errors import joins, naming
from kpilang.semantics.world import Info
from kpilang.source import Span
from kpilang.syntax import spec

Placed = spec.EntityDecl | spec.BindingDecl


def named_origin(
    name: str, decl: Placed, span: Span, diags: Diagnostics
) -> ir.Table | ir.File | ir.SqlText | None:
    """The one place that is named; None if there is none, or after an error."""
    given = [
        key for key, value in (("table", decl.table), ("file", decl.file), ("query", decl.query)) if value
    ]
    if len(given) > 1:
        diags.add(joins.several_origins(name, given, span))
    if decl.table is not None:
        return _table(decl.table, diags)
    if decl.file is not None:
        return ir.File(decl.file.value)
    if decl.query is not None:
        return ir.SqlText(tuple((dialect, text.value) for dialect, text in decl.query.texts))
    return None


def has_one_origin(info: Info, diags: Diagnostics) -> bool:
    """Whether rows come from a place, from another entity or from bindings, and from one of these alone."""
    decl = info.decl
    places = [key for key in ("table", "file", "query", "each") if getattr(decl, key) is not None]
    given = (*places, "bindings") if info.bindings else tuple(places)
    if len(given) > 1:
        diags.add(joins.several_origins(info.name, given, decl.name.span))
    return len(given) < 2


def place_of(decl: Placed) -> str | None:
    """The place as written, to name a source by; None if there is none."""
    text = decl.table or decl.file
    if text is not None:
        return text.value
    return "query" if decl.query is not None else None


def _table(text: spec.Text, diags: Diagnostics) -> ir.Table | None:
    if text.value.strip().startswith(("ref:", "ref(")):
        help = ("name the table itself: `table: schema.name`",)
        diags.add(naming.not_yet("a `ref` to what another tool builds", text.span, help))
        return None
    parts = _identifiers(text.value)
    if parts is None or not 1 <= len(parts) <= 3:
        diags.add(joins.bad_table(text.value, text.span))
        return None
    return ir.Table(parts)


def _identifiers(text: str) -> tuple[str, ...] | None:
    """`shop.orders`; a part in back-quotes may hold dots."""
    parts: list[str] = []
    rest = text.strip()
    while rest:
        if rest.startswith("`"):
            part, closed, rest = rest[1:].partition("`")
            if not closed or (rest and not rest.startswith(".")):
                return None
            more, rest = rest.startswith("."), rest.removeprefix(".")
        else:
            part, dot, rest = rest.partition(".")
            more = bool(dot)
        if not part.strip() or (more and not rest):
            return None
        parts.append(part)
    return tuple(parts) or None
