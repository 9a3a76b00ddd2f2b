"""Values of a mapping in one column: kept where the author lined them up, and only there."""

from __future__ import annotations

from collections.abc import Callable

from kpilang.format.comments import column_of
from kpilang.syntax.yaml_tree import Entry, Mapping, Scalar, Tree


def value_column(
    text: str, tree: Mapping, indent: int, name: Callable[[Scalar], str], keeps: Callable[[Tree], bool]
) -> int | None:
    """The column in which all values begin that stand on the lines of their keys; None to use one blank."""
    inline = [entry for entry in tree.entries if _is_inline(entry, keeps)]
    beside = [entry for entry in inline if "\n" not in text[entry.key.span.end : entry.value.span.start]]
    columns = {column_of(text, entry.value.span.start) for entry in beside}
    gaps = [entry.value.span.start - entry.key.span.end for entry in beside]
    if tree.is_flow or len(beside) < 2 or len(columns) > 1 or max(gaps) <= len(": "):
        return None
    return indent + max(len(name(entry.key)) for entry in inline) + len(": ")


def _is_inline(entry: Entry, keeps: Callable[[Tree], bool]) -> bool:
    value = entry.value
    return keeps(value) or (isinstance(value, Scalar) and value.span.end > value.span.start)
